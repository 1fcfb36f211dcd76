"""Jekyll: `_config.yml`, pages, `_posts`, `_drafts` and collections."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Literal

from kb.imports.callout_kinds import NamedCallout, named
from kb.imports.formats import front
from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace, PageRoot, TreeLayout, joined
from kb.imports.formats.permalinks.jekyll_style import JekyllStyle, defaults_of
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
KINDS: Mapping[str, Literal["posts", "drafts"]] = {"_posts": "posts", "_drafts": "drafts"}


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
    collections = _collections(config)
    style = JekyllStyle(
        folder,
        front.first_text(config, "permalink") or "date",
        collections,
        defaults_of(config),
    )

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        own = style.addresses(place, told)
        olds = told.old_paths[1:] if told.has_permalink else told.old_paths
        with_lang = [joined(base, place.locale, own[0])] if place.locale else []
        return *with_lang, *(joined(base, one) for one in (*own, *olds))

    where = posixpath.join(folder, front.first_text(config, "collections_dir")).rstrip("/")
    roots = [PageRoot(folder, "pages"), *_post_roots(files, folder, where)]
    roots += (
        PageRoot(posixpath.join(where, f"_{name}"), name, prefix=name)
        for name in collections
        if name not in ("posts", "drafts")
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
    usual = ""
    if isinstance(written, Mapping):
        return {
            name: (front.first_text(one, "permalink") if isinstance(one, Mapping) else "") or usual
            for name, one in written.items()
        }
    named_ones = dict.fromkeys(front.texts_of(written), usual)
    return named_ones or {"docs": usual, "pages": "/:path:output_ext", "articles": usual}


def _post_roots(files: SourceFiles, folder: str, where: str) -> list[PageRoot]:
    """Every `_posts` and `_drafts`: folders above them are categories."""
    found = {posixpath.join(where, name): name for name in KINDS}
    start = f"{folder}/" if folder else ""
    for path in files.paths:
        if not path.startswith(start):
            continue
        for name in KINDS:
            before, middle, _ = f"/{path}".rpartition(f"/{name}/")
            if middle:
                found[f"{before}/{name}".strip("/")] = name
    return [
        PageRoot(path, path.removeprefix(start).replace("_", ""), kind=KINDS[name])
        for path, name in found.items()
    ]


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
