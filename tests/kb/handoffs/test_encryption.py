"""Sealed values can be read with the key and not without."""

from __future__ import annotations

import pytest

from kb.handoffs.encryption import CannotUnseal, Sealer

KEY = "k" * 40


def test_what_was_sealed_comes_back() -> None:
    value = {"message": "где деньги", "contact": {"email": "anna@example.org"}}
    assert Sealer(KEY).unseal(Sealer(KEY).seal(value)) == value


def test_nothing_can_be_read_from_outside() -> None:
    sealed = Sealer(KEY).seal({"email": "anna@example.org"})
    assert "anna" not in sealed
    assert sealed != Sealer(KEY).seal({"email": "anna@example.org"})


@pytest.mark.parametrize("text", ["", "x", "gAAAAA", "ж"])
def test_another_key_or_damage_is_told(text: str) -> None:
    sealed = Sealer(KEY).seal({"a": 1})
    with pytest.raises(CannotUnseal):
        Sealer("o" * 40).unseal(sealed)
    with pytest.raises(CannotUnseal):
        Sealer(KEY).unseal(text)
