"""Folders with the labels that a menu gives them in further languages."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.imports.formats.locales import language_of
from kb.imports.formats.titles import humanised
from kb.imports.model import Folder

Labels = Mapping[str, Mapping[str, str]]
"""Locale of the source → label in the site's first language → label in that locale."""


def with_labels(
    folders: Mapping[str, Folder], labels: Labels, languages: Sequence[str]
) -> Mapping[str, Folder]:
    """`folders`, titled in further languages as the menu says; without a label they stay."""
    found = dict(folders)
    for locale, words in labels.items():
        lang = language_of(locale, languages)
        known = {label.casefold(): text for label, text in words.items()}
        for key, folder in folders.items() if lang in languages else ():
            if title := _label(folder, known):
                one = found[key]
                found[key] = replace(
                    one, titles={**one.titles, lang: title}, guessed=one.guessed - {lang}
                )
    return found


def _label(folder: Folder, known: Mapping[str, str]) -> str:
    names = (*folder.titles.values(), humanised(posixpath.basename(folder.key)))
    return next((text for name in names if (text := known.get(name.casefold()))), "")
