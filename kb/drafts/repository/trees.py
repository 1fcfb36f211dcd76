"""Files in commits: reading them, and commits with some of them changed. No work tree.

Paths here are those of the repository. Only regular files of a bounded size are read; links and
what git does not call a file do not exist for us.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.content.files.text import MAX_BYTES
from kb.drafts.model import Author, CloneUnusable, Revision
from kb.drafts.repository.clone import Clone

BlobId = str
"""Of a file's content, as hex digits."""
REGULAR = ("100644", "100755")
Edits = Mapping[str, BlobId | None]
"""Path → its new content, None to remove it."""


@dataclass(frozen=True)
class TreeEntry:
    """A regular file in a commit."""

    path: str
    blob: BlobId
    size: int


@dataclass(frozen=True)
class FileChange:
    """A file that differs between two commits; "" for one that is not there."""

    path: str
    old: BlobId
    new: BlobId


def entries(clone: Clone, revision: Revision, *paths: str) -> Iterator[TreeEntry]:
    """Regular files at, or anywhere below, paths of a commit; all of them without a path."""
    listed = clone.git.run("ls-tree", "-r", "-z", "-l", "--full-tree", revision, "--", *paths)
    for line in listed.split(b"\0"):
        facts, _, name = line.partition(b"\t")
        if facts:
            mode, _, blob, size = facts.decode("ascii").split()
            path = name.decode("utf-8", "surrogateescape")
            if mode in REGULAR and _is_text(path):
                yield TreeEntry(path, blob, int(size))


def blob_at(clone: Clone, revision: Revision, path: str) -> BlobId:
    """The content of a regular file, "" where there is none."""
    found = (one.blob for one in entries(clone, revision, path) if one.path == path)
    return next(found, "")


def text_of(clone: Clone, blob: BlobId) -> str:
    """The text of a file, line ends as \\n; "" for no content, and for one that is too large."""
    return decoded(contents(clone, [blob]).get(blob, b"")) if blob else ""


def text_at(clone: Clone, revision: Revision, path: str) -> str:
    return text_of(clone, blob_at(clone, revision, path))


def decoded(data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def contents(
    clone: Clone, blobs: Iterable[BlobId], *, most_bytes: int = MAX_BYTES
) -> dict[BlobId, bytes]:
    """Bytes of every blob that there is and that is no larger than `most_bytes`."""
    asked = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs)).encode("ascii")
    sizes = clone.git.run("cat-file", "--batch-check", given=asked).decode("ascii").splitlines()
    facts = [line.split(" ") for line in sizes]
    small = [it[0] for it in facts if len(it) == 3 and it[1] == "blob" and int(it[2]) <= most_bytes]
    if not small:
        return {}
    output = clone.git.run("cat-file", "--batch", given="\n".join([*small, ""]).encode("ascii"))
    return dict(_batch(output))


def write_blob(clone: Clone, data: bytes) -> BlobId:
    """Keep content, which goes with the next garbage unless a commit names it."""
    return clone.git.text("hash-object", "-w", "--stdin", given=data)


def edited(clone: Clone, revision: Revision, edits: Edits) -> str:
    """The tree of a commit with some files changed; names the tree."""
    lines = b"".join(
        b"%s %s\t%s\0"
        % (b"100644" if blob else b"0", (blob or "0" * len(revision)).encode(), _path(path))
        for path, blob in edits.items()
    )
    clone.require_room()
    with clone.passing_folder() as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        clone.git.run("read-tree", revision, environment=index)
        clone.git.run("update-index", "-z", "--index-info", given=lines, environment=index)
        return clone.git.run("write-tree", environment=index).decode("ascii").strip()


def commit(
    clone: Clone, tree: str, parents: Sequence[Revision], *, author: Author, message: str
) -> Revision:
    """Make a commit that nothing points to yet."""
    name = _plain(author.name) or _plain(author.email).partition("@")[0] or "unknown"
    people = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": _plain(author.email) or "unknown@localhost",
        "GIT_COMMITTER_NAME": "Otvet",
        "GIT_COMMITTER_EMAIL": _plain(clone.committer),
    }
    named = [part for parent in parents for part in ("-p", parent)]
    made = clone.git.run(
        "commit-tree", tree, *named, "-F", "-", given=message.encode("utf-8"), environment=people
    )
    return made.decode("ascii").strip()


def changed(clone: Clone, old: Revision, new: Revision) -> tuple[FileChange, ...]:
    """Files that differ between two commits, by path. Renames are a removal and an addition.

    Raises CloneUnusable for a change of something that is no regular file.
    """
    output = clone.git.run("diff-tree", "-r", "-z", "--no-renames", "--raw", old, new)
    parts = output.split(b"\0")
    found = []
    for facts, name in zip(parts[0::2], parts[1::2], strict=False):
        old_mode, new_mode, old_blob, new_blob, _ = facts.decode("ascii").lstrip(":").split()
        path = name.decode("utf-8", "surrogateescape")
        if not {old_mode, new_mode} <= {*REGULAR, "000000"} or not _is_text(path):
            raise CloneUnusable(f"{path!r} is no regular file in the history of a change")
        found.append(FileChange(path, _blob_or_none(old_blob), _blob_or_none(new_blob)))
    return tuple(found)


def _batch(output: bytes) -> Iterator[tuple[BlobId, bytes]]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        blob, _, size = output[at:end].decode("ascii").split(" ")
        at = end + 1 + int(size)
        yield blob, output[end + 1 : at]
        at += 1


def _blob_or_none(blob: str) -> BlobId:
    return blob if blob.strip("0") else ""


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _path(path: str) -> bytes:
    return path.encode("utf-8")


def _plain(text: str) -> str:
    """`text` as git takes it for a name: one line, without what delimits addresses."""
    kept = (" " if one in "<>\n\r\t" or not one.isprintable() else one for one in text)
    return " ".join("".join(kept).split()).strip(".,:;\"'\\ ")
