"""Hostile texts for a regular expression, made of its own parts.

What makes an expression slow is nearly always a piece repeated: a character it knows, two of them,
or what a part of it matches. So each of these is repeated, behind what comes before it and ahead of
what makes the whole fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random
from re import _constants as op
from re import _parser
from typing import Any

COMMON = "aя7_ \n.\"'<>&()[]{}@:-/\\*`|=#!?,\x00"
MOST_CHARS = 16
MOST_SAMPLES = 48
MOST_BEFORES = 12
MAX_PIECE_CHARS = 60

_MEMBERS = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_NOT_DIGIT: "a ",
    op.CATEGORY_SPACE: " \n",
    op.CATEGORY_NOT_SPACE: "a.",
    op.CATEGORY_WORD: "aя7_",
    op.CATEGORY_NOT_WORD: " .",
}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)

Nodes = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Attack:
    """A text of any length: `before`, `piece` again and again, `after`."""

    before: str
    piece: str
    after: str

    def text(self, chars: int) -> str:
        return self.before + (self.piece * (chars // len(self.piece) + 1))[:chars] + self.after


def attacks(pattern: re.Pattern[str], *, seed: int = 0) -> list[Attack]:
    """Texts that may be hard for `pattern`; the same ones each time."""
    rng = Random(seed)
    tree = list(_parser.parse(pattern.pattern, pattern.flags))
    known = sorted(_chars(tree))
    chars = rng.sample(known, min(MOST_CHARS, len(known)))
    chars += [one for one in 'a .\n7"' if one not in chars]
    found = {_sample(part, rng) for part in _parts(tree) for _ in range(3)}
    samples = sorted(one for one in found if 0 < len(one) <= MAX_PIECE_CHARS)
    pairs = {one + other for one in chars[:8] for other in chars[:8] if one != other}
    pieces = [*chars, *sorted(pairs), *rng.sample(samples, min(MOST_SAMPLES, len(samples)))]
    heads, tails = ["", *samples, *chars], [*chars, "\0", "!"]
    befores = sorted(set(_befores(tree, rng)), key=len)[:MOST_BEFORES]
    return [
        *(Attack(before, char, "\0") for before in befores for char in chars),
        *(
            Attack(before, *both)
            for before in befores
            for both in zip(chars, cycle(known or "!"), strict=False)
        ),
        *(Attack("", piece, "\0") for piece in pieces),
        *(Attack(rng.choice(heads), piece, rng.choice(tails)) for piece in pieces),
    ]


def _befores(nodes: Nodes, rng: Random, outer: str = "") -> Iterator[str]:
    """A text for all that comes before each repetition, those inside of others too."""
    for place, node in enumerate(nodes):
        before = outer + _sample(nodes[:place], rng)
        if node[0] in _REPEATS:
            yield before
        for inner in _inner(node):
            yield from _befores(inner, rng, before)


def _inner(node: tuple[Any, Any]) -> list[Nodes]:
    """Sequences of nodes in a node."""
    kind, value = node
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind in _REPEATS:
        return [value[2]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is op.ATOMIC_GROUP else []


def _parts(nodes: Nodes) -> Iterator[Nodes]:
    """Every sequence in the tree, its beginnings and its ends."""
    yield nodes
    for place, node in enumerate(nodes):
        if place:
            yield nodes[:place]
            yield nodes[place:]
        for inner in _inner(node):
            yield from _parts(inner)


def _members(items: Nodes) -> tuple[list[str], bool]:
    """Characters of a set, and whether it is of all others."""
    found: list[str] = []
    for kind, value in items:
        if kind is op.LITERAL:
            found.append(chr(value))
        elif kind is op.RANGE:
            found += map(chr, value)
        elif kind is op.CATEGORY:
            found += _MEMBERS[value]
    return found, any(kind is op.NEGATE for kind, _ in items)


def _chars(nodes: Nodes) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        kind, value = node
        if kind in (op.LITERAL, op.NOT_LITERAL):
            found.add(chr(value))
        elif kind is op.IN:
            found.update(_members(value)[0])
        for inner in _inner(node):
            found |= _chars(inner)
    return found


def _sample(nodes: Nodes, rng: Random) -> str:
    """A text that the nodes match, as far as assertions allow."""
    return "".join(_sample_of(kind, value, rng) for kind, value in nodes)


def _sample_of(kind: Any, value: Any, rng: Random) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return rng.choice([one for one in COMMON if one != chr(value)])
    if kind is op.ANY:
        return rng.choice("a ")
    if kind is op.IN:
        members, is_negated = _members(value)
        return rng.choice([one for one in COMMON if one not in members] if is_negated else members)
    if kind in _REPEATS:
        least, most, inner = value
        times = min(int(most), int(least) + rng.choice((0, 1, 2)), 40)
        return "".join(_sample(inner, rng) for _ in range(times))
    if kind in (op.ASSERT, op.ASSERT_NOT, op.AT, op.GROUPREF):
        return ""
    choices = _inner((kind, value))
    return _sample(rng.choice(choices), rng) if choices else ""
