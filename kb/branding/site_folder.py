"""The folder of a site's own: files in it that may be served, and problems of the others.

`static/` holds pictures, fonts and style sheets. They are read once, at start: what is served later
is what was checked then. Bytes decide, not names. Never raises for content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content import media
from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import walk
from kb.content.model import Problem

STATIC = "static"
TEMPLATES = "templates"
TRANSLATIONS = "translations"
MAX_FILES = 100
HASH_CHARS = 12

MIMETYPES: Mapping[str, str] = {
    "css": "text/css",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,60}/){0,3}[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")
NAME_REMEDY = "Use a-z, 0-9, . _ - and one of " + " ".join(f".{suffix}" for suffix in MIMETYPES)


@dataclass(frozen=True)
class SiteFile:
    """A file of the site's own; `name` is its path below `static/`."""

    name: str
    data: bytes
    width: int | None = None
    height: int | None = None
    """Size of a picture in CSS pixels, if known."""

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @property
    def mimetype(self) -> str:
        return MIMETYPES[self.suffix]

    @property
    def digest(self) -> str:
        """Changes with the content: browsers keep the file for a year."""
        return hashlib.sha256(self.data).hexdigest()[:HASH_CHARS]

    @property
    def url(self) -> str:
        return f"/site/{self.name}?v={self.digest}"


@dataclass(frozen=True)
class SiteFiles:
    """Every good file by name."""

    files: Mapping[str, SiteFile]
    problems: tuple[Problem, ...]


def read_files(site: Path) -> SiteFiles:
    """The files in `static/` of the site's folder; a missing folder holds none."""
    problems: list[Problem] = []
    files: dict[str, SiteFile] = {}
    root = site / STATIC
    names = [name for name, _ in walk(root, "", problems)] if root.is_dir() else []
    for name in names:
        if len(files) == MAX_FILES:
            remedy = "Keep what the pages use"
            message = f"is more than {MAX_FILES} files"
            problems.append(Problem(name, 1, message, remedy, FaultKind.BAD_THEME))
            break
        try:
            files[name] = _checked(name, read_bytes(root, name))
        except BadFile as error:
            problems.append(error.problem)
        except media.BadPicture as error:
            problems.append(error.at(name))
    return SiteFiles(files, tuple(located(site, STATIC, one) for one in problems))


def located(site: Path, folder: str, problem: Problem) -> Problem:
    """A problem of a file below `folder`, with the path that the operator knows it by."""
    return replace(problem, path=f"{site.name}/{folder}/{problem.path}".replace("//", "/"))


def _checked(name: str, data: bytes) -> SiteFile:
    """The file, if it may be served. Raises BadPicture, as for articles' pictures."""
    suffix = name.rpartition(".")[2].lower()
    if not NAME.fullmatch(name) or suffix not in MIMETYPES:
        raise media.BadPicture("has a name that no file of a site can have", NAME_REMEDY)
    if suffix == "woff2":
        if not data.startswith(b"wOF2"):
            raise media.BadPicture("is not a WOFF2 font", "Convert it with `woff2_compress`")
        return SiteFile(name, data)
    if suffix == "css":
        if not _is_text(data):
            raise media.BadPicture("is not UTF-8 text", "Save it as UTF-8")
        return SiteFile(name, data)
    picture = media.picture(name.rpartition("/")[2].lower(), data)
    return SiteFile(name, data, picture.width, picture.height)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data
