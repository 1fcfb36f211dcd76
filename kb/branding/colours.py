"""Colours: compared as WCAG compares them, made lighter or darker as eyes see it. Pure.

The arithmetic is coloraide's. Lightness and hue are those of OKLCH (Björn Ottosson, "A perceptual
color space for image processing", 2020), in which a colour keeps its character while its lightness
changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coloraide import Color

TEXT_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, level AA."""
STEPS = 256
"""Fineness with which a lightness is looked for: one step of a channel."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LESS_CHROMA = {"method": "oklch-chroma", "jnd": 0.0}
"""Into what screens show by taking chroma away alone: lightness decides what can be read."""


@dataclass(frozen=True)
class Lch:
    """A colour of OKLCH: lightness from 0 to 1, chroma from 0 to about 0.37, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


def normal(text: str) -> str:
    """`text` as #rrggbb in small letters; raises ValueError unless it is #rgb or #rrggbb."""
    # Other notations of CSS stay out: a theme is read by programs that know only these.
    if not _HEX.fullmatch(text):
        raise ValueError(f"{text!r} is not a colour like #0b6072")
    return _colour(text).to_string(hex=True)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG, from 1 to 21."""
    return _colour(one).contrast(_colour(other), method="wcag21")


def is_readable(colour: str, grounds: Iterable[str], ratio: float = TEXT_CONTRAST) -> bool:
    return all(contrast(colour, ground) >= ratio for ground in grounds)


def readable(colour: str, grounds: Iterable[str], ratio: float = TEXT_CONTRAST) -> str:
    """`colour`, or the one of its hue nearest in lightness that has `ratio` to all `grounds`.

    Raises ValueError where not even black or white has: the grounds are too far apart.
    """
    grounds = tuple(grounds)
    if is_readable(colour, grounds, ratio):
        return normal(colour)
    own = to_lch(colour)
    by_distance = sorted(
        (step / STEPS for step in range(STEPS + 1)), key=lambda it: abs(it - own.lightness)
    )
    for lightness in by_distance:
        candidate = from_lch(Lch(lightness, own.chroma, own.hue))
        if is_readable(candidate, grounds, ratio):
            return candidate
    raise ValueError(f"no lightness of {colour} has a contrast of {ratio} to {', '.join(grounds)}")


def to_lch(colour: str) -> Lch:
    """The hue of a grey is 0."""
    return Lch(*_colour(colour).convert("oklch").coords(nans=False))


def from_lch(colour: Lch) -> str:
    """The nearest colour that screens can show, by taking chroma away; #rrggbb."""
    coordinates = [colour.lightness, colour.chroma, colour.hue]
    return _colour("oklch", coordinates).convert("srgb").to_string(hex=True, fit=_LESS_CHROMA)


def _colour(colour: str, coordinates: list[float] | None = None) -> Color:
    # Imported at the first colour: it takes 80 ms, and a site without a brand of its own needs none
    from coloraide import Color

    return Color(colour, coordinates)
