"""Marking and cutting."""

from hypothesis import given
from hypothesis import strategies as st

from search.model import Segment
from search.text.analysis import tokens
from search.text.index_terms import query_terms
from search.text.snippets import ELLIPSIS, highlight, snippet
from search.text.words import Matcher, Words


def matcher(text: str, query: str) -> Matcher:
    return Words.of([text]).matcher(query_terms(query))


def marked(segments: tuple[Segment, ...]) -> list[str]:
    return [s.text for s in segments if s.is_match]


def test_inflected_words_are_marked() -> None:
    text = "Мы вернём ДЕНЬГИ за возврат денег"
    assert marked(highlight(text, matcher(text, "деньги"))) == ["ДЕНЬГИ", "денег"]


def test_stop_words_are_marked_only_alone() -> None:
    assert marked(highlight("Где мои деньги", matcher("Где мои деньги", "где деньги"))) == [
        "деньги"
    ]
    assert marked(highlight("Где он", matcher("Где он", "где"))) == ["Где"]


def test_words_with_signs_are_marked_whole_or_in_part() -> None:
    text = "Ошибка E-05: робот-пылесос и c++, c."
    assert marked(highlight(text, matcher(text, "e-05"))) == ["E-05"]
    assert marked(highlight(text, matcher(text, "пылесос"))) == ["пылесос"]
    assert marked(highlight(text, matcher(text, "c++"))) == ["c++"]
    assert marked(highlight("e_05, e052", matcher(text, "e-05"))) == ["05"]


@given(st.text(max_size=300))
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    words = Words.of([text])
    for token in tokens(text):
        around = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
        if any(char.isalnum() for char in around):
            continue  # part of an identifier, which is marked whole or not at all
        found = words.matcher([token.term]).find(text)
        assert any(f.start <= token.start and token.end <= f.end for f in found)


def test_snippet_shows_the_stretch_with_most_words() -> None:
    text = (
        "Первое предложение ни о чём. " * 20 + "Возврат денег занимает десять дней. " + "Ещё. " * 90
    )
    shown = snippet(text, matcher(text, "возврат денег"))
    assert marked(shown) == ["Возврат", "денег"]
    assert shown[0].text == ELLIPSIS
    assert shown[-1].text == ELLIPSIS
    assert sum(len(s.text) for s in shown) <= 260


def test_short_text_is_shown_whole() -> None:
    assert snippet("Коротко.", matcher("", "")) == (Segment("Коротко.", False),)


@given(st.text(max_size=2000), st.text(max_size=50))
def test_highlight_keeps_the_text(text: str, query: str) -> None:
    assert "".join(s.text for s in highlight(text, matcher(text, query))) == text


@given(st.text(max_size=2000), st.text(max_size=50))
def test_snippet_is_part_of_the_text(text: str, query: str) -> None:
    shown = "".join(s.text for s in snippet(text, matcher(text, query)) if s.text != ELLIPSIS)
    assert shown in text.replace("\n", " ")
