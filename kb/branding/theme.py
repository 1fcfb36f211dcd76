"""A site's looks: `theme.toml` read, checked and turned into a small style sheet.

Colours are made to fit: whatever brand a site has, text keeps a contrast of 4.5:1 on every ground
that the style sheet puts it on. Nothing of the file reaches the style sheet as it was written.
Never raises for content; no Flask.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from kb.branding import colours
from kb.branding.colours import Lch
from kb.branding.site_folder import HASH_CHARS, STATIC, SiteFile
from kb.content.files.text import BadFile, read_text
from kb.content.model import Problem

THEME_FILE = "theme.toml"
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

FONT_STACK = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif'
MAX_TEXT_CHARS = 300
MAX_RADIUS = 24
LARGER_RADIUS = 1.6

FAMILY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,60}[A-Za-z0-9])?")
WEIGHT = re.compile(r"[1-9][0-9]{0,2}|1000|[1-9][0-9]{0,2} (?:[1-9][0-9]{0,2}|1000)")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")

REMEDIES = {
    "brand": 'Write a colour such as brand = "#0b6072"',
    "brand_dark": 'Write a colour such as brand_dark = "#7bcadb", or leave it out',
    "theme_color": 'Write a colour such as theme_color = "#ffffff", or leave it out',
    "theme_color_dark": 'Write a colour such as theme_color_dark = "#171d22", or leave it out',
    "radius": f"Write a whole number of pixels from 0 to {MAX_RADIUS}",
    "tagline": 'Write one line of text, or tagline = {ru = "…", en = "…"}',
    "favicon": f"Name an .svg or .png file in {STATIC}/",
    "logo": f'Write [logo], below it file = "logo.svg", the name of an .svg or .png in {STATIC}/',
    "font": 'Write [font], below it family = "Inter", and [[font.files]] with file = "inter.woff2"',
    "footer": "Write [footer] with text, and [[footer.links]] with label and url",
}
KEYS = ", ".join(REMEDIES)


# --- the file -------------------------------------------------------------------------------------


def _by_language(value: object) -> object:
    return {"": value} if isinstance(value, str) else value


def _texts(value: dict[str, str]) -> dict[str, str]:
    for lang, text in value.items():
        if lang and not LANGUAGE.fullmatch(lang):
            raise ValueError(f"has the language {lang!r}, which is not a code such as `en`")
        if not text.isprintable() or len(text) > MAX_TEXT_CHARS:
            raise ValueError(f"is not one line of at most {MAX_TEXT_CHARS} characters")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    is_page = parts.scheme == "https" and bool(parts.hostname)
    is_mail = parts.scheme == "mailto" and "@" in parts.path
    is_own = not parts.scheme and value.startswith("/") and not value.startswith(("//", "/\\"))
    if len(value) > MAX_TEXT_CHARS or not value.isprintable() or not (is_page or is_mail or is_own):
        raise ValueError("is not an address such as https://…, mailto:… or /en/contact")
    return value


def _matching(form: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(f"is not {what}")
        return value

    return AfterValidator(check)


Colour = Annotated[str, AfterValidator(colours.normal)]
Texts = Annotated[dict[str, str], BeforeValidator(_by_language), AfterValidator(_texts)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _ThemePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Logo(_ThemePart):
    file: FileName
    dark: FileName = ""
    alt: Texts = Field(default_factory=dict)


class _FontFile(_ThemePart):
    file: FileName
    weight: Annotated[str, _matching(WEIGHT, 'a weight such as "400" or "100 900"')] = "400"
    style: Literal["normal", "italic"] = "normal"


class _Font(_ThemePart):
    family: Annotated[str, _matching(FAMILY, "a family name of letters, digits and spaces")]
    use: Literal["all", "headings"] = "all"
    files: Annotated[list[_FontFile], Field(min_length=1, max_length=8)]


class _Link(_ThemePart):
    label: Texts
    url: Annotated[dict[str, str], BeforeValidator(_by_language)]

    def addresses(self) -> dict[str, str]:
        return {lang: _address(url) for lang, url in self.url.items()}


class _Footer(_ThemePart):
    text: Texts = Field(default_factory=dict)
    links: Annotated[list[_Link], Field(max_length=20)] = Field(default_factory=list)


class _Form(_ThemePart):
    """The keys of `theme.toml`; docs/theming.md explains them."""

    brand: Colour = ""
    brand_dark: Colour = ""
    theme_color: Colour = ""
    theme_color_dark: Colour = ""
    radius: Annotated[int | None, Field(ge=0, le=MAX_RADIUS)] = None
    tagline: Texts = Field(default_factory=dict)
    favicon: FileName = ""
    logo: _Logo | None = None
    font: _Font | None = None
    footer: _Footer = _Footer()


# --- what pages show ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Palette:
    """The brand's tokens in one colour scheme."""

    brand: str
    strong: str
    ink: str
    soft: str


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


@dataclass(frozen=True)
class ThemeReport:
    """`theme` is PLAIN when there is any problem; remarks say what was changed to fit."""

    theme: Theme
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def in_language(texts: Mapping[str, str], lang: str, languages: Sequence[str]) -> str:
    """The text for a reader of `lang`, else the one for all, else that of the first language."""
    for key in (lang, "", *languages):
        if text := texts.get(key):
            return text
    return ""


def read(site: Path, files: Mapping[str, SiteFile]) -> ThemeReport:
    """The theme in the folder `site`, which names files of `files`; PLAIN without one."""
    path = f"{site.name}/{THEME_FILE}"
    if not (site / THEME_FILE).exists():
        return ThemeReport(PLAIN)
    try:
        text = read_text(site, THEME_FILE)
        form = _Form.model_validate(tomllib.loads(text))
        theme = _theme(form, _Files(files))
    except BadFile as error:
        return ThemeReport(PLAIN, (replace(error.problem, path=path),))
    except tomllib.TOMLDecodeError as error:
        return ThemeReport(
            PLAIN, (Problem(path, _toml_line(error), f"is not TOML: {error}", TOML),)
        )
    except RecursionError:
        return ThemeReport(PLAIN, (Problem(path, 1, "is nested too deep", TOML),))
    except ValidationError as error:
        found = tuple(sorted({_problem(path, text, fault) for fault in error.errors()}))
        return ThemeReport(PLAIN, found)
    except _BadValue as error:
        line = _line_of(text, error.key)
        remedy = REMEDIES[error.key[0]]
        return ThemeReport(PLAIN, (Problem(path, line, str(error), remedy),))
    return ThemeReport(theme, (), tuple(_remarks(path, text, form, theme)))


TOML = "See docs/theming.md for an example"


class _BadValue(Exception):
    def __init__(self, key: Sequence[str], message: str) -> None:
        super().__init__(f"`{'.'.join(key)}` {message}")
        self.key = key


@dataclass(frozen=True)
class _Files:
    """Looks up what a theme names."""

    files: Mapping[str, SiteFile]

    def named(self, key: Sequence[str], name: str, suffixes: Sequence[str]) -> SiteFile:
        file = self.files.get(name)
        if file is None:
            raise _BadValue(key, f"names {name!r}, which is not in {STATIC}/ or cannot be used")
        if file.suffix not in suffixes:
            raise _BadValue(key, f"names {name!r}, which is not {' or '.join(suffixes)}")
        return file

    def picture(self, key: Sequence[str], name: str) -> SiteFile:
        return self.named(key, name, ("svg", "png"))


def _theme(form: _Form, files: _Files) -> Theme:
    palettes = palettes_of(form.brand, form.brand_dark) if form.brand or form.brand_dark else {}
    fonts = [
        files.named(("font", "files", "file"), one.file, ("woff2",))
        for one in (form.font.files if form.font else ())
    ]
    return Theme(
        stylesheet=_stylesheet(form, palettes, fonts),
        palettes=palettes,
        theme_colours={
            "light": form.theme_color or PLAIN.theme_colours["light"],
            "dark": form.theme_color_dark or PLAIN.theme_colours["dark"],
        },
        tagline=form.tagline,
        favicon=files.picture(("favicon",), form.favicon) if form.favicon else None,
        logo=_logo(form.logo, files) if form.logo else None,
        fonts=tuple(fonts[:1]),
        radius=form.radius,
        footer_text=form.footer.text,
        footer_links=tuple(_footer_link(link) for link in form.footer.links),
    )


def _logo(logo: _Logo, files: _Files) -> Logo:
    dark = files.picture(("logo", "dark"), logo.dark) if logo.dark else None
    return Logo(files.picture(("logo", "file"), logo.file), dark, logo.alt)


def _footer_link(link: _Link) -> FooterLink:
    try:
        return FooterLink(link.label, link.addresses())
    except ValueError as error:
        raise _BadValue(("footer", "links", "url"), str(error)) from error


def _problem(path: str, text: str, fault: Mapping[str, Any]) -> Problem:
    key = [part for part in fault["loc"] if isinstance(part, str)]
    name = ".".join(key)
    if fault["type"] == "extra_forbidden":
        return Problem(path, _line_of(text, key), f"`{name}` is not a key", f"Use {KEYS}")
    if fault["type"] == "missing":
        return Problem(path, _line_of(text, key[:1]), f"has no `{name}`", REMEDIES[key[0]])
    message = str(fault["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    remedy = REMEDIES.get(key[0], TOML)
    return Problem(path, _line_of(text, key), f"`{name}`: {message}", remedy)


def _line_of(text: str, key: Sequence[str]) -> int:
    """The line in which a key is set, the best guess: TOML readers do not tell."""
    for name in reversed(key):
        form = re.compile(rf"\s*(?:\[+[\w. -]*\b{re.escape(name)}\b|[\"']?{re.escape(name)}\b)")
        for number, line in enumerate(text.split("\n"), start=1):
            if form.match(line):
                return number
    return 1


def _toml_line(error: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"line (\d+)", str(error))
    return int(found[1]) if found else 1


def _remarks(path: str, text: str, form: _Form, theme: Theme) -> list[Problem]:
    remarks = []
    wanted: tuple[tuple[str, str, Scheme], ...] = (
        ("brand", form.brand, "light"),
        ("brand_dark", form.brand_dark, "dark"),
    )
    for key, given, scheme in wanted:
        if given and (used := theme.palettes[scheme].brand) != given:
            message = f"`{key}`: {given} is too {scheme} for text"
            remedy = f"Pages show {used}, the nearest with a contrast of {colours.TEXT_CONTRAST}:1"
            remarks.append(Problem(path, _line_of(text, (key,)), message, remedy))
    return remarks


# --- colours --------------------------------------------------------------------------------------


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


# --- the style sheet ------------------------------------------------------------------------------


def _stylesheet(form: _Form, palettes: Mapping[Scheme, Palette], fonts: Sequence[SiteFile]) -> str:
    """Tokens of `static/css/tokens.css`, for screens only: paper stays black on white."""
    light: dict[str, str] = {}
    if palettes:
        light |= _tokens(palettes["light"])
    if form.radius is not None:
        light["radius"] = f"{form.radius}px"
        light["radius-large"] = f"{round(LARGER_RADIUS * form.radius)}px"
    rules = [_rule(":root", light, "screen")]
    if palettes:
        dark = "screen and (prefers-color-scheme: dark)"
        rules.append(_rule(":root", _tokens(palettes["dark"]), dark))
    if form.font:
        name = "sans" if form.font.use == "all" else "headings"
        family = {name: f'"{form.font.family}", {FONT_STACK}'}
        rules += [
            *(
                _font_face(form.font, one, file)
                for one, file in zip(form.font.files, fonts, strict=True)
            ),
            _rule(":root", family, "all"),
        ]
    return "".join(rules)


def _tokens(palette: Palette) -> dict[str, str]:
    return {
        "brand": palette.brand,
        "brand-strong": palette.strong,
        "brand-ink": palette.ink,
        "brand-soft": palette.soft,
    }


def _rule(selector: str, tokens: Mapping[str, str], media: str) -> str:
    if not tokens:
        return ""
    lines = "".join(f"    --{name}: {value};\n" for name, value in tokens.items())
    return f"@media {media} {{\n  {selector} {{\n{lines}  }}\n}}\n"


def _font_face(font: _Font, one: _FontFile, file: SiteFile) -> str:
    return (
        "@font-face {\n"
        f'  font-family: "{font.family}";\n'
        f'  src: url("{file.url}") format("woff2");\n'
        f"  font-weight: {one.weight};\n"
        f"  font-style: {one.style};\n"
        "  font-display: swap;\n"
        "}\n"
    )
