"""Counts of the command line agree with their nouns."""

from __future__ import annotations

import pytest

from kb.texts import counted


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 problems"), (1, "1 problem"), (2, "2 problems"), (1200, "1,200 problems")],
)
def test_a_noun_agrees_with_its_number(number: int, told: str) -> None:
    assert counted(number, "problem") == told
