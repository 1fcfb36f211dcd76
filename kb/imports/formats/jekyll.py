"""Jekyll: `_config.yml`, pages, `_posts`, `_drafts` and collections."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from kb.imports.callout_kinds import NamedCallout, named
from kb.imports.formats import front
from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace, PageRoot, TreeLayout, joined
from kb.imports.model import SourceMarkup
from kb.imports.sources.files import SourceFiles

CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
SIGNS = ("_posts/", "_layouts/", "_includes/", "_docs/", "Gemfile", "_drafts/", "_data/", "_sass/")
OWN_KEYS = frozenset(
    "remote_theme theme plugins baseurl collections permalink kramdown markdown defaults callouts"
    " aux_links nav_external_links".split()
)
OTHERS_KEYS = frozenset("source_dir public_dir execute sphinx launch_buttons".split())
"""Of Hexo and of Jupyter Book."""
STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:month/:title.html",
    "none": "/:categories/:title.html",
}


def is_config(files: SourceFiles, folder: str) -> bool:
    """True for settings that are Jekyll's, and not those of another generator by that name."""
    path = next((one for name in CONFIGS if (one := posixpath.join(folder, name)) in files), "")
    text = (files.text(path) or "")[:50_000] if path else ""
    keys = {line.partition(":")[0].strip() for line in text.split("\n") if line[:1].isalpha()}
    return bool(keys & OWN_KEYS) and not keys & OTHERS_KEYS


def layout(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of the site whose configuration lies in `folder`."""
    path = next(one for name in CONFIGS if (one := posixpath.join(folder, name)) in files)
    text = files.text(path) or ""
    config, _ = front.toml(text) if path.endswith(".toml") else front.yaml(text)
    base = front.first_text(config, "baseurl")
    style = front.first_text(config, "permalink") or "date"
    collections = _collections(config)

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        own = _address(place, STYLES.get(style, style), collections, is_pretty=style == "pretty")
        olds = [joined(base, old) for old in told.old_paths]
        with_lang = [joined(base, place.locale, own)] if place.locale else []
        return *olds[:1], *with_lang, joined(base, own), *olds[1:]

    roots = [PageRoot(folder, "pages")]
    roots.append(PageRoot(posixpath.join(folder, "_posts"), "posts", kind="posts"))
    roots.append(PageRoot(posixpath.join(folder, "_drafts"), "drafts", kind="drafts"))
    roots += (
        PageRoot(posixpath.join(folder, f"_{name}"), name, prefix=name) for name in collections
    )
    return TreeLayout(
        format="jekyll",
        roots=tuple(roots),
        addresses=addresses,
        base=base.rstrip("/"),
        hosts=(front.first_text(config, "url"),) if config.get("url") else (),
        default_lang=front.first_text(config, "lang", "locale"),
        variables=_variables(config),
        markup=SourceMarkup(tilde="text", has_brackets=True, callouts=_callouts(config)),
        include_roots=(posixpath.join(folder, "_includes"), folder),
    )


def _collections(config: Mapping[str, Any]) -> Mapping[str, str]:
    """Name → pattern of addresses, of every collection."""
    written = config.get("collections")
    usual = "/:collection/:path.html"
    if isinstance(written, Mapping):
        return {
            name: (front.first_text(one, "permalink") if isinstance(one, Mapping) else "") or usual
            for name, one in written.items()
        }
    named = dict.fromkeys(front.texts_of(written), usual)
    return named or {"docs": usual, "pages": "/:path.html", "articles": usual}


def _address(
    place: PagePlace, style: str, collections: Mapping[str, str], *, is_pretty: bool
) -> str:
    path = "/".join(place.parts[:-1] if place.parts[-1] == "index" else place.parts)
    if place.root.kind == "posts":
        return _post(place, style)
    if place.root.prefix:
        name = place.root.prefix
        pattern = collections[name].replace(":collection", name).replace(":path", path)
        return pattern.replace(":title", place.parts[-1]).replace(":name", place.parts[-1])
    if place.parts[-1] == "index":
        return f"/{path}/" if path else "/"
    return f"/{path}/" if is_pretty else f"/{path}.html"


def _post(place: PagePlace, style: str) -> str:
    year, month, day, *rest = (*place.parts[-1].split("-", 3), "", "", "")
    title = rest[0] or place.parts[-1]
    for token, value in (
        (":categories", "/".join(place.parts[:-1])),
        (":year", year),
        (":month", month),
        (":day", day),
        (":title", title),
        (":slug", title),
    ):
        style = style.replace(token, value)
    return joined(style)


def _callouts(config: Mapping[str, Any]) -> Mapping[str, NamedCallout]:
    """Classes that the theme Just the Docs shows as callouts, by the kind of their colour."""
    written = config.get("callouts")
    return {
        name: named(name, front.first_text(one, "color") if isinstance(one, Mapping) else "")
        or "note"
        for name, one in (written.items() if isinstance(written, Mapping) else ())
    }


def _variables(config: Mapping[str, Any]) -> Mapping[str, str]:
    found = {
        f"site.{key}": front.text_of(value) for key, value in config.items() if front.text_of(value)
    }
    for key, value in config.items():
        if isinstance(value, Mapping):
            found |= {f"site.{key}.{name}": front.text_of(one) for name, one in value.items()}
    return {"site.baseurl": "", "site.url": "", **{key: one for key, one in found.items() if one}}
