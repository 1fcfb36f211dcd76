"""Text to terms."""

import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import analysis


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("деньги", "денег"),
        ("ребёнок", "детей"),
        ("заказ", "заказов"),
        ("приём", "приёма"),
        ("ёлка", "елка"),
        ("оплата", "оплатить"),
        ("refund", "Refunds"),
        ("E-05", "e05"),
        ("E-05", "E5"),
        ("E\u201105", "E5"),  # a hyphen that does not break
        ("E-05", "е5"),  # Cyrillic
        ("Е-05", "e005"),  # Cyrillic
        ("F-6", "F06"),
        ("WAN-101", "wan101"),
        ("USB-C", "usbc"),
        ("Wi‑Fi".replace("‑", "-"), "wifi"),
        ("ﬁlter", "filter"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert analysis.terms(one)[0] == analysis.terms(other)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("приём", "при"),
        ("v2.1.3", "v21.3"),
        ("C++", "C"),
        ("E-05", "E50"),
        ("E0", "E"),
        ("E-05-2", "E52"),
        ("NV-00000001", "NV-1"),
        ("Ж5", "Z5"),
        ("2005", "205"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert analysis.terms(one)[0] != analysis.terms(other)[0]


def test_parts_of_a_compound_are_found_too() -> None:
    assert analysis.term_of("пылесос") in analysis.terms("робот-пылесос")


def test_tokens_point_into_the_text() -> None:
    text = "Ёмкость: USB-C, 40 см"
    for token in analysis.tokens(text):
        assert text[token.start : token.end].strip()
    assert text[analysis.tokens(text)[1].start : analysis.tokens(text)[1].end] == "USB-C"


@pytest.mark.parametrize(
    "noise", ["\u200b", "\u202e", "\u2066", "\ufeff", "\U000e0041", "\x00", "\ud800"]
)
def test_invisible_characters_change_nothing(noise: str) -> None:
    noisy = noise + "вер" + (noise if noise != "\x00" else "") + "нуть деньги" + noise
    assert analysis.clean(noisy) == "вернуть деньги"


def test_clean_cuts_before_it_normalises(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def normalize(form: Literal["NFKC"], text: str) -> str:
        lengths.append(len(text))
        return unicodedata.normalize(form, text)

    stand_in = SimpleNamespace(normalize=normalize, category=unicodedata.category)
    monkeypatch.setattr(analysis, "unicodedata", stand_in)
    for hostile in ("e" + "\u0301" * 100_000, "\ufdfa" * 100_000, "a" * 100_000):
        assert len(analysis.clean(hostile)) <= analysis.MAX_NORMALISED_CHARS
    assert len(lengths) == 3
    assert max(lengths) <= analysis.MAX_NORMALISED_CHARS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cчёт", "счёт"),  # Latin c
        ("ВОЗBPAT", "возврат"),  # Latin B, P, A, T
        ("рaypal", "paypal"),  # Cyrillic р
        ("USВ", "USB"),  # Cyrillic В
        ("ﬁle", "file"),
        ("Ｅ05", "e05"),
    ],
)
def test_letters_that_look_alike_meet(one: str, other: str) -> None:
    assert analysis.terms(one) == analysis.terms(other)


def test_mixed_words_that_are_meant_so_stay() -> None:
    assert analysis.terms("web-сайт")[0] == "webсайт"
    assert analysis.term_of("zфайл") == "zфайл"


@pytest.mark.parametrize(
    ("identifier", "parts"),
    [
        ("MKR1010", ["mkr1010", "mkr", "1010"]),
        ("100GB", ["100gb", "100", "gb"]),
        ("ResourceQuota", ["resourcequota", "resourc", "quota"]),
        ("LoadBalancerIP", ["loadbalancerip", "load", "balanc", "ip"]),
        ("0x80070005", ["0x80070005"]),
        ("E05", ["e5"]),
        ("iPhone", ["iphon", "phone"]),
    ],
)
def test_identifiers_are_found_whole_and_in_parts(identifier: str, parts: list[str]) -> None:
    assert analysis.terms(identifier) == parts


@given(st.text(max_size=3000))
def test_any_text_can_be_analysed(text: str) -> None:
    cleaned = analysis.clean(text)
    assert cleaned == analysis.clean(cleaned)
    assert all(analysis.terms(cleaned))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_terms_do_not_depend_on_case(text: str) -> None:
    upper = text.upper()
    if upper.lower() == text.lower():
        assert analysis.terms(text.lower()) == analysis.terms(upper.lower())
