"""The manifest of a generation: its contents list, with a digest of its own."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from search.errors import IndexCorrupt, IndexOutdated

FORMAT = 5
"""Version of the layout of a generation; another one needs a rebuild."""
MANIFEST = "manifest.json"
REBUILD = "run `kb build`"


@dataclass(frozen=True)
class FileEntry:
    """Content that a file must have."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """Contents list of a generation: what must match before anything in it is opened."""

    name: str
    created_at: str
    fingerprints: Mapping[str, str]
    counts: Mapping[str, int]
    files: Mapping[str, FileEntry]
    facts: Mapping[str, Any]


def manifest_text(manifest: Manifest) -> bytes:
    body = {
        "format": FORMAT,
        "name": manifest.name,
        "created_at": manifest.created_at,
        "fingerprints": manifest.fingerprints,
        "counts": manifest.counts,
        "facts": manifest.facts,
        "files": {
            path: {"sha256": entry.sha256, "bytes": entry.bytes}
            for path, entry in manifest.files.items()
        },
    }
    return (json.dumps({"sha256": _body_digest(body), "body": body}, indent=1) + "\n").encode()


def _body_digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def parse_manifest(content: bytes, folder: Path) -> Manifest:
    """Raise IndexCorrupt for a damaged manifest, IndexOutdated for another format."""
    where = folder / MANIFEST
    try:
        whole = json.loads(content)
        body = whole["body"]
        is_sound = whole["sha256"] == _body_digest(body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexCorrupt(f"{where} cannot be read; {REBUILD}") from error
    if not is_sound:
        raise IndexCorrupt(f"{where} was changed; {REBUILD}")
    if body["format"] != FORMAT:
        raise IndexOutdated(f"{where} has format {body['format']}, not {FORMAT}; {REBUILD}")
    files = {path: FileEntry(e["sha256"], e["bytes"]) for path, e in body["files"].items()}
    return Manifest(
        body["name"], body["created_at"], body["fingerprints"], body["counts"], files, body["facts"]
    )


def open_manifest(folder: Path) -> BinaryIO:
    """Open to read; a pipe put in its place must not hold the server up."""
    return open(folder / MANIFEST, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK))
