"""Units of a generation: what was written is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.generation.unit_store import UnitStore, read_all, units_bytes
from search.model import Document
from search.text.units import document_units
from tests.support.libraries.block_library import HTML


def test_every_kind_of_block_comes_back_as_it_was(tmp_path: Path) -> None:
    documents = [
        document_units(Document("en/a", "a", "en", "A\nB", HTML, summary="In short.")),
        document_units(Document("en/b", "b", "en", "", "")),
    ]
    path = tmp_path / "units.jsonl"
    path.write_bytes(units_bytes(documents))
    assert read_all(path) == documents
    store = UnitStore(path, 2)
    assert [store.document(number) for number in (1, 0)] == documents[::-1]
    with pytest.raises(ValueError, match="not of 3"):
        UnitStore(path, 3)
