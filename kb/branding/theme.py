"""A site's look as pages show it; `kb.branding.theme_file` reads it from `theme.toml`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.branding.palette import GROUNDS, Palette, Scheme
from kb.branding.site_folder import HASH_CHARS, SiteFile


@dataclass(frozen=True)
class Logo:
    """`alt` is empty where the picture stands beside the site's name."""

    light: SiteFile
    dark: SiteFile | None
    alt: Mapping[str, str]


@dataclass(frozen=True)
class FooterLink:
    label: Mapping[str, str]
    url: Mapping[str, str]


@dataclass(frozen=True)
class Theme:
    """A site's looks. Texts are by language; "" stands for all that are not named."""

    stylesheet: str
    """CSS; "" when nothing differs from our own."""
    palettes: Mapping[Scheme, Palette]
    """Empty without a brand colour."""
    theme_colours: Mapping[Scheme, str]
    tagline: Mapping[str, str]
    favicon: SiteFile | None
    logo: Logo | None
    fonts: tuple[SiteFile, ...]
    """To be loaded early: the first file of the family."""
    radius: int | None
    footer_text: Mapping[str, str]
    footer_links: tuple[FooterLink, ...]

    @property
    def version(self) -> str:
        return hashlib.sha256(self.stylesheet.encode()).hexdigest()[:HASH_CHARS]


PLAIN = Theme(
    stylesheet="",
    palettes={},
    theme_colours={scheme: GROUNDS[scheme]["surface"] for scheme in ("light", "dark")},
    tagline={},
    favicon=None,
    logo=None,
    fonts=(),
    radius=None,
    footer_text={},
    footer_links=(),
)
"""Our own look."""


def in_language(texts: Mapping[str, str], lang: str, languages: Sequence[str]) -> str:
    """The text for a reader of `lang`, else the one for all, else that of the first language."""
    for key in (lang, "", *languages):
        if text := texts.get(key):
            return text
    return ""
