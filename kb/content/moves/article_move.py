"""A move of an article: its file, with its translations, its own links and those that lead to it.

Its id stays, so that every old address goes on answering. Where git doesn't know the old place, it
is noted among the article's `aliases:`.
"""

from __future__ import annotations

import posixpath
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content import git_history
from kb.content.files import categories
from kb.content.files.article_file import Place, place_of
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import walk
from kb.content.files.whole_file import write_authored
from kb.content.model import Category, Problem
from kb.content.moves.aliases import with_aliases
from kb.content.moves.relative_links import Moves, relinked
from kb.content.shared_text.filled_file import read_file

SUFFIX = ".md"
GIT_TIMEOUT_S = 20


class CannotMove(Exception):
    """The article cannot be moved as asked; the message says what to change."""


@dataclass(frozen=True)
class ArticleMove:
    """Everything that a move changes."""

    files: Moves
    """Old path → new path of the article's file and of its translations."""
    texts: Mapping[str, bytes]
    """New content by path of before; of files that move too."""

    @property
    def others(self) -> tuple[str, ...]:
        """Files that stay where they are, and whose links change."""
        return tuple(path for path in self.texts if path not in self.files)


def planned(
    root: Path, path: str, aim: str, languages: Sequence[str], *, with_translations: bool
) -> ArticleMove:
    """Plan to move the article `path` to `aim`: `section/category/slug`, or with its language.

    `aim` may leave the slug out, ending in /. Raises CannotMove.
    """
    here = place_of(path, languages)
    if isinstance(here, Problem):
        raise CannotMove(f"{path} {here.message}")
    there = _aim(root, here, aim, languages)
    versions = _versions(root, here, languages)
    others = [lang for lang in versions if lang != here.lang]
    if others and not with_translations:
        raise CannotMove(
            f"{path} has a version in {', '.join(others)}, which shares its address: "
            "move all with --translations"
        )
    address = f"{there.section}/{there.category}/{there.slug}{SUFFIX}"
    files = {old: f"{lang}/{address}" for lang, old in versions.items()}
    for new in files.values():
        _require(not (root / new).exists(), f"{new} is there already")
    return ArticleMove(files, dict(_texts(root, files, here, there)))


def carry_out(root: Path, move: ArticleMove) -> None:
    """Write what changes and move the files, by git where it knows them. Raises OSError."""
    for path, content in move.texts.items():
        write_authored(root / path, content)
    for old, new in move.files.items():
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        if not (is_tracked(root, old) and _moved_by_git(root, old, new)):
            (root / old).rename(root / new)


def is_tracked(root: Path, path: str) -> bool:
    """True for a file that git knows at its path."""
    return bool(git_history.output(root, "ls-files", "-z", "--", path))


def _moved_by_git(root: Path, old: str, new: str) -> bool:
    try:
        done = subprocess.run(
            ("git", "mv", "--", old, new),
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _aim(root: Path, here: Place, aim: str, languages: Sequence[str]) -> Place:
    """The place that is meant. Raises CannotMove."""
    parts = aim.removesuffix(SUFFIX).split("/")
    if len(parts) == 3 and parts[0] not in languages:
        parts.insert(0, here.lang)
    if len(parts) == 4 and not parts[-1]:
        parts[-1] = here.slug
    found = place_of("/".join(parts) + SUFFIX, languages)
    if isinstance(found, Problem):
        raise CannotMove(f"{aim}: {found.message}; use SECTION/CATEGORY/SLUG")
    _require(found.lang == here.lang, f"{aim} is in another language; `kb mv` changes no language")
    _require(found.path != here.path, f"{here.path} lies there already")
    known = categories.read(root, languages, read_file)[0]
    if (found.section, found.category) not in known:
        raise CannotMove(
            f"`{found.category}` is not a category of {found.section}; "
            f"use {named_categories(known.values(), found.section)}"
        )
    return found


def named_categories(known: Iterable[Category], section: str) -> str:
    """The categories of a section, for a sentence."""
    slugs = [it.slug for it in known if it.section == section]
    return ", ".join(slugs) or "categories.yml to name one"


def _versions(root: Path, place: Place, languages: Sequence[str]) -> Mapping[str, str]:
    """Files of the article by language: they share folder and slug."""
    below = f"{place.section}/{place.category}/{place.slug}{SUFFIX}"
    return {
        lang: f"{lang}/{below}"
        for lang in (place.lang, *(it for it in languages if it != place.lang))
        if (root / lang / below).is_file()
    }


def _texts(root: Path, files: Moves, here: Place, there: Place) -> Iterator[tuple[str, bytes]]:
    """New content of every file that changes."""
    former = {
        old: f"{here.section}/{here.category}/{here.slug}"
        for old in files
        if not is_tracked(root, old)
    }
    for path, _ in walk(root, "", []):
        if not path.endswith(SUFFIX):
            continue
        try:
            content = read_bytes(root, path)
            text = content.decode()
        except (BadFile, UnicodeDecodeError):
            continue  # `kb check` tells of it
        new = relinked(text, old=path, new=files.get(path, path), moves=files)
        if path in files:
            folder = posixpath.join(here.section, here.category)
            is_other = folder != posixpath.join(there.section, there.category)
            new = with_aliases(new, former.get(path, ""), folder if is_other else "")
        if new != text:
            yield path, new.encode()


def _require(is_fine: bool, message: str) -> None:
    if not is_fine:
        raise CannotMove(message)
