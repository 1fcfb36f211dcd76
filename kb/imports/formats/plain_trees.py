"""Trees of few or no settings: Markdown in folders, Obsidian vaults, Starlight, VitePress."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from kb.imports.formats import locales
from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace, PageRoot, TreeLayout, joined, without_number
from kb.imports.formats.markdown_pages import INDEX, NO_ARTICLES, PARTIALS, SUFFIXES
from kb.imports.model import ImportOptions, SourceMarkup
from kb.imports.sources.files import SourceFiles

STARLIGHT = "src/content/docs"
VITEPRESS = (".vitepress", ".vuepress")
SETTING = re.compile(r"\b(site|base|hostname)[ \t]{0,9}:[ \t\n]{0,9}[\"'`]([^\"'`\n]{0,300})[\"'`]")
ZENDESK = re.compile(r"https?://([a-z0-9.-]{1,200})/hc/([a-z-]{2,10})/articles/\d")
SAMPLED = 200


def markdown(files: SourceFiles, options: ImportOptions) -> TreeLayout:
    """The layout of folders of Markdown; pages that name a number were articles of Zendesk."""
    roots = _roots(files, options.languages)
    host, locale = _zendesk_site(files)

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        parts = place.parts[:-1] if place.is_index and len(place.parts) > 1 else place.parts
        own = [one for one in told.old_paths if one.startswith(("/", "http"))]
        if told.own_id.isdigit() and locale:
            stem = f"/hc/{locale}/articles/{told.own_id}"
            own += [f"{stem}-{place.parts[-1]}", stem, f"{stem}-*"]
        slug = [told.slug] if told.slug.startswith("/") else []
        plain = [joined(place.locale, *parts), joined(place.root.folder, place.locale, *parts)]
        return *own, *slug, *dict.fromkeys(one for one in plain if one != "/")

    return TreeLayout(
        "markdown",
        roots,
        addresses,
        hosts=(host,) if host else (),
        include_roots=("", *(f"{it.folder}" for it in roots)),
    )


def obsidian() -> TreeLayout:
    """The layout of a vault."""

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        own = [one for one in told.old_paths if one]
        path = joined(*place.parts)
        return (
            *(joined(one) for one in own),
            path,
            *((path.replace(" ", "+"),) if " " in path else ()),
        )

    return TreeLayout(
        "obsidian",
        (PageRoot(""),),
        addresses,
        markup=SourceMarkup(tilde="text", any_callout=True),
        skipped=(".obsidian", ".trash", "Templates"),
    )


def starlight(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of Astro's Starlight, whose pages lie in `src/content/docs`."""
    content = posixpath.join(folder, STARLIGHT)
    found = _settings(
        files, [posixpath.join(folder, f"astro.config.{it}") for it in ("mjs", "ts", "js")]
    )
    base = found.get("base", "")

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        parts = place.parts[:-1] if place.parts[-1].lower() in INDEX else place.parts
        own = told.slug or "/".join(parts).lower().replace(" ", "-")
        return (
            f"{joined(base, place.locale if not told.slug else '', own).rstrip('/')}/",
            *told.old_paths,
        )

    return TreeLayout(
        "starlight",
        (PageRoot(content, "docs"),),
        addresses,
        base=base.rstrip("/"),
        hosts=(found["site"],) if found.get("site") else (),
        include_roots=(
            folder,
            content,
            posixpath.join(folder, "public"),
            posixpath.join(folder, "src"),
        ),
    )


def vitepress(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of VitePress and VuePress, whose pages lie beside `.vitepress`."""
    names = [f"{one}/config.{it}" for one in VITEPRESS for it in ("js", "ts", "mts", "mjs")]
    found = _settings(files, [posixpath.join(folder, one) for one in names])
    base = found.get("base", "")

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        parts = place.parts[:-1] if place.parts[-1].lower() in INDEX else place.parts
        own = joined(base, place.locale, *parts)
        return (
            (own if parts == place.parts else f"{own.rstrip('/')}/"),
            f"{own}.html",
            *told.old_paths,
        )

    return TreeLayout(
        "vitepress",
        (PageRoot(folder, "docs"),),
        addresses,
        base=base.rstrip("/"),
        markup=SourceMarkup(tilde="text"),
        include_roots=(folder, posixpath.join(folder, "public")),
    )


def _settings(files: SourceFiles, paths: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        for name, value in SETTING.findall(
            (files.text(path) or "")[:200_000] if path in files else ""
        ):
            found.setdefault(name, value)
    return found


def _roots(files: SourceFiles, languages: Sequence[str]) -> tuple[PageRoot, ...]:
    """Folders below which categories begin: those around everything say nothing."""
    pages = [path for path in files.paths if path.lower().endswith(SUFFIXES) and _is_page(path)]
    top = _descended("", pages, languages)
    children = sorted({path.split("/", 1)[0] for path in pages})
    if top or any("/" not in path for path in pages):
        return (PageRoot(top, "pages"),)
    below = {one: _descended(one, pages, languages) for one in children}
    if any(_has_locales(folder, pages, languages) for folder in below.values()):
        return tuple(PageRoot(folder, name) for name, folder in below.items())
    return (PageRoot(""),)


def _is_page(path: str) -> bool:
    stem = without_number(posixpath.basename(path).rpartition(".")[0].lower())
    return not (stem in NO_ARTICLES or stem == "readme" or PARTIALS & set(path.split("/")))


def _descended(folder: str, pages: Sequence[str], languages: Sequence[str]) -> str:
    while True:
        prefix = f"{folder}/" if folder else ""
        below = [path.removeprefix(prefix) for path in pages if path.startswith(prefix)]
        names = {path.split("/", 1)[0] for path in below}
        if len(names) != 1 or not all("/" in path for path in below):
            return folder
        name = names.pop()
        if locales.locale_folders([name], languages):
            return folder
        if folder.count("/") > 5 or _is_only_category(name, below):
            return folder
        folder = prefix + name


def _is_only_category(name: str, below: Sequence[str]) -> bool:
    """True for a single folder that holds the pages themselves and is named for them."""
    is_flat = all(path.count("/") == 1 for path in below)
    return is_flat and name.lower() not in (
        "docs",
        "doc",
        "content",
        "src",
        "pages",
        "articles",
        "help",
    )


def _has_locales(folder: str, pages: Sequence[str], languages: Sequence[str]) -> bool:
    prefix = f"{folder}/"
    names = {
        path.removeprefix(prefix).split("/", 1)[0] for path in pages if path.startswith(prefix)
    }
    return bool(locales.locale_folders(sorted(names), languages))


def _zendesk_site(files: SourceFiles) -> tuple[str, str]:
    """Host and locale that the pages' own links name most, when they were made for Zendesk."""
    counted: Counter[tuple[str, str]] = Counter()
    pages = [path for path in files.paths if path.lower().endswith(SUFFIXES)]
    for path in pages[:: max(1, len(pages) // SAMPLED)]:
        text = files.text(path) or ""
        counted.update(ZENDESK.findall(text[:100_000]))
    return counted.most_common(1)[0][0] if counted else ("", "")


def host_of(address: str) -> str:
    """Host of an address with or without scheme."""
    return (urlsplit(address).netloc if "//" in address else address.partition("/")[0]).lower()
