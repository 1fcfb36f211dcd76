"""The keys of `theme.toml`, with what may stand in each."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from kb.branding import colours
from kb.branding.site_folder import STATIC

MAX_TEXT_CHARS = 300
MAX_RADIUS = 24

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


class LogoForm(_ThemePart):
    file: FileName
    dark: FileName = ""
    alt: Texts = Field(default_factory=dict)


class FontFileForm(_ThemePart):
    file: FileName
    weight: Annotated[str, _matching(WEIGHT, 'a weight such as "400" or "100 900"')] = "400"
    style: Literal["normal", "italic"] = "normal"


class FontForm(_ThemePart):
    family: Annotated[str, _matching(FAMILY, "a family name of letters, digits and spaces")]
    use: Literal["all", "headings"] = "all"
    files: Annotated[list[FontFileForm], Field(min_length=1, max_length=8)]


class LinkForm(_ThemePart):
    label: Texts
    url: Annotated[dict[str, str], BeforeValidator(_by_language)]

    def addresses(self) -> dict[str, str]:
        return {lang: _address(url) for lang, url in self.url.items()}


class FooterForm(_ThemePart):
    text: Texts = Field(default_factory=dict)
    links: Annotated[list[LinkForm], Field(max_length=20)] = Field(default_factory=list)


class ThemeForm(_ThemePart):
    """The keys of `theme.toml`; docs/theming.md explains them."""

    brand: Colour = ""
    brand_dark: Colour = ""
    theme_color: Colour = ""
    theme_color_dark: Colour = ""
    radius: Annotated[int | None, Field(ge=0, le=MAX_RADIUS)] = None
    tagline: Texts = Field(default_factory=dict)
    favicon: FileName = ""
    logo: LogoForm | None = None
    font: FontForm | None = None
    footer: FooterForm = FooterForm()
