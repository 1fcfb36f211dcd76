"""Languages of the interface: which one a request gets, its catalogue, its dates.

Catalogues lie in `kb/translations/<lang>/LC_MESSAGES/messages.po`; their binary form is made
here at start-up, so that git holds no binary and no step can be forgotten. No page texts here.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, request
from flask_babel import Babel  # type: ignore[import-untyped]
from flask_babel import gettext as _gettext

from kb.config import Config
from kb.errors import BadConfig

SOURCE = Path(__file__).parent.parent / "translations"
DOMAIN = "messages"
DAY_FIRST = ("ru", "en")
"""Written as day, month, year here; other languages as their speakers are used to."""


def set_up(app: Flask, config: Config) -> None:
    """Give `app` translated templates; raises BadConfig for a language that does not exist."""
    for code in config.languages:
        _require_locale(code)
    folder = compile_catalogues(SOURCE, config.cache_dir / "translations")
    languages = config.languages
    Babel(
        app,
        default_locale=config.default_language,
        default_domain=DOMAIN,
        default_translation_directories=str(folder.absolute()),
        locale_selector=lambda: request_language(languages).replace("-", "_"),
    )


def request_language(languages: tuple[str, ...]) -> str:
    """Language of the page being answered: that of its address, else what the reader prefers."""
    first = request.path.split("/", 2)[1]
    return first if first in languages else preferred_language(languages)


def preferred_language(languages: tuple[str, ...]) -> str:
    """The best of `languages` by Accept-Language; the first of them when none suits."""
    return request.accept_languages.best_match(languages) or languages[0]


def gettext(text: str, **values: object) -> str:
    """`text` in the language of the request, with `%(name)s` filled in."""
    return str(_gettext(text, **values))


def language_name(code: str) -> str:
    """The language's own name, as `Русский`, for a switch that its speakers can read."""
    return _capitalised(_locale(code).get_display_name() or code)


def name_in(code: str, lang: str) -> str:
    """What `lang` calls the language `code`: `английский`, `Russian`."""
    return _locale(code).get_display_name(_locale(lang)) or code


def date_in_words(moment: date | datetime, lang: str) -> str:
    """As `22 ноября 2026` or `22 November 2026`: never a row of digits to guess at."""
    pattern = "d MMMM y" if lang in DAY_FIRST else "long"
    return format_date(moment, format=pattern, locale=_locale(lang))


def compile_catalogues(source: Path, target: Path) -> Path:
    """Write `<lang>/LC_MESSAGES/messages.mo` under `target` where outdated; returns `target`.

    Compared by content: a damaged or older file is replaced, a folder that is right is not
    written to, so a read-only data folder serves.
    """
    for path in sorted(source.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        compiled = _compiled(path)
        destination = target / path.relative_to(source).with_suffix(".mo")
        if not destination.is_file() or destination.read_bytes() != compiled:
            _replace(destination, compiled)
    return target


def _compiled(path: Path) -> bytes:
    with open(path, "rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name, domain=DOMAIN)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _replace(destination: Path, content: bytes) -> None:
    """Several processes may start at once: each writes its own file and renames it."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=destination.parent, suffix=".tmp")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, destination)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def _capitalised(name: str) -> str:
    """Unlike str.capitalize, keeps the capitals of `português (Brasil)`."""
    return name[:1].upper() + name[1:]


def _require_locale(code: str) -> None:
    try:
        _locale(code)
    except (UnknownLocaleError, ValueError) as error:
        raise BadConfig(f"KB_LANGUAGES names {code!r}, which is not a language code") from error
