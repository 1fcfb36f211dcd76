"""Addresses of the files in `static/`: each carries a hash of its content, so that browsers
may keep it for ever and still never show an old one. Nothing is transformed or joined."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

HASH_CHARS = 12
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"


def set_up(app: Flask) -> None:
    """Hash the static files once; later edits need a restart, as code does."""
    app.extensions["otvet_assets"] = hashes(Path(app.static_folder or "static"))
    app.extensions["otvet_asset_addresses"] = {}
    app.add_template_global(asset, "asset")
    app.after_request(_keep)


def hashes(folder: Path) -> dict[str, str]:
    """File name relative to `folder` → the start of its SHA-256."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[
            :HASH_CHARS
        ]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def asset(name: str) -> str:
    """Address of a static file; raises KeyError for one that does not exist."""
    # A page asks thirty times; a proxy may put the site below another path.
    known = current_app.extensions["otvet_asset_addresses"]
    place = (request.script_root, name)
    if place not in known:
        version = current_app.extensions["otvet_assets"][name]
        known[place] = url_for("static", filename=name, v=version)
    return str(known[place])


def _keep(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code >= 400:
        return response
    known = current_app.extensions["otvet_assets"].get((request.view_args or {}).get("filename"))
    is_this_version = known is not None and request.args.get("v") == known
    response.headers["Cache-Control"] = FOR_EVER if is_this_version else BRIEFLY
    return response
