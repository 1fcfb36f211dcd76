"""A brand's colours made to fit: text on them and in them keeps a contrast of 4.5:1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb.branding import colours
from kb.branding.colours import Lch

Scheme = Literal["light", "dark"]

GROUNDS: Mapping[Scheme, Mapping[str, str]] = {
    "light": {
        "ground": "#f5f7f7",
        "surface": "#ffffff",
        "sunken": "#eef2f3",
        "mark": "#ffe9a3",
        "ok-soft": "#e6f4ec",
        "warn-soft": "#fdf2de",
        "danger-soft": "#fcebe8",
    },
    "dark": {
        "ground": "#101418",
        "surface": "#171d22",
        "sunken": "#1f272d",
        "mark": "#5d4b0e",
        "ok-soft": "#14281d",
        "warn-soft": "#2b2213",
        "danger-soft": "#331c19",
    },
}
"""What the style sheet puts links on, by `static/css/tokens.css`; a test holds them equal."""
INKS: Mapping[Scheme, tuple[str, ...]] = {
    "light": ("#16212a", "#53616c", "#865000", "#a32a20", "#1a6b40"),
    "dark": ("#e3e9ec", "#9dabb5", "#e9b968", "#f39c92", "#82d1a3"),
}
"""What it writes on the brand's soft ground: text, muted, warn, danger, ok."""

# Lightness and chroma of those of `static/css/tokens.css`, so that another brand's are as calm.
SOFT = {"light": (0.947, 0.17, 0.03), "dark": (0.296, 0.45, 0.04)}
"""Lightness; chroma as a share of the brand's; most chroma."""
DARK_BRAND_LIGHTNESS = 0.79
STRONGER = {"light": -0.08, "dark": 0.075}
DARK_INK = (0.235, 0.45, 0.04)


@dataclass(frozen=True)
class Palette:
    """The brand's tokens in one colour scheme."""

    brand: str
    strong: str
    ink: str
    soft: str


def palettes_of(brand: str, brand_dark: str = "") -> Mapping[Scheme, Palette]:
    """Both schemes' tokens for a brand colour; one that is missing is made of the other."""
    light = brand or brand_dark
    return {"light": _palette("light", light), "dark": _palette("dark", brand_dark or _lit(light))}


def _lit(colour: str) -> str:
    own = colours.to_lch(colour)
    lightness = max(own.lightness, DARK_BRAND_LIGHTNESS)
    return colours.from_lch(Lch(lightness, own.chroma, own.hue))


def _palette(scheme: Scheme, colour: str) -> Palette:
    given = colours.to_lch(colour)
    soft = colours.readable(_tinted(given, *SOFT[scheme]), INKS[scheme])
    grounds = (*GROUNDS[scheme].values(), soft)
    brand = colours.readable(colour, grounds)
    own = colours.to_lch(brand)
    strong = colours.readable(_moved(own, STRONGER[scheme]), grounds)
    ink = "#ffffff" if scheme == "light" else _tinted(given, *DARK_INK)
    return Palette(brand, strong, colours.readable(ink, (brand, strong)), soft)


def _moved(colour: Lch, step: float) -> str:
    """Lighter or darker by `step`, the other way where there is no room."""
    lightness = colour.lightness + step
    if not 0 <= lightness <= 1:
        lightness = colour.lightness - step
    return colours.from_lch(Lch(lightness, colour.chroma, colour.hue))


def _tinted(colour: Lch, lightness: float, share: float, most: float) -> str:
    return colours.from_lch(Lch(lightness, min(most, colour.chroma * share), colour.hue))
