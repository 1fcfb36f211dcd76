"""Preview pictures: what messengers and networks show beside a link to one of our pages.

Drawn from a few words, with fonts of our own, so that every machine draws the same. Nothing is
read from pictures of others, nothing is kept; `kb/branding/preview_store.py` keeps. Knows no
addresses. Pillow is imported inside functions: a server starts without it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
"""Pixels: what Open Graph's readers show whole, 1.91 to 1."""
GROUND = "#0b6072"
INK = "#ffffff"
"""The colours of a site without a theme, those of `static/favicon.svg`."""

FONTS = Path(__file__).parent / "fonts"
BOLD, PLAIN = "GolosText-SemiBold.ttf", "GolosText-Medium.ttf"
MARGIN = 80
TEXT_WIDTH = WIDTH - 2 * MARGIN
TITLE_SIZES = ((84, 2), (72, 3), (60, 4))
"""Size in pixels and the most lines of it; the largest that holds the whole title is taken."""
LEADING = 1.18
SITE_SIZE, PLACE_SIZE = 40, 34
MAX_TITLE_CHARS = 300
"""Longer ones are cut at a word before they are laid out."""
ELLIPSIS = "…"

# Shares of the ink in the ground, of 255.
FULL, SOFT, LINE, FAINT = 255, 205, 90, 14

_ONE_AT_A_TIME = Lock()
"""Threads may not use one FreeType face together, and drawing shall not take every core."""
_BREAKS = re.compile(r"[^\S\u00a0\u202f\u2007]+")
_NOT_DRAWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me")
"""Controls, direction marks, and marks that did not join their letter."""
_NEEDED = ("L", "M", "N")
"""Without its letters and digits a text means something else."""


@dataclass(frozen=True)
class Preview:
    """The words of one picture; `place` says where the page belongs, "" for nowhere.

    Colours as `#rrggbb`.
    """

    site_name: str
    title: str
    place: str = ""
    ground: str = GROUND
    ink: str = INK

    @property
    def digest(self) -> str:
        """Changes with anything that changes the picture: words, colours, fonts, this code."""
        words = "\0".join((_drawing(), *astuple(self)))
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


def draw(preview: Preview) -> bytes:
    """The picture as PNG, WIDTH by HEIGHT; equal previews give equal bytes.

    Words in letters that the fonts do not have are left out, each text as a whole.
    """
    with _ONE_AT_A_TIME:
        return _drawn(preview)


def title_lines(title: str) -> tuple[int, tuple[str, ...]]:
    """Font size and lines of a title: broken at spaces only, cut after a word with an ellipsis.

    A single word wider than the picture is the exception. No lines when letters are missing.
    """
    words = _words(drawable(title))
    for size, most in TITLE_SIZES:
        lines = _wrapped(words, _font(BOLD, size))
        if len(lines) <= most and all(_fits(line, _font(BOLD, size)) for line in lines):
            return size, tuple(lines)
    size, most = TITLE_SIZES[-1]
    lines = _wrapped(words, _font(BOLD, size))
    shown = [_cut(line, _font(BOLD, size)) for line in lines[:most]]
    if len(lines) > most:
        shown[-1] = _with_ellipsis(shown[-1], _font(BOLD, size))
    return size, tuple(shown)


def drawable(text: str) -> str:
    """The part of a text that the fonts can draw; "" when they lack a letter or digit of it.

    Pictographs and other signs that are missing are left out; direction marks always are.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text[: 4 * MAX_TITLE_CHARS]):
        kind = unicodedata.category(char)
        if char.isspace() or _has_glyph(char):
            kept.append(char if kind not in _NOT_DRAWN or char.isspace() else "")
        elif kind[0] in _NEEDED and kind not in _NOT_DRAWN:
            return ""
    words = _words("".join(kept))
    return _shortened(" ".join(words))


def _drawn(preview: Preview) -> bytes:
    from PIL import Image, ImageDraw

    shades = Image.new("L", (WIDTH, HEIGHT), 0)
    canvas = ImageDraw.Draw(shades)
    _draw_mark(canvas)
    site_name = _one_line(preview.site_name, _font(BOLD, SITE_SIZE))
    canvas.text((MARGIN, MARGIN - 8), site_name, FULL, font=_font(BOLD, SITE_SIZE))
    _draw_title(canvas, preview.title)
    if place := _one_line(preview.place, _font(PLAIN, PLACE_SIZE)):
        baseline = HEIGHT - MARGIN
        canvas.line((MARGIN, baseline - 64, WIDTH - MARGIN, baseline - 64), LINE, 2)
        canvas.text((MARGIN, baseline), place, SOFT, font=_font(PLAIN, PLACE_SIZE), anchor="ls")
    # Grey becomes a palette from ground to ink: a third of the bytes.
    shades.putpalette(_ramp(preview.ground, preview.ink))
    content = BytesIO()
    shades.save(content, "PNG", optimize=True)
    return content.getvalue()


def _draw_title(canvas: ImageDraw.ImageDraw, title: str) -> None:
    """In the middle of what site name and place leave free."""
    size, lines = title_lines(title)
    step = round(size * LEADING)
    top, bottom = MARGIN + 70, HEIGHT - MARGIN - 80
    y = top + (bottom - top - step * len(lines)) // 2 + size
    for line in lines:
        canvas.text((MARGIN - 3, y), _spaced(line), FULL, font=_font(BOLD, size), anchor="ls")
        y += step


def _draw_mark(canvas: ImageDraw.ImageDraw) -> None:
    """The question mark of the site's icon, large and faint, running out of the picture."""
    canvas.text((WIDTH + 30, HEIGHT + 100), "?", FAINT, font=_font(BOLD, 900), anchor="rs")


def _one_line(text: str, font: ImageFont.FreeTypeFont) -> str:
    lines = _wrapped(_words(drawable(text)), font)
    if not lines:
        return ""
    first = _cut(lines[0], font)
    return _spaced(_with_ellipsis(first, font) if len(lines) > 1 else first)


def _words(text: str) -> list[str]:
    """Parts between which a line may end; a no-break space stays inside."""
    return [word for word in _BREAKS.split(text) if word]


def _wrapped(words: list[str], font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and _fits(f"{lines[-1]} {word}", font):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _with_ellipsis(line: str, font: ImageFont.FreeTypeFont) -> str:
    """The line with an ellipsis; its last words give way when there is no room for one."""
    words = line.removesuffix(ELLIPSIS).split(" ")
    while len(words) > 1 and not _fits(_ellipsed(words), font):
        words.pop()
    return _cut(_ellipsed(words), font)


def _ellipsed(words: list[str]) -> str:
    return " ".join(words).rstrip(",;:.–—-") + ELLIPSIS


def _cut(line: str, font: ImageFont.FreeTypeFont) -> str:
    """The line, or as many letters of it as fit when it is one endless word."""
    if _fits(line, font):
        return line
    letters = line.removesuffix(ELLIPSIS)
    while letters and not _fits(letters + ELLIPSIS, font):
        letters = letters[:-1]
    return letters + ELLIPSIS


def _shortened(text: str) -> str:
    if len(text) <= MAX_TITLE_CHARS:
        return text
    return text[:MAX_TITLE_CHARS].rpartition(" ")[0] or text[:MAX_TITLE_CHARS]


def _fits(line: str, font: ImageFont.FreeTypeFont) -> bool:
    return font.getlength(_spaced(line)) <= TEXT_WIDTH


def _spaced(line: str) -> str:
    """With spaces that every font has."""
    return re.sub(r"\s", " ", line)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Laid out by FreeType alone: with Raqm the picture would depend on the machine's libraries."""
    from PIL import ImageFont

    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    return all(_glyph(name, char) != _glyph(name, "\uffff") for name in (BOLD, PLAIN))


def _glyph(name: str, char: str) -> bytes:
    """A character as a font draws it; what it lacks looks like the non-character U+FFFF."""
    mask = _font(name, 24).getmask(char)
    return repr(mask.size).encode() + bytes(mask)


@lru_cache(maxsize=8)
def _ramp(ground_colour: str, ink_colour: str) -> bytes:
    """256 colours, three bytes each, from ground to ink."""
    from PIL import ImageColor

    ground, ink = (ImageColor.getrgb(colour)[:3] for colour in (ground_colour, ink_colour))
    return bytes(
        round(low + (high - low) * step / 255)
        for step in range(256)
        for low, high in zip(ground, ink, strict=True)
    )


@cache
def _drawing() -> str:
    """Stands for this code, its fonts and what draws them; later edits need a restart."""
    from PIL import __version__ as pillow_version

    files = (Path(__file__), FONTS / BOLD, FONTS / PLAIN)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return " ".join((pillow_version, *digests))
