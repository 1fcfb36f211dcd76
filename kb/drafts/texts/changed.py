"""Parts of an article that a save has changed, in a few words for its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from kb.content.files import front_matter
from kb.content.files.front_matter import Node
from kb.content.files.text import BadFile

ChangedPart = Literal[
    "title", "summary", "questions", "status", "details", "text", "pictures", "nothing"
]
PARTS: tuple[ChangedPart, ...] = get_args(ChangedPart)
_OWN_WORDS: tuple[ChangedPart, ...] = ("title", "summary", "questions", "status")
_PREFIX, _SUFFIX = "Change ", ": "


def changed_parts(before: str, after: str) -> tuple[ChangedPart, ...]:
    """Parts that differ between two texts of a file, in the order of PARTS."""
    (old_keys, old), (new_keys, new) = _read(before), _read(after)
    names = {name for name in {*old_keys, *new_keys} if old_keys.get(name) != new_keys.get(name)}
    found: set[ChangedPart] = {one for one in _OWN_WORDS if one in names}
    if names - found:
        found.add("details")
    if old != new:
        lines = set(old.splitlines()) ^ set(new.splitlines())
        if any("![" in line for line in lines):
            found.add("pictures")
        if "pictures" not in found or any("![" not in one and one.strip() for one in lines):
            found.add("text")
    return tuple(one for one in PARTS if one in found) or ("nothing",)


def subject(before: str, after: str, path: str) -> str:
    """Words of a commit of `path` that nobody has written any for."""
    return f"{_PREFIX}{', '.join(changed_parts(before, after))}{_SUFFIX}{path}"


def parts_told(subject: str) -> tuple[ChangedPart, ...]:
    """Parts that such a subject names, none for words of a person."""
    named, gap, _path = subject.removeprefix(_PREFIX).partition(_SUFFIX)
    known = tuple(one for one in PARTS if one in named.split(", "))
    is_ours = subject.startswith(_PREFIX) and bool(gap) and ", ".join(known) == named
    return known if is_ours else ()


def _read(text: str) -> tuple[Mapping[str, object], str]:
    """Values of the head by key, and what stands below it; no key where it cannot be read."""
    try:
        cut = front_matter.split(text, "")
        keys, _ = front_matter.read_mapping(cut.front, "")
    except BadFile:
        return {}, text
    return {name: _plain(node) for name, node in keys.items()}, cut.body


def _plain(node: Node) -> object:
    """A value without the lines it stands in; YAML that is too deep was refused."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, Mapping):
        return {name: _plain(one) for name, one in node.value.items()}
    return [_plain(one) for one in node.value]
