"""Hugo: `hugo.toml`, `content/` with sections and bundles, languages by suffix or folder."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from kb.imports.formats import front
from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace, PageRoot, TreeLayout, joined
from kb.imports.formats.permalinks.hugo_style import filled, merged, pattern_for
from kb.imports.model import SourceMarkup
from kb.imports.sources.files import SourceFiles

SUFFIXES = ("toml", "yaml", "yml", "json")
PARTS = ("permalinks", "params", "languages", "markup")
CONFIGS = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in SUFFIXES
)


def layout(files: SourceFiles, folder: str) -> TreeLayout:
    """The layout of the site whose configuration lies in `folder`."""
    config = _settings(files, folder)
    site = urlsplit(front.first_text(config, "baseURL", "baseurl"))
    default = front.first_text(
        config, "defaultContentLanguage", "defaultcontentlanguage", "languageCode"
    )
    default = default.lower() or "en"
    is_below = front.is_true(config, "defaultContentLanguageInSubdir")
    content = posixpath.join(folder, front.first_text(config, "contentDir") or "content")

    def addresses(place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        parts = place.parts[:-1] if place.is_index else place.parts
        own = _own_address(config, place, told)
        shown = own.lower().replace(" ", "-")
        locale = place.locale if is_below or place.locale != default else ""
        olds = [
            joined(site.path, locale if one.startswith("/") else "", one) for one in told.old_paths
        ]
        names = [joined(site.path, locale, *parts[:-1], one) for one in told.names]
        return f"{joined(site.path, locale, shown).rstrip('/')}/", *olds, *names

    return TreeLayout(
        format="hugo",
        roots=(*_language_roots(config, folder, content), PageRoot(content, "content")),
        addresses=addresses,
        base=site.path.rstrip("/"),
        hosts=(site.netloc,) if site.netloc else (),
        default_lang=default,
        variables=_variables(config),
        markup=_markup(config),
        include_roots=(
            folder,
            content,
            posixpath.join(folder, "static"),
            posixpath.join(folder, "assets"),
        ),
    )


def _own_address(config: Mapping[str, Any], place: PagePlace, told: FrontFacts) -> str:
    """The address of a page below its language, by the pattern for its section if there is one."""
    parts = place.parts[:-1] if place.is_index else place.parts
    is_section = place.parts[-1] == "_index"
    if not parts:
        return ""
    patterns = front_value(config, f"languages.{place.locale}.permalinks") or config.get(
        "permalinks"
    )
    sections = parts if is_section else parts[:-1]
    if pattern := pattern_for(patterns, sections, is_section=is_section):
        return filled(pattern, place, told)
    return "/".join((*parts[:-1], told.slug or parts[-1]))


def front_value(values: Mapping[str, Any], key: str) -> object:
    """The value of `a.b.c`."""
    found: object = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _settings(files: SourceFiles, folder: str) -> Mapping[str, Any]:
    """The settings, with those in files of their own beside them."""
    path = next((one for name in CONFIGS if (one := posixpath.join(folder, name)) in files), "")
    parts: dict[str, Mapping[str, Any]] = {}
    for suffix in SUFFIXES:
        for name in PARTS:
            own = posixpath.join(folder, "config/_default", f"{name}.{suffix}")
            if own in files:
                parts.setdefault(name, _config(files, own))
    return merged(_config(files, path), parts)


def _config(files: SourceFiles, path: str) -> Mapping[str, Any]:
    text = (files.text(path) or "") if path else ""
    if path.endswith(".toml"):
        return front.toml(text)[0]
    if path.endswith(".json"):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return values if isinstance(values, dict) else {}
    return front.yaml(text)[0]


def _language_roots(config: Mapping[str, Any], folder: str, content: str) -> tuple[PageRoot, ...]:
    languages = config.get("languages")
    found = []
    for name, one in languages.items() if isinstance(languages, Mapping) else ():
        own = front.first_text(one, "contentDir", "contentdir") if isinstance(one, Mapping) else ""
        if own and posixpath.join(folder, own) != content:
            found.append(PageRoot(posixpath.join(folder, own), "content", name))
    return tuple(found)


def _markup(config: Mapping[str, Any]) -> SourceMarkup:
    """Marks that Goldmark's extensions give another meaning."""
    extras = "markup.goldmark.extensions.extras"

    def has(name: str) -> bool:
        return front.first_text(config, f"{extras}.{name}.enable") == "true"

    return SourceMarkup(
        tilde="subscript" if has("subscript") else "struck",
        caret="superscript" if has("superscript") else "text",
        plus="inserted" if has("insert") else "text",
        has_brackets=True,
    )


def _variables(config: Mapping[str, Any]) -> Mapping[str, str]:
    params = config.get("params")
    found: dict[str, str] = {}
    for name, value in params.items() if isinstance(params, Mapping) else ():
        if text := front.text_of(value):
            found |= {name: text, f"params.{name}": text, f".Site.Params.{name}": text}
    return found
