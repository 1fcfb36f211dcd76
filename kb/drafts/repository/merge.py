"""Three-way merge of texts, by `git merge-file`: what merges, and what a person must settle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.drafts.model import CloneUnusable, MergePart
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.git import GitFailed

_MARKS = re.compile(r"^(?:<{7,}|={7,}|>{7,})", re.MULTILINE)
_LINE = re.compile(r"[^\n]*+\n|[^\n]++")
_YOURS, _THEIRS = "yours", "theirs"


@dataclass(frozen=True)
class TextMerge:
    """A merged text in order; clean when no part is a conflict."""

    parts: tuple[MergePart, ...]

    @property
    def is_clean(self) -> bool:
        return not any(part.is_conflict for part in self.parts)

    @property
    def text(self) -> str:
        """The whole text of a clean merge."""
        return "".join(part.yours for part in self.parts)

    @property
    def marked(self) -> str:
        """The text with the usual marks around what is not settled."""
        return "".join(
            f"<<<<<<< {_YOURS}\n{part.yours}=======\n{part.theirs}>>>>>>> {_THEIRS}\n"
            if part.is_conflict
            else part.yours
            for part in self.parts
        )


def merged(clone: Clone, *, base: str, yours: str, theirs: str, union: bool = False) -> TextMerge:
    """Join what two people made of `base`. With `union`, lines of both where they disagree.

    Raises CloneUnusable when git cannot.
    """
    texts = {_YOURS: yours, "base": base, _THEIRS: theirs}
    size = 1 + max(len(mark[0]) for text in (*texts.values(), "<" * 7) for mark in _marks(text))
    options = ("--union",) if union else ()
    with clone.passing_folder() as folder:
        paths = [folder / name for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_bytes(text.encode("utf-8"))
        labels = [part for name in texts for part in ("-L", name)]
        # Without -p the result lies in the first file and the exit tells how many conflicts
        command = ("merge-file", "--quiet", *options, f"--marker-size={size}", *labels)
        try:
            clone.git.run(*command, "--", *map(str, paths))
        except GitFailed as error:
            if not 0 < error.code <= 127:
                raise CloneUnusable(f"texts cannot be merged: {error.detail}") from error
        result = paths[0].read_bytes().decode("utf-8")
    return TextMerge(tuple(_parts(result, size)))


def all_in_conflict(yours: str, theirs: str) -> TextMerge:
    """Two texts that have nothing in common, such as one that was removed."""
    return TextMerge((MergePart(True, yours, theirs),))


def _marks(text: str) -> Iterator[re.Match[str]]:
    return _MARKS.finditer(text)


def _parts(result: str, size: int) -> Iterator[MergePart]:
    """Parts of git's result; no line of a text is a mark of this size."""
    opening, middle, closing = f"{'<' * size} {_YOURS}", "=" * size, f"{'>' * size} {_THEIRS}"
    same: list[str] = []
    sides: tuple[list[str], list[str]] = ([], [])
    into = same
    for line in _LINE.findall(result):
        mark = line.removesuffix("\n")
        if mark == opening:
            if same:
                yield MergePart(False, "".join(same), "".join(same))
            same, sides = [], ([], [])
            into = sides[0]
        elif mark == middle:
            into = sides[1]
        elif mark == closing:
            yield MergePart(True, "".join(sides[0]), "".join(sides[1]))
            into = same
        else:
            into.append(line)
    if same:
        yield MergePart(False, "".join(same), "".join(same))
