"""Marking and cutting."""

from hypothesis import given
from hypothesis import strategies as st

from search.analysis import query_terms
from search.model import Segment
from search.snippets import ELLIPSIS, highlight, snippet


def terms(query: str) -> frozenset[str]:
    return frozenset(query_terms(query))


def marked(segments: tuple[Segment, ...]) -> list[str]:
    return [s.text for s in segments if s.is_match]


def test_inflected_words_are_marked() -> None:
    assert marked(highlight("Мы вернём деньги за возврат денег", terms("деньги"))) == [
        "деньги",
        "денег",
    ]


def test_stop_words_are_marked_only_alone() -> None:
    assert marked(highlight("Где мои деньги", terms("где деньги"))) == ["деньги"]
    assert marked(highlight("Где он", frozenset({"где"}))) == ["Где"]


def test_snippet_shows_the_stretch_with_most_words() -> None:
    text = (
        "Первое предложение ни о чём. " * 20 + "Возврат денег занимает десять дней. " + "Ещё. " * 90
    )
    shown = snippet(text, terms("возврат денег"))
    assert marked(shown) == ["Возврат", "денег"]
    assert shown[0].text == ELLIPSIS
    assert shown[-1].text == ELLIPSIS
    assert sum(len(s.text) for s in shown) <= 260


def test_short_text_is_shown_whole() -> None:
    assert snippet("Коротко.", frozenset()) == (Segment("Коротко.", False),)


@given(st.text(max_size=2000), st.text(max_size=50))
def test_highlight_keeps_the_text(text: str, query: str) -> None:
    assert "".join(s.text for s in highlight(text, terms(query))) == text


@given(st.text(max_size=2000), st.text(max_size=50))
def test_snippet_is_part_of_the_text(text: str, query: str) -> None:
    shown = "".join(s.text for s in snippet(text, terms(query)) if s.text != ELLIPSIS)
    assert shown in text.replace("\n", " ")
