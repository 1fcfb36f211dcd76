"""Files of a generation's folder: names and forms that building writes and serving reads.

Light on purpose: serving imports this, never what building needs.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from search.model import Passage

DOCUMENTS = "documents.json"
PASSAGES = "passages.json.gz"
LABELS = "labels.json"
LEXICAL = "lexical"
PASSAGE_VECTORS = "vectors/passages"
LABEL_VECTORS = "vectors/labels"
ENCODER = "encoder"
READER = "reader"
UNIT_TOKENS = "unit-tokens"
COMPLETIONS = "completions.json"
WORDS = "words.json"
SYNONYMS = "synonyms.json"
NEIGHBOURS = "neighbours.json"
"""Document → groups nearest in meaning; a lexical generation has none."""
CONTENT = "content"
"""Folder of what the caller of a build wants kept beside the index."""

PASSAGES_LEVEL = 1
"""Of compression: text shrinks to a third; more effort would gain a tenth and slow every build."""


def passage_rows(path: Path) -> list[dict[str, Any]]:
    """Read PASSAGES; raises OSError or ValueError."""
    try:
        rows: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
    except (EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    return rows


def neighbours_of(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read NEIGHBOURS; empty without the file. Raises OSError, TypeError or ValueError."""
    if not path.is_file():
        return {}
    return {name: tuple(groups) for name, groups in dict(json.loads(path.read_bytes())).items()}


def passages_of(document_id: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Passage, ...]:
    """Read one document's rows of PASSAGES."""
    return tuple(
        Passage(document_id, ordinal, row["anchor"], tuple(row["headings"]), row["text"])
        for ordinal, row in enumerate(rows)
    )


def json_bytes(value: object) -> bytes:
    """Compact JSON; text that is no valid Unicode comes back as it was."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
