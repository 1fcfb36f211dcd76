"""Texts that masking is measured by (tests/data/redaction), and whether it was right."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "redaction"
_PRIVATE = re.compile("⟦(.*?)⟧", re.DOTALL)
_MASK = r"(?:\[[a-z]+\][ ]?)+"


@dataclass(frozen=True)
class PrivateText:
    """A text in which private places are marked; `is_private` False: those of orders alone."""

    kind: str
    lang: str
    marked: str
    is_private: bool

    @property
    def text(self) -> str:
        return self.marked.replace("⟦", "").replace("⟧", "")

    def is_masked_by(self, masked: str) -> bool:
        """True when masks stand for all that is marked, and all else stays as typed."""
        mask = _MASK if self.is_private else r"\[number\]"
        parts = _PRIVATE.split(self.marked)
        pattern = "".join(mask if at % 2 else re.escape(part) for at, part in enumerate(parts))
        return re.fullmatch(pattern, masked) is not None


def texts(name: str) -> list[PrivateText]:
    """Those of a file, as `held_out_positive`."""
    found = []
    for line in (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines():
        kind, lang, escaped = line.split("\t")
        text = json.loads('"' + escaped.replace('"', '\\"') + '"')
        found.append(PrivateText(kind, lang, text, name.endswith("positive")))
    return found
