"""Colours: parsed, compared as WCAG compares them, made lighter or darker as eyes see it. Pure.

Lightness and hue are those of OKLCH (Björn Ottosson, "A perceptual color space for image
processing", 2020), in which a colour keeps its character while its lightness changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, level AA."""
CONTROL_CONTRAST = 3.0
"""WCAG 2.2, 1.4.11, level AA."""
STEPS = 256
"""Fineness with which a lightness is looked for: one step of a channel."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True)
class Lch:
    """A colour of OKLCH: lightness from 0 to 1, chroma from 0 to about 0.37, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


def is_colour(text: str) -> bool:
    """Whether `text` is #rgb or #rrggbb, the only forms that are read and written here."""
    return bool(_HEX.fullmatch(text))


def normal(text: str) -> str:
    """`text` as #rrggbb in small letters; raises ValueError unless it is #rgb or #rrggbb."""
    if not is_colour(text):
        raise ValueError(f"{text!r} is not a colour like #0b6072")
    digits = text[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


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
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Lch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def from_lch(colour: Lch) -> str:
    """The nearest colour that screens can show, by taking chroma away; #rrggbb."""
    low, high = 0.0, colour.chroma
    channels = _rgb(colour)
    if not _is_shown(channels):
        for _ in range(16):
            middle = (low + high) / 2
            is_shown = _is_shown(_rgb(Lch(colour.lightness, middle, colour.hue)))
            low, high = (middle, high) if is_shown else (low, middle)
        channels = _rgb(Lch(colour.lightness, low, colour.hue))
    values = (round(255 * min(1.0, max(0.0, channel))) for channel in channels)
    return "#" + "".join(f"{value:02x}" for value in values)


def _rgb(colour: Lch) -> tuple[float, float, float]:
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _is_shown(channels: Iterable[float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)


def _channels(colour: str) -> tuple[float, ...]:
    digits = normal(colour)[1:]
    return tuple(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    """sRGB of a linear channel; below zero it goes on as a line, which is out of gamut anyway."""
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
