"""Languages of the interface: which one a request gets, its dates, its direction.

The words are read by `kb.branding.translations`. No page texts here.
"""

from __future__ import annotations

import logging
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.support import NullTranslations
from flask import Flask, g, request
from flask_babel import (  # type: ignore[import-untyped]  # ships no types
    Babel,
    Domain,
    get_locale,
)
from flask_babel import gettext as _gettext
from flask_babel import pgettext as _pgettext

from kb.branding import translations
from kb.config import Config
from kb.languages import USUAL_DATE, records
from kb.texts import Text
from kb.web.layout.contexts import Direction

log = logging.getLogger(__name__)


def set_up(app: Flask, config: Config) -> None:
    """Give `app` translated templates."""
    words = translations.read(config.site_dir)
    for problem in words.problems:
        log.warning("left out of the translations: %s", problem)
    languages = config.languages
    for code in languages:
        if missing := words.missing(code):
            log.warning("%s; `kb translations %s` lists them", in_english(code, missing), code)
    babel = Babel(
        app,
        default_locale=config.default_language,
        default_domain=translations.DOMAIN,
        locale_selector=lambda: request_language(languages).replace("-", "_"),
    )
    babel.domain_instance = _Words(words)


class _Words(Domain):  # type: ignore[misc]  # its base is untyped
    """The words of pages, from memory instead of from files."""

    def __init__(self, catalogues: translations.Catalogues) -> None:
        super().__init__(domain=translations.DOMAIN)
        self._by_name = {
            name: translations.loaded(catalogue) for name, catalogue in catalogues.by_name.items()
        }

    def get_translations(self) -> NullTranslations:
        """Those of the request's language; English where it has none."""
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        found = self._by_name.get(str(locale)) or self._by_name.get(locale.language)
        return found or NullTranslations()


def request_language(languages: tuple[str, ...]) -> str:
    """Language of the page being answered: that of its address, else that which pages for staff
    have noted, else what the reader prefers."""
    first = request.path.split("/", 2)[1]
    if first in languages:
        return first
    own: str = g.get("own_language", "")
    return own or preferred_language(languages)


def preferred_language(languages: tuple[str, ...]) -> str:
    """The best of `languages` by Accept-Language; the first of them when none suits."""
    return request.accept_languages.best_match(languages) or languages[0]


def gettext(text: str, **values: object) -> str:
    """`text` in the language of the request, with `%(name)s` filled in."""
    return str(_gettext(text, **values))


def pgettext(context: str, text: str, **values: object) -> str:
    """`text` as `gettext` gives it, where `context` tells it from the same text elsewhere."""
    return str(_pgettext(context, text, **values))


def translated(text: Text) -> str:
    """A text that was marked elsewhere, in the language of the request."""
    if text.context:
        return pgettext(text.context, text.english)
    return gettext(text.english)


@lru_cache(maxsize=64)
def language_name(code: str) -> str:
    """The language's own name, as `Русский`, for a switch that its speakers can read."""
    return _capitalised(_locale(code).get_display_name() or code)


def name_in(code: str, lang: str) -> str:
    """Name of the language `code` in `lang`: `английский`, `Russian`."""
    return _locale(code).get_display_name(_locale(lang)) or code


@lru_cache(maxsize=64)
def with_territory(code: str) -> str:
    """As Open Graph writes languages: `ru_RU`, `pt_BR`; where most speakers live if not said."""
    language = code.partition("-")[0]
    likely = get_global("likely_subtags").get(language, language)
    territory = _locale(code).territory or Locale.parse(likely).territory
    return f"{language}_{territory}" if territory else language


def date_in_words(moment: date | datetime | None, lang: str) -> str:
    """As `22 ноября 2026` or `22 November 2026`: never digits to guess at; "" without a date."""
    if moment is None:
        return ""
    record = records().get(lang)
    pattern = record.date_pattern if record else USUAL_DATE
    return format_date(moment, format=pattern, locale=_locale(lang))


def direction(code: str) -> Direction:
    """Direction in which the language is written; `dir` of the elements that hold its text."""
    return "rtl" if _locale(code).text_direction == "rtl" else "ltr"


def in_english(code: str, missing: tuple[str, ...]) -> str:
    """Remark to a site's operator about a language whose words are not complete."""
    return f"readers of `{code}` get {len(missing)} texts of the pages in English"


# Reading a language anew takes longer than the rest of what a page asks of it; they are few.
@lru_cache(maxsize=64)
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def _capitalised(name: str) -> str:
    """Unlike str.capitalize, keeps the capitals of `português (Brasil)`."""
    return name[:1].upper() + name[1:]
