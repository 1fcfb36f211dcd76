"""The decision about a message: a pure function of probabilities, and what surrounds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.catalog.catalog import Catalog
from kb.catalog.generation import Loaded
from kb.suggestions.decision import (
    AUDIENCE_SECTIONS,
    Audience,
    Question,
    Suggestion,
    decide,
    suggest,
)
from search.model import Filters, Hit, LayoutBlock, Passage, Quotation, Segment, Signals
from search.ranking.calibration import Calibration
from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND
from tests.support.libraries.site_library import page
from tests.support.likelihood import ANSWER_FROM, OFFER_FROM, make_likely

Judge = Callable[[float, float], None]


def hit(name: str = "a") -> Hit:
    passage = Passage(f"en/{name}", 0, "", (), "text")
    signals = Signals(cosine=0.5, label_cosine=0.5, nearness=0.5, bm25=1, matched_share=1, fused=1)
    title = (Segment("t", False),)
    quotation = Quotation((LayoutBlock("paragraph", "", (), ("text",)),))
    return Hit(
        f"en/{name}",
        name,
        "en",
        "faq",
        "misc",
        1.0,
        title,
        passage,
        title,
        signals,
        quotation=quotation,
    )


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Fix the probabilities that every ranking with hits gets."""

    def fix(shown: float, listed: float) -> None:
        make_likely(monkeypatch, shown, listed)

    return fix


def ask(loaded: Loaded, message: str, **known: Any) -> Suggestion:
    return suggest(loaded, Question(message, "en", **known))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    root: Path = tmp_path_factory.mktemp("suggest")
    api_library.build(root)
    app = api_library.application(root)
    api_library.wait_for_encoder(app)
    yield api_library.services_of(app).loaded()
    api_library.close(app)


@pytest.mark.parametrize(
    ("top", "listed", "action", "reason"),
    [
        (ANSWER_FROM, 0.9, "answer", "confident"),
        (1.0, 1.0, "answer", "confident"),
        (ANSWER_FROM - 0.01, 0.9, "offer", "partial"),
        (0.1, OFFER_FROM, "offer", "partial"),
        (0.1, OFFER_FROM - 0.01, "handoff", "low_confidence"),
        (0.0, 0.0, "handoff", "low_confidence"),
    ],
)
def test_probabilities_decide(
    judge: Judge, top: float, listed: float, action: str, reason: str
) -> None:
    judge(top, listed)
    decision = decide([hit()], Calibration(), lang="en")
    assert (decision.action, decision.reason) == (action, reason)
    assert (decision.confidence, decision.list_confidence) == (top, listed)


def test_nothing_found_is_handed_off(judge: Judge) -> None:
    judge(1.0, 1.0)
    decision = decide([], Calibration(), lang="en")
    assert (decision.action, decision.reason) == ("handoff", "no_results")
    assert decision.confidence == 0.0


@pytest.mark.parametrize(("top", "listed"), [(0.9, 0.9), (0.5, 0.6)])
def test_no_article_answers_in_a_language_the_site_lacks(
    judge: Judge, top: float, listed: float
) -> None:
    judge(top, listed)
    decision = decide([hit()], Calibration(), lang="en", is_supported_locale=False)
    assert (decision.action, decision.reason) == ("offer", "unsupported_locale")


@pytest.mark.parametrize("message", ["", "  ", "?!", "и не в", "the and of", "\u200b\u200b"])
def test_a_message_without_topic_is_too_short(loaded: Loaded, message: str) -> None:
    found = ask(loaded, message)
    assert (found.decision.action, found.decision.reason) == ("handoff", "too_short")
    assert found.results == ()
    assert found.findings is None


def test_history_finds_what_the_follow_up_alone_does_not(loaded: Loaded) -> None:
    alone = ask(loaded, "and?")
    followed = ask(loaded, "and?", history=("lidar covered",))
    assert alone.results == ()
    assert followed.results[0].found.page.slug == "error-codes"


def test_the_answer_is_quoted_from_the_first_result(loaded: Loaded, judge: Judge) -> None:
    judge(0.9, 0.95)
    found = ask(loaded, "refunds reach the card days")
    assert found.decision.action == "answer"
    assert found.results[0].found.page.id == REFUND
    assert found.answer
    assert found.results[0].found.passage_text in found.answer.text


def test_an_offer_has_no_answer(loaded: Loaded, judge: Judge) -> None:
    judge(0.5, 0.6)
    found = ask(loaded, "refund card")
    assert found.decision.action == "offer"
    assert found.answer is None
    assert found.results


def test_limit_cuts_the_list_and_changes_no_probability(loaded: Loaded) -> None:
    one = ask(loaded, "refund card", limit=1)
    many = ask(loaded, "refund card", limit=5)
    assert len(one.results) == 1
    assert len(many.results) > 1
    assert one.decision == many.decision
    assert one.results[0] == many.results[0]


def test_probabilities_of_results_never_rise(loaded: Loaded) -> None:
    results = ask(loaded, "refund item delivery", limit=5).results
    values = [one.confidence for one in results]
    assert len(values) > 1
    assert values == sorted(values, reverse=True)


def test_excluded_articles_are_not_offered(loaded: Loaded) -> None:
    filters = Filters(exclude_groups=frozenset({REFUND}))
    found = ask(loaded, "refund card", filters=filters, limit=5)
    assert found.results
    assert REFUND not in {one.found.page.id for one in found.results}


@pytest.mark.parametrize(
    ("known", "message", "reason"),
    [
        ({}, "Позовите оператора", "user_requested"),
        ({}, "I want to talk to a human", "user_requested"),
        ({}, "operator", "user_requested"),
        ({}, "my card was stolen, when does the refund arrive", "sensitive_topic"),
        ({}, "подам на вас в суд", "sensitive_topic"),
        ({"rejected": 2}, "refund card", "repeat_failed"),
        ({"is_held_out": True}, "when does the refund reach my card", "holdout"),
    ],
)
def test_a_person_comes_first(
    loaded: Loaded, judge: Judge, known: dict[str, Any], message: str, reason: str
) -> None:
    judge(0.9, 0.95)
    found = ask(loaded, message, **known)
    assert (found.decision.action, found.decision.reason) == ("handoff", reason)
    assert found.results == ()
    assert found.answer is None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("thanks, that helped", "thanks"),
        ("spasibo, pomoglo", "thanks"),
        ("да", "thanks"),
        ("no", "not_solved"),
        ("it did not help", "not_solved"),
        ("не помогло", "not_solved"),
        ("добрый день! подскажите пожалуйста", "greeting"),
    ],
)
def test_a_word_in_passing_never_repeats_what_was_shown(
    loaded: Loaded, judge: Judge, message: str, reason: str
) -> None:
    judge(0.9, 0.95)
    found = ask(loaded, message, history=("refund card",))
    assert (found.decision.action, found.decision.reason) == ("handoff", reason)
    assert (found.answer, found.results) == (None, ())


@pytest.mark.parametrize("message", ["yes", "нет", "it did not help"])
def test_an_answer_to_nothing_is_too_short(loaded: Loaded, message: str) -> None:
    assert ask(loaded, message).decision.reason == "too_short"


def test_danger_comes_before_an_answer_and_articles_stand_below(
    loaded: Loaded, judge: Judge
) -> None:
    judge(0.9, 0.95)
    found = ask(loaded, "my refund card is on fire")
    assert (found.decision.action, found.decision.reason) == ("handoff", "safety")
    assert found.answer is None
    assert found.results[0].found.page.id == REFUND
    assert ask(loaded, "my refund card is on fire", is_held_out=True).results == ()


def test_below_a_danger_nothing_stands_that_is_far_off(loaded: Loaded, judge: Judge) -> None:
    judge(0.01, 0.02)
    found = ask(loaded, "smoke zebra refund")
    assert (found.decision.reason, found.results) == ("safety", ())


def test_a_follow_up_changes_the_subject_when_that_is_better(loaded: Loaded) -> None:
    first = ask(loaded, "how long is the refund to a card")
    followed = ask(loaded, "and lidar errors?", history=("how long is the refund to a card",))
    assert first.results[0].found.page.id == REFUND
    assert followed.results[0].found.page.slug == "error-codes"


def test_one_failure_is_not_two(loaded: Loaded) -> None:
    assert ask(loaded, "refund card", rejected=1).decision.reason != "repeat_failed"


def test_nobody_is_held_out_who_goes_to_a_person_anyway(loaded: Loaded, judge: Judge) -> None:
    judge(0.1, 0.1)
    assert ask(loaded, "refund card", is_held_out=True).decision.reason == "low_confidence"


def test_two_likely_articles_make_an_offer_ambiguous(judge: Judge) -> None:
    judge(0.5, 0.6)
    decision = decide([hit(), hit("b")], Calibration(), lang="en", has_rival=True)
    assert (decision.action, decision.reason) == ("offer", "ambiguous")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Two articles that answer the same, one in each section."""
    root: Path = tmp_path_factory.mktemp("twins")
    html = "<p>Hold the button for ten seconds to reset the robot.</p>"
    pages = [
        page("aaaaa", "en", "faq/returns/reset", "Reset the robot", html=html),
        page("bbbbb", "en", "guides/vega-r2/reset", "Reset the robot", html=html),
    ]
    shop = api_library.library()
    api_library.build(root, Catalog([*shop.all_pages, *pages], shop.categories, ("en", "ru")))
    app = api_library.application(root)
    api_library.wait_for_encoder(app)
    yield api_library.services_of(app).loaded()
    api_library.close(app)


@pytest.mark.parametrize(("audience", "section"), AUDIENCE_SECTIONS.items())
def test_an_audience_sees_its_section_first(
    twins: Loaded, audience: Audience, section: str
) -> None:
    found = ask(twins, "how to reset the robot", audience=audience, limit=5)
    assert found.results[0].found.page.section == section
    assert {one.found.page.section for one in found.results[:2]} == {"faq", "guides"}


def test_an_audience_puts_no_weak_match_above_the_answer(loaded: Loaded) -> None:
    found = ask(loaded, "bring error codes", audience="visitor", limit=5)
    assert found.results[0].found.page.slug == "error-codes"


def test_an_audience_hides_nothing(loaded: Loaded) -> None:
    for audience in (None, "visitor", "customer"):
        found = ask(loaded, "refund card", audience=audience, limit=5)
        assert REFUND in {one.found.page.id for one in found.results}


def test_in_a_hurry_words_alone_decide_and_it_says_so(loaded: Loaded) -> None:
    found = suggest(loaded, Question("refund card", "en"), is_hurried=True)
    assert (found.stage, found.is_degraded) == ("lexical", True)
    assert ask(loaded, "refund card").stage == "hybrid"
