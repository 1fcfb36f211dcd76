"""kb.suggestions.follow_up: what short messages mean after others, and which reading is taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.catalog.finder import ArticleHit, ArticleResults
from kb.suggestions.follow_up import (
    MAX_HISTORY_CHARS,
    best,
    is_elliptical,
    last_question,
    readings,
)
from search.model import LayoutBlock, Quotation, Results
from tests.kb.suggestions.test_decision import hit
from tests.support.libraries.site_library import page

EARLIER = "how much is delivery to Moscow by courier"


def test_without_history_a_message_is_read_alone() -> None:
    assert readings("card", []) == ("card",)


def test_a_question_of_its_own_needs_no_history() -> None:
    message = "when will my refund reach the bank account"
    assert readings(message, [EARLIER]) == (message,)


def test_a_follow_up_is_read_alone_and_after_the_question_before_it() -> None:
    assert readings("mir card?", ["refund to a card"]) == (
        "mir card?",
        "refund to a card mir card?",
    )


@pytest.mark.parametrize(
    ("earlier", "message", "about"),
    [
        (EARLIER, "and to Kazakhstan?", "how much is delivery to Kazakhstan by courier"),
        ("сколько идёт доставка в Москву", "а в Казахстан?", "сколько идёт доставка в Казахстан"),
        ("доставка в Москву сколько стоит", "а в Казань", "доставка в Казань сколько стоит"),
        (
            "how long is the warranty for the robot vacuum",
            "what about for the headphones?",
            "how long is the warranty for the headphones",
        ),
        ("цена vega r2", "а link ax3?", "цена link ax3?"),
    ],
)
def test_its_subject_takes_the_place_of_the_earlier_one(
    earlier: str, message: str, about: str
) -> None:
    assert about in readings(message, [earlier], ["Vega R2", "Link AX3"])


def test_a_message_without_a_topic_is_the_question_before_it() -> None:
    assert readings("and?", [EARLIER]) == (f"{EARLIER} and?",)


def test_small_talk_is_no_question_to_go_on_from() -> None:
    assert last_question([EARLIER, "thanks", "hello", "no"]) == EARLIER
    assert last_question(["thanks", "?"]) == ""


def test_a_long_earlier_message_does_not_push_out_the_new_one() -> None:
    texts = readings("наушники", ["слово " * 1000])
    assert all(len(text) <= MAX_HISTORY_CHARS + 20 for text in texts)
    assert all("наушники" in text for text in texts)


@pytest.mark.parametrize(
    ("message", "elliptical"),
    [
        ("and for the headphones?", True),
        ("а для наушников?", True),
        ("what about the router", True),
        ("ok, and for the headphones?", True),
        ("понятно, а для наушников?", True),
        ("thanks. and by card?", True),
        ("а сколько идёт посылка", False),
        ("and how long does it take", False),
        ("headphones", False),
        ("ok headphones", False),
        ("and I wonder whether gift cards expire some day", False),
    ],
)
def test_a_subject_that_is_tied_to_a_question_asks_nothing_itself(
    message: str, elliptical: bool
) -> None:
    assert is_elliptical(message, [EARLIER]) == elliptical
    assert not is_elliptical(message, [])


def results(article: str, text: str = "") -> ArticleResults:
    """Results whose first hit is an article that quotes `text`."""
    version = page(article, "en", f"faq/misc/{article}", article)
    quotation = Quotation((LayoutBlock("paragraph", "", (), (text,)),)) if text else None
    first = replace(hit(article), quotation=quotation)
    found = Results("", "hybrid", (first,), 1, "g", ranking=(article,))
    return ArticleResults(found, (ArticleHit(first, version, f"/en/{article}", "", False),))


@pytest.mark.parametrize(
    ("likelihood", "taken"),
    [
        ({"alone": 0.6, "joined": 0.4}, "warranty"),
        ({"alone": 0.6, "joined": 0.2}, "codecs"),
    ],
)
def test_what_asks_nothing_is_believed_less_alone(likelihood: dict[str, float], taken: str) -> None:
    made = {
        "alone": results("codecs", "Headphones support two codecs."),
        "joined": results("warranty", "Headphones 1 year"),
        "earlier": results("warranty"),
    }
    texts = ["and the headphones", "joined"]
    named = {"and the headphones": "alone", "joined": "joined", "earlier": "earlier"}

    def confidence(found: ArticleResults) -> float:
        return next(likelihood[name] for name, one in made.items() if one is found)

    found = best(texts, "earlier", lambda text: made[named[text]], confidence, asks_nothing=True)
    assert found.hits[0].page.id == taken
