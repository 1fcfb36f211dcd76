"""What a generation's folder holds and where: names that building writes and serving reads.

Light on purpose: serving imports this, never what building needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from search.model import Passage

DOCUMENTS = "documents.json"
PASSAGES = "passages.json"
LABELS = "labels.json"
LEXICAL = "lexical"
PASSAGE_VECTORS = "vectors/passages.npy"
LABEL_VECTORS = "vectors/labels.npy"
ENCODER = "encoder"
COMPLETIONS = "completions.json"
WORDS = "words.json"
SYNONYMS = "synonyms.json"
CONTENT = "content"
"""Folder of what the caller of a build wants kept beside the index."""


def passages_of(document_id: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Passage, ...]:
    """Read one document's rows of PASSAGES."""
    return tuple(
        Passage(document_id, ordinal, row["anchor"], tuple(row["headings"]), row["text"])
        for ordinal, row in enumerate(rows)
    )
