"""The part of a passage that answers: always a quotation."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.catalog.quotes import MAX_ANSWER_CHARS, Answer, extract
from search.text import analysis


def test_extract_takes_the_sentences_with_the_words_asked_for() -> None:
    filler = "Nothing of interest stands here at all. " * 20
    passage = f"{filler}The card is credited within ten days. {filler}"
    terms = terms_of("card credited days")
    found = extract(passage, terms)
    assert "The card is credited within ten days." in found.text
    assert len(found.text) <= MAX_ANSWER_CHARS


def test_extract_keeps_a_short_passage_whole() -> None:
    assert extract(" Short. Text ", {}) == Answer("Short. Text")


def test_extract_gives_a_sentence_that_is_too_long_in_full() -> None:
    sentence = "word " * 200 + "end."
    assert extract(sentence + "\nOther.", {"end": 1.0}).text == sentence


@settings(max_examples=150, deadline=None)
@given(
    passage=st.text(alphabet=st.sampled_from("ab .!?…\n\t«ж»\u00a0"), max_size=900),
    terms=st.dictionaries(st.sampled_from(["a", "b", "ab", "ж"]), st.floats(0, 9)),
)
def test_extract_is_always_part_of_the_passage(passage: str, terms: dict[str, float]) -> None:
    assert extract(passage, terms).text in passage
    assert extract(passage, terms, html=HTML).text in passage


STEPS = "Hold the button.\nWait for the light.\nRelease it."
HTML = (
    f"<p>Before:</p><ol>{''.join(f'<li>{step}</li>' for step in STEPS.splitlines())}</ol><p>a</p>"
)


def terms_of(text: str) -> dict[str, float]:
    return dict.fromkeys(analysis.query_terms(text), 1.0)


def test_a_list_of_steps_is_taken_whole() -> None:
    passage = f"Charge it first.\n{STEPS}\nThen it is reset."
    found = extract(passage, terms_of("hold the button"), html=HTML)
    assert found == Answer(STEPS, "steps")


def test_steps_bring_their_lead_in() -> None:
    found = extract(f"To reset it:\n{STEPS}", terms_of("reset"), html=HTML)
    assert found == Answer(f"To reset it:\n{STEPS}", "steps")


def test_a_sentence_that_says_more_is_taken_instead_of_the_steps() -> None:
    passage = f"{STEPS}\nA reset deletes all maps for good."
    found = extract(passage, terms_of("does a reset delete maps"), html=HTML, max_chars=40)
    assert found == Answer("A reset deletes all maps for good.")


def test_one_step_is_no_list() -> None:
    found = extract("Hold the button.\nOther text.", terms_of("button"), html=HTML)
    assert found.kind == "text"


def test_the_most_telling_word_decides() -> None:
    rows = "\n".join(f"E-{n:02} The robot says that it stops. Look there." for n in range(1, 20))
    terms = dict.fromkeys(analysis.query_terms("the robot says E-13 and stops"), 1.0)
    terms |= {analysis.terms("E-13")[0]: 6.0}
    found = extract(rows, terms)
    assert found.text == "E-13 The robot says that it stops. Look there."


def test_a_very_short_answer_brings_what_follows() -> None:
    passage = (
        "Filler of no use at all here. " * 20 + "Press it. Then hold it for ten seconds. Done."
    )
    found = extract(passage, terms_of("press"))
    assert found.text == "Press it. Then hold it for ten seconds. Done."
