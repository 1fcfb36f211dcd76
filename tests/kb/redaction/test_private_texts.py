"""Masking measured on texts in both languages (tests/data/redaction), half of them held out."""

from __future__ import annotations

import pytest

from kb.redaction import mask
from tests.support.private_texts import PrivateText, texts

LEAST_RECALL = 0.98
MOST_FALSE = 0.01


def wrong(name: str) -> list[PrivateText]:
    return [one for one in texts(name) if not one.is_masked_by(mask(one.text))]


@pytest.mark.parametrize("half", ["development", "held_out"])
def test_what_is_private_is_masked_and_no_more(half: str) -> None:
    missed = wrong(f"{half}_positive")
    assert len(missed) <= (1 - LEAST_RECALL) * len(texts(f"{half}_positive")), missed


@pytest.mark.parametrize("half", ["development", "held_out"])
def test_what_is_not_private_stays(half: str) -> None:
    masked = wrong(f"{half}_negative")
    assert len(masked) <= MOST_FALSE * len(texts(f"{half}_negative")), masked


def test_there_are_enough_texts_of_both_languages() -> None:
    for kind in ("positive", "negative"):
        langs = [
            one.lang for half in ("development", "held_out") for one in texts(f"{half}_{kind}")
        ]
        assert len(langs) >= 300
        assert min(langs.count("ru"), langs.count("en")) >= 100


@pytest.mark.parametrize("name", ["development_positive", "held_out_positive"])
def test_a_text_once_masked_stays_as_it_is(name: str) -> None:
    masked = [mask(one.text) for one in texts(name)]
    assert [mask(text) for text in masked] == masked


def test_half_a_mask_is_told_from_a_whole_one() -> None:
    text = PrivateText("phone", "en", "call ⟦+7 916 123⟧ now", is_private=True)
    assert text.is_masked_by("call [phone] now")
    for masked in ("call [phone] 123 now", "call +7 916 123 now", "call [phone]", "[phone] now"):
        assert not text.is_masked_by(masked)
