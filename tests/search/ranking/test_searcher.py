"""Searching a real generation with the toy encoder."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import EncoderUnavailable, IndexCorrupt
from search.generation.files import PASSAGE_VECTORS
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.model import Filters, Results
from search.ranking.fusion import category_nearness
from search.ranking.options import SearchOptions
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import FloatArray, HashEncoder
from search.semantic.vectors import Vectors
from tests.support.libraries.corpus import build_index, document, open_searcher, shop

RU = SearchOptions(lang="ru")
RU_BY_WORDS = SearchOptions(lang="ru", mode="lexical")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    root = tmp_path_factory.mktemp("searcher")
    build_index(root, shop())
    return open_searcher(root)


def ids(results: Results) -> list[str]:
    return [hit.document_id for hit in results.hits]


class BrokenEncoder:
    def encode_query(self, text: str) -> FloatArray:
        raise EncoderUnavailable("broken on purpose")


class WrongEncoder:
    def encode_query(self, text: str) -> FloatArray:
        return np.ones(3, dtype=np.float32)


def test_best_passage_links_to_its_section(searcher: Searcher) -> None:
    hit = searcher.search("возврат на карту", RU).hits[0]
    assert (hit.document_id, hit.passage.anchor) == ("ru/refund", "карта")
    assert [s.text for s in hit.title if s.is_match] == []
    assert "Банк" in "".join(s.text for s in hit.snippet)


def test_question_finds_what_the_title_does_not_say(searcher: Searcher) -> None:
    assert ids(searcher.search("где мои деньги", RU_BY_WORDS))[0] == "ru/refund"


def test_translations_are_one_hit_in_the_readers_language(searcher: Searcher) -> None:
    for lang in ("ru", "en"):
        hits = ids(searcher.search("доставка курьер", SearchOptions(lang=lang)))
        found = [i for i in hits if "courier" in i]
        assert found == [f"{lang}/courier"]


def test_article_of_the_other_language_is_shown(searcher: Searcher) -> None:
    assert ids(searcher.search("warranty terms", RU))[0] == "en/warranty"


def test_filters(searcher: Searcher) -> None:
    def found(filters: Filters) -> set[str]:
        options = replace(RU, filters=filters)
        return set(ids(searcher.search("заказ vega деньги", options)))

    assert found(Filters(section="guides")) == {"ru/vega"}
    assert found(Filters(categories=("faq/delivery",))) == {"ru/courier"}
    assert found(Filters(tags=("возврат",))) == {"ru/refund"}
    assert "ru/refund" not in found(Filters(exclude_groups=frozenset({"refund"})))
    assert found(Filters(lang="en")) <= {"en/refund", "en/courier", "en/warranty"}
    assert found(Filters(section="nowhere")) == set()


def test_window_and_total(searcher: Searcher) -> None:
    whole = searcher.search("доставка", replace(RU, limit=10))
    part = searcher.search("доставка", replace(RU, limit=2, offset=1))
    assert ids(part) == ids(whole)[1:3]
    assert part.total == whole.total == len(whole.hits)
    assert [h.score for h in whole.hits] == sorted((h.score for h in whole.hits), reverse=True)
    assert whole.hits[0].score == pytest.approx(1.0)
    assert sum(whole.section_counts.values()) == whole.total


def test_code_is_found_as_typed_or_joined(searcher: Searcher) -> None:
    for typed in ("E-05", "e05", "ошибка e-05"):
        hit = searcher.search(typed, RU_BY_WORDS).hits[0]
        assert (hit.document_id, hit.passage.anchor) == ("ru/vega", "e-05")


@pytest.mark.parametrize("encoder", [None, BrokenEncoder(), WrongEncoder()])
def test_without_encoder_search_is_lexical_and_says_so(searcher: Searcher, encoder: object) -> None:
    degraded = Searcher(searcher.generation, encoder)  # type: ignore[arg-type]
    results = degraded.search("где мои деньги", RU)
    assert (results.mode, results.is_degraded) == ("lexical", True)
    assert ids(results)[0] == "ru/refund"
    assert results.hits[0].signals.cosine is None


def test_index_without_vectors_is_lexical_by_design(tmp_path: Path) -> None:
    build_index(tmp_path, shop(), with_encoder=False)
    results = open_searcher(tmp_path).search("деньги", RU)
    assert (results.mode, results.is_degraded) == ("lexical", False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?!…",
        "C++",
        "🙂",
        "\x00",
        "\u202e\u202d",
        "\ud800",
        "x" * 100_000,
        "* [a TO z] NOT",
    ],
)
def test_any_text_is_a_valid_query(searcher: Searcher, text: str) -> None:
    results = searcher.search(text, RU)
    assert len(results.query) <= 512
    assert all(hit.score > 0 for hit in results.hits)


@given(text=st.text(max_size=100), noise=st.sampled_from(["\u200b", "\u202e", "\u2066", "\ufeff"]))
def test_invisible_characters_do_not_change_results(
    searcher: Searcher, text: str, noise: str
) -> None:
    noisy = noise + noise.join(text)
    assert ids(searcher.search(noisy, RU)) == ids(searcher.search(text, RU))


def test_syntax_of_query_languages_is_plain_text(searcher: Searcher) -> None:
    plain = searcher.search("деньги карту", RU_BY_WORDS)
    for typed in ("*деньги* карту?", "деньги~ (карту)", "%деньги% карту_"):
        assert ids(searcher.search(typed, RU_BY_WORDS)) == ids(plain)


def test_shares_of_nearness_are_those_of_a_language(searcher: Searcher) -> None:
    """A translation is no rival of its original."""
    query = "доставка курьер возврат гарантия"
    for lang in ("ru", "en"):
        options = SearchOptions(lang=lang, filters=Filters(lang=lang), limit=20)
        hits = searcher.search(query, options).hits
        shares = [hit.signals.near_share for hit in hits]
        assert len(shares) > 1
        assert 0 < sum(shares) <= 1 + 1e-6
    nearest = searcher.search("Как вернуть деньги", RU).hits
    assert nearest[0].signals.near_share == max(hit.signals.near_share for hit in nearest)
    lexical = searcher.search(query, RU_BY_WORDS).hits
    assert {hit.signals.near_share for hit in lexical} == {0.0}


def test_signals_are_those_of_the_rankers(searcher: Searcher) -> None:
    hit = searcher.search("доставка курьером", RU).hits[0]
    vector = HashEncoder().encode_query("доставка курьером")
    corpus = searcher.corpus
    vectors = searcher.index.passage_vectors
    assert vectors is not None
    rows = vectors.decoded()
    number = next(n for n, p in enumerate(corpus.passages) if p == hit.passage)
    assert hit.signals.cosine == pytest.approx(float(rows[number] @ vector), abs=1e-5)
    assert hit.signals.matched_share == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text", ["доставка курьером", "«деньги на карту»", "Warranty terms", "курьер деньги кофемолка"]
)
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_explanation_adds_up(searcher: Searcher, text: str, lang: str) -> None:
    hits = searcher.search(text, SearchOptions(lang=lang, is_explained=True)).hits
    assert hits
    for hit in hits:
        assert hit.explanation is not None
        assert sum(hit.explanation.parts.values()) == pytest.approx(hit.signals.fused, abs=1e-4)
        of_terms = sum(term.score for term in hit.explanation.terms)
        assert of_terms == pytest.approx(hit.signals.bm25, abs=1e-4)
        for term in hit.explanation.terms:
            assert bool(term.fields) == (term.score > 0)


def test_explanation_names_terms_and_fields(searcher: Searcher) -> None:
    hit = searcher.search("где мои деньги", replace(RU, is_explained=True)).hits[0]
    assert hit.explanation is not None
    fields = {term.term: set(term.fields) for term in hit.explanation.terms}
    assert hit.group == "refund"
    assert any("labels" in names for names in fields.values())
    assert searcher.search("где мои деньги", RU).hits[0].explanation is None


def test_empty_corpus_finds_nothing(tmp_path: Path) -> None:
    build_index(tmp_path, [])
    assert open_searcher(tmp_path).search("деньги", RU).hits == ()


def test_vectors_of_another_corpus_are_refused(tmp_path: Path) -> None:
    build_index(tmp_path, shop())
    store = Store(tmp_path / "index")
    folder = store.path(store.candidates()[0])
    for path in (folder / PASSAGE_VECTORS).iterdir():
        path.unlink()
    Vectors.of(np.ones((1, 64), dtype=np.float32)).save(folder / PASSAGE_VECTORS)
    with pytest.raises(IndexCorrupt, match="kb build"):
        Searcher(OpenGeneration(folder, lazy=("vectors/",)), None)


def test_an_exact_title_or_id_comes_first(searcher: Searcher) -> None:
    for one in searcher.corpus.documents:
        typed = one.title.upper() + "?"
        assert ids(searcher.search(typed, SearchOptions(lang=one.lang)))[0] == one.id
        found = searcher.search(one.group, SearchOptions(lang=one.lang)).hits[0]
        assert found.group == one.group


def test_a_name_finds_nothing_that_filters_exclude(searcher: Searcher) -> None:
    title = searcher.corpus.documents[0].title
    group = searcher.corpus.documents[0].group
    filters = Filters(exclude_groups=frozenset({group}))
    assert group not in searcher.search(title, replace(RU, filters=filters)).ranking


def test_a_phrase_in_quotes_prefers_who_holds_it(tmp_path: Path) -> None:
    rows = [
        document("first", html="<p>Код ошибки смотрите на экране: ошибки кода, коды, код.</p>"),
        document("second", html="<p>Если загорелся красный индикатор сети, ждите.</p>"),
        document("third", html="<p>Индикатор красный. Сети нет. Красный сети индикатор.</p>"),
    ]
    build_index(tmp_path, rows)
    searcher = open_searcher(tmp_path)
    for quoted in ('"красный индикатор сети"', "«Красный индикатор сети»", "“индикатор сети”"):
        assert ids(searcher.search(quoted, RU))[0] == "ru/second"


def test_a_repair_is_told_and_can_be_refused(searcher: Searcher) -> None:
    found = searcher.search("djpdhfn ltytu yf rfhne", RU)
    assert found.repair is not None
    assert found.repair.kinds == ("layout",)
    assert found.query == "djpdhfn ltytu yf rfhne"
    assert ids(found)[0] == "ru/refund"
    verbatim = searcher.search("djpdhfn ltytu yf rfhne", replace(RU, is_verbatim=True))
    assert verbatim.repair is None


def test_near_categories_count() -> None:
    nearness = np.array([3.0, 2.0, 1.0, 0.5, -2.0], dtype=np.float32)
    found = category_nearness(nearness, np.array([0, 1, 0, 0, 1]))
    assert found == pytest.approx([1.5, -2 / 3, 1.5, 1.5, -2 / 3], abs=1e-5)


class FirstOnly:
    """An encoder that answers once, then is out of order."""

    def __init__(self, dim: int) -> None:
        self.calls = 0
        self._encoder = HashEncoder(dim)

    def encode_query(self, text: str) -> FloatArray:
        self.calls += 1
        if self.calls > 1:
            raise EncoderUnavailable("only once")
        return self._encoder.encode_query(text)


@pytest.mark.parametrize(("more_readings_s", "calls"), [(UNHURRIED_S, 2), (0.0, 1)])
def test_a_second_reading_never_fails_or_delays_a_search(
    searcher: Searcher, more_readings_s: float, calls: int
) -> None:
    tried = copy.copy(searcher)
    tried.encoder = encoder = FirstOnly(HashEncoder().dim)
    tried.more_readings_s = more_readings_s
    found = tried.search("вовзрат денег", RU)
    assert found.repair is not None
    assert found.repair.kinds == ("spelling",)
    assert not found.is_degraded
    assert encoder.calls == calls
