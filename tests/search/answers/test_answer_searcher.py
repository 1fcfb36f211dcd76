"""Searching that reads: windows of a ranking, the quotation, the unit that is led to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.answers.answer_searcher import AnswerSearcher
from search.answers.reading import FIRST_ROUND
from search.ranking.options import SearchOptions
from tests.support.libraries.corpus import (
    HashSource,
    build_index,
    document,
    open_answers,
    open_searcher,
)
from tests.support.toy_reader import CERTAIN, WordReader, WordReaderSource

EN = SearchOptions(lang="en")
HTML = (
    "<p>This page tells about the lamp.</p>"
    '<h2 id="on">Switch it on</h2><p>To begin:</p><ol><li>Press the button.</li><li>Wait.</li></ol>'
    '<h2 id="prices">Prices</h2><table><tr><th>Model</th><th>Price</th></tr>'
    "<tr><td>Lamp one</td><td>10 euros</td></tr><tr><td>Lamp two</td><td>20 euros</td></tr></table>"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    documents = [document("lamp", lang="en", title="The lamp", html=HTML)]
    documents += [
        document(f"o{n}", lang="en", title=f"Lamp {n}", html=f"<p>A lamp of kind {n}.</p>")
        for n in range(12)
    ]
    build_index(folder, documents, source=HashSource(folder, reader=WordReaderSource(folder)))
    return folder


@pytest.fixture(scope="module")
def answers(root: Path) -> AnswerSearcher:
    return open_answers(root, reader=WordReader())


def test_the_unit_that_answers_is_quoted_whole_and_led_to(answers: AnswerSearcher) -> None:
    hit = answers.search("press the button of the lamp", EN).hits[0]
    assert hit.group == "lamp"
    assert hit.leads_to.anchor == "on"
    assert "".join(part.text for part in hit.heading) == "Switch it on"
    assert hit.quotation is not None
    (block,) = [block for block in hit.quotation.blocks if block.kind == "steps"]
    assert (block.lead, block.parts) == ("To begin:", ("Press the button.", "Wait."))


def test_a_row_is_quoted_with_its_heads_and_marked_as_it_stands(answers: AnswerSearcher) -> None:
    hit = answers.search("price of lamp two euros", EN).hits[0]
    assert hit.leads_to.anchor == "prices"
    assert "".join(part.text for part in hit.snippet) == "Lamp one 10 euros Lamp two 20 euros"
    assert hit.quotation is not None
    (table,) = [block for block in hit.quotation.blocks if block.kind == "table"]
    assert table.head == ("Model", "Price")
    assert "Lamp two\t20 euros" in table.parts


def test_every_hit_that_was_read_has_its_words(answers: AnswerSearcher) -> None:
    for hit in answers.search("lamp", EN).hits[: len(FIRST_ROUND)]:
        assert hit.unit is not None
        assert hit.quotation is not None
        assert all(line in hit.quotation.text for line in hit.unit.text.split("\n"))


def test_without_a_reader_only_the_first_hit_is_quoted(answers: AnswerSearcher) -> None:
    hits = answers.without_reader().search("lamp", EN).hits
    assert [hit.quotation is not None for hit in hits] == [True, *[False] * (len(hits) - 1)]


def test_a_smaller_limit_shows_the_same_first_hits(answers: AnswerSearcher) -> None:
    whole, few = (answers.search("lamp", replace(EN, limit=limit)) for limit in (10, 2))
    assert few.hits == whole.hits[:2]
    assert few.ranking == whole.ranking
    assert few.total == whole.total == 13


def test_the_ranking_is_that_of_the_hits(answers: AnswerSearcher) -> None:
    results = answers.search("lamp", EN)
    assert results.ranking[:10] == tuple(hit.group for hit in results.hits)
    assert len(set(results.ranking)) == results.total


def test_further_pages_are_not_read(root: Path, answers: AnswerSearcher) -> None:
    second = replace(EN, offset=10)
    plain = open_searcher(root).search("lamp", second)
    results = answers.search("lamp", second)
    assert results.hits == plain.hits
    assert all(hit.unit is None and hit.signals.logit is None for hit in results.hits)


def test_no_article_stands_on_two_pages(answers: AnswerSearcher) -> None:
    pages = [answers.search("lamp", replace(EN, offset=offset)) for offset in (0, 10)]
    shown = [hit.group for page in pages for hit in page.hits]
    assert len(shown) == len(set(shown)) == 13


def test_the_card_is_at_least_as_likely_as_its_best_unit(answers: AnswerSearcher) -> None:
    signals = answers.search("press the button of the lamp", EN).hits[0].signals
    assert signals.logit is not None
    assert signals.card_logit >= signals.logit - 1e-9
    single = answers.search("zzz lamp", EN).hits[len(FIRST_ROUND) - 1].signals
    assert single.card_logit == pytest.approx(single.logit)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_to_search_for_reads_nothing(answers: AnswerSearcher, text: str) -> None:
    results = answers.search(text, EN)
    assert (results.hits, results.stage) == ((), "none")


def test_the_reader_can_be_left_out(answers: AnswerSearcher) -> None:
    assert answers.has_reader
    plain = answers.without_reader()
    assert not plain.has_reader
    results = plain.search("press the button of the lamp", EN)
    assert results.stage == "hybrid"
    assert results.hits[0].quotation is not None
    assert CERTAIN not in {hit.signals.logit for hit in results.hits}


CODES = (
    "<p>Look the code of the lamp up here.</p>"
    '<h2 id="a">E-04: stuck</h2><p>The lamp says E-04, a code. Turn the code lamp.</p>'
    '<h2 id="b">E-05: blind</h2><p>Wipe its eye.</p>'
)


@pytest.mark.parametrize(
    ("title", "query", "expected"),
    [
        ("Codes", "code of the lamp E5", ["Wipe its eye."]),
        ("Codes", "code of the lamp E9", ["E-04, a code"]),
        ("Lamp E5", "code of the lamp E5", ["E-04, a code"]),
        ("Lamp R2", "code of the lamp R2 E5", ["Wipe its eye."]),
    ],
)
def test_another_code_is_no_answer(
    tmp_path: Path, title: str, query: str, expected: list[str]
) -> None:
    """Unless no unit holds the one asked for, or the whole article is about it."""
    made = [document("codes", lang="en", title=title, html=CODES)]
    build_index(tmp_path, made, source=HashSource(tmp_path, reader=WordReaderSource(tmp_path)))
    (hit, *_) = open_answers(tmp_path, reader=WordReader()).search(query, EN).hits
    assert hit.quotation
    assert all(words in hit.quotation.text for words in expected)
    assert ("E-04" in hit.quotation.text) == (expected != ["Wipe its eye."])
