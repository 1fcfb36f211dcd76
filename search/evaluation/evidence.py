"""Words of the articles that answer a message, and whether a text shown holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Evidence:
    """Alternatives, each of pieces that answer together; none where only a picture answers."""

    alternatives: tuple[tuple[str, ...], ...]


def read_evidence(path: Path) -> dict[str, Evidence]:
    """Evidence by the id of the message, of a JSONL file with `qid` and `evidence`: lists of lists
    of `{"article", "text"}`. Raises OSError, and ValueError naming the line."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[str(row["qid"])] = evidence_of(row["evidence"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: needs qid and evidence: {error!r}") from error
    return found


def evidence_of(rows: Sequence[Sequence[Mapping[str, Any]]]) -> Evidence:
    """Read the JSON of one message's evidence; raises KeyError or TypeError for anything else."""
    return Evidence(tuple(tuple(str(piece["text"]) for piece in one) for one in rows))


def answers(text: str, evidence: Evidence) -> bool:
    """True when a text holds all pieces of one alternative."""
    folded = words(text)
    return any(all(holds(folded, piece) for piece in one) for one in evidence.alternatives)


def words(text: str) -> str:
    """The words of a text as they are compared: case-folded, ё as е, letters and digits only."""
    folded = text.casefold().replace("ё", "е")
    return f" {' '.join(_WORD.findall(folded))} "


def holds(text: str, piece: str) -> bool:
    """True when the words of `piece` stand in `text`, itself from `words`, in their order."""
    return words(piece) in text
