"""Pictures of the articles: what may be served, under which name, and how large it is shown.

Bytes decide, not names: each file must be what its suffix says, and an SVG may hold nothing that
runs or loads. Pixels are never decoded.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import walk
from kb.content.model import Problem

MEDIA_DIR = "media"

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}\.(?:svg|png|jpe?g|webp|gif)")
NOT_IN_NAME = re.compile(r"[^a-z0-9._]+")
NAME_REMEDY = "Use a-z, 0-9, . _ - and one of .svg .png .jpg .webp .gif"
PIXEL_FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}
"""By suffix, the one format of Pillow that may read the file."""
MAX_SVG_DEPTH = 50

SVG = "http://www.w3.org/2000/svg"
# What a drawing needs. Absent on purpose: script, style, foreignObject, image, a, animations.
SVG_TAGS = frozenset(
    "svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan "
    "textPath linearGradient radialGradient stop clipPath mask pattern marker filter "
    "feGaussianBlur feOffset feMerge feMergeNode feFlood feComposite feBlend feColorMatrix "
    "feDropShadow".split()
)
PLAIN_REMEDY = "Save it without them: in Inkscape as Optimized SVG"
REMEDIES = {
    "metadata": PLAIN_REMEDY,
    "style": "Save it with presentation attributes in place of a style sheet",
    "image": "Draw it as shapes, or save the whole as .png or .webp",
    "script": "Save it without scripts",
}
LOADS = re.compile(
    r"url\s*\(\s*+['\"]?+\s*+(?!#)|@import|javascript:|expression\s*\(", re.IGNORECASE
)


@dataclass(frozen=True)
class MediaFile:
    """A picture: its name below the media folder, its bytes, its size in CSS pixels if known."""

    name: str
    data: bytes
    width: int | None
    height: int | None

    @property
    def url(self) -> str:
        """Address that changes with the content, so that it may be cached for ever."""
        return f"/media/{hashlib.sha256(self.data).hexdigest()[:16]}-{self.name}"


@dataclass(frozen=True)
class Media:
    """Every good picture by name, and what is wrong with the others."""

    files: Mapping[str, MediaFile]
    problems: tuple[Problem, ...]


class BadPicture(Exception):
    """A file that cannot be served as a picture: message, remedy and line."""

    def __init__(self, message: str, remedy: str, line: int = 1) -> None:
        super().__init__(message)
        self._message, self._remedy, self._line = message, remedy, line

    def at(self, path: str) -> Problem:
        """The problem to report of the file `path`."""
        return Problem(path, self._line, self._message, self._remedy, FaultKind.BAD_PICTURE)


def read(root: Path) -> Media:
    """The pictures in the media folder under `root`; a missing folder holds none."""
    if not (root / MEDIA_DIR).is_dir():
        return Media({}, ())
    files: dict[str, MediaFile] = {}
    problems: list[Problem] = []
    # The walk's own problems (links, devices) are the library's to report
    for path, _ in walk(root, MEDIA_DIR, []):
        name = path.removeprefix(f"{MEDIA_DIR}/")
        try:
            files[name] = picture(name, read_bytes(root, path))
        except BadFile as error:
            problems.append(error.problem)
        except BadPicture as error:
            problems.append(error.at(path))
    return Media(files, tuple(problems))


def picture(name: str, data: bytes) -> MediaFile:
    """Check one picture. Raises BadPicture."""
    folder, _, plain_name = name.rpartition("/")
    if folder:
        remedy = f"Move it to {MEDIA_DIR}/{_fitting(folder)}-{_fitting(plain_name)}"
        raise BadPicture("lies in a subfolder, and all pictures in one folder", remedy)
    if not NAME.fullmatch(name):
        fitting = _fitting(name)
        if fitting.rpartition(".")[2] not in (*PIXEL_FORMATS, "jpeg", "svg"):
            raise BadPicture("is no picture that a page can show", NAME_REMEDY)
        remedy = f"Rename it, e.g. to {fitting}" if NAME.fullmatch(fitting) else NAME_REMEDY
        raise BadPicture("has a name that no picture can have", remedy)
    suffix = name.rpartition(".")[2].replace("jpeg", "jpg")
    if suffix == "svg":
        width, height = _svg_size(data)
    else:
        width, height = _pixel_size(suffix, data)
    return MediaFile(name, data, width, height)


def _fitting(name: str) -> str:
    """`name` in letters that a picture's name may have, as near as it goes."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return NOT_IN_NAME.sub("-", plain).replace("-.", ".").strip("-._")


def _pixel_size(suffix: str, data: bytes) -> tuple[int, int]:
    """Width and height as the header tells; nothing is decoded. Raises BadPicture."""
    # Imported late: a server starts without it. Pillow knows WebP only once its plug-in is
    # imported; asked for it, it would import all of its own.
    from PIL import Image, WebPImagePlugin  # noqa: F401

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on metadata, which nobody here looks at
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=(PIXEL_FORMATS[suffix],)) as opened:
                return opened.size
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise BadPicture(f"has more than {limit} million pixels", "Scale it down") from error
    except Exception as error:  # a reader of foreign bytes raises what it likes
        message = f"cannot be read as a {suffix} picture"
        raise BadPicture(message, "Save it again in that format, or rename it") from error


def _svg_size(data: bytes) -> tuple[int | None, int | None]:
    """Size of a harmless drawing. Raises BadPicture naming what is not harmless."""
    check = _SvgCheck()
    try:
        check.parser.Parse(data, True)
    except expat.ExpatError as error:
        message = f"is not well-formed SVG: {expat.ErrorString(error.code)}"
        raise BadPicture(message, "Save it again as SVG", error.lineno) from error
    except (ValueError, LookupError) as error:
        raise BadPicture("is not UTF-8 SVG", "Save it as UTF-8") from error
    return check.size


class _SvgCheck:
    """Reads an SVG and stops at the first thing that could run or load."""

    def __init__(self) -> None:
        self.size: tuple[int | None, int | None] = (None, None)
        self._depth = 0
        self._prefixes: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartNamespaceDeclHandler = self._namespace
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        self._depth += 1
        if namespace != SVG and tag not in SVG_TAGS:
            prefix = self._prefixes.get(namespace) or "another namespace's"
            self._refuse(f"holds <{prefix}:{tag}>, which only a program reads", PLAIN_REMEDY)
        if namespace != SVG or tag not in SVG_TAGS:
            self._refuse(f"uses <{tag}>", REMEDIES.get(tag, "Draw with shapes, text and gradients"))
        if self._depth > MAX_SVG_DEPTH:
            self._refuse(f"is nested deeper than {MAX_SVG_DEPTH}", "Flatten the groups")
        if (self._depth == 1) != (tag == "svg"):
            self._refuse("has <svg> in a wrong place", "Use one, outermost")
        for key, value in attributes.items():
            self._attribute(key.rpartition(" ")[2], value)
        if self._depth == 1:
            self.size = _svg_root_size(attributes)

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._prefixes[uri or ""] = prefix or ""

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _attribute(self, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self._refuse(f"has the script attribute {name}", "Remove it")
        if name in ("href", "src", "base") and not value.startswith("#"):
            self._refuse(f"refers to {value[:60]!r} outside itself", "Draw it inside the file")
        if LOADS.search(value):
            self._refuse(f"loads something in {name}", "Draw it inside the file")

    def _doctype(self, *_: object) -> None:
        self._refuse("has a DOCTYPE", "Remove that line")

    def _instruction(self, *_: object) -> None:
        self._refuse("has a processing instruction", "Remove that line")

    def _refuse(self, message: str, remedy: str) -> None:
        raise BadPicture(message, remedy, self.parser.CurrentLineNumber)


def _svg_root_size(attributes: Mapping[str, str]) -> tuple[int | None, int | None]:
    sizes = [attributes.get("width", ""), attributes.get("height", "")]
    view_box = attributes.get("viewBox", "").replace(",", " ").split()
    if len(view_box) == 4 and not all(map(_length, sizes)):
        sizes = view_box[2:]
    width, height = map(_length, sizes)
    return (width, height) if width and height else (None, None)


def _length(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,5})(?:\.\d{1,9})?(?:px)?", text.strip())
    return int(match[1]) or None if match else None
