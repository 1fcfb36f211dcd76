"""Everything that can be asked of the site and of the tools for AI agents.

Routes come from `app.url_map`, parameters and body fields from the models of `kb.web.api`, tools
and their arguments from the MCP server: a new one is asked with everything that could lead to a
hidden article, or stops the test until it is named here.
"""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from kb.mcp.article_lookup import ARTICLE_URI
from kb.web.api.schemas.base import Query
from kb.web.api.schemas.suggest import SuggestRequest
from kb.web.auth.api_key import KEYED
from tests.support.libraries import api_library, mcp_library
from tests.support.libraries.leak_library import (
    HALF_ID,
    KINDS,
    OTHER_ID,
    PUBLIC_ID,
    STATUSES,
    UNKNOWN,
    asked,
)
from tests.support.libraries.mcp_library import ToolAsk

IDS = (PUBLIC_ID, OTHER_ID, HALF_ID, "s8t3w", *STATUSES.values(), "zzzzz")
SLUGS = (
    *("refund", "money-back", "half", UNKNOWN),
    *(f"hidden-{kind}" for kind in (*STATUSES, "shut")),
    *(f"{kind}-old" for kind in KINDS),
)
PRODUCTS = (
    *("gadget", "widget", UNKNOWN),
    *(f"{name}-{kind}" for kind in KINDS for name in ("gadget", "former")),
)
ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "lang": ("en", "ru"),
    "section": ("faq", "guides"),
    "category": ("returns", "shut", UNKNOWN),
    "slug": (*SLUGS, "not-found"),
    "product": PRODUCTS,
    "article_id": (*IDS, *SLUGS[:3]),
    "version": ("0" * 12, ".."),
    "article": (*IDS, *(f"art_{id_}" for id_ in IDS), *SLUGS),
    "filename": ("style.css", "../articles/en/faq/returns/hidden-draft.md", "catalog.json"),
    "name": ("hidden-draft.md", "draft.svg", "../catalog.json", "catalog.json"),
    "change_id": ("en/faq/returns/hidden-draft", STATUSES["draft"]),
    "token": ("x" * 43, UNKNOWN),
    "receipt": ("rc_x", STATUSES["draft"]),
}
"""Argument of a route → what it is tried with."""

WORDS = (*(asked(kind) for kind in KINDS), "hidden", "refund heading", "zyx", "qwertz")
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "q": (*WORDS, *(f"how to {asked(kind)}" for kind in KINDS), *STATUSES.values()),
    "locale": ("en", "ru"),
    "category": ("returns", "shut", "cat_faq-shut"),
    "section": ("faq",),
    "limit": ("5",),
    "offset": ("1",),
    "mode": ("lexical", "hybrid"),
    "verbatim": ("true", "false"),
    "language": ("ru", "en"),
    "updated_since": ("2000-01-01T00:00:00Z",),
    "cursor": ("WzQxMDI0NDQ4MDAsICIwMDAwMCJd",),
    "format": ("html", "markdown", "text"),
    "page": ("2",),
    "product": ("gadget", "gadget-draft", "former-internal"),
    "visibility": ("all", "internal", "public"),
    "handoff_id": ("ho_1",),
    "key": ("pk_x", f"pk_demo_{'0' * 32}"),
    "about": (*IDS, "hidden-draft"),
    "status": ("draft", "all"),
    "preview": ("1",),
}
"""Parameter → what it is tried with; the last two do not exist, as far as we know."""

MESSAGE: Mapping[str, tuple[Any, ...]] = {
    "message": PARAMETERS["q"],
    "locale": ("en", "ru", "fr"),
    "session_id": ("ses_12345678",),
    "audience": ("visitor", "customer"),
    "history": ([{"author": "user", "text": asked("draft")}],),
    "context": ({"page_url": "http://localhost/en/faq/returns/hidden-draft"},),
    "filters": ({"categories": ["shut"]}, {"tags": [asked("draft")]}),
    "exclude_articles": ([PUBLIC_ID], [STATUSES["draft"]]),
    "limit": (5,),
    "include": (["passage"], []),
    "store": (False,),
}
"""Field of a suggest request → what it is tried with."""

NOW = "2026-11-22T09:00:00Z"
BODIES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "/api/v1/feedback": tuple(
        {"interaction_token": "it_x", "verdict": "solved", "article_id": f"art_{id_}"}
        for id_ in STATUSES.values()
    ),
    "/api/v1/events": tuple(
        {
            "session_id": "ses_12345678",
            "events": [
                {"id": f"evt_{id_}", "type": "article.viewed", "at": NOW, "article_id": id_}
            ],
        }
        for id_ in STATUSES.values()
    ),
    "/api/v1/handoffs": tuple(
        {"message": word, "channel": "client", "session_id": "ses_12345678"}
        for word in PARAMETERS["q"][:6]
    ),
    "/api/v1/handoffs/status": ({"id": "ho_x", "status_token": "st_x"},),
}
"""What other routes of the API are sent."""

FORM = {"value": ("no",), "reason": ("outdated",), "comment": ("words",)}
CONTACT: Mapping[str, tuple[Any, ...]] = {
    "message": PARAMETERS["q"],
    "about": PARAMETERS["about"],
    "step": ("look", "solved"),
    "shown": ("it_x",),
    "email": ("nobody",),
}
"""Field of the contact form → what it is tried with; its token is taken from the page."""
CONTACT_PAGE = re.compile(r"/(en|ru)/contact(/suggestions)?")


@dataclass(frozen=True)
class Ask:
    """One request; `arguments` are those of the route."""

    method: str
    path: str
    query: str = ""
    body: Mapping[str, Any] | None = None
    is_form: bool = False
    arguments: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def sent(self) -> str:
        """All that the request itself says."""
        return unquote(f"{self.url} {json.dumps(self.body)}")

    def send(self, client: FlaskClient) -> Any:
        headers = {"Sec-Fetch-Site": "same-origin", "Authorization": f"Bearer {'m' * 20}"}
        if self.path.startswith(KEYED):
            headers = api_library.customer(client.application)
            headers["Idempotency-Key"] = uuid.uuid4().hex
        if self.body is None:
            return client.open(self.url, method=self.method, headers=headers)
        if self.is_form:
            return client.post(
                self.url, data=dict(self.body) | self._token(client), headers=headers
            )
        return client.post(self.url, json=dict(self.body), headers=headers)

    def _token(self, client: FlaskClient) -> dict[str, str]:
        """Forms that are answered only when we gave them out."""
        if not CONTACT_PAGE.fullmatch(self.path):
            return {}
        page = client.get(self.path.removesuffix("/suggestions")).text
        match = re.search(r'name="form" value="([^"]*)"', page)
        assert match
        return {"form": match[1], "email": "anna@example.org", "consent": "1"} | dict(
            self.body or {}
        )


def values_of(known: Mapping[str, tuple[Any, ...]], name: str, place: str) -> tuple[Any, ...]:
    if name not in known:
        pytest.fail(
            f"{place} has `{name}`: "
            "say in tests/support/libraries/leak_requests.py what to try it with"
        )
    return known[name]


def query_parameters() -> list[str]:
    """All that addresses of the API and of the pages are read for."""
    models = Query.__subclasses__()
    return sorted({name for model in models for name in model.model_fields})


def asks(app: Flask) -> Iterator[Ask]:
    """Every route with every combination of arguments, with every parameter alone and with `q`."""
    queries = list(all_queries())
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments)
        choices = [values_of(ARGUMENTS, name, f"the route {rule.rule}") for name in names]
        for chosen in itertools.product(*choices):
            with app.test_request_context():
                values: Any = dict(zip(names, chosen, strict=True))
                path = url_for(rule.endpoint, **values)
            for method in sorted((rule.methods or set()) - {"HEAD"}):
                yield from of_method(method, path, queries, chosen)


def of_method(
    method: str, path: str, queries: Iterable[str], chosen: tuple[str, ...]
) -> Iterator[Ask]:
    if method == "POST" and path in BODIES:
        yield from (Ask(method, path, body=fields, arguments=chosen) for fields in BODIES[path])
    elif method == "POST" and path.startswith("/api/"):
        for fields in all_messages():
            yield Ask(method, path, body=fields, arguments=chosen)
    elif method == "POST" and CONTACT_PAGE.fullmatch(path):
        for fields in combined(CONTACT, "message"):
            yield Ask(method, path, body=fields, is_form=True, arguments=chosen)
    elif method == "POST":
        for fields in combined(FORM, "value"):
            yield Ask(method, path, body=fields, is_form=True, arguments=chosen)
    elif method == "GET" and path.endswith(("/search", "/instant", "/autocomplete", "/articles")):
        for query in queries:
            yield Ask(method, path, query, arguments=chosen)
    else:
        yield Ask(method, path, arguments=chosen)
        if method == "GET" and CONTACT_PAGE.fullmatch(path):
            yield from (Ask(method, path, f"about={one}") for one in PARAMETERS["about"])
        elif method == "GET":
            more = SHORT if path.startswith("/api/") else SHORT[:1]
            yield from (Ask(method, path, query, arguments=chosen) for query in more)


SHORT = (
    "status=draft&preview=1&product=gadget-draft",
    *("format=text&locale=ru", "format=markdown", "locale=ru&limit=10"),
)
"""For addresses that name what they show."""


def all_queries() -> Iterator[str]:
    yield ""
    for name in dict.fromkeys((*query_parameters(), *PARAMETERS)):
        for value in values_of(PARAMETERS, name, "a query of the API"):
            pair = f"{name}={quote(value)}"
            yield pair
            if name != "q":
                yield from (f"q={quote(word)}&{pair}" for word in WORDS[:2])


def all_messages() -> Iterator[dict[str, Any]]:
    for name in SuggestRequest.model_fields:
        values_of(MESSAGE, name, "the body of suggest")
    return combined(MESSAGE, "message")


TOOL_ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "query": PARAMETERS["q"],
    "message": PARAMETERS["q"],
    "language": ("", "en", "ru"),
    "section": (None, "faq"),
    "limit": (10,),
    "audience": (None, "customer"),
    "id_or_address": (
        *ARGUMENTS["article"],
        *(f"/{lang}/faq/{folder}" for lang in ("en", "ru") for folder in ("returns/half", "shut")),
        *(f"/en/faq/returns/{slug}" for slug in SLUGS),
        *(f"http://localhost/ru/faq/shut/{slug}#x" for slug in SLUGS),
        *(f"/a/{id_}" for id_ in IDS),
        *(f"/a/{id_}/ru" for id_ in IDS),
        *(f"{ARTICLE_URI}{id_}" for id_ in IDS),
    ),
}
"""Argument of an MCP tool → what it is tried with."""


def tool_asks(tools: Mapping[str, Iterable[str]]) -> Iterator[ToolAsk]:
    """Every tool with every combination of arguments, all there is to list, all resources."""
    yield from (ToolAsk(list_) for list_ in mcp_library.LISTS)
    yield from (ToolAsk(mcp_library.READ, {"uri": f"{ARTICLE_URI}{id_}"}) for id_ in (*IDS, *SLUGS))
    for tool, names in tools.items():
        values = [values_of(TOOL_ARGUMENTS, name, f"the tool {tool}") for name in names]
        for chosen in itertools.product(*values):
            given = zip(names, chosen, strict=True)
            yield ToolAsk(tool, {name: value for name, value in given if value is not None})


def combined(fields: Mapping[str, tuple[Any, ...]], main: str) -> Iterator[dict[str, Any]]:
    """Each value of the main field alone, the first one with each value of each other field."""
    yield from ({main: value} for value in fields[main])
    for name in fields.keys() - {main}:
        yield from ({main: fields[main][0], name: other} for other in fields[name])


def whole(response: Any) -> str:
    """Status line, headers and body, escapes undone."""
    content = response.get_data().decode(errors="replace")  # pictures are no text
    text = f"{response.status}\n{response.headers}\n{content}"
    response.close()
    return f"{text}\n{unquote(text)}"


def crawl(app: Flask, what: Iterable[Ask]) -> Iterator[tuple[Ask, int, str]]:
    client = app.test_client()
    for ask in what:
        response = ask.send(client)
        yield ask, response.status_code, whole(response)
