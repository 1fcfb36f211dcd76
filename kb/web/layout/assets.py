"""Static files, which browsers load besides pages: those of `static/`, read once, at start.

Style sheets are joined from the small files of `static/css/`; all else is served as it is written.
Each address carries a hash of the content, so that browsers may keep it for ever and still never
show an old one. Folders order the sources only: a template asks for `style.css` or `vote.js`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import cast

from flask import Flask, Response, abort, current_app, request, send_file, url_for

HASH_CHARS = 12
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"

CSS = "css"
"""Sources of style sheets: they have no addresses of their own."""
UNNAMED = ("help", "staff")
"""Folders that do not show in addresses."""
SHEETS: Mapping[str, tuple[str, ...]] = {
    "style.css": (
        *("tokens", "base", "components", "forms", "layout", "search", "suggestions", "cards"),
        *("home", "listing", "article/page", "article/contents", "article/prose", "article/code"),
        *("article/pictures", "article/tables", "article/callouts", "article/after"),
        *("article/terms", "article/vote", "article/found", "quoted", "results", "contact"),
        *("offers", "errors"),
        "api",
        *("preferences", "print"),  # last: they change what the others say
    ),
    "agent.css": (
        *("staff/layout", "staff/sign-in", "staff/search", "staff/results", "staff/handoff"),
        *("staff/handoffs", "staff/article", "staff/people", "staff/articles/list"),
    ),
    "articles.css": (*("staff/articles/desk", "staff/articles/proof", "staff/articles/versions"),),
    "demo.css": ("demo",),
    "dev.css": ("dev",),
}
"""Files of `static/css/` by the sheet they make, in the order of the cascade."""

_EXTENSION = "otvet_assets"
_ADDRESSES = "otvet_asset_addresses"


@dataclass(frozen=True)
class Asset:
    """A file as it is served. `modified_at` is that of its newest source, in seconds (POSIX)."""

    content: bytes
    modified_at: float

    @cached_property
    def version(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:HASH_CHARS]


def set_up(app: Flask) -> None:
    """Read the files and serve them; later edits need a restart, as code does."""
    assets = read_assets(Path(app.static_folder or "static"))
    app.extensions[_EXTENSION] = assets
    app.extensions[_ADDRESSES] = {}
    app.view_functions["static"] = static_file
    app.add_template_global(asset, "asset")
    app.after_request(_keep)


def read_assets(folder: Path) -> dict[str, Asset]:
    """Read what is served of `folder`, by name. Raises ValueError where two files share one."""
    found = {name: _joined(folder / CSS, parts) for name, parts in SHEETS.items()}
    for name, path in _plain_files(folder):
        if name in found:
            raise ValueError(f"{path} is served as {name}, which another file is already")
        found[name] = Asset(path.read_bytes(), path.stat().st_mtime)
    return found


def static_file(filename: str) -> Response:
    """The answer to `/static/<filename>`, whole, in part or unchanged, as the browser asks."""
    found = _assets().get(filename)
    if found is None:
        abort(404)
    return send_file(
        BytesIO(found.content),
        download_name=Path(filename).name,
        etag=found.version,
        last_modified=found.modified_at,
    )


def asset(name: str) -> str:
    """Address of a static file; raises KeyError for one that does not exist."""
    known = current_app.extensions[_ADDRESSES]  # a page asks thirty times
    if name not in known:
        known[name] = url_for("static", filename=name, v=_assets()[name].version)
    return str(known[name])


def _joined(folder: Path, parts: tuple[str, ...]) -> Asset:
    paths = [folder / f"{part}.css" for part in parts]
    content = b"\n".join(path.read_bytes() for path in paths)
    return Asset(content, max(path.stat().st_mtime for path in paths))


def _plain_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that are served as they are written, with the names they have in addresses."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and parts[0] != CSS:
            yield "/".join(parts[1:] if parts[0] in UNNAMED else parts), path


def _keep(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code >= 400:
        return response
    known = _assets().get((request.view_args or {}).get("filename", ""))
    is_this_version = known is not None and request.args.get("v") == known.version
    response.headers["Cache-Control"] = FOR_EVER if is_this_version else BRIEFLY
    return response


def _assets() -> Mapping[str, Asset]:
    return cast(Mapping[str, Asset], current_app.extensions[_EXTENSION])
