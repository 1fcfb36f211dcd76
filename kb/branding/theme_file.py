"""Reading `theme.toml`: the theme, or every problem with line and remedy. Never raises for content.

Colours are made to fit: whatever brand a site has, text keeps its contrast on every ground that
our style sheets put it on; remarks tell of each colour that was changed for it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kb.branding import colours
from kb.branding.palette import Scheme, palettes_of
from kb.branding.site_folder import STATIC, SiteFile
from kb.branding.stylesheet import stylesheet
from kb.branding.theme import PLAIN, FooterLink, Logo, Theme
from kb.branding.theme_form import KEYS, REMEDIES, LinkForm, LogoForm, ThemeForm
from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_text
from kb.content.model import Problem

BAD_THEME = FaultKind.BAD_THEME
THEME_FILE = "theme.toml"
TOML = "See docs/theming.md for an example"


@dataclass(frozen=True)
class ThemeReport:
    """`theme` is PLAIN when there is any problem; remarks say what was changed to fit."""

    theme: Theme
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def read(site: Path, files: Mapping[str, SiteFile]) -> ThemeReport:
    """The theme in the folder `site`, which names files of `files`; PLAIN without one."""
    path = f"{site.name}/{THEME_FILE}"
    if not (site / THEME_FILE).exists():
        return ThemeReport(PLAIN)
    try:
        text = read_text(site, THEME_FILE)
        form = ThemeForm.model_validate(tomllib.loads(text))
        theme = _theme(form, _Files(files))
    except BadFile as error:
        return ThemeReport(PLAIN, (replace(error.problem, path=path),))
    except tomllib.TOMLDecodeError as error:
        return ThemeReport(
            PLAIN, (Problem(path, _toml_line(error), f"is not TOML: {error}", TOML, BAD_THEME),)
        )
    except RecursionError:
        return ThemeReport(PLAIN, (Problem(path, 1, "is nested too deep", TOML, BAD_THEME),))
    except ValidationError as error:
        found = tuple(sorted({_problem(path, text, fault) for fault in error.errors()}))
        return ThemeReport(PLAIN, found)
    except _BadValue as error:
        line = _line_of(text, error.key)
        remedy = REMEDIES[error.key[0]]
        return ThemeReport(PLAIN, (Problem(path, line, str(error), remedy, BAD_THEME),))
    return ThemeReport(theme, (), tuple(_remarks(path, text, form, theme)))


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


def _theme(form: ThemeForm, files: _Files) -> Theme:
    palettes = palettes_of(form.brand, form.brand_dark) if form.brand or form.brand_dark else {}
    fonts = [
        files.named(("font", "files", "file"), one.file, ("woff2",))
        for one in (form.font.files if form.font else ())
    ]
    return Theme(
        stylesheet=stylesheet(form, palettes, fonts),
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


def _logo(logo: LogoForm, files: _Files) -> Logo:
    dark = files.picture(("logo", "dark"), logo.dark) if logo.dark else None
    return Logo(files.picture(("logo", "file"), logo.file), dark, logo.alt)


def _footer_link(link: LinkForm) -> FooterLink:
    try:
        return FooterLink(link.label, link.addresses())
    except ValueError as error:
        raise _BadValue(("footer", "links", "url"), str(error)) from error


def _problem(path: str, text: str, fault: Mapping[str, Any]) -> Problem:
    key = [part for part in fault["loc"] if isinstance(part, str)]
    name = ".".join(key)
    if fault["type"] == "extra_forbidden":
        message, remedy = f"`{name}` is not a key", f"Use {KEYS}"
        return Problem(path, _line_of(text, key), message, remedy, BAD_THEME)
    if fault["type"] == "missing":
        line = _line_of(text, key[:1])
        return Problem(path, line, f"has no `{name}`", REMEDIES[key[0]], BAD_THEME)
    message = str(fault["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    remedy = REMEDIES.get(key[0], TOML)
    return Problem(path, _line_of(text, key), f"`{name}`: {message}", remedy, BAD_THEME)


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


def _remarks(path: str, text: str, form: ThemeForm, theme: Theme) -> list[Problem]:
    remarks = []
    wanted: tuple[tuple[str, str, Scheme], ...] = (
        ("brand", form.brand, "light"),
        ("brand_dark", form.brand_dark, "dark"),
    )
    for key, given, scheme in wanted:
        if given and (used := theme.palettes[scheme].brand) != given:
            message = f"`{key}`: {given} is too {scheme} for text"
            remedy = f"Pages show {used}, the nearest with a contrast of {colours.TEXT_CONTRAST}:1"
            line = _line_of(text, (key,))
            remarks.append(Problem(path, line, message, remedy, FaultKind.CHANGED_COLOUR))
    return remarks
