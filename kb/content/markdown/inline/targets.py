"""Addresses that links and pictures get, from whoever renders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ImageSource:
    """Address of a picture; width and height in CSS pixels keep the page from jumping."""

    src: str
    width: int | None = None
    height: int | None = None


ResolveLink = Callable[[str], str | None]
ResolveImage = Callable[[str], ImageSource | str | None]
Refused = Callable[[Literal["link", "picture"], str], None]
"""Is told of every address that no page may hold, whatever resolves the others."""

INVISIBLE = re.compile(r"[\x00-\x20]+")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
SITE_PATH = re.compile(r"(?![/\\]{2}|[#?])[^\\:/?#\x00-\x20]*+(?:[/?#][^\\\x00-\x20]*+)?")


@dataclass(frozen=True)
class Targets:
    """Gives links and pictures their addresses."""

    resolve_link: ResolveLink | None
    resolve_image: ResolveImage | None
    refused: Refused | None = None

    def link(self, href: str) -> dict[str, str] | None:
        """Attributes of `a`; None when the link is to become its text."""
        if is_external(href):
            return {"href": href, "rel": "noopener noreferrer nofollow"}
        if scheme := SCHEME.match(INVISIBLE.sub("", href)):  # browsers skip some of them
            if scheme[0].lower() in ("mailto:", "tel:"):
                return {"href": href}
            self._refuse("link", href)
            return None
        if href.startswith("#") or self.resolve_link is None:
            return {"href": href}
        address = self.resolve_link(href)
        return None if address is None else {"href": address}

    def _refuse(self, kind: Literal["link", "picture"], address: str) -> None:
        if self.refused:
            self.refused(kind, address)

    def image(self, src: str) -> dict[str, str] | None:
        """Attributes of `img`; None when the picture is to become its alternative text."""
        if not SITE_PATH.fullmatch(src):
            self._refuse("picture", src)
            return None
        found = self.resolve_image(src) if self.resolve_image else src
        if found is None:
            return None
        picture = ImageSource(found) if isinstance(found, str) else found
        sizes = {"width": picture.width, "height": picture.height}
        attributes = {name: str(size) for name, size in sizes.items() if size}
        return {"src": picture.src, "loading": "lazy", "decoding": "async", **attributes}


def is_external(href: str) -> bool:
    """True when `href` leads to another site. Browsers read backslashes as slashes."""
    address = href.strip().replace("\\", "/").lower()
    return address.startswith(("http:", "https:", "//"))
