"""The tools for AI agents: what they tell, in fields and in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kb.mcp.article_lookup import Refused
from kb.mcp.schemas import SearchAsked, SuggestAsked
from kb.mcp.tools import Tools, opened
from kb.time_budget import Budget
from tests.support.libraries import block_library
from tests.support.libraries.api_library import REFUND, RETIRED, RUSSIAN_ONLY
from tests.support.libraries.block_library import QUESTIONS, TOO_LONG
from tests.support.libraries.mcp_site import BASE, CARD, QUESTION, config, read, told
from tests.support.likelihood import make_likely


def search(tools: Tools, query: str, **more: Any) -> dict[str, Any]:
    return told(tools.search(SearchAsked(query=query, **{"language": "en"} | more)))


# --- search


def test_search_leads_to_the_section_that_fits(tools: Tools) -> None:
    found = search(tools, "refund to a card")
    top = found["results"][0]
    assert (top["id"], top["title"]) == (REFUND, "When the refund arrives")
    assert (top["heading"], top["address"]) == ("Refund to a card", CARD)
    assert "3 to 10" in top["excerpt"]
    assert (top["language"], top["section"], top["category"]) == ("en", "faq", "Returns")
    assert not found["is_degraded"]
    for part in (top["title"], top["heading"], top["address"], top["excerpt"], top["id"]):
        assert part in found["said"]


def test_search_says_what_it_searched_for_instead(tools: Tools) -> None:
    found = search(tools, "curier delivry")
    assert found["searched_instead"]
    assert f"“{found['searched_instead']}”" in found["said"]
    assert search(tools, "courier delivery")["searched_instead"] is None


def test_search_keeps_to_the_limit_and_the_section(tools: Tools) -> None:
    assert len(search(tools, "refund courier item", limit=1)["results"]) == 1
    found = search(tools, "error codes refund", section="guides")
    assert {one["section"] for one in found["results"]} == {"guides"}


def test_search_that_finds_nothing_says_what_to_try(tools: Tools) -> None:
    found = search(tools, " ")
    assert found["results"] == []
    assert "No article was found" in found["said"]


def test_search_prefers_the_readers_language(tools: Tools) -> None:
    assert search(tools, "курьер", language="ru-RU")["results"][0]["language"] == "ru"


def test_search_is_in_the_querys_own_language_and_says_so(tools: Tools) -> None:
    found = search(tools, "когда вернутся деньги на карту")
    assert (found["language"], found["language_detected"]) == ("ru", True)
    assert found["results"][0]["language"] == "ru"
    assert "Searched in the query's own language, ru." in found["said"]
    usual = search(tools, "refund to a card")
    assert (usual["language"], usual["language_detected"]) == ("en", False)
    assert "own language" not in usual["said"]


def test_search_without_an_encoder_still_answers_and_says_so(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("kb.mcp.tools.load_query_encoder", broken)
    monkeypatch.setattr("kb.mcp.tools.ENCODER_WAIT_S", 0.0)
    with opened(config(built)) as tools:
        found = search(tools, "refund card")
    assert found["is_degraded"]
    assert found["results"][0]["id"] == REFUND
    assert "Only words were compared" in found["said"]


# --- read_article


@pytest.mark.parametrize(
    "name",
    [
        *(REFUND, f"art_{REFUND}", f" {REFUND} ", f"otvet://article/{REFUND}"),
        *("refund-timing", "money-back", CARD, "/en/faq/returns/refund-timing/?q=1#card"),
        *(f"{BASE}/en/faq/returns/money-back", "http://localhost:8000/en/faq/delivery/money-back"),
        *(f"/a/{REFUND}", f"{BASE}/a/{REFUND}/en", f"/a/{REFUND}.md", "en/faq/returns/money-back"),
    ],
)
def test_an_article_is_known_by_many_names(tools: Tools, name: str) -> None:
    assert (read(tools, name)["id"], read(tools, name)["language"]) == (REFUND, "en")


def test_an_article_comes_as_markdown_with_its_facts(tools: Tools) -> None:
    found = read(tools, REFUND)
    assert found["title"] == "When the refund arrives"
    assert found["address"] == f"{BASE}/en/faq/returns/refund-timing"
    assert (found["updated_at"], found["languages"]) == ("2026-11-02T09:14:00Z", ["en", "ru"])
    assert "## Refund to a card" in found["markdown"]
    assert f"[delivery]({BASE}/en/faq/delivery/courier)" in found["markdown"]
    for part in (found["title"], found["summary"], found["address"], "2026-11-02", "Visa & co"):
        assert part in found["said"]


def test_an_article_is_read_in_the_language_asked_for(tools: Tools) -> None:
    assert read(tools, CARD, "ru")["language"] == "ru"
    assert read(tools, f"/a/{REFUND}/ru")["language"] == "ru"
    assert read(tools, f"/a/{REFUND}/ru", "en")["language"] == "en"
    assert read(tools, "/ru/faq/returns/refund-timing")["language"] == "ru"
    assert read(tools, RUSSIAN_ONLY, "en")["language"] == "ru"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("never-existed", "no such article"),
        ("/en/faq/returns/never-existed", "no such article"),
        (RETIRED, "has been removed"),
        (f"/a/{RETIRED}", "has been removed"),
        (f"otvet://article/{RETIRED}", "has been removed"),
        ("https://example.org/en/faq/returns/refund-timing", "another site"),
        ("//example.org/en/faq/returns/refund-timing", "another site"),
        ("http://[", "neither an id nor an address"),
        ("http://x:y:z/a/b", "another site"),
        (f"{BASE}/en/", "not that of an article"),
        ("../../etc/passwd", "no such article"),
        ("../passwd", "not that of an article"),
        (f"/a/{REFUND}/de", "this site has en, ru"),
        ("\0", "no such article"),
        ("%2e%2e/a/b/c", "no such article"),
    ],
)
def test_other_names_are_refused_with_a_reason(tools: Tools, name: str, fault: str) -> None:
    with pytest.raises(Refused, match=re.escape(fault)):
        read(tools, name)


def test_without_a_public_address_the_reply_says_that_addresses_are_paths(built: Path) -> None:
    with opened(config(built, public_url="")) as tools:
        for found in (search(tools, "refund"), read(tools, REFUND), suggested(tools, "refund")):
            assert found["addresses_are_relative"]
            assert "public address is not configured" in found["said"]
        assert read(tools, REFUND)["address"] == "/en/faq/returns/refund-timing"
        assert "](/en/faq/delivery/courier)" in read(tools, REFUND)["markdown"]


def suggested(tools: Tools, message: str, **more: Any) -> dict[str, Any]:
    asked = SuggestAsked(message=message, **{"language": "en"} | more)
    return told(tools.suggest(asked, tools.budget()))


# --- suggest


def test_an_answer_is_an_exact_quotation_with_its_address(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    found = suggested(tools, QUESTION)
    answer, first = found["answer"], found["articles"][0]
    assert (found["decision"], found["reason"]) == ("answer", "confident")
    assert (found["confidence"], found["list_confidence"]) == (0.9, 0.95)
    assert (answer["id"], answer["heading"]) == (REFUND, "Refund to a card")
    assert (answer["address"], first["address"]) == (CARD, CARD)
    assert answer["markdown"].startswith("**Refund to a card**\n\nRefunds reach")
    assert "Refunds reach the card in 3 to 10 days." in first["quotation"]
    for part in ("Decision: answer", "90% sure", "> **Refund to a card**", "> Refunds reach", CARD):
        assert part in found["said"]


def test_steps_are_told_with_numbers_and_too_many_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    block_library.build(tmp_path)
    with opened(config(tmp_path)) as tools:
        found = suggested(tools, TOO_LONG)
        steps = suggested(tools, QUESTIONS["steps"])
    assert (found["decision"], found["answer"]) == ("offer", None)
    assert (
        "> On the robot:\n>\n> 2. Hold <Home> & wait.\n> 3. Type:\n>    yes\n>    - or no"
        in steps["said"]
    )


def test_an_offer_shows_articles_and_no_answer(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.5, 0.7)
    found = suggested(tools, QUESTION)
    assert (found["decision"], found["answer"]) == ("offer", None)
    assert 1 <= len(found["articles"]) <= 3
    assert "none is sure to answer" in found["said"]


@pytest.mark.parametrize(
    ("message", "reason", "advice"),
    [
        ("Hello!", "greeting", "greet back"),
        ("?", "too_short", "ask what it is about"),
        ("I want to talk to a human", "user_requested", "asks for a person"),
        ("thanks, that helped", "thanks", "nothing more"),
    ],
)
def test_a_hand_off_tells_what_to_do(tools: Tools, message: str, reason: str, advice: str) -> None:
    found = suggested(tools, message)
    assert (found["decision"], found["reason"]) == ("handoff", reason)
    assert (found["articles"], found["answer"]) == ([], None)
    assert advice in found["said"]
    assert found["contact"] == {"page": f"{BASE}/en/contact", "email": "help@example.com"}
    assert "help@example.com" in found["said"]


def test_a_danger_tells_of_safety_first(tools: Tools) -> None:
    found = suggested(tools, "my charger is smoking")
    assert (found["decision"], found["reason"], found["answer"]) == ("handoff", "safety", None)
    assert found["notice"].startswith("If somebody")
    assert "Notice: If somebody" in found["said"]


def test_the_language_of_a_message_counts(tools: Tools) -> None:
    assert suggested(tools, "как вернуть деньги на карту", language="en")["language"] == "ru"
    assert suggested(tools, QUESTION, language="en")["language"] == "en"


def test_in_a_language_the_site_has_not_nothing_is_the_answer(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    found = suggested(tools, QUESTION, language="de")
    assert (found["decision"], found["reason"]) == ("offer", "unsupported_locale")


def test_past_its_time_a_message_is_handed_off(tools: Tools) -> None:
    found = told(tools.suggest(SuggestAsked(message=QUESTION), Budget(0.0)))
    assert (found["decision"], found["reason"]) == ("handoff", "unavailable")
    assert found["is_degraded"]


def test_past_its_time_a_danger_is_one(tools: Tools) -> None:
    found = told(tools.suggest(SuggestAsked(message="my charger is smoking"), Budget(0.0)))
    assert found["reason"] == "safety"
    assert found["notice"]


def test_with_little_time_the_encoder_is_not_asked(tools: Tools) -> None:
    found = told(tools.suggest(SuggestAsked(message=QUESTION), Budget(0.3)))
    assert found["is_degraded"]
