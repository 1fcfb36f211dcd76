"""Sealed values can be read with the key, or the one before it, and not without."""

from __future__ import annotations

import hashlib

import pytest

from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.secret_key import SecretKeys

OLD = Sealer(SecretKeys("k" * 40))
OTHER = Sealer(SecretKeys("o" * 40))
ROTATING = Sealer(SecretKeys("n" * 40, previous="k" * 40))
NEW = Sealer(SecretKeys("n" * 40))


def test_what_was_sealed_comes_back() -> None:
    value = {"message": "где деньги", "contact": {"email": "anna@example.org"}}
    assert OLD.unseal(OLD.seal(value)) == value


def test_nothing_can_be_read_from_outside() -> None:
    sealed = OLD.seal({"email": "anna@example.org"})
    assert "anna" not in sealed
    assert sealed != OLD.seal({"email": "anna@example.org"})


@pytest.mark.parametrize("text", ["", "x", "gAAAAA", "ж"])
def test_another_key_or_damage_is_told(text: str) -> None:
    sealed = OLD.seal({"a": 1})
    with pytest.raises(CannotUnseal):
        OTHER.unseal(sealed)
    with pytest.raises(CannotUnseal):
        OLD.unseal(text)
    with pytest.raises(CannotUnseal):
        OLD.reseal(text)
    assert not OLD.is_current(text)


def test_while_a_key_takes_over_both_are_read_and_the_new_one_seals() -> None:
    assert ROTATING.unseal(OLD.seal({"a": 1})) == {"a": 1}
    assert NEW.unseal(ROTATING.seal({"a": 1})) == {"a": 1}
    assert not ROTATING.is_current(OLD.seal({"a": 1}))


def test_sealed_anew_the_previous_key_is_no_longer_needed() -> None:
    resealed = ROTATING.reseal(OLD.seal({"a": 1}))
    assert NEW.unseal(resealed) == {"a": 1}
    assert ROTATING.is_current(resealed)
    with pytest.raises(CannotUnseal):
        OLD.unseal(resealed)


def test_keys_are_not_shown() -> None:
    assert "kkk" not in repr(SecretKeys("k" * 40, previous="k" * 40))


def test_a_digest_is_told_by_its_key_alone() -> None:
    data = b'{"message": "where is my money"}'
    own = Sealer(SecretKeys("k" * 40))
    assert own.digest(data) == Sealer(SecretKeys("k" * 40, previous="o" * 40)).digest(data)
    assert own.digest(data) != own.digest(data + b" ")
    others = {Sealer(SecretKeys("o" * 40)).digest(data), hashlib.sha256(data).hexdigest()}
    assert own.digest(data) not in others
    assert len(own.digest(data)) == 64
