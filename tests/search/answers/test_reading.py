"""Reading of a ranking: few units in two rounds, order by what they answer, a way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from search.answers.answer_searcher import AnswerSearcher
from search.answers.reading import FIRST_ROUND, READER_WEIGHT, SECOND_ROUND
from search.answers.unit_reader import UNHURRIED, UnitReader
from search.model import Document, Mode, Results
from search.ranking.options import SearchOptions
from search.semantic.reader import TokenArray
from tests.support.libraries.corpus import (
    HashSource,
    build_index,
    document,
    open_answers,
    open_searcher,
)
from tests.support.patience import PATIENCE_S
from tests.support.toy_reader import CERTAIN, WordReader, WordReaderSource

QUERY = "reset the router"


def many() -> list[Document]:
    """14 articles of ten units each, all about the same; the last words of one are a zebra's."""
    made = []
    for number in range(14):
        sections = "".join(
            f'<h2 id="s{part}">Part {part}</h2><p>Reset the router, model {number}, way {part}.</p>'
            for part in range(9)
        )
        last = "<p>The zebra has the answer.</p>" if number == 7 else "<p>That is all.</p>"
        made.append(
            document(f"a{number}", lang="en", title=f"Router {number}", html=sections + last)
        )
    return made


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    build_index(folder, many(), source=HashSource(folder, reader=WordReaderSource(folder)))
    return folder


@pytest.fixture
def reader() -> WordReader:
    return WordReader()


def search(searcher: AnswerSearcher, text: str = QUERY, *, mode: Mode = "hybrid") -> Results:
    return searcher.search(text, SearchOptions(lang="en", mode=mode))


def groups(results: Results) -> list[str]:
    return [hit.group for hit in results.hits]


def test_two_rounds_read_few_units(root: Path, reader: WordReader) -> None:
    results = search(open_answers(root, reader=reader))
    assert results.stage == "reader"
    assert [hit.signals.logit is not None for hit in results.hits] == [True] * 6 + [False] * 4
    assert len(FIRST_ROUND) == 6
    assert reader.units_read == sum(FIRST_ROUND) + SECOND_ROUND


def test_hits_are_ordered_by_what_their_units_answer(root: Path) -> None:
    answers = open_answers(root, reader=WordReader(wanted="zebra"))
    results = search(answers, "reset the router zebra")
    assert results.hits[0].group == "a7"
    assert results.hits[0].signals.logit == CERTAIN
    others = results.hits[1 : len(FIRST_ROUND)]
    totals = [h.signals.fused + READER_WEIGHT * (h.signals.logit or 0.0) for h in others]
    assert totals == sorted(totals, reverse=True)


def test_units_of_the_first_hit_stand_best_first(root: Path) -> None:
    (hit, *_) = search(open_answers(root, reader=WordReader())).hits
    assert hit.unit is not None
    assert "Reset the router" in hit.unit.text
    assert hit.signals.logit == CERTAIN


def unread(root: Path) -> Results:
    return search(open_answers(root))


def with_reader(root: Path, reader: UnitReader) -> AnswerSearcher:
    assert reader.wait_until_ready(PATIENCE_S)
    return AnswerSearcher(open_searcher(root), reader)


def test_a_late_reader_changes_nothing(root: Path) -> None:
    clock = iter(range(10_000))
    limits = replace(UNHURRIED, timeout_s=1.5, threads=1)
    late = UnitReader(
        WordReader, limits, fingerprint=WordReader.fingerprint, clock=lambda: float(next(clock))
    )
    results = search(with_reader(root, late))
    assert late.state.timeouts == 1
    assert results.stage == "hybrid"
    assert (results.hits, results.ranking) == (unread(root).hits, unread(root).ranking)


class Broken(WordReader):
    """Fails, once warm."""

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        if self.asked:
            raise RuntimeError("broken")
        return super().logit(question, unit)


def test_a_broken_reader_changes_nothing(root: Path) -> None:
    results = search(open_answers(root, reader=Broken()))
    assert results.stage == "hybrid"
    assert results.hits == unread(root).hits


def test_without_a_vector_nothing_is_read(root: Path, reader: WordReader) -> None:
    results = search(open_answers(root, reader=reader), mode="lexical")
    assert results.stage == "lexical"
    assert reader.units_read == 0
    assert results.hits[0].quotation is not None
    assert results.hits[0].signals.logit is None


def test_an_index_without_tokens_is_not_read(tmp_path: Path, reader: WordReader) -> None:
    build_index(tmp_path, many())
    answers = open_answers(tmp_path, reader=reader)
    assert not answers.has_reader
    assert search(answers).stage == "hybrid"
    assert reader.units_read == 0


def test_unread_hits_stay_as_the_searcher_gave_them(root: Path) -> None:
    plain = open_searcher(root).search(QUERY, SearchOptions(lang="en"))
    results = unread(root)
    assert groups(results) == groups(plain)
    assert results.hits[1:] == plain.hits[1:]
    assert results.hits[0].unit is not None
    assert results.hits[0].quotation is not None
