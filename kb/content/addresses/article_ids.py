"""`kb id`: gives files of articles without an id one, and changes no other byte of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.files.article_file import Place, place_of
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import MEDIA, PLACE_REMEDY, walk
from kb.content.files.whole_file import write_authored
from kb.content.files.written_id import BYTE_ORDER_MARK, FENCE, front_lines, id_line, written_id
from kb.content.model import Library
from kb.content.new_article import fresh_id, used_ids

SUFFIX = ".md"
NOT_ALONE = "Mend or remove that line; `kb id` then gives a fresh one"


@dataclass(frozen=True)
class GivenId:
    """The id of a file, and whether it was given just now."""

    path: str
    """Posix, relative to the folder of articles."""
    id: str
    is_new: bool


def give_ids(root: Path, library: Library, paths: Sequence[str]) -> Iterator[GivenId | BadFile]:
    """The id of each file, written where there was none, or the fault of one that cannot be given.

    Translations, which share folder and slug, share the id. Raises OSError.
    """
    used = set(used_ids(library, root))
    for path in paths:
        try:
            refuse_others(path)
            content = read_bytes(root, path)
            known = written_id(content)
            given = known or _of_translations(root, path) or fresh_id(used)
            if not known:
                write_authored(root / path, with_id(content, given, path))
        except BadFile as error:
            yield error
            continue
        used.add(given)
        yield GivenId(path, given, is_new=not known)


def articles_below(root: Path, path: str, languages: Sequence[str]) -> tuple[str, ...]:
    """Paths of the files below a folder that lie where articles may; a file's own path.

    Snippets, files such as README.md, hidden folders and links to files are none of them.
    """
    if not (root / path).is_dir():
        return (path,)
    folder = "" if path == "." else path
    return tuple(
        name
        for name, _ in walk(root, folder, [])
        if name.endswith(SUFFIX)
        and isinstance(place_of(name, languages), Place)
        and not (root / name).is_symlink()
    )


def refuse_others(path: str) -> None:
    """Raise BadFile for a file named by itself that never is an article."""
    folders = path.split("/")[:-1]
    if not path.endswith(SUFFIX) or (
        folders and (folders[0] == MEDIA or any(it.startswith(("_", ".")) for it in folders))
    ):
        raise BadFile(path, "is no article, and has no id", PLACE_REMEDY)


def with_id(content: bytes, article_id: str, path: str = "") -> bytes:
    """The file's bytes with the id as its first key. Raises BadFile where one cannot be put.

    Without front matter one is made. A key `id` without a value gets it; one with another value is
    the author's to mend.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise BadFile(path, "is not UTF-8 text", "Save it as UTF-8")
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    text = content.removeprefix(mark)
    opening = text.splitlines(keepends=True)[:1] or [b""]
    end = b"\r\n" if opening[0].endswith(b"\r\n") else b"\n"
    line = f"id: {_plain(article_id)}".encode() + end
    if opening[0].rstrip() == b"+++":
        raise BadFile(path, "has front matter in TOML", "Write it as YAML, between lines `---`")
    if opening[0].rstrip() != FENCE:
        return mark + FENCE + end + line + FENCE + end + text
    first = len(mark) + len(opening[0])
    if not (known := id_line(content)):
        gap = b"" if opening[0].endswith((b"\n", b"\r")) else end
        return content[:first] + gap + line + content[first:]
    name, _, value = known.partition(b":")
    written = value.partition(b" #")[0].rstrip()
    if written.strip().strip(b"\"'"):
        shown = written.decode("utf-8", "replace").strip()[:40]
        raise BadFile(path, f"has the id {shown}, which cannot be", NOT_ALONE)
    at = first + sum(map(len, _before(content, known)))
    filled = name + b": " + _plain(article_id).encode() + value[len(written) :]
    return content[:at] + filled + content[at + len(known) :]


def _before(content: bytes, line: bytes) -> Iterator[bytes]:
    for one in front_lines(content):
        if one == line:
            return
        yield one


def _plain(article_id: str) -> str:
    """The id as YAML keeps it a text for every reader."""
    try:
        float(article_id)
    except ValueError:
        return article_id
    return f'"{article_id}"'


def _of_translations(root: Path, path: str) -> str:
    """The id of the same article in another language; "" without one."""
    lang, _, address = path.partition("/")
    others = [one.name for one in sorted(root.iterdir()) if one.name != lang and address]
    files = [f"{other}/{address}" for other in others if (root / other / address).is_file()]
    found = (written_id(read_bytes(root, file)) for file in files)
    return next(filter(None, found), "")
