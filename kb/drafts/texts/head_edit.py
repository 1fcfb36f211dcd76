"""Front matter changed key by key: what nobody changed keeps its words, order and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb.content.files import front_matter
from kb.content.files.article_file import KEYS
from kb.content.files.front_matter import Node, Parts
from kb.content.files.text import BadFile

HeadValue = str | tuple[str, ...]
"""A line of text, or a list of such lines; "" and () take the key away."""

_FLOW_CHARS = 90
"""A list longer than this, in characters, gets a line for each item."""
_PLAIN = re.compile(r"[^\W\d_](?:[^\n:#]|:(?=\S)|(?<=\S)#)*(?<=[^\s:])")
_FLOW_PLAIN = re.compile(r"[\w-]+(?: [\w-]+)*")
_AMBIGUOUS = frozenset("y n yes no on off true false null none ~ nan inf".split())
_LINES = ("questions",)
"""Lists that always get a line for each item: sentences."""


def values_of(text: str) -> dict[str, HeadValue] | None:
    """The keys of a file that are text or lists of text; None where they cannot be read."""
    try:
        keys = _keys(front_matter.split(text, ""))
    except BadFile:
        return None
    found = {key: _plain_value(node) for key, node in keys.items()}
    return {key: value for key, value in found.items() if value is not None}


def body_of(text: str) -> str:
    """The Markdown below the front matter; the whole text where there is none to be read."""
    try:
        return front_matter.split(text, "").body
    except BadFile:
        return text


def rewritten(text: str, values: Mapping[str, HeadValue], body: str) -> str:
    """`text` with other values for some keys, and another body. Linear in its length.

    Raises BadFile where the front matter cannot be read.
    """
    parts = front_matter.split(text, "")
    known = _keys(parts)
    before = {key: _plain_value(node) for key, node in known.items()}
    changed = {k: it for k, it in values.items() if _in_words(before.get(k)) != _in_words(it)}
    front = _with_changes(parts, known, changed) if changed else parts.front
    body = body if body.endswith("\n") or not body else f"{body}\n"
    return f"---\n{front}---\n{body}"


def _in_words(value: HeadValue | None) -> HeadValue:
    """A value as a form shows it: single spaces between words, nothing for an empty list."""
    if isinstance(value, tuple):
        return tuple(" ".join(one.split()) for one in value) or ""
    return " ".join((value or "").split())


def _keys(parts: Parts) -> Mapping[str, Node]:
    return front_matter.read_mapping(parts.front, "", first_line=0)[0]


def _plain_value(node: Node) -> HeadValue | None:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, Mapping):
        return None
    items = [item.value for item in node.value]
    return (
        tuple(one for one in items if isinstance(one, str))
        if all(isinstance(one, str) for one in items)
        else None
    )


def _with_changes(parts: Parts, known: Mapping[str, Node], changed: Mapping[str, HeadValue]) -> str:
    lines = parts.front.splitlines(keepends=True)
    starts = [node.line for node in known.values()]
    if len(set(starts)) < len(starts):  # `{id: …, title: …}` on one line
        return _canonical(known, changed)
    spans = _spans(lines, known)
    pieces: dict[str, str] = {key: "".join(lines[span]) for key, span in spans.items()}
    head = "".join(lines[: min(starts, default=0)])
    for key, value in changed.items():
        written = _written(key, value, "\n" in pieces.get(key, "").rstrip("\n"))
        rest = _comments_below(pieces.get(key, ""))
        if key in pieces or not written:
            pieces[key] = written + rest
        else:
            pieces = _inserted(pieces, key, written)
    return head + "".join(_ended(piece) for piece in pieces.values())


def _spans(lines: Sequence[str], known: Mapping[str, Node]) -> dict[str, slice]:
    """Lines of each key: from its own to that of the next."""
    starts = [*(node.line for node in known.values()), len(lines)]
    return {
        key: slice(start, end)
        for key, start, end in zip(known, starts[:-1], starts[1:], strict=True)
    }


def _comments_below(piece: str) -> str:
    """Blank lines and comments at the end of a key's lines: they belong to what comes next."""
    lines = piece.splitlines(keepends=True)
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return "".join(lines[end:])


def _inserted(pieces: Mapping[str, str], key: str, written: str) -> dict[str, str]:
    """A key that was not there, after those that usually stand before it."""
    place = _rank(key)
    before = [one for one in pieces if _rank(one) <= place]
    after = before[-1] if before else None
    made: dict[str, str] = {} if after else {key: written}
    for one, piece in pieces.items():
        made[one] = piece
        if one == after:
            made[key] = written
    return made


def _rank(key: str) -> int:
    return KEYS.index(key) if key in KEYS else len(KEYS)


def _canonical(known: Mapping[str, Node], changed: Mapping[str, HeadValue]) -> str:
    values = {key: _plain_value(node) for key, node in known.items()} | dict(changed)
    return "".join(_written(key, value, False) for key, value in values.items() if value)


def _written(key: str, value: HeadValue, is_block: bool) -> str:
    """The lines of a key; "" for no value. `is_block`: it had a line for each item so far."""
    if not value:
        return ""
    if isinstance(value, str):
        return f"{key}: {_scalar(value)}\n"
    items = [_flow_scalar(item) for item in value]
    flow = f"{key}: [{', '.join(items)}]\n"
    if key in _LINES or is_block or len(flow) > _FLOW_CHARS:
        return f"{key}:\n" + "".join(f"  - {_scalar(item)}\n" for item in value)
    return flow


def _scalar(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _AMBIGUOUS
    return text if is_plain else _quoted(text)


def _flow_scalar(text: str) -> str:
    is_plain = _FLOW_PLAIN.fullmatch(text) and text[0].isalpha()
    return text if is_plain and text.casefold() not in _AMBIGUOUS else _quoted(text)


def _quoted(text: str) -> str:
    """In double quotes, on one line."""
    one_line = " ".join(text.split())
    escaped = one_line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ended(piece: str) -> str:
    return piece if piece.endswith("\n") or not piece else f"{piece}\n"
