"""Looks: any brand stays readable, nothing of the theme file reaches the style sheet unchecked."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from kb.branding import colours, site_folder, theme, theme_file
from kb.branding.colours import contrast
from kb.branding.palette import GROUNDS, INKS, Scheme, palettes_of
from kb.branding.theme import PLAIN
from kb.branding.theme_file import ThemeReport
from kb.web.layout.assets import read_assets
from tests.support.fixtures.encoder_fixture import REPOSITORY

STYLE = read_assets(REPOSITORY / "static")["style.css"].content.decode()
SCHEMES = ("light", "dark")
ON_ALL_GROUNDS = ("text", "muted", "brand", "brand-strong", "ok", "warn", "danger")
MARKED = ("text", "brand", "brand-strong")
"""Colours of words inside which matches are marked."""
CONTROL_CONTRAST = 3.0
"""WCAG 2.2, 1.4.11, level AA."""
EXTREMES = ("#ffff00", "#000000", "#ffffff", "#ff0000", "#00ff88", "#0000ff", "#808080", "#f76707")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'


def tokens(scheme: str) -> dict[str, str]:
    """Colours of style.css: of the first `:root`, or of that for dark screens."""
    blocks = re.findall(r":root \{(.*?)\n *\}", STYLE, re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[SCHEMES.index(scheme)]))


def site(folder: Path, text: str, **files: str | bytes) -> Path:
    """A site's folder with a theme, and files in `static/`: `a_svg` is `a.svg`."""
    static = folder / "site" / "static"
    static.mkdir(parents=True, exist_ok=True)
    for name, content in {"mark_svg": SVG, **files}.items():
        data = content.encode() if isinstance(content, str) else content
        (static / name.replace("_", ".")).write_bytes(data)
    (folder / "site" / "theme.toml").write_text(text, encoding="utf-8")
    return folder / "site"


def reading(folder: Path, text: str, **files: str | bytes) -> ThemeReport:
    root = site(folder, text, **files)
    return theme_file.read(root, site_folder.read_files(root).files)


# --- contrast -------------------------------------------------------------------------------------


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_own_colours_can_be_read(scheme: str) -> None:
    own = tokens(scheme)
    grounds = [own[name] for name in ("ground", "surface", "sunken", "brand-soft")]
    softs = [own[name] for name in ("ok-soft", "warn-soft", "danger-soft")]
    for name in ON_ALL_GROUNDS:
        assert colours.is_readable(own[name], [*grounds, *softs]), name
    for name in MARKED:
        assert contrast(own[name], own["mark"]) >= 4.5, name
    for name in ("brand", "brand-strong"):
        assert contrast(own["brand-ink"], own[name]) >= 4.5
    for name in ("control", "brand"):  # edges of boxes, focus
        assert colours.is_readable(own[name], grounds, CONTROL_CONTRAST), name
    assert contrast(own["surface"], own["text"]) >= 4.5  # a chosen chip
    for kind in ("brand", "warn", "danger"):  # the sign of a callout
        assert contrast(own[f"{kind}-soft"], own[kind]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_theme_knows_the_grounds_and_inks_of_the_style_sheet(scheme: Scheme) -> None:
    own = tokens(scheme)
    assert GROUNDS[scheme] == {name: own[name] for name in GROUNDS[scheme]}
    assert set(INKS[scheme]) == {own[n] for n in ("text", "muted", "ok", "warn", "danger")}


@pytest.mark.parametrize("brand", EXTREMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_brand_can_be_read(brand: str, scheme: Scheme) -> None:
    for palette in (palettes_of(brand)[scheme], palettes_of("#123456", brand)[scheme]):
        grounds = [*GROUNDS[scheme].values(), palette.soft]
        assert colours.is_readable(palette.brand, grounds)
        assert colours.is_readable(palette.strong, grounds)
        assert colours.is_readable(palette.ink, [palette.brand, palette.strong])
        assert colours.is_readable(palette.soft, INKS[scheme])


def test_brand_that_can_be_read_is_kept_and_another_keeps_its_hue() -> None:
    assert palettes_of("#0b6072")["light"].brand == "#0b6072"
    yellow = colours.to_lch("#ffff00")
    used = colours.to_lch(palettes_of("#ffff00")["light"].brand)
    assert used.hue == pytest.approx(yellow.hue, abs=2)
    assert used.lightness < yellow.lightness


@pytest.mark.parametrize("colour", ["#0b6072", "#ffffff", "#000000", "#ff0000", "#00ff88"])
def test_colour_comes_back_from_oklch(colour: str) -> None:
    assert colours.from_lch(colours.to_lch(colour)) == colour


@pytest.mark.parametrize(
    ("brand", "light", "dark"),
    [
        (
            "#0b6072",
            ("#0b6072", "#004857", "#ffffff", "#e4f0f3"),
            ("#80c8dc", "#98e1f5", "#072229", "#173138"),
        ),
        (
            "#f76707",
            ("#b44800", "#913800", "#ffffff", "#ffe8de"),
            ("#ffa882", "#ffccb6", "#2e180e", "#3e261c"),
        ),
        (
            "#0000ff",
            ("#0000ff", "#0023b1", "#ffffff", "#e5eeff"),
            ("#9dbeff", "#c2d7ff", "#141e31", "#232d41"),
        ),
    ],
)
def test_brand_has_the_same_palette_in_every_release(
    brand: str, light: tuple[str, ...], dark: tuple[str, ...]
) -> None:
    """Brand, stronger, ink, soft: a newer coloraide may not repaint the sites."""
    found = palettes_of(brand)
    assert astuple(found["light"]) == light
    assert astuple(found["dark"]) == dark


def test_site_without_colours_does_not_wait_for_the_library() -> None:
    """Importing coloraide takes 80 ms of every start."""
    code = (
        "import sys; from pathlib import Path; from kb.branding import theme_file; "
        "theme_file.read(Path('nowhere'), {}); assert 'coloraide' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


# --- the file -------------------------------------------------------------------------------------


def test_no_folder_is_our_own_look(tmp_path: Path) -> None:
    assert theme_file.read(tmp_path / "site", {}) == ThemeReport(PLAIN)


def test_stylesheet_sets_the_tokens_for_screens_only(tmp_path: Path) -> None:
    found = reading(tmp_path, 'brand = "#C30"\nradius = 4\n')
    assert found.problems == ()
    palette = found.theme.palettes["light"]
    assert f"--brand: {palette.brand};" in found.theme.stylesheet
    assert "--radius: 4px;" in found.theme.stylesheet
    used = set(re.findall(r"--([a-z-]+):", found.theme.stylesheet))
    assert used <= set(re.findall(r"--([a-z-]+):", STYLE))
    assert all("screen" in line for line in found.theme.stylesheet.split("\n") if "@media" in line)


def test_brand_that_was_changed_is_told(tmp_path: Path) -> None:
    found = reading(tmp_path, 'radius = 4\nbrand = "#ffff00"\n')
    used = found.theme.palettes["light"].brand
    assert [(one.path, one.line) for one in found.remarks] == [("site/theme.toml", 2)]
    assert used in found.remarks[0].remedy
    assert not reading(tmp_path, 'brand = "#0b6072"\n').remarks


def test_font_is_quoted_and_swapped(tmp_path: Path) -> None:
    text = (
        '[font]\nfamily = "Golos Text"\nuse = "headings"\n'
        '[[font.files]]\nfile = "golos.woff2"\nweight = "400 700"\n'
    )
    found = reading(tmp_path, text, golos_woff2=b"wOF2....")
    sheet = found.theme.stylesheet
    assert '@font-face {\n  font-family: "Golos Text";' in sheet
    assert re.search(r'src: url\("/site/golos\.woff2\?v=[0-9a-f]{12}"\) format\("woff2"\);', sheet)
    assert "font-display: swap;" in sheet
    assert '--headings: "Golos Text", system-ui' in sheet
    assert "--sans" not in sheet


@pytest.mark.parametrize(
    ("text", "line", "fault", "remedy"),
    [
        ('brand = "red"', 1, "`brand`: 'red' is not a colour", "#0b6072"),
        ('radius = 6\nbrand = "#fff; } body { display: none"', 2, "is not a colour", "#0b6072"),
        ("radius = 99", 1, "`radius`", "from 0 to 24"),
        ('radius = "6px"', 1, "`radius`", "whole number"),
        ('colour = "#fff"', 1, "`colour` is not a key", "brand_dark"),
        ("brand = #fff", 1, "is not TOML", "docs/theming.md"),
        ('favicon = "none.svg"', 1, "names 'none.svg'", "static/"),
        ('favicon = "../theme.toml"', 1, "names '../theme.toml'", "static/"),
        ('[logo]\nfile = "notes.css"', 2, "which is not svg or png", "static/"),
        ("[logo]\nalt = 'x'", 1, "has no `logo.file`", "logo.svg"),
        ('[font]\nfamily = \'A"; } * {\'\nfiles = [{file = "a.woff2"}]', 2, "family", "Inter"),
        ('[font]\nfamily = "A"\nfiles = []', 3, "font.files", "inter.woff2"),
        ('[[footer.links]]\nlabel = "x"\nurl = "javascript:alert(1)"', 3, "address", "footer"),
        ('[[footer.links]]\nlabel = "x"\nurl = "//evil.example"', 3, "address", "footer"),
        ('[footer]\ntext = {english = "x"}', 2, "not a code", "footer"),
        ('tagline = "a\\u0000b"', 1, "one line", "tagline"),
        ("tagline = 7", 1, "`tagline`", "one line of text"),
    ],
    ids=range(17),
)
def test_fault_has_file_line_and_remedy_and_our_look_stands(
    tmp_path: Path, text: str, line: int, fault: str, remedy: str
) -> None:
    found = reading(tmp_path, text, notes_css="a{}", a_woff2=b"wOF2")
    assert found.theme is PLAIN
    assert found.problems
    problem = found.problems[0]
    assert problem.path == "site/theme.toml"
    assert (problem.line, fault in problem.message) == (line, True), problem
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"a = [" + b"[" * 5000, b"a = 1e400\n" * 3, b"x" * 2_000_000, b""],
    ids=["utf-16", "deep", "twice", "large", "empty"],
)
def test_broken_file_never_raises(tmp_path: Path, content: bytes) -> None:
    root = site(tmp_path, "")
    (root / "theme.toml").write_bytes(content)
    found = theme_file.read(root, {})
    assert bool(found.problems) == bool(content)


def test_texts_fall_back_to_all_then_to_the_first_language() -> None:
    languages = ("ru", "en")
    assert theme.in_language({"en": "Terms", "ru": "Условия"}, "en", languages) == "Terms"
    assert theme.in_language({"en": "Terms", "ru": "Условия"}, "de", languages) == "Условия"
    assert theme.in_language({"": "©", "ru": "x"}, "de", languages) == "©"
    assert theme.in_language({}, "de", languages) == ""


# --- files ----------------------------------------------------------------------------------------


def test_only_what_is_safe_is_taken(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("secret")
    root = site(
        tmp_path,
        "",
        run_js="alert(1)",
        page_html="<p>",
        bad_svg='<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        fake_png=b"GIF89a",
        fake_woff2=b"OTTO",
        good_css="a{}",
        note_css=b"\xff\xfe",
    )
    (root / "static" / "link.css").symlink_to(secret)
    (root / "static" / "fonts").mkdir()
    (root / "static" / "fonts" / "a.woff2").write_bytes(b"wOF2")
    found = site_folder.read_files(root)
    assert sorted(found.files) == ["fonts/a.woff2", "good.css", "mark.svg"]
    assert {one.path.removeprefix("site/static/") for one in found.problems} == {
        *("run.js", "page.html", "bad.svg", "fake.png", "fake.woff2", "note.css", "link.css")
    }
    assert all(one.remedy for one in found.problems)
