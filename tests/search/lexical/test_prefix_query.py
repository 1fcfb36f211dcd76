"""Queries that are being typed: the last word is finished, in its right letters; no other is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lexical.bm25 import LexicalIndex
from search.lexical.prefix_query import PrefixReader, TypedQuery
from search.lexical.query_repair import Repairer
from search.text.words import Words
from tests.search.lexical.test_query_repair import TEXTS, opened


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return opened(tmp_path_factory.mktemp("unfinished"))


@pytest.fixture(scope="module")
def repairer(lexical: LexicalIndex) -> Repairer:
    return Repairer(Words.of(TEXTS), lexical)


@pytest.fixture(scope="module")
def unfinished(repairer: Repairer, lexical: LexicalIndex) -> PrefixReader:
    return PrefixReader(repairer, lexical)


@pytest.mark.parametrize(
    ("typed", "text", "kinds", "beginning"),
    [
        ("возвр", "возврат", (), "возвр"),
        ("terraf", "terraform", (), "terraf"),
        ("Настройка Wi-Fi и firmw", "Настройка Wi-Fi и firmware", (), "firmw"),
        ("djpdh", "возврат", ("layout",), "возвр"),
        ("djpdhfn lty", "возврат денег", ("layout",), "ден"),
        ("vozvr", "возврат", ("transliteration",), "возвр"),
        ("vozvrat kart", "возврат карту", ("transliteration",), "карт"),
        ("возврат д", "возврат", (), "д"),
    ],
)
def test_beginning_is_finished(
    unfinished: PrefixReader, typed: str, text: str, kinds: tuple[str, ...], beginning: str
) -> None:
    found = unfinished.read(typed)
    assert (found.text, found.kinds, found.beginning) == (text, kinds, beginning)


@pytest.mark.parametrize(
    "typed", ["возврат", "где", "хрюндель", "E-0", "в", "д", "", "xq", "возврта", "пароль!"]
)
def test_what_is_whole_or_begins_nothing_is_left_alone(
    unfinished: PrefixReader, typed: str
) -> None:
    assert unfinished.read(typed) == TypedQuery(typed)


def test_company_decides_between_words_that_begin_alike(tmp_path: Path) -> None:
    texts = ("заказ и оплата", "заказ и доставка", "закрывающие документы")
    lexical = opened(tmp_path, texts)
    unfinished = PrefixReader(Repairer(Words.of(texts), lexical), lexical)
    assert unfinished.read("зак").text == "заказ"
    assert unfinished.read("документы зак").text == "документы закрывающие"


def test_a_short_beginning_is_never_clear(unfinished: PrefixReader) -> None:
    short, long = unfinished.finish("воз"), unfinished.finish("возвр")
    assert short
    assert long
    assert (short.is_clear, long.is_clear) == (False, True)


@given(st.text(max_size=40))
def test_any_text_is_read(unfinished: PrefixReader, text: str) -> None:
    assert unfinished.read(text).text is not None


@pytest.mark.parametrize(
    ("typed", "likelier"),
    [
        ("парту", "карту"),  # a word, but none of these articles has it
        ("возврат на парту", "возврат на карту"),
        ("парту дисков", None),  # the likelier one never stands with the other
        ("карту", None),
        ("картами", None),
        ("password", None),
        ("где", None),
        ("хрюндель", None),
    ],
)
def test_likelier_spelling_of_a_word_that_exists(
    repairer: Repairer, typed: str, likelier: str | None
) -> None:
    assert repairer.alternative(typed) == likelier
