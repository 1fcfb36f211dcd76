"""Pictures brought along: their names here, checked as any picture is, drawings cleaned."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from kb.content.files.text import MAX_BYTES
from kb.content.media import MEDIA_DIR, NAME, SVG, SVG_TAGS, BadPicture, picture
from kb.imports.arrival.names import digest, slug_of
from kb.imports.arrival.record import PictureRecord
from kb.imports.model import ImportFinding
from kb.imports.sources.files import SourceFiles

SUFFIXES = {
    ".png": "png",
    ".jpg": "jpg",
    ".jpeg": "jpg",
    ".gif": "gif",
    ".svg": "svg",
    ".webp": "webp",
}
MAX_NAME_CHARS = 90
XLINK = "http://www.w3.org/1999/xlink"
ATTRIBUTE_NAMESPACES = ("", SVG)
BAD_ATTRIBUTES = ("on", "data-")


@dataclass(frozen=True)
class BroughtPicture:
    """A picture of the source: its name here, and its bytes where they are to be written."""

    path: str
    name: str
    data: bytes | None


class PictureStore:
    """Names pictures, each source path once."""

    def __init__(
        self,
        files: SourceFiles,
        roots: Sequence[str],
        known: Mapping[str, PictureRecord],
        existing: Mapping[str, str],
    ) -> None:
        """`existing`: names below the media folder here, with the digests of their bytes."""
        self._files = files
        self._roots = sorted(roots, key=len, reverse=True)
        self._known = known
        self._taken = dict(existing)
        self._found: dict[str, BroughtPicture] = {}
        self.findings: list[ImportFinding] = []
        self.missing: dict[str, str] = {}
        """Pictures that the source lacks → the name under which they may be put here."""

    @property
    def brought(self) -> tuple[BroughtPicture, ...]:
        return tuple(self._found.values())

    def name_of(self, path: str, page: str, line: int) -> str | None:
        """The name here of a picture of the source; None for one that cannot be shown."""
        suffix = SUFFIXES.get(posixpath.splitext(path)[1].lower()) or self._kind_inside(path)
        if not suffix:
            is_code = "{" in path
            remedy = "Write the path that stands for it" if is_code else "Save it as PNG or WebP"
            self._note("Pictures of a kind that cannot be shown", page, line, path, remedy)
            return None
        if path in self._found:
            return self._found[path].name
        if path not in self._files:
            name = self.missing.setdefault(path, self._named(path, suffix))
            remedy = f"Put it into {MEDIA_DIR}/{name}"
            self._note("Pictures that the source lacks", page, line, path, remedy)
            return name
        return self._brought(path, suffix, page, line)

    def _kind_inside(self, path: str) -> str:
        """The format of a file whose name does not tell one; "" for none that can be shown."""
        if path not in self._files or self._files.sizes[path] > MAX_BYTES:
            return ""
        data = self._files.data(path)
        return _kind(data) or ("svg" if b"<svg" in data[:2_000] else "")

    def _brought(self, path: str, suffix: str, page: str, line: int) -> str | None:
        if self._files.sizes[path] > MAX_BYTES:
            self._note(
                "Pictures that cannot be used",
                page,
                line,
                f"{path} is larger than {MAX_BYTES:,} bytes",
                "Scale it down",
            )
            return self._named(path, suffix)
        data = self._files.data(path)
        suffix = _kind(data) or suffix
        name = self._named(path, suffix)
        try:
            data = _usable(name, data)
        except BadPicture as error:
            problem = error.at(path)
            self._note(
                "Pictures that cannot be used",
                page,
                line,
                f"{path} {problem.message}",
                problem.remedy,
            )
            return name
        name = self._free(path, name, data)
        self._found[path] = BroughtPicture(path, name, data)
        return name

    def _free(self, path: str, name: str, data: bytes) -> str:
        """`name`, or a numbered one where another picture has it."""
        known = self._known.get(path)
        if known is not None:
            self._taken[known.name] = digest(data)
            return known.name
        stem, _, suffix = name.rpartition(".")
        unique, number = name, 2
        while self._taken.get(unique, digest(data)) != digest(data):
            unique, number = f"{stem}-{number}.{suffix}", number + 1
        if unique != name:
            self._note("Pictures with the same name", path, 0, f"{path} is {unique} here", "")
        self._taken[unique] = digest(data)
        return unique

    def _named(self, path: str, suffix: str) -> str:
        """A name of the folders and the file's own: `a/b/c.png` → `a-b-c.png`."""
        rest = path
        for root in self._roots:
            if root and path.startswith(f"{root}/"):
                rest = path[len(root) + 1 :]
                break
        stem = slug_of(posixpath.splitext(rest)[0].replace("/", " "), limit=10_000)
        if not stem or len(stem) > MAX_NAME_CHARS:
            last = slug_of(posixpath.splitext(posixpath.basename(path))[0], limit=60)
            stem = f"{last or 'picture'}-{digest(path)[:8]}"
        name = f"{stem}.{suffix}"
        return name if NAME.fullmatch(name) else f"picture-{digest(path)[:8]}.{suffix}"

    def _note(self, kind: str, page: str, line: int, message: str, remedy: str) -> None:
        self.findings.append(ImportFinding(kind, page, line, message, remedy))


def _kind(data: bytes) -> str:
    """The format that bytes say they are in; "" for none we know."""
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"GIF8"):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def _usable(name: str, data: bytes) -> bytes:
    """Bytes that may be served: as they are, or a drawing without what it may not have.

    Raises BadPicture.
    """
    try:
        picture(name, data)
    except BadPicture:
        if not name.endswith(".svg"):
            raise
        cleaned = cleaned_svg(data)
        picture(name, cleaned)
        return cleaned
    return data


def cleaned_svg(data: bytes) -> bytes:
    """A drawing without scripts, styles, metadata and references outside. Raises BadPicture."""
    head = data[:5_000].lower()
    if b"<!entity" in data.lower() or (
        b"<!doctype" in head and b"[" in head[head.index(b"<!doctype") :].split(b">", 1)[0]
    ):
        raise BadPicture("declares entities", "Save it again as plain SVG")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no entities are left to expand
    except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as error:
        raise BadPicture("is not well-formed SVG", "Save it again as SVG") from error
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    stack = [root]
    while stack:
        node = stack.pop()
        for child in list(node):
            if not isinstance(child.tag, str) or not _is_drawn(child.tag):
                node.remove(child)
        _clean_attributes(node)
        stack += node
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _is_drawn(tag: str) -> bool:
    namespace, _, name = tag.rpartition("}")
    return namespace == f"{{{SVG}" and name in SVG_TAGS


def _clean_attributes(node: ElementTree.Element) -> None:
    for name, value in list(node.attrib.items()):
        namespace, _, local = name.rpartition("}")
        is_foreign = namespace.lstrip("{") not in (*ATTRIBUTE_NAMESPACES, XLINK)
        is_link = local in ("href", "src", "base") and not value.startswith("#")
        if is_foreign or is_link or local.lower().startswith(BAD_ATTRIBUTES) or _loads(value):
            del node.attrib[name]


def _loads(value: str) -> bool:
    text = value.lower().replace(" ", "").replace("'", "").replace('"', "")
    return (
        "javascript:" in text
        or "@import" in text
        or "expression(" in text
        or "url(" in text.replace("url(#", "")
    )
