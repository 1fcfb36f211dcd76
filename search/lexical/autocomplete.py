"""Completions while typing: titles, headings and questions, in memory, never the encoder.

Words are matched by prefix in any order; only when that finds nothing, by a few typing errors.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.model import Completion, Segment
from search.text.analysis import clean
from search.text.characters.composition import spoken_places
from search.text.keyboard import in_other_layout
from search.text.words import fold

CompletionKind = Literal["title", "heading", "question"]
IntArray = npt.NDArray[np.int64]

MAX_PREFIX_CHARS = 100
MAX_WORDS = 8
KIND_RANKS: dict[CompletionKind, int] = {"title": 0, "question": 1, "heading": 2}
MAX_SIMILAR_WORDS = 64
"""Words of the index tried for a mistyped one."""


_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class CompletionEntry:
    """A text that can be offered, and where it leads."""

    text: str
    lang: str
    document_id: str
    group: str
    anchor: str
    kind: CompletionKind


class _Word(NamedTuple):
    """A word of an entry with its place in the text, end exclusive."""

    folded: str
    start: int
    end: int


class Completer:
    """Finds completions. Immutable, safe for many threads."""

    def __init__(self, entries: Sequence[CompletionEntry]) -> None:
        self._entries = tuple(entries)
        self._words = [_words(entry.text) for entry in self._entries]
        owners: dict[str, dict[int, None]] = {}
        for number, words in enumerate(self._words):
            for word in words:
                owners.setdefault(word.folded, {})[number] = None
        self._vocabulary = sorted(owners)
        self._offsets = np.cumsum([0, *(len(owners[word]) for word in self._vocabulary)])
        self._owners: IntArray = np.array(
            [number for word in self._vocabulary for number in owners[word]], dtype=np.int64
        )
        self._by_early_letter = _by_early_letter(self._vocabulary)
        self._langs = np.array([entry.lang for entry in self._entries], dtype=np.str_)
        self._kinds = np.array([KIND_RANKS[entry.kind] for entry in self._entries], dtype=np.int64)
        self._lengths = np.array([len(entry.text) for entry in self._entries], dtype=np.int64)
        self._first_words = self._numbers_of_first_words()

    def _numbers_of_first_words(self) -> IntArray:
        """(n_entries,) number of each entry's first word; -1 for one without words."""
        numbers = {word: number for number, word in enumerate(self._vocabulary)}
        firsts = [numbers[words[0].folded] if words else -1 for words in self._words]
        return np.array(firsts, dtype=np.int64)

    @classmethod
    def load(cls, path: Path) -> Completer:
        """Read what `save_entries` wrote; raises ValueError or TypeError for anything else."""
        return cls(read_entries(path))

    def complete(self, prefix: str, *, lang: str, limit: int = 8) -> tuple[Completion, ...]:
        """Best completions first; entries of other languages only where own ones leave room.

        The last word of `prefix` is one being typed, the others are prefixes too; what completes
        nothing is read in the other keyboard layout, then with errors. Any text is valid; what has
        no letters or digits gives nothing.
        """
        text = clean(prefix, limit=MAX_PREFIX_CHARS)
        typed, choices, numbers = self._starting(text)
        if not len(numbers) and (other := in_other_layout(text)):
            swapped = self._starting(other)
            typed, choices, numbers = swapped if len(swapped[2]) else (typed, choices, numbers)
        if not typed:
            return ()
        if not len(numbers):
            choices = [found or self._similar(w) for w, found in zip(typed, choices, strict=True)]
            numbers = self._entries_with(choices)
        ordered = self._ranked(numbers, choices[0], lang)
        return tuple(
            self._completion(n, choices, typed) for n in self._distinct(ordered, lang, limit)
        )

    def _starting(self, text: str) -> tuple[list[str], list[Sequence[int]], IntArray]:
        """Words of `text`, for each the vocabulary's words that it begins, entries with them."""
        typed = [word.folded for word in _words(text)[:MAX_WORDS]]
        choices: list[Sequence[int]] = [self._by_prefix(word) for word in typed]
        return typed, choices, self._entries_with(choices)

    def _by_prefix(self, word: str) -> range:
        """Numbers of the vocabulary's words that start with `word`."""
        return range(
            bisect_left(self._vocabulary, word), bisect_left(self._vocabulary, word + "\U0010ffff")
        )

    def _similar(self, word: str) -> Sequence[int]:
        """Words that begin like `word` with few enough typing errors.

        Beginnings of its length and one more are compared, so that a letter may be missing. Only
        words that share one of the two first letters are tried: one error leaves one in place.
        """
        allowed = allowed_errors(word)
        early = [self._by_early_letter[c] for c in set(word[:2]) if c in self._by_early_letter]
        if not allowed or not early:
            return ()
        numbers = np.unique(np.concatenate(early))
        nearest = np.minimum(*(self._errors(word, numbers, len(word) + n) for n in (0, 1)))
        best = np.argsort(nearest, kind="stable")[:MAX_SIMILAR_WORDS]
        return sorted(int(numbers[n]) for n in best if nearest[n] <= allowed)

    def _errors(self, word: str, numbers: IntArray, length: int) -> npt.NDArray[np.uint8]:
        """Typing errors between `word` and the beginnings of some words of the vocabulary."""
        beginnings = [self._vocabulary[number][:length] for number in numbers]
        return np.asarray(process.cdist([word], beginnings, scorer=OSA.distance, dtype=np.uint8)[0])

    def _entries_with(self, choices: Sequence[Sequence[int]]) -> IntArray:
        """Entries that hold a word of every choice."""
        found: IntArray | None = None
        for words in choices:
            owners = self._owners_of(words)
            found = owners if found is None else np.intersect1d(found, owners, assume_unique=True)
            if not len(found):
                break
        return found if found is not None else np.zeros(0, dtype=np.int64)

    def _owners_of(self, words: Sequence[int]) -> IntArray:
        if isinstance(words, range):
            if not words:
                return np.zeros(0, dtype=np.int64)
            where = slice(self._offsets[words.start], self._offsets[words.stop])
            return np.unique(self._owners[where])
        slices = [self._owners[self._offsets[w] : self._offsets[w + 1]] for w in words]
        return np.unique(np.concatenate(slices)) if slices else np.zeros(0, dtype=np.int64)

    def _ranked(self, numbers: IntArray, first_words: Sequence[int], lang: str) -> list[int]:
        """Own language, what starts as typed, titles before questions and headings, short first."""
        is_other = self._langs[numbers] != lang
        starts = np.isin(self._first_words[numbers], np.asarray(first_words, dtype=np.int64))
        order = np.lexsort((self._lengths[numbers], self._kinds[numbers], ~starts, is_other))
        return [int(number) for number in numbers[order]]

    def _distinct(self, ordered: Iterable[int], lang: str, limit: int) -> list[int]:
        """One completion a place; a translation only where the reader's language has none."""
        seen: set[tuple[str, str]] = set()
        own_groups: set[str] = set()
        texts: set[str] = set()
        chosen: list[int] = []
        for number in ordered:
            entry = self._entries[number]
            place = (entry.group, entry.anchor)
            is_translation = entry.lang != lang and entry.group in own_groups
            if place in seen or is_translation or entry.text in texts:
                continue
            seen.add(place)
            texts.add(entry.text)
            if entry.lang == lang:
                own_groups.add(entry.group)
            chosen.append(number)
            if len(chosen) == limit:
                break
        return chosen

    def _completion(
        self, number: int, choices: Sequence[Sequence[int]], typed: Sequence[str]
    ) -> Completion:
        entry = self._entries[number]
        matching = {self._vocabulary[w] for words in choices for w in words}
        marks = []
        for word in self._words[number]:
            if word.folded in matching:
                prefixes = [len(t) for t in typed if word.folded.startswith(t)]
                chars = max(prefixes, default=len(word.folded))
                marks.append((word.start, _end(entry.text, word, chars)))
        return Completion(_segments(entry.text, marks), entry.document_id, entry.anchor, entry.kind)


def save_entries(path: Path, entries: Iterable[CompletionEntry]) -> None:
    """Store the entries of a corpus in an order that depends on nothing but them."""
    rows = sorted((e.text, e.lang, e.document_id, e.group, e.anchor, e.kind) for e in entries)
    path.write_bytes(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def read_entries(path: Path) -> list[CompletionEntry]:
    """Entries that `save_entries` wrote; raises ValueError or TypeError for anything else."""
    return [CompletionEntry(*fields) for fields in json.loads(path.read_bytes())]


def allowed_errors(word: str) -> int:
    """Typing errors forgiven: a short word with one is another word."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def _words(text: str) -> list[_Word]:
    """Runs of letters and digits, case and ё folded."""
    shown, places = spoken_places(fold(text))
    found = [_Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(shown)]
    if places is None:
        return found
    return [_Word(it.folded, places[it.start], places[it.end]) for it in found]


def _end(text: str, word: _Word, chars: int) -> int:
    """Place in `text` behind the first `chars` characters of a word of it."""
    places = spoken_places(text[word.start : word.end])[1]
    return word.start + (places[chars] if places else chars)


def _by_early_letter(vocabulary: Sequence[str]) -> dict[str, IntArray]:
    """Letter → numbers of the words that have it in first or second place."""
    found: dict[str, list[int]] = {}
    for number, word in enumerate(vocabulary):
        for letter in set(word[:2]):
            found.setdefault(letter, []).append(number)
    return {letter: np.array(numbers, dtype=np.int64) for letter, numbers in found.items()}


def _segments(text: str, marks: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
    segments, position = [], 0
    for start, end in marks:
        if start > position:
            segments.append(Segment(text[position:start], False))
        segments.append(Segment(text[start:end], True))
        position = end
    if position < len(text):
        segments.append(Segment(text[position:], False))
    return tuple(segments)
