"""Terms of an index and of queries: quantities and accents in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import analysis
from search.text.index_terms import also_terms, index_terms, index_tokens, query_terms
from search.text.quantities import quantities

SAME = [
    ("220В", "220 В", "220\u00a0В", "220V", "220 V", "220v", "220 вольт"),
    ("12V", "12 V", "12В", "12 volts", "12 вольт"),
    ("5ГГц", "5 ГГц", "5GHz", "5 ghz", "5 гигагерц"),
    ("2.4GHz", "2,4 ГГц", "2.4 GHz", "2,4ггц"),
    ("100г", "100 г", "100 гр", "100 g", "100 граммов", "100 grams"),
    ("1,5 л", "1.5 л", "1,5л", "1.5L", "1.5 litres", "1,5 литра", "1,50 л"),
    ("10 000 мАч", "10000 мАч", "10000mAh", "10,000 mAh"),
    ("65Вт", "65 Вт", "65W", "65 watts", "65 ватт"),
    ("256ГБ", "256 ГБ", "256GB", "256 gb", "256 гигабайт"),
    ("500₽", "500 руб.", "500 рублей", "500р"),
    ("$10", "10$", "10 USD", "10 долларов", "10 dollars"),
    ("100 Мбит/с", "100Мбит/с", "100 Mbps", "100 Mbit/s"),
    ("-18°C", "-18 °С", "-18 градусов", "-18 degrees"),
    ("20%", "20 %", "20 процентов", "20 percent"),
    ("5 м²", "5м2", "5 m2"),
    ("30 см", "30см", "30 cm", "30 centimetres"),
    ("15мин", "15 мин", "15 минут", "15 min", "15 minutes"),
    ("220-240В", "220-240 V", "220–240 В"),
    ("12V/5A", "12 В / 5 А"),
    ("3×2 м", "3x2 м", "3х2м", "3 x 2 м", "3*2 м"),
    ("1920×1080", "1920x1080", "1920х1080"),
    ("60×40×20 см", "60x40x20cm", "60х40х20 см"),
    ("2 шт.", "2шт", "2 штуки", "2 pcs", "2 pieces"),
    ("2 бар", "2bar", "2 бара", "2 bars"),
    ("45 м²", "45 кв. м", "45 sq m", "45sqm"),
    ("12 V", "12-volt", "12В"),
    ("1.5 l", "1.5-litre", "1,5л"),
    ("55″", '55"', "55 дюймов", "55-inch"),
    ("20C", "20С"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_a_quantity_is_found_in_every_spelling(spellings: tuple[str, ...]) -> None:
    """Each finds each other wholly: no term of the query is missing from the text."""
    for written in spellings:
        text = set(index_terms(f"Питание {written}, supply"))
        for typed in spellings:
            asked = [*query_terms(typed), *also_terms(typed)]
            assert text.intersection(asked), (typed, written)
            is_word = any(it.unit and not it.is_abbreviated for it in quantities(typed))
            if not is_word or written == typed:
                assert set(query_terms(typed)) <= text, (typed, written)


@pytest.mark.parametrize(
    "text",
    [
        "2 в 1",
        "2-in-1",
        "4-х",
        "AB-3x2",
        "0x80",
        'версия "55"',
        "5 a day",
        "в 2024 г. в Москве",
        "5G",
        "4K",
        "1,2,3",
        "v2.1.3",
        "10.2.0.1",
        "E-05",
    ],
)
def test_no_quantity_is_asked_for_where_none_may_be_meant(text: str) -> None:
    units = {it.term for it in quantities(text) if it.unit}
    assert units.isdisjoint(query_terms(text))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Send your résumé to us", "resume"),
        ("Send your resume to us", "résumé"),
        ("Crème brûlée in a café", "creme brulee cafe"),
        ("Модель AB12-CD34", "ab12cd34"),
        ("Модель AB12-CD34", "AB12‑CD34"),
        ("Версия USB 3.0", "usb 3,0"),
        ("Вход по OAuth2", "oauth"),
        ("Склад Łódź, кухня Smørrebrød", "lodz smorrebrod"),
    ],
)
def test_other_spellings_of_a_name_are_found(text: str, query: str) -> None:
    assert set(query_terms(query)) <= set(index_terms(text))


@pytest.mark.parametrize("written", ["75 000", "75,000", "75\u00a0000", "75000"])
@pytest.mark.parametrize("typed", ["75 000", "75,000", "75000"])
def test_a_large_number_is_found_however_it_is_grouped(written: str, typed: str) -> None:
    asked = {*query_terms(typed), *also_terms(typed)}
    assert "75000" in asked.intersection(index_terms(f"До {written} запросов"))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("iPhone 14 128 ГБ", "128гб"),
        ("iPhone 14 128 ГБ", "iphone 14"),
        ("Звоните 8 800 555-35-35", "8 800 555-35-35"),
        ("Звоните 8 800 555-35-35", "555-35-35"),
        ("Звоните 8 (800) 555-35-35", "8 800 555-35-35"),
    ],
)
def test_digits_in_groups_may_be_several_numbers(text: str, query: str) -> None:
    assert set(query_terms(query)) <= set(index_terms(text))


def test_accents_of_other_languages_may_be_left_out() -> None:
    for lang, text, query in (("fr", "Vérifié après réception", "verifie apres reception"),):
        assert set(query_terms(query, lang)) <= set(index_terms(text, lang))
    assert "подъезд" in index_terms("Подъезд, район")
    assert "й" in analysis.term_of("район")


def test_stop_words_are_dropped_unless_alone() -> None:
    assert query_terms("как вернуть деньги") == analysis.terms("вернуть деньги")
    assert query_terms("как же так") == analysis.terms("как же так")


def test_words_are_marked_as_they_are_written() -> None:
    text = "Сеть 220\u00a0В, вилка"
    spans = {token.term: text[token.start : token.end] for token in index_tokens(text)}
    assert spans["220v"] == "220\u00a0В"
    assert spans["220"] == "220"


@given(st.text(alphabet=st.sampled_from("0123456789 ,.$₽%°ВвVгл\u00a0-/x"), max_size=80))
def test_every_token_points_into_its_text(text: str) -> None:
    for token in index_tokens(text):
        assert token.term
        assert 0 <= token.start < token.end <= len(text)
    assert set(query_terms(text)) <= {*index_terms(text)} | analysis.stop_terms()
