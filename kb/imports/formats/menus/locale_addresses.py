"""Addresses at which a site showed pages in languages that they are not translated to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.imports.formats.layout import PageFile, TreeLayout
from kb.imports.formats.locales import language_of
from kb.imports.model import SourcePage


def untranslated(
    files: Sequence[PageFile],
    pages: Sequence[SourcePage],
    layout: TreeLayout,
    languages: Sequence[str],
) -> list[SourcePage]:
    """`pages`, each also at its addresses in locales that it is not translated to."""
    known = {(page.group, page.lang) for page in pages}
    main = language_of(layout.default_lang, languages)
    found = []
    for file, page in zip(files, pages, strict=True):
        lacking = [
            locale
            for locale in layout.locales
            if page.lang == main and (page.group, language_of(locale, languages)) not in known
        ]
        own = [
            address
            for locale in lacking
            for address in layout.addresses(replace(file.place, locale=locale), file.facts)
        ]
        found.append(replace(page, addresses=tuple(dict.fromkeys((*page.addresses, *own)))))
    return found
