"""A site's own look on the pages: its theme, templates and files, taken from `KB_SITE_DIR`.

Everything is read once, at start, and served from memory; what is wrong is logged and left out,
for a site with a fault in its colours still has to answer. What is allowed is decided in
`kb.branding.theme_file`, `kb.branding.site_folder` and `kb.web.layout.site_templates`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState

from kb.branding import site_folder, theme, theme_file
from kb.branding.site_folder import SiteFile
from kb.branding.theme import PLAIN, Theme
from kb.config import Config
from kb.web.layout import assets, sandbox, site_templates
from kb.web.layout.contexts import Link, LogoImage, Look
from kb.web.services import EXTENSION

STYLESHEET = "/theme.css"

_EXTENSION = "otvet_looks"
log = logging.getLogger(__name__)
looks = Blueprint("looks", __name__)


@dataclass(frozen=True)
class Looks:
    """Contents of the site's folder."""

    theme: Theme
    files: Mapping[str, SiteFile]


@looks.record_once
def _set_up(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    site = app.extensions[EXTENSION].config.site_dir
    files = site_folder.read_files(site)
    reading = theme_file.read(site, files.files)
    templates = site_templates.read(site)
    for problem in (*files.problems, *reading.problems, *templates.problems):
        log.warning("not used: %s", problem)
    for remark in reading.remarks:
        log.warning("changed to fit: %s", remark)
    app.extensions[_EXTENSION] = Looks(reading.theme, files.files)
    sandbox.install(app, templates.sources, templates.paths)
    app.add_template_global(site_file, "site_file")


def site_file(name: str) -> str:
    """Address of a file in the site's `static/`, for its templates; "" when it cannot be used."""
    file = _looks().files.get(name)
    return file.url if file else ""


def look(config: Config, lang: str) -> Look:
    """Changes that the theme makes on a page in `lang`."""
    site = _looks().theme
    icon = site.favicon
    return Look(
        stylesheet=f"{STYLESHEET}?v={site.version}" if site.stylesheet else "",
        font=site.fonts[0].url if site.fonts else "",
        theme_colour=site.theme_colours["light"],
        theme_colour_dark=site.theme_colours["dark"],
        icon=icon.url if icon else assets.asset("favicon.svg"),
        icon_type=icon.mimetype if icon else "image/svg+xml",
        logo=_logo(config, lang, site),
        tagline=theme.in_language(site.tagline, lang, config.languages),
        footer_text=theme.in_language(site.footer_text, lang, config.languages),
        footer_links=tuple(
            Link(label, url)
            for link in site.footer_links
            if (label := theme.in_language(link.label, lang, config.languages))
            and (url := theme.in_language(link.url, lang, config.languages))
        ),
    )


def brand_colours() -> tuple[str, str] | None:
    """The brand's ground and what is readable on it, `#rrggbb`; None without a brand."""
    palettes = _looks().theme.palettes
    return (palettes["light"].brand, palettes["light"].ink) if palettes else None


def widget_theme() -> dict[str, str]:
    """Values the chat widget takes over; their names are those of `static/widget/loader.js`."""
    site = _looks().theme
    found = {}
    if site.palettes:
        light, dark = site.palettes["light"].brand, site.palettes["dark"].brand
        found["accent"] = f"light-dark({light}, {dark})"
    if site.radius is not None:
        found["radius"] = f"{site.radius}px"
    return found


@looks.get(STYLESHEET)
def stylesheet() -> Response:
    site = _looks().theme
    if site is PLAIN:
        abort(404)
    return _kept(site.stylesheet.encode(), "text/css", site.version)


@looks.get("/site/<path:filename>")
def own_file(filename: str) -> Response:
    """A file of the site's own: one of those that were checked at start, by its exact name."""
    file = _looks().files.get(filename)
    if file is None:
        abort(404)
    return _kept(file.data, file.mimetype, file.digest)


def _kept(content: bytes, mimetype: str, version: str) -> Response:
    response = Response(content, mimetype=mimetype)
    is_this_version = request.args.get("v") == version
    response.headers["Cache-Control"] = assets.FOR_EVER if is_this_version else assets.BRIEFLY
    response.add_etag()
    response.make_conditional(request)
    return response


def _logo(config: Config, lang: str, site: Theme) -> LogoImage:
    if site.logo is None:
        return LogoImage(site.favicon.url if site.favicon else assets.asset("favicon.svg"), "", "")
    dark = site.logo.dark.url if site.logo.dark else ""
    alt = theme.in_language(site.logo.alt, lang, config.languages)
    return LogoImage(site.logo.light.url, dark, alt)


def _looks() -> Looks:
    return cast(Looks, current_app.extensions[_EXTENSION])
