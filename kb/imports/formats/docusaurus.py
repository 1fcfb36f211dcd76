"""Docusaurus: `docusaurus.config.js`, `docs/`, translations in `i18n/<language>/`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace, PageRoot, TreeLayout, joined, without_number
from kb.imports.formats.menus import docusaurus_lists
from kb.imports.sources.files import SourceFiles

CONFIGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs"))
SETTING = re.compile(
    r"\b(url|baseUrl|routeBasePath|defaultLocale)[ \t]{0,9}:[ \t\n]{0,9}[\"'`]([^\"'`\n]{0"
    r",300})[\"'`]"
)
OBJECT = re.compile(r"\{[^{}]{0,3000}\}")
FROM = re.compile(
    r"\bfrom[ \t]{0,9}:[ \t\n]{0,9}(\[[^\[\]]{0,2000}\]|[\"'`][^\"'`\n]{1,500}[\"'`])"
)
TO = re.compile(r"\bto[ \t]{0,9}:[ \t\n]{0,9}[\"'`]([^\"'`\n]{1,500})[\"'`]")
QUOTED = re.compile(r"[\"'`]([^\"'`\n]{1,500})[\"'`]")
PATH = re.compile(r"\bpath[ \t]{0,9}:[ \t]{0,9}[\"'`](\.\./[\w./-]{1,200}|[\w-]{0,60}docs)[\"'`]")
PLUGIN = "docusaurus-plugin-content-docs"


def layout(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of the site whose configuration lies in `folder`."""
    found: dict[str, str] = {}
    text = settings(files, folder)
    for name, value in SETTING.findall(text):
        found.setdefault(name, value)
    base = found.get("baseUrl", "/")
    route = found.get("routeBasePath", "docs")
    default = found.get("defaultLocale", "")
    docs = docs_folder(text, folder)
    locales = tuple(it for it in docusaurus_lists.locales(text) if it != default)
    roots = (PageRoot(docs, "docs", default, prefix=route), *_translated(files, folder, route))
    starts = tuple(joined(base, locale, route) for locale in ("", *locales))

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        names = [without_number(part) for part in place.parts]
        if place.is_index:
            names = names[:-1]
        elif told.own_id:
            names[-1] = told.own_id
        slug = told.slug
        own = slug if slug.startswith("/") else "/".join((*names[:-1], slug) if slug else names)
        locale = "" if place.locale in ("", default) else place.locale
        return joined(base, locale, place.root.prefix, own), *told.old_paths

    return TreeLayout(
        format="docusaurus",
        roots=roots,
        addresses=addresses,
        base=base.rstrip("/"),
        hosts=(found["url"],) if found.get("url") else (),
        default_lang=default,
        locales=locales,
        labels=docusaurus_lists.labels(files, folder),
        lists=docusaurus_lists.lists(files, {it.folder: starts for it in roots}),
        redirects=_redirects(text, base),
        include_roots=(folder, docs, posixpath.join(folder, "static")),
        skipped=tuple(posixpath.join(folder, one) for one in ("blog", "src", "versioned_docs")),
    )


def settings(files: SourceFiles, folder: str) -> str:
    """The text of the configuration."""
    path = next((one for it in CONFIGS if (one := posixpath.join(folder, it)) in files), "")
    return (files.text(path) or "")[:200_000] if path else ""


def docs_folder(config: str, folder: str) -> str:
    """The folder with pages: `docs`, or the one that the settings name beside the site's own."""
    match = PATH.search(config)
    path = posixpath.normpath(posixpath.join(folder, match[1] if match else "docs"))
    return "" if path == "." else path


def _redirects(config: str, base: str) -> dict[str, str]:
    """Redirects that the plug-in for them has in its settings: old address → new one."""
    found: dict[str, str] = {}
    for match in OBJECT.finditer(config) if "redirects" in config else ():
        olds, new = FROM.search(match[0]), TO.search(match[0])
        for old in QUOTED.findall(olds[1]) if olds and new else ():
            found[joined(base, old)] = new[1] if new else ""
    return found


def _translated(files: SourceFiles, folder: str, route: str) -> Iterator[PageRoot]:
    prefix = posixpath.join(folder, "i18n") + "/"
    seen = set()
    for path in files.paths:
        parts = path.removeprefix(prefix).split("/")
        if path.startswith(prefix) and len(parts) > 3 and parts[1].startswith(PLUGIN):
            root = prefix + "/".join(parts[:3])
            if parts[2] == "current" and root not in seen:
                seen.add(root)
                yield PageRoot(root, "docs", parts[0], prefix=route)
