"""The chat widget as shops load it: the loader under a fixed address, its modules under one that
changes with their content. The files lie in `static/widget` and are sent without their comments;
the loader gets a few facts put in, so that it knows the contact even when we are down.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.blueprints import BlueprintSetupState

from kb.web.layout import assets
from kb.web.services import services

LOADER = "loader"
BOOT = "/*boot*/ {}"
"""What stands in the loader where the facts go; valid script with and without them."""

ASIDES = re.compile(r"^\s*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n|^\s+", re.MULTILINE)
"""Comments that have lines of their own, and indentation: every page of a shop waits for these
files. Their text is otherwise sent as it is written."""

_EXTENSION = "otvet_widget"
_MIMETYPE = "text/javascript"

widget = Blueprint("widget", __name__)


@dataclass(frozen=True)
class Modules:
    """The files of one version of the widget. `files` are the panel's, by name without `.js`."""

    loader: str
    files: Mapping[str, bytes]

    @property
    def version(self) -> str:
        """Changes with any byte of the panel: browsers keep its files for a year."""
        digest = hashlib.sha256()
        for name, content in self.files.items():
            digest.update(b"%s %d\n" % (name.encode(), len(content)))
            digest.update(content)
        return digest.hexdigest()[: assets.HASH_CHARS]


def read_modules(folder: Path) -> Modules:
    """All scripts of the widget; the order of names is that of the alphabet."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.js"))}
    files = {name: ASIDES.sub("", text).encode() for name, text in texts.items()}
    loader = files.pop(LOADER).decode()
    if loader.count(BOOT) != 1:
        raise ValueError(f"{folder / LOADER} must hold {BOOT!r} once")
    return Modules(loader, files)


def digest(content: bytes) -> str:
    """The part after `sha256-` in an `integrity` attribute."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@widget.record_once
def _set_up(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions[_EXTENSION] = read_modules(Path(app.static_folder or "static") / "widget")


@widget.get("/widget/v1.js")
def loader() -> Response:
    """The script that the tag in a shop's page loads. It says nothing that depends on who asks."""
    modules = _modules()
    # ASCII only: a shop's page may declare any encoding.
    boot = json.dumps(_boot(modules), separators=(",", ":"))
    response = _script(modules.loader.replace(BOOT, boot).encode(), cache=assets.BRIEFLY)
    response.add_etag()
    response.make_conditional(request)
    return response


@widget.get("/widget/<version>/<name>.js")
def module(version: str, name: str) -> Response:
    """One module of the panel, for ever; another version is not there any more, or not yet."""
    modules = _modules()
    content = modules.files.get(name)
    if version != modules.version or content is None:
        abort(404)
    return _script(content, cache=assets.FOR_EVER)


def _boot(modules: Modules) -> dict[str, object]:
    config = services().config
    return {
        "version": modules.version,
        "modules": {name: digest(content) for name, content in modules.files.items()},
        "languages": list(config.languages),
        "email": config.contact_email or None,
        "contact": url_for("contact.form", lang=config.default_language).replace(
            config.default_language, "*", 1
        ),
    }


def _script(content: bytes, *, cache: str) -> Response:
    response = Response(content, mimetype=_MIMETYPE)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _modules() -> Modules:
    return cast(Modules, current_app.extensions[_EXTENSION])
