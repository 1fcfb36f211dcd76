"""Secrecy: nothing unpublished appears on any route or in any tool for AI agents.

A new route or tool is crawled with everything that could lead to a hidden article, or stops the
test until `tests.support.libraries.leak_requests` says what to try it with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries import mcp_library
from tests.support.libraries.leak_library import (
    HALF_ID,
    KINDS,
    PUBLIC_ID,
    SECRET,
    STATUSES,
    UNKNOWN,
    asked,
    config,
    root_of,
    secret,
    site,
    write_library,
)
from tests.support.libraries.leak_requests import (
    PRODUCTS,
    SLUGS,
    Ask,
    asks,
    crawl,
    tool_asks,
    whole,
)
from tests.support.libraries.mcp_library import ToolAsk


def identities(sent: str) -> list[str]:
    """Ids and slugs of hidden articles that the request itself did not name."""
    hidden = [*STATUSES.values(), "s8t3w"]
    hidden += [f"{name}-{kind}" for kind in KINDS for name in ("gadget", "former")]
    hidden += [f"hidden-{kind}" for kind in (*STATUSES, "shut")] + [f"{kind}-old" for kind in KINDS]
    return [name for name in hidden if name not in sent]


@pytest.fixture(scope="module")
def told(hiding: Flask) -> list[tuple[ToolAsk, str]]:
    """Texts that the tools for AI agents tell of the same library."""
    return mcp_library.crawl(config(root_of(hiding)), tool_asks)


@pytest.mark.campaign
def test_what_is_not_published_appears_nowhere(
    hiding: Flask, told: list[tuple[ToolAsk, str]], campaign: Campaign
) -> None:
    everything = list(asks(hiding))
    assert len(everything) > 1_200
    for ask, status, text in crawl(hiding, campaign.some(everything, 300)):
        assert_hidden(ask, text)
        assert status < 500, ask
    assert len(told) > 500
    for tool_ask, text in told:
        assert_hidden(tool_ask, text)


def assert_hidden(ask: Ask | ToolAsk, text: str) -> None:
    assert not SECRET.findall(text), (ask, SECRET.findall(text)[:3])
    assert not [name for name in identities(ask.sent) if name in text], ask


@pytest.mark.campaign
def test_a_hidden_article_answers_like_one_that_never_was(
    hiding: Flask, campaign: Campaign
) -> None:
    """Else its existence could be learnt: same status, same page, only the name differs."""
    client = hiding.test_client()
    names = {
        **{id_: "zzzzz" for kind, id_ in STATUSES.items() if kind != "retired"},
        "s8t3w": "zzzzz",
    }
    names |= {
        slug: UNKNOWN for slug in SLUGS if slug.startswith("hidden-") or slug.endswith("-old")
    }
    names |= {slug: UNKNOWN for slug in PRODUCTS if slug.startswith(("gadget-", "former-"))}
    pairs = []
    for ask in asks(hiding):
        hit = [name for name in names if name in ask.arguments or f"art_{name}" in ask.arguments]
        if hit and ask.method != "OPTIONS":
            path = ask.path.replace(hit[0], names[hit[0]])
            pairs.append((ask, Ask(ask.method, path, ask.query, ask.body, ask.is_form), hit[0]))
    assert len(pairs) > 200
    for ask, twin, name in campaign.some(pairs, 80):
        found, other = whole(ask.send(client)), whole(twin.send(client))
        assert neutral(found, name) == neutral(other, names[name]), ask


def test_a_hidden_article_is_unknown_to_tools_like_one_that_never_was(
    told: list[tuple[ToolAsk, str]],
) -> None:
    hidden = [id_ for kind, id_ in STATUSES.items() if kind != "retired"] + ["s8t3w"]
    hidden += [slug for slug in SLUGS if slug.startswith("hidden-") or slug.endswith("-old")]
    texts = {ask.sent: text for ask, text in told if "id_or_address" in ask.sent}
    compared = 0
    for sent, text in texts.items():
        name = next((one for one in hidden if one in sent), None)
        if name:
            twin = sent.replace(name, "zzzzz" if len(name) == 5 else UNKNOWN)
            assert text == texts[twin], sent
            compared += 1
    assert compared > 100


def neutral(text: str, name: str) -> str:
    without_ids = re.sub(
        r"(req|sug|sch|ho)_[0-9a-f]+|(it|st)_[\w.-]+|X-Request-Id: \S+|Content-Length: \d+",
        "",
        text,
    )
    return without_ids.replace(name, "<name>")


def test_what_is_hidden_has_no_preview_picture(hiding: Flask) -> None:
    """Words in a picture are found by no search for secrets."""
    client = hiding.test_client()
    hidden = [f"/en/og/article/{id_}.png" for id_ in (*STATUSES.values(), "s8t3w", HALF_ID)]
    for address in (*hidden, "/en/og/faq/shut.png", "/ru/og/faq/shut.png"):
        assert client.get(address).status_code == 404, address
    for address in (f"/en/og/article/{PUBLIC_ID}.png", f"/ru/og/article/{HALF_ID}.png"):
        assert client.get(address).status_code == 200, address


def test_a_retired_id_is_gone_and_says_no_more(hiding: Flask) -> None:
    client = hiding.test_client()
    assert client.get(f"/a/{STATUSES['retired']}").status_code == 410
    assert client.get(f"/api/v1/articles/art_{STATUSES['retired']}").status_code == 410


@pytest.mark.campaign
def test_the_crawl_sees_the_same_articles_once_they_are_published(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The oracle's own proof: with the drafts published, secrets are on every kind of route."""
    write_library(tmp_path / "articles", status_of_drafts="published")
    seen: dict[str, set[str]] = {}
    with site(tmp_path) as app:
        what = [ask for ask in asks(app) if ask.method != "OPTIONS"]
        for ask, _, text in crawl(app, of_each_route(app, what, campaign)):
            if found := SECRET.findall(text):
                seen.setdefault(shape(app, ask), set()).update(found)
        for tool_ask, text in mcp_library.crawl(config(tmp_path), tool_asks):
            if found := SECRET.findall(text):
                seen.setdefault(tool_ask.name, set()).update(found)
    assert {
        "site.home",
        "site.section",
        "site.category",
        "site.article",
        "site.products",
        "site.product",
        "site.search",
        "api.article",
        "api.articles",
        "api.related",
        "api.search",
        "api.autocomplete",
        "suggest_api.suggest_route",
        "contact.form",
        "contact.send",
        "contact.suggestions",
        *("search", "read_article", "suggest", "resources", "resource"),
    } <= seen.keys()
    places = {place for found in seen.values() for place in found if place.startswith("zyxdraft")}
    wanted = ("title", "summary", "tag", "question", "lead", "heading", "body", "alt", "product")
    assert {secret("draft", place) for place in wanted} <= places
    assert not [word for found in seen.values() for word in found if "internal" in word]


def of_each_route(app: Flask, what: Iterable[Ask], campaign: Campaign) -> list[Ask]:
    """Some of the requests to each route, and all with words of a question of the draft."""
    groups: dict[str, list[Ask]] = {}
    for ask in what:
        try:
            name = shape(app, ask)
        except HTTPException:
            name = "none"
        if f"how to {asked('draft')}" in ask.sent:
            name = f"{name} with a question"
        groups.setdefault(name, []).append(ask)
    return [ask for group in groups.values() for ask in campaign.some(group, 24)]


def shape(app: Flask, ask: Ask) -> str:
    endpoint, _ = app.url_map.bind("localhost").match(ask.path, method=ask.method)
    return str(endpoint)


def test_a_new_argument_must_be_named_here() -> None:
    app = Flask("new")
    app.add_url_rule("/secrets/<number>", "secrets", lambda number: number)
    with pytest.raises(pytest.fail.Exception, match="/secrets/<number> has `number`"):
        list(asks(app))


def test_a_new_argument_of_a_tool_must_be_named_here() -> None:
    with pytest.raises(pytest.fail.Exception, match="the tool search has `number`"):
        list(tool_asks({"search": ["query", "number"]}))
