"""The words of the interface in every language: ours, and over them those of the site's folder.

Ours lie in `kb/translations`, a site's in `translations` of its folder, both as
`<lang>/LC_MESSAGES/messages.po`; their binary form is made in memory at start-up: git holds no
binary, no step can be forgotten, no disk needs room for it. A site's text that could break a page
is left out and reported. Which language a request gets is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from babel.support import Translations

from kb.branding.site_folder import TRANSLATIONS, located
from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_text
from kb.content.model import Problem

SOURCE = Path(__file__).parents[1] / "translations"
BAD_CATALOGUE = FaultKind.BAD_CATALOGUE
DOMAIN = "messages"
PLACE = f"LC_MESSAGES/{DOMAIN}.po"

HEADER = """msgid ""
msgstr ""
"Language: {name}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
_UNSAFE = re.compile(r"[<>\"]")
"""Texts stand in pages as they are, in attributes too."""


@dataclass(frozen=True)
class Catalogues:
    """Catalogues by the name of their folder, as `ru` or `pt_BR`; faults of the site's."""

    by_name: Mapping[str, Catalog]
    problems: tuple[Problem, ...]

    def missing(self, lang: str) -> tuple[str, ...]:
        """Texts that readers of `lang` get in English, in the order of our own catalogue."""
        own = self.by_name.get(folder_name(lang))
        return tuple(
            _first(message.id)
            for message in self.by_name["en"]
            if message.id and not (own and _is_translated(own.get(message.id, message.context)))
        )

    def to_translate(self, lang: str) -> str:
        """A catalogue to fill in: every text, with its translation where there is one."""
        name = folder_name(lang)
        own = self.by_name.get(name)
        catalogue = own or Catalog(locale=name)
        filled = Catalog(locale=name, charset="utf-8")
        for message in self.by_name["en"]:
            if message.id:
                known = own.get(message.id, message.context) if own else None
                text = known.string if known else None
                filled.add(message.id, text, context=message.context)
        buffer = BytesIO()
        write_po(buffer, filled, width=100, omit_header=True)
        head = HEADER.format(name=name, plurals=catalogue.plural_forms)
        return head + buffer.getvalue().decode()


def folder_name(lang: str) -> str:
    """The folder of a language's catalogue: `pt_BR` of `pt-br`. Raises ValueError."""
    try:
        return str(Locale.parse(lang.replace("_", "-"), sep="-"))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{lang!r} is not a language code") from error


def ours() -> Catalogues:
    """Those that come with Otvet."""
    paths = sorted(SOURCE.glob(f"*/{PLACE}"))
    return Catalogues({path.parent.parent.name: _our_own(path) for path in paths}, ())


def loaded(catalogue: Catalog) -> Translations:
    """A catalogue that translates, in memory: no start needs room on a disk."""
    return Translations(BytesIO(_compiled(catalogue)), DOMAIN)


def read(site: Path) -> Catalogues:
    """Ours with the texts of `site` put over them; languages of its own beside. Never raises."""
    found = dict(ours().by_name)
    problems: list[Problem] = []
    for path in sorted((site / TRANSLATIONS).glob(f"*/{PLACE}")):
        written: list[Problem] = []
        _put_over(found, path.parent.parent.name, site / TRANSLATIONS, written)
        problems += (located(site, TRANSLATIONS, one) for one in written)
    return Catalogues(found, tuple(problems))


def _our_own(path: Path) -> Catalog:
    with open(path, "rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain=DOMAIN)


def _put_over(found: dict[str, Catalog], folder: str, root: Path, problems: list[Problem]) -> None:
    path = f"{folder}/{PLACE}"
    try:
        name = folder_name(folder)
        text = read_text(root, path)
        own = read_po(BytesIO(text.encode()), locale=name, domain=DOMAIN, abort_invalid=True)
        loaded(own)
    except BadFile as error:
        problems.append(replace(error.problem, line=1))
    except PoFileError as error:
        line = (error.lineno or 0) + 1
        problems.append(
            Problem(path, line, f"is not a catalogue: {error}", PO_REMEDY, BAD_CATALOGUE)
        )
    except (ValueError, TypeError, RecursionError) as error:
        problems.append(Problem(path, 1, f"cannot be used: {error}", PO_REMEDY, BAD_CATALOGUE))
    else:
        base = found.get(name)
        if base is None:
            base = found[name] = Catalog(locale=name, domain=DOMAIN, charset="utf-8")
            base.mime_headers = [("Plural-Forms", own.plural_forms)]
        for message in own:
            if message.id and not message.fuzzy and any(_texts(message.string)):
                _add(base, message, path, problems)


PO_REMEDY = "`kb translations LANG` writes one to fill in"


def _add(base: Catalog, message: Message, path: str, problems: list[Problem]) -> None:
    fault = _fault(message, base.num_plurals)
    if fault:
        remedy = f"Mend the text of “{_first(message.id)}”"
        problems.append(Problem(path, message.lineno or 1, fault, remedy, BAD_CATALOGUE))
        return
    base.delete(message.id, message.context)
    base.add(message.id, message.string, context=message.context)


def _fault(message: Message, plurals: int) -> str:
    """The fault in a text; "" for none. Pages fill its placeholders in unasked."""
    known = {one for text in _texts(message.id) for one in _PLACEHOLDER.findall(text)}
    if not isinstance(message.id, str) and len(_texts(message.string)) != plurals:
        return f"has not {plurals} plural forms"
    for text in _texts(message.string):
        if unknown := set(_PLACEHOLDER.findall(text)) - known:
            return f"has the unknown placeholder {min(unknown)}"
        if "%" in _PLACEHOLDER.sub("", text.replace("%%", "")):
            return "has a % that belongs to no placeholder"
        if _UNSAFE.search(text) and not any(map(_UNSAFE.search, _texts(message.id))):
            return 'has one of < > ", which pages would read as HTML'
    return ""


def _is_translated(message: Message | None) -> bool:
    return message is not None and bool(message.string) and all(_texts(message.string))


def _texts(value: str | Sequence[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str | None) else list(value)


def _first(value: str | Sequence[str]) -> str:
    return _texts(value)[0]


def _compiled(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()
