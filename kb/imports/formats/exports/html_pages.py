"""Saved HTML pages: title, language and the part that is the article."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from kb.imports.formats.facts import day
from kb.imports.formats.locales import guessed, language_of, locale_folders
from kb.imports.formats.titles import humanised
from kb.imports.html.page import read_page
from kb.imports.model import Folder, ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles

SUFFIXES = (".html", ".htm", ".xhtml")


def read(files: SourceFiles, options: ImportOptions) -> SourceTree:
    """Every page; folders are categories, languages folders or said by the page."""
    paths = [path for path in files.paths if path.lower().endswith(SUFFIXES)]
    names = sorted({path.split("/", 1)[0] for path in paths if "/" in path})
    locales = locale_folders(names, options.languages)
    pages = list(_pages(files, paths, locales, options))
    keys = {key for page in pages for key in page.folders}
    folders = {key: Folder(key, {"": humanised(key.rpartition("/")[2])}) for key in sorted(keys)}
    hosts = {urlsplit(one).netloc for page in pages for one in page.addresses} - {""}
    return SourceTree("html", tuple(pages), folders, hosts=tuple(sorted(hosts)))


def _pages(
    files: SourceFiles, paths: list[str], locales: frozenset[str], options: ImportOptions
) -> Iterator[SourcePage]:
    for path in paths:
        text = files.text(path)
        if text is None:
            continue
        read = read_page(text)
        parts = path.rpartition(".")[0].split("/")
        locale = parts.pop(0) if parts[0] in locales and len(parts) > 1 else ""
        lang = locale or read.lang or options.language or guessed(read.words, options.languages)
        is_index = parts[-1].lower() == "index" and len(parts) > 1
        stem = parts[-2] if is_index else parts[-1]
        above = parts[:-2] if is_index else parts[:-1]
        yield SourcePage(
            key=path,
            group="/".join(parts),
            path=path,
            lang=language_of(lang, options.languages),
            title=read.title or humanised(stem),
            body=read.main,
            is_html=True,
            folders=tuple("/".join(above[:end]) for end in range(1, len(above) + 1)),
            summary=read.summary,
            slug=stem,
            tags=read.tags,
            updated=day(read.updated),
            addresses=_addresses(path, read.canonical),
            names=(stem,),
        )


def _addresses(path: str, canonical: str) -> tuple[str, ...]:
    own = f"/{path}"
    folder = (
        f"{posixpath.dirname(own).rstrip('/')}/"
        if own.endswith(("/index.html", "/index.htm"))
        else own.rpartition(".")[0]
    )
    told = [canonical] if urlsplit(canonical).netloc else []
    return tuple(dict.fromkeys((*(unquote(one) for one in told), own, folder)))
