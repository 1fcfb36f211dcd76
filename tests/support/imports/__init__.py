"""Small help centres in the manner of other systems, and imports of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from kb.content.files import redirects_file
from kb.content.files.old_paths import OldPathTable
from kb.imports import importer
from kb.imports.model import ImportOptions, ImportResult

LANGUAGES = ("ru", "en")
SourceTexts = Mapping[str, str | bytes]
"""Files by their paths."""


def png(colour: str = "red") -> bytes:
    """A picture of one pixel."""
    stream = io.BytesIO()
    Image.new("RGB", (1, 1), colour).save(stream, "PNG")
    return stream.getvalue()


def write_tree(root: Path, files: SourceTexts) -> Path:
    """Write files by their paths; their folder."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(path: Path, files: SourceTexts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


class Importing:
    """A folder of articles, and imports into it."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "old"
        self.root = folder / "articles"

    def run(
        self,
        files: SourceTexts | None = None,
        *,
        is_dry: bool = False,
        **given: object,
    ) -> ImportResult:
        """Write the files of the source, if any, and import it."""
        write_tree(self.source, files or {})
        options = ImportOptions(**{"languages": LANGUAGES, **given})  # type: ignore[arg-type]
        return importer.run(self.source, self.root, options, is_dry=is_dry)

    def article(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def text(self, path: str) -> str:
        """An article without its front matter."""
        return self.article(path).split("---\n", 2)[2]

    def redirected(self, address: str) -> str:
        """The target of an old address as browsers ask for it; "" for none."""
        path, _, query = address.partition("?")
        lines = redirects_file.read(self.root)[0]
        line = OldPathTable((it.old, it) for it in lines).find(unquote(path), query)
        return line.target if line else ""

    @property
    def paths(self) -> list[str]:
        found = self.root.glob("*/*/*/*.md")
        return sorted(str(path.relative_to(self.root)) for path in found)

    @property
    def contents(self) -> dict[str, bytes]:
        """Every file here, hidden ones too."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


def kinds(result: ImportResult) -> set[str]:
    return {finding.kind for finding in result.findings}
