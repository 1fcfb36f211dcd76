"""The style sheet of a theme. Nothing of its file gets in as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.branding.palette import Palette, Scheme
from kb.branding.site_folder import SiteFile
from kb.branding.theme_form import FontFileForm, FontForm, ThemeForm

FONT_STACK = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif'
LARGER_RADIUS = 1.6


def stylesheet(
    form: ThemeForm, palettes: Mapping[Scheme, Palette], fonts: Sequence[SiteFile]
) -> str:
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


def _font_face(font: FontForm, one: FontFileForm, file: SiteFile) -> str:
    return (
        "@font-face {\n"
        f'  font-family: "{font.family}";\n'
        f'  src: url("{file.url}") format("woff2");\n'
        f"  font-weight: {one.weight};\n"
        f"  font-style: {one.style};\n"
        "  font-display: swap;\n"
        "}\n"
    )
