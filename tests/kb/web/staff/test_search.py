"""Search for staff: internal articles too, links to copy."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import REFUND, close, sign_in


def test_public_and_internal_articles_are_found_together(agent: FlaskClient) -> None:
    text = agent.get("/agent?q=возврат денег&reader=ru").text
    assert "Спорный" in text
    assert "Когда" in text
    assert "zyxdraft" not in text
    assert 'class="badge badge-internal"' in text
    assert 'class="badge badge-public"' in text


def finds(text: str) -> list[dict[str, str]]:
    """The data of every result, by name."""
    items = re.findall(r"<li class=\"find[^>]*>", text)
    return [dict(re.findall(r'data-([a-z]+)="([^"]*)"', item)) for item in items]


@pytest.mark.parametrize(
    ("kind", "expected"), [("public", {False}), ("internal", {True}), ("all", {True, False})]
)
def test_one_kind_of_articles_can_be_searched(
    agent: FlaskClient, kind: str, expected: set[bool]
) -> None:
    found = finds(agent.get(f"/agent?q=возврат денег&reader=ru&show={kind}").text)
    assert {not one["link"] for one in found} == expected


def test_links_are_permanent_and_lead_to_the_readers_language(agent: FlaskClient) -> None:
    english = finds(agent.get("/agent?q=refund card&reader=en").text)[0]
    assert english["link"] == f"http://localhost/a/{REFUND}/en#refund-to-a-card"
    assert english["markdown"] == f"[When the \\[refund\\] arrives]({english['link']})"
    assert english["text"].endswith(f"\n{english['link']}")
    russian = finds(agent.get("/agent?q=возврат на карту&reader=ru").text)
    link = next(one["link"] for one in russian if REFUND in one["link"])
    assert link.startswith(f"http://localhost/a/{REFUND}/ru#%D0%B2")
    landed = agent.get(link.partition("#")[0])
    assert landed.headers["Location"] == "/ru/faq/returns/refund"


def test_a_question_is_searched_in_its_own_language(agent: FlaskClient) -> None:
    question = "q=когда вернутся деньги на карту&lang=en"
    text = agent.get(f"/agent?{question}&reader=en").text
    assert "Shown in the language of your words: Russian" in text
    assert finds(text)[0]["link"].startswith(f"http://localhost/a/{REFUND}/ru")
    (kept,) = re.findall(r'href="(/agent[^"]*keep=1[^"]*)"', text)
    text = agent.get(unescape(kept)).text
    assert "Shown in the language" not in text
    assert {one["link"].rpartition("/")[2][:2] for one in finds(text) if one["link"]} == {"en"}


def test_a_language_that_was_chosen_is_searched_whatever_the_words(agent: FlaskClient) -> None:
    text = agent.get("/agent?q=когда вернутся деньги на карту&lang=ru&reader=en").text
    assert "Показано на языке" not in text
    assert {one["link"].rpartition("/")[2][:2] for one in finds(text) if one["link"]} == {"en"}


def test_links_carry_the_public_address(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path, public_url="https://help.example.com")
    client = app.test_client()
    public = {"base_url": "https://help.example.com"}
    try:
        sign_in(client, **public)
        text = client.get("/agent?q=refund&reader=en", **public).text
    finally:
        close(app)
    assert {one["link"].partition("#")[0] for one in finds(text) if REFUND in one["link"]} == {
        f"https://help.example.com/a/{REFUND}/en"
    }


def test_steps_and_rows_are_pasted_with_numbers_and_names(tmp_path: Path) -> None:
    body = (
        "Do it calmly.\n\n## Restart zorbs\n\nOn the panel:\n\n1. Hold the button.\n2. Wait.\n\n"
        "## Colours of quarks\n\n| Light | Means |\n|---|---|\n| amber | charging |\n\n"
        "## All gluons\n\n" + "1. Turn the gluon once more and listen to it for a while.\n" * 40
    )
    article = {"en/faq/returns/panel": ("p4n8x", "The panel", "published", body)}
    agent_library.write_articles(tmp_path / "articles", article)
    app = agent_library.built(tmp_path)
    client = app.test_client()
    sign_in(client)
    pasted = {
        words: finds(client.get(f"/agent?q={words}&reader=en").text)[0]["text"].rpartition("\n")[0]
        for words in ("restart zorbs", "quarks", "gluon")
    }
    close(app)
    assert pasted == {
        "restart zorbs": "Restart zorbs\nOn the panel:\n1. Hold the button.\n2. Wait.\n",
        "quarks": "Colours of quarks\nLight: amber; Means: charging\n",
        "gluon": "The panel",
    }


def test_internal_articles_offer_nothing_to_copy(agent: FlaskClient) -> None:
    found = finds(agent.get("/agent?q=возврат денег&reader=ru&show=internal").text)
    assert found
    assert all(not one[name] for one in found for name in ("link", "markdown", "text"))


def test_any_text_can_be_asked(agent: FlaskClient) -> None:
    for text in ('"<script>', "\0\ud7ff", "x" * 5000, "((((", "*", "%00", "  "):
        assert agent.get("/agent", query_string={"q": text}).status_code == 200
    for query in ("offset=-1", "offset=999", "show=x", "reader=xx", "lang=xx", "handoff=';--"):
        assert agent.get(f"/agent?q=деньги&{query}").status_code == 200


def test_the_part_for_the_script_holds_results_only(agent: FlaskClient) -> None:
    text = agent.get("/agent?q=деньги&part=results").text
    assert "<html" not in text
    assert finds(text)


def test_the_language_of_the_pages_follows_the_browser_and_the_address(agent: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    assert "The customer reads" in agent.get("/agent", headers=english).text
    assert "Клиент читает" in agent.get("/agent", headers={"Accept-Language": "ru"}).text
    text = agent.get("/agent?lang=ru&q=деньги", headers=english).text
    assert "Клиент читает" in text
    assert '<html lang="ru" ' in text
    assert 'name="lang" value="ru"' in text
