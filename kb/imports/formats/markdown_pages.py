"""Pages of a tree of Markdown, by the layout that its format says it has."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kb.imports.formats import facts as front_facts
from kb.imports.formats import front, locales
from kb.imports.formats.bundles import PageBundles
from kb.imports.formats.layout import (
    PageFile,
    PagePlace,
    PageRoot,
    TreeLayout,
    number_of,
    without_number,
)
from kb.imports.formats.menus.labels import with_labels
from kb.imports.formats.menus.locale_addresses import untranslated
from kb.imports.formats.page_folders import folders_of
from kb.imports.formats.page_texts import html_bodies, multimarkdown
from kb.imports.formats.titles import first_heading, humanised
from kb.imports.formats.vault_tags import tags_in
from kb.imports.model import Folder, ImportFinding, ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles
from kb.texts import counted

SUFFIXES = (".md", ".mdx", ".markdown", ".qmd")
OTHER_KINDS = (".canvas", ".base", ".ipynb", ".rst", ".adoc", ".asciidoc", ".org", ".textile")
OF_OTHER_KINDS = "Pages of other kinds, left out"
MENU = "nav"
INDEX = frozenset({"index", "readme", "_index"})
NO_ARTICLES = frozenset(
    "license licence changelog contributing code_of_conduct security authors codeowners notice"
    " support pull_request_template issue_template summary _sidebar _navbar _coverpage"
    " _footer governance maintainers history".split()
)
"""Stems of files at the top of a repository that are about it, not of help."""
OF_MENUS = frozenset("summary _sidebar _navbar _coverpage _footer".split())
"""Those that lie with the pages and only list them."""
TITLED_BY_TOP = frozenset({"docusaurus", "hugo", "mkdocs", "obsidian", "starlight"})
"""Formats in which no heading below the first level is a page's title."""
PARTIALS = frozenset({"_includes", "includes", "snippets", "_snippets", "partials", "_partials"})
OTHERS = frozenset(
    {
        "_layouts",
        "_sass",
        "_data",
        "_site",
        "layouts",
        "archetypes",
        "themes",
        "node_modules",
        "templates",
        "_templates",
        ".obsidian",
        "versioned_docs",
        "versioned_sidebars",
        "public",
        "vendor",
    }
)


def read(files: SourceFiles, layout: TreeLayout, options: ImportOptions) -> SourceTree:
    """Every page with its facts; what was left out is told."""
    findings: list[ImportFinding] = []
    unused: Counter[str] = Counter()
    pages = list(_read_all(files, layout, options, findings, unused))
    titles = folders_of(files, layout, pages)
    main = layout.default_lang
    main = locales.language_of(main, options.languages) if main else ""
    found = [
        replace(_dated(_page(it, layout, titles.is_leaf(it)), it, files.days), original=main)
        for it in pages
    ]
    found = untranslated(pages, found, layout, options.languages)
    found = [one for one in found if one.body.strip() or not titles.is_section(one.path)]
    findings += (
        ImportFinding("Titles made of file names", page.place.path, 1, page.place.parts[-1])
        for page in pages
        if not (page.facts.title or page.facts.label)
        and not first_heading(page.front.body, is_top_only=layout.format in TITLED_BY_TOP)
        and page.place.path not in layout.nav
        and layout.format != "obsidian"
    )
    findings += (
        ImportFinding(
            "Front matter that was not carried over", "", 1, f"`{key}` in {counted(count, 'page')}"
        )
        for key, count in sorted(unused.items())
    )
    return SourceTree(
        format=layout.format,
        pages=tuple(found),
        folders=with_labels(
            {**_of_menu(layout), **titles.folders}, layout.labels, options.languages
        ),
        roots=tuple(dict.fromkeys((*layout.include_roots, *(it.folder for it in layout.roots)))),
        base=layout.base,
        hosts=layout.hosts,
        variables=layout.variables,
        markup=layout.markup,
        redirects=layout.redirects,
        findings=tuple(findings),
    )


def _of_menu(layout: TreeLayout) -> dict[str, Folder]:
    """Folders that only the menu has."""
    found: dict[str, Folder] = {}
    for entry in layout.nav.values():
        for end, title in enumerate(entry.sections, start=1):
            key = "/".join((MENU, *entry.sections[:end]))
            found.setdefault(key, Folder(key, {"": title}, {}, len(found) + 1))
    return found


def _read_all(
    files: SourceFiles,
    layout: TreeLayout,
    options: ImportOptions,
    findings: list[ImportFinding],
    unused: Counter[str],
) -> Iterator[PageFile]:
    places = _Places(files, layout, options)
    other = (*OTHER_KINDS, ".html") if layout.format == "jekyll" else OTHER_KINDS
    for path in files.paths:
        if not path.lower().endswith(SUFFIXES) and not html_bodies.is_page(files, layout, path):
            if path.lower().endswith(other) and places.reason_against(path) == "":
                findings.append(ImportFinding(OF_OTHER_KINDS, path, 1, "is no Markdown"))
            continue
        if reason := places.reason_against(path):
            findings.append(ImportFinding(reason, path, 1, "is no article"))
            continue
        root = places.root_of(path)
        if root is None or (text := files.text(path)) is None:
            continue
        parts = multimarkdown.split(text) if layout.format == "mkdocs" else front.split(text)
        if path.endswith(".html"):
            parts = html_bodies.boxed(parts)
        if parts.fault:
            findings.append(
                ImportFinding("Front matter at fault", path, 1, parts.fault, "Look at its keys")
            )
        told = front_facts.facts(parts.values)
        front_facts.unused(parts.values, unused)
        yield PageFile(places.place(path, root, told.lang, parts.body), parts, told)


class _Places:
    """Finds the root, the language and the place of each file."""

    def __init__(self, files: SourceFiles, layout: TreeLayout, options: ImportOptions) -> None:
        self._files = files
        self._layout = layout
        self._options = options
        self._languages = options.languages
        self._roots = sorted(layout.roots, key=lambda it: -len(it.folder))
        self._bundles = PageBundles(files) if layout.format == "hugo" else None
        self._locales = {root.folder: self._folders(files, root) for root in layout.roots}

    def _folders(self, files: SourceFiles, root: PageRoot) -> frozenset[str]:
        names = {
            rest.split("/", 1)[0]
            for path in files.paths
            if "/" in (rest := _below(path, root.folder) or "")
        }
        return locales.locale_folders(sorted(names), self._languages)

    def root_of(self, path: str) -> PageRoot | None:
        return next((it for it in self._roots if _below(path, it.folder) is not None), None)

    def reason_against(self, path: str) -> str:
        """The heading under which a file is told that is no page; "" for a page."""
        root = self.root_of(path)
        if root is None:
            return "Outside of the folders with pages"
        rest = (_below(path, root.folder) or "").split("/")
        stem = rest[-1].rpartition(".")[0].lower()
        if any(part in OTHERS for part in rest[:-1]) or any(
            path.startswith(f"{one}/") for one in self._layout.skipped
        ):
            return "Folders that hold no help"
        folders = rest[1:-1] if rest[0] in self._locales[root.folder] else rest[:-1]
        if any(part in PARTIALS or part.startswith("_") for part in folders):
            return "Parts that other pages include"
        if stem.startswith("_") and stem.partition(".")[0] != "_index":
            return "Parts that other pages include"
        if self._bundles is not None and self._bundles.has_resource(path):
            return "Parts that other pages include"
        is_about = stem in (NO_ARTICLES if not root.folder else OF_MENUS)
        if is_about and len(rest) == 1 and path not in self._layout.nav:
            return "About the repository"
        is_readme = (
            stem == "readme"
            and len(rest) == 1
            and self._layout.format in ("markdown", "obsidian", "jekyll")
        )
        return "About the repository" if is_readme else ""

    def place(self, path: str, root: PageRoot, told: str, body: str) -> PagePlace:
        rest = (_below(path, root.folder) or "").split("/")
        locale = root.lang
        if not locale and len(rest) > 1 and rest[0] in self._locales[root.folder]:
            locale = rest.pop(0)
        stem = rest[-1].rpartition(".")[0]
        name, dot, suffix = stem.rpartition(".")
        if dot and locales.is_locale(suffix, self._languages) and name:
            locale, stem = locale or suffix, name
        lang = locale or told or self._options.language or self._layout.default_lang
        lang = lang or locales.guessed(body, self._languages)
        is_index = stem.lower() in INDEX or (len(rest) > 1 and stem == rest[-2])
        return PagePlace(
            path=path,
            root=root,
            parts=(*rest[:-1], stem),
            lang=locales.language_of(lang, self._languages),
            locale=locale,
            is_index=is_index,
        )


def _below(path: str, folder: str) -> str | None:
    """The path below a folder; None outside of it."""
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def _page(page: PageFile, layout: TreeLayout, is_leaf: bool) -> SourcePage:
    place, told = page.place, page.facts
    nav = layout.nav.get(place.path)
    above = place.parts[:-2] if place.is_index and is_leaf else place.parts[:-1]
    stem = place.parts[-2] if place.is_index and len(place.parts) > 1 else place.parts[-1]
    heading = first_heading(page.front.body, is_top_only=layout.format in TITLED_BY_TOP)
    order = told.order if told.order is not None else nav.order if nav else number_of(stem)
    group = "/".join((place.root.group or place.root.folder, *place.parts))
    addresses = dict.fromkeys(layout.addresses(place, told))
    return SourcePage(
        key=place.path,
        group=group,
        path=place.path,
        lang=place.lang,
        title=told.title or heading or (nav.title if nav else "") or told.label or humanised(stem),
        body=page.front.body,
        body_line=page.front.body_line,
        folders=_folders(place, above, nav.sections if nav else ()),
        summary=told.summary,
        slug=_slug(told, stem),
        tags=tuple(dict.fromkeys((*told.tags, *_tags_in_text(page, layout)))),
        status="draft" if place.root.kind == "drafts" else told.status,
        order=order,
        updated=told.updated or _day_of_post(place),
        addresses=tuple(it for it in addresses if not it.endswith("-*")),
        prefixes=tuple(it for it in addresses if it.endswith("-*")),
        names=(*told.names, posixpath.basename(place.path).rpartition(".")[0], *_number(told)),
        variables={key: front.text_of(value) for key, value in page.front.values.items()},
    )


def _dated(page: SourcePage, file: PageFile, days: Mapping[str, str]) -> SourcePage:
    """The page with the day of its last commit, unless its own front matter names one."""
    day = days.get(page.path, "")
    return page if file.facts.updated or not day else replace(page, updated=day)


def _tags_in_text(page: PageFile, layout: TreeLayout) -> tuple[str, ...]:
    return tags_in(page.front.body) if layout.format == "obsidian" else ()


def _folders(place: PagePlace, above: Sequence[str], sections: Sequence[str]) -> tuple[str, ...]:
    """Keys of the folders around a page; for one in none, of its headings in the menu."""
    names, first = (above, place.root.group or place.root.folder) if above else (sections, MENU)
    return tuple("/".join((first, *names[:end])) for end in range(1, len(names) + 1))


def _slug(told: front_facts.FrontFacts, stem: str) -> str:
    wanted = told.slug.strip("/").rpartition("/")[2]
    name = without_number(stem)
    if name[:4].isdigit() and front_facts.day(name):
        name = name[11:] or name
    return wanted or name


def _number(told: front_facts.FrontFacts) -> tuple[str, ...]:
    return (told.own_id,) if told.own_id.isdigit() else ()


def _day_of_post(place: PagePlace) -> str:
    return front_facts.day(place.parts[-1]) if place.root.kind == "posts" else ""
