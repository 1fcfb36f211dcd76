"""A generation's documents and passages in memory, as the searcher reads them. No ranking."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.generation.files import DOCUMENTS, LABELS, PASSAGES, passage_rows, passages_of
from search.generation.open_generation import OpenGeneration
from search.model import Filters, Passage
from search.text.words import key

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class CorpusDocument:
    """A document as ranking and display know it.

    `first:end` are its passages, `first_unit:end_unit` its units.
    """

    id: str
    group: str
    lang: str
    section: str
    category: str
    title: str
    tags: frozenset[str]
    fingerprint: str
    first: int
    end: int
    first_unit: int
    end_unit: int


@dataclass(frozen=True)
class Corpus:
    """Documents in order of their passages; both numbered from 0."""

    documents: tuple[CorpusDocument, ...]
    passages: tuple[Passage, ...]
    label_documents: IntArray
    """(n_labels,) number of the document each label vector names."""
    first_passages: IntArray
    """(n_documents,) number of each document's first passage."""
    categories: IntArray
    """(n_documents,) number of each document's category within its section."""
    langs: IntArray
    """(n_documents,) number of each document's language."""
    groups: Mapping[str, tuple[int, ...]]
    """Group → its documents, one a language."""
    named: Mapping[str, tuple[int, ...]]
    """Title or group, as `name_key` has it → documents so called."""

    def passage_keys(self) -> list[str]:
        """Keys of the postings, in passage order."""
        return [
            f"{document.fingerprint}:{ordinal}"
            for document in self.documents
            for ordinal in range(document.end - document.first)
        ]

    def allowed(self, filters: Filters) -> BoolArray:
        """(n_documents,) True where a document passes the filters."""
        if filters == Filters():
            return np.ones(len(self.documents), dtype=bool)
        return np.fromiter(
            (_passes(document, filters) for document in self.documents), bool, len(self.documents)
        )


def load_corpus(generation: OpenGeneration) -> Corpus:
    entries = json.loads(generation.path(DOCUMENTS).read_bytes())
    rows = passage_rows(generation.path(PASSAGES))
    documents: list[CorpusDocument] = []
    passages: list[Passage] = []
    groups: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        first, end = entry["passages"]
        first_unit, end_unit = entry["units"]
        groups.setdefault(entry["group"], []).append(number)
        passages.extend(passages_of(entry["id"], rows[first:end]))
        documents.append(
            CorpusDocument(
                id=entry["id"],
                group=entry["group"],
                lang=entry["lang"],
                section=entry["section"],
                category=entry["category"],
                title=entry["title"],
                tags=frozenset(entry["tags"]),
                fingerprint=entry["fingerprint"],
                first=first,
                end=end,
                first_unit=first_unit,
                end_unit=end_unit,
            )
        )
    labels = json.loads(generation.path(LABELS).read_bytes())
    numbers: dict[tuple[str, str], int] = {}
    categories = [numbers.setdefault((d.section, d.category), len(numbers)) for d in documents]
    langs = sorted({d.lang for d in documents})
    return Corpus(
        tuple(documents),
        tuple(passages),
        np.array(labels, dtype=np.int64),
        np.array([d.first for d in documents], dtype=np.int64),
        np.array(categories, dtype=np.int64),
        np.array([langs.index(d.lang) for d in documents], dtype=np.int64),
        {group: tuple(versions) for group, versions in groups.items()},
        _named(documents),
    )


def name_key(text: str) -> str:
    """A title or id as it is looked up: its words, folded, whatever stands between them."""
    return " ".join(_WORD.findall(key(text)))


def _named(documents: Sequence[CorpusDocument]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for number, document in enumerate(documents):
        for name in (document.title, document.group):
            found.setdefault(name_key(name), set()).add(number)
    return {key: tuple(sorted(numbers)) for key, numbers in found.items() if key}


def _passes(document: CorpusDocument, filters: Filters) -> bool:
    return (
        (filters.lang is None or document.lang == filters.lang)
        and (filters.section is None or document.section == filters.section)
        and (
            not filters.categories
            or f"{document.section}/{document.category}" in filters.categories
        )
        and (not filters.tags or not document.tags.isdisjoint(filters.tags))
        and document.group not in filters.exclude_groups
        and (not filters.groups or document.group in filters.groups)
    )
