"""MkDocs: `mkdocs.yml` with its menu, `docs/`, translations by folder or suffix."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from kb.imports.formats import front
from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import NavEntry, PagePlace, PageRoot, TreeLayout, joined
from kb.imports.model import Folder, SourceMarkup
from kb.imports.sources.files import SourceFiles

CONFIGS = ("mkdocs.yml", "mkdocs.yaml")
MAX_NAV_DEPTH = 12


def layout(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of the site whose configuration lies in `folder`."""
    path = next(one for name in CONFIGS if (one := posixpath.join(folder, name)) in files)
    config, _ = front.yaml(files.text(path) or "")
    docs = posixpath.join(folder, front.text_of(config.get("docs_dir")) or "docs").rstrip("/")
    docs = posixpath.normpath(docs) if docs else docs
    site = urlsplit(_or_default(config.get("site_url")))
    is_flat = front.is_false(config, "use_directory_urls")
    plugins = _plugins(config)
    default = _default_language(plugins, config)

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        locale = "" if place.locale in ("", default) else place.locale
        shown = _shown(joined(site.path, locale, *place.parts), is_flat=is_flat)
        return *shown, *told.old_paths

    nav: dict[str, NavEntry] = {}
    for title, target, sections in _entries(config.get("nav"), ()):
        nav.setdefault(
            posixpath.normpath(posixpath.join(docs, target)),
            NavEntry(title, len(nav) + 1, sections),
        )
    return TreeLayout(
        format="mkdocs",
        roots=(PageRoot(docs, "docs"),),
        addresses=addresses,
        base=site.path.rstrip("/"),
        hosts=(site.netloc,) if site.netloc else (),
        default_lang=default,
        variables=_variables(config),
        nav=nav,
        labels=_labels(plugins),
        locales=_locales(plugins, default),
        markup=SourceMarkup(tilde="subscript", caret="superscript", has_brackets=True),
        folders=_folders(nav, docs),
        include_roots=(
            folder,
            docs,
            posixpath.join(folder, "snippets"),
            posixpath.join(folder, "includes"),
            *_snippet_folders(config, folder),
        ),
        redirects=_redirects(plugins, docs, site.path, is_flat=is_flat),
    )


def _folders(nav: Mapping[str, NavEntry], docs: str) -> dict[str, Folder]:
    """Folders by their place in the menu; by its name where all their pages stand under one."""
    titles: dict[str, set[str]] = {}
    orders: dict[str, int] = {}
    for path, entry in nav.items():
        folder = posixpath.dirname(path)
        if folder != docs:
            titles.setdefault(folder, set()).add(entry.sections[-1] if entry.sections else "")
        while folder not in ("", docs):
            orders[folder] = min(entry.order, orders.get(folder, entry.order))
            folder = posixpath.dirname(folder)
    found = {}
    for folder, order in orders.items():
        names = titles.get(folder, set())
        title = next(iter(names)) if len(names) == 1 else ""
        found[folder] = Folder(folder, {"": title} if title else {}, order=order)
    return found


def _locales(plugins: Mapping[str, Any], default: str) -> tuple[str, ...]:
    """Locales in which the site showed pages that were not translated too."""
    i18n = plugins.get("i18n")
    if not isinstance(i18n, Mapping) or front.is_false(i18n, "fallback_to_default"):
        return ()
    found = (front.first_text(one, "locale") for one in _built(i18n))
    return tuple(locale for locale in found if locale not in ("", default, "null"))


def _labels(plugins: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Words of the menu in each locale that has some."""
    i18n = plugins.get("i18n")
    found: dict[str, dict[str, str]] = {}
    for one in _built(i18n) if isinstance(i18n, Mapping) else ():
        words = one.get("nav_translations")
        if isinstance(words, Mapping):
            locale = front.first_text(one, "locale")
            found[locale] = {name: front.text_of(text) for name, text in words.items()}
    return found


def _built(i18n: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    written = i18n.get("languages")
    for one in written if isinstance(written, tuple) else ():
        if isinstance(one, Mapping) and not front.is_false(one, "build"):
            yield one


def _plugins(config: Mapping[str, Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    written = config.get("plugins")
    if isinstance(written, Mapping):
        return written
    for one in written if isinstance(written, tuple) else ():
        if isinstance(one, Mapping):
            found |= one
    return found


def _default_language(plugins: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    i18n = plugins.get("i18n")
    if isinstance(i18n, Mapping):
        if name := front.first_text(i18n, "default_language"):
            return name
        languages = i18n.get("languages")
        for one in languages if isinstance(languages, tuple) else ():
            if isinstance(one, Mapping) and front.is_true(one, "default"):
                return front.first_text(one, "locale")
    return front.first_text(config, "theme.language")


def _snippet_folders(config: Mapping[str, Any], folder: str) -> Iterator[str]:
    """Folders in which the settings say that snippets lie."""
    written = config.get("markdown_extensions")
    for one in written if isinstance(written, tuple | list) else (written,):
        own = one.get("pymdownx.snippets") if isinstance(one, Mapping) else None
        paths = own.get("base_path") if isinstance(own, Mapping) else None
        for path in (paths,) if isinstance(paths, str) else front.texts_of(paths):
            if not path.startswith(("/", "..", "!")):
                yield posixpath.normpath(posixpath.join(folder, path))


def _shown(path: str, *, is_flat: bool) -> tuple[str, ...]:
    """Addresses of the page at a path without its suffix."""
    folder, _, name = path.rpartition("/")
    if name in ("index", "README"):
        return (f"{folder}/", f"{folder}/index.html") if is_flat else (f"{folder}/",)
    return (f"{path}.html",) if is_flat else (f"{path}/",)


def _or_default(value: object) -> str:
    """A setting, or the default of one that the environment gives: `!ENV [NAME, default]`."""
    if isinstance(value, tuple | list):
        return front.text_of(value[-1]) if len(value) > 1 else ""
    return front.text_of(value)


def _redirects(
    plugins: Mapping[str, Any], docs: str, base: str, *, is_flat: bool
) -> Mapping[str, str]:
    """Redirects of the plug-in: address under the site's own → file, or address elsewhere."""
    found = plugins.get("redirects")
    maps = found.get("redirect_maps") if isinstance(found, Mapping) else None
    redirects = {}
    for old, new in maps.items() if isinstance(maps, Mapping) else ():
        target = front.text_of(new)
        path = old.partition("#")[0].removesuffix(".md").removesuffix(".html")
        for address in _shown(joined(base, path), is_flat=is_flat):
            is_outside = "://" in target
            redirects[address] = target if is_outside else posixpath.join(docs, target)
    return redirects


def _entries(nav: object, above: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Title, file and headings of every entry of the menu."""
    if len(above) > MAX_NAV_DEPTH:
        return
    for entry in nav if isinstance(nav, tuple) else ():
        if isinstance(entry, str):
            yield "", entry, above
        elif isinstance(entry, Mapping):
            for title, target in entry.items():
                if isinstance(target, str):
                    yield title, target, above
                else:
                    yield from _entries(target, (*above, title))


def _variables(config: Mapping[str, Any]) -> Mapping[str, str]:
    """Values of `extra`, by the names that macros know them by."""
    found = {}
    extra = config.get("extra")
    for name, value in extra.items() if isinstance(extra, Mapping) else ():
        if isinstance(value, str):
            found[name] = found[f"extra.{name}"] = found[f"config.extra.{name}"] = value
        elif isinstance(value, Mapping):
            found |= {f"{name}.{key}": one for key, one in value.items() if isinstance(one, str)}
    for name in ("site_name", "site_url", "repo_url"):
        if value := front.text_of(config.get(name)):
            found[f"config.{name}"] = value
    return found
