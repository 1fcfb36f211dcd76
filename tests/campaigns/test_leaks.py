"""What is not published appears on no route and in no tool for AI agents, and no file of the
site's own is served.

The routes come from `app.url_map`, parameters and body fields from `kb.web.api.schemas`, tools and
their arguments from the MCP server: a new one is crawled with everything that could lead to a
hidden article, or stops the test until it is named here.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from kb.build import build
from kb.config import Config
from kb.mcp.article_lookup import ARTICLE_URI
from kb.web.api.schemas.base import Query
from kb.web.api.schemas.suggest import SuggestRequest
from kb.web.auth.api_key import KEYED
from search.ranking.calibration import Calibration
from search.ranking.confidence import Confidence
from tests.support import api_library, mcp_library
from tests.support.campaigns import Campaign
from tests.support.mcp_library import ToolAsk
from tests.support.waiting import PATIENCE_S

# --- a library with something to hide -------------------------------------------------------------

PUBLIC_ID, OTHER_ID = "k2m7p", "c4r8t"
UNKNOWN = "never-existed"
STATUSES = {"draft": "d4r7t", "internal": "n8t3r", "retired": "r9t2d", "broken": "b7k5n"}
"""Kind of hidden article → its id. A retired one lies there under an id that is not given again,
a broken one has a fault in its front matter."""
HALF_ID = "h3f6k"
"""Published in Russian, a draft in English."""


def asked(kind: str) -> str:
    """A word of the hidden article that readers may know, and ask for."""
    return f"qwertz{kind}"


def secret(kind: str, place: str) -> str:
    """A word of the hidden article that is never sent, so that no echo can hold it."""
    return f"zyx{kind}{place}"


# With the kind's name: three letters and some more stand in a signed token by chance now and then.
SECRET = re.compile(rf"zyx(?:{'|'.join((*STATUSES, 'half', 'shut', 'file'))})[a-z]*")


def front(id_: str, kind: str, *, status: str) -> str:
    words = {place: f"{asked(kind)} {secret(kind, place)}" for place in ("title", "summary", "tag")}
    return (
        f"---\nid: {id_}\ntitle: {words['title']}\nsummary: {words['summary']}\n"
        f"tags: [{words['tag']}]\nquestions: ['how to {asked(kind)} {secret(kind, 'question')}']\n"
        f"products: [gadget-{kind}, gadget]\n"
        f"status: {status}\naliases: [{asked(kind)}-old-{secret(kind, 'alias')}, {kind}-old]\n"
        f"related: [{PUBLIC_ID}]\n"
    )


def body(kind: str) -> str:
    word = asked(kind)
    return (
        f"---\n\n{word} {secret(kind, 'lead')}\n\n## {word} {secret(kind, 'heading')}\n\n"
        f"{word} {secret(kind, 'body')}, see [it](refund.md).\n\n"
        f"![{secret(kind, 'alt')}](../../../media/{kind}.svg)\n"
    )


def write_hidden(folder: Path, kind: str, id_: str, *, status: str, slug: str) -> None:
    fault = "no-such-key: 1\n" if kind == "broken" else ""
    text = front(id_, kind, status=status) + fault + body(kind)
    (folder / f"{slug}.md").write_text(text, encoding="utf-8")


def write_library(root: Path, *, status_of_drafts: str = "draft") -> None:
    """Two published articles that name the hidden ones, and hidden ones of every kind."""
    folder = root / "en/faq/returns"
    shut = root / "en/faq/shut"
    russian = root / "ru/faq/returns"
    guides = root / "en/guides/returns"
    for one in (folder, shut, russian, guides, root / "media"):
        one.mkdir(parents=True)
    links = " ".join(f"[more](hidden-{kind}.md)" for kind in STATUSES)
    related = ", ".join((OTHER_ID, *STATUSES.values()))
    (folder / "refund.md").write_text(
        f"---\nid: {PUBLIC_ID}\ntitle: Refund\nsummary: When it comes\ntags: [money]\n"
        f"questions: [where is my refund]\naliases: [money-back]\nrelated: [{related}]\n"
        "products: [gadget]\n---\n\n"
        f"The refund comes soon. {links}\n\n## Refund heading\n\n"
        "![plan](../../../media/plan.svg)\n",
        encoding="utf-8",
    )
    (folder / "courier.md").write_text(
        f"---\nid: {OTHER_ID}\ntitle: Courier\nsummary: He comes\n---\n\nThe courier comes.\n",
        encoding="utf-8",
    )
    (guides / "guide.md").write_text(
        "---\nid: g5d7e\ntitle: Guide\nsummary: To both\nproducts: [gadget, gizmo]\n---\n\nRead.\n",
        encoding="utf-8",
    )
    (russian / "half.md").write_text(
        f"---\nid: {HALF_ID}\ntitle: Половина\nsummary: Перевода нет\n---\n\nТолько по-русски.\n",
        encoding="utf-8",
    )
    write_hidden(folder, "half", HALF_ID, status=status_of_drafts, slug="half")
    for kind, id_ in STATUSES.items():
        status = {"draft": status_of_drafts, "internal": "internal"}.get(kind, "published")
        write_hidden(folder, kind, id_, status=status, slug=f"hidden-{kind}")
    shut_id = "s8t3w"
    write_hidden(shut, "shut", shut_id, status=status_of_drafts, slug="hidden-shut")
    for name in ("plan", *STATUSES, "half", "shut"):
        picture = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{name}</desc></svg>'
        (root / f"media/{name}.svg").write_text(picture, encoding="utf-8")
    (root / "retired.txt").write_text(f"{STATUSES['retired']} # gone\n", encoding="utf-8")
    names = {"icon": "tag", "order": "1", "title": {"en": "Shelf", "ru": "Полка"}}
    names["description"] = {"en": "All of it", "ru": "Всё"}
    categories = {"faq": {"returns": names, "shut": names}, "guides": {"returns": names}}
    (root / "categories.yml").write_text(json.dumps(categories), encoding="utf-8")
    (root / "products.yml").write_text(json.dumps(products()), encoding="utf-8")


def products() -> dict[str, Any]:
    """Two that published articles are about, and one for each hidden article."""
    hidden = {
        f"gadget-{kind}": {
            "title": dict.fromkeys(("en", "ru"), f"{kind} {secret(kind, 'product')}"),
            "description": dict.fromkeys(("en", "ru"), secret(kind, "product")),
            "aliases": [f"{secret(kind, 'nickname')}"],
            "former": [f"former-{kind}"],
        }
        for kind in KINDS
    }
    gadget = {"title": {"en": "Gadget", "ru": "Штука"}, "former": ["widget"]}
    return {"gadget": gadget, "gizmo": {"title": {"en": "Gizmo", "ru": "Вещица"}}, **hidden}


def root_of(app: Flask) -> Path:
    """The folder that a library of `site` was made in."""
    return api_library.services_of(app).config.data_dir.parent


def config(root: Path) -> Config:
    return api_library.config(root / "var", articles_dir=root / "articles", encoder="none")


@contextmanager
def site(root: Path) -> Iterator[Flask]:
    """Build what lies below `root` and run the application over it.

    Whatever is found is offered, although so small a library makes nothing likely.
    """
    build.build(config(root))
    app = api_library.application(
        root / "var",
        articles_dir=root / "articles",
        encoder="none",
        metrics_token="m" * 20,
        webhook_url="https://desk.example.com/",
        webhook_secret="whsec_" + "A" * 40,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Calibration, "confidence", lambda *_: Confidence(0.5, 0.9))
        try:
            yield app
        finally:
            api_library.close(app)


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root = tmp_path_factory.mktemp("hiding")
    write_library(root / "articles")
    with site(root) as app:
        yield app


# --- everything that can be asked -----------------------------------------------------------------

KINDS = (*STATUSES, "half", "shut")
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
            f"{place} has `{name}`: say in tests/campaigns/test_leaks.py what to try it with"
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


# --- what must not be in the answers --------------------------------------------------------------


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


def identities(sent: str) -> list[str]:
    """Ids and slugs of hidden articles that the request itself did not name."""
    hidden = [*STATUSES.values(), "s8t3w"]
    hidden += [f"{name}-{kind}" for kind in KINDS for name in ("gadget", "former")]
    hidden += [f"hidden-{kind}" for kind in (*STATUSES, "shut")] + [f"{kind}-old" for kind in KINDS]
    return [name for name in hidden if name not in sent]


@pytest.fixture(scope="module")
def told(hiding: Flask) -> list[tuple[ToolAsk, str]]:
    """What the tools for AI agents tell of the same library."""
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


# --- unpublished ----------------------------------------------------------------------------------


GONE = ("title", "summary", "heading", "body", "lead", "product")


def unpublish(root: Path) -> None:
    article = root / "articles/en/faq/returns/hidden-draft.md"
    article.write_text(article.read_text().replace("status: published", "status: draft"))


def delete(root: Path) -> None:
    (root / "articles/en/faq/returns/hidden-draft.md").unlink()


def retire(root: Path) -> None:
    delete(root)
    with (root / "articles/retired.txt").open("a") as file:
        file.write(f"{STATUSES['draft']}\n")


def mistype(root: Path) -> None:
    """A published article that breaks disappears as well: nobody knows what its author meant."""
    article = root / "articles/en/faq/returns/hidden-draft.md"
    article.write_text(article.read_text().replace("status: published", "status: publisched"))


@pytest.mark.campaign(cases=1)
@pytest.mark.parametrize("change", [unpublish, delete, retire, mistype])
def test_an_unpublished_article_is_gone_with_the_next_generation(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    write_library(tmp_path / "articles", status_of_drafts="published")
    with site(tmp_path) as app:
        live = api_library.services_of(app).library
        client = app.test_client()
        address = "/en/faq/returns/hidden-draft"
        shown = client.get(address)
        assert secret("draft", "title") in shown.text
        form = {"Sec-Fetch-Site": "same-origin"}
        client.post(f"/en/vote/{STATUSES['draft']}", data={"value": "yes"}, headers=form)

        change(tmp_path)
        build.build(config(tmp_path))
        live.refresh()

        again = client.get(address, headers={"If-None-Match": shown.headers["ETag"]})
        assert again.status_code == 404
        gone = {secret("draft", place) for place in GONE}
        # Every address, and with parameters what asks for it; the whole crawl is above.
        word = asked("draft")
        all_asks = [ask for ask in asks(app) if ask.method != "OPTIONS"]
        what = [ask for ask in all_asks if not ask.query or word in unquote(ask.query)]
        for ask, _, text in crawl(app, what):
            assert not gone & set(SECRET.findall(text)), ask
        assert secret("half", "title") in client.get("/en/").text  # still published, still seen


# --- files of the site's own ----------------------------------------------------------------------

REPOSITORY = Path(__file__).parents[2]
UPWARDS = (
    *("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "%2E%2E%2F", ".%2e/", "%252e%252e%252f", "..%252f"),
    *("..\\", "..%5c", "%2e%2e%5c", "....//", "..;/", "%c0%ae%c0%ae/", "%e0%80%ae%e0%80%ae%2f"),
    *("..%00/", "./../", "%2e/../", "..//", "%u002e%u002e/", "..%ef%bc%8f", "\uff0e\uff0e/"),
)


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """A thousand refusals need no lines."""


@contextmanager
def serving(application: Any) -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_files(root: Path, app: Flask) -> dict[str, bytes]:
    """Path → a stretch of content that must never be sent, of everything that lies around."""
    services = api_library.services_of(app)
    var = services.config.data_dir
    generation = services.loaded().media.parent.parent
    for name in (".env", "kb.log", "otvet.sqlite.bak"):
        (var / name).write_text(f"TOKEN={name}-zyxfile\n", encoding="utf-8")
    (root / ".git").mkdir(exist_ok=True)
    (root / ".git/config").write_text("[core]\n\tzyxfile = 1\n", encoding="utf-8")
    paths = [
        *(var / ".env", var / "kb.log", var / "otvet.sqlite", var / "otvet.sqlite.bak"),
        *(var / "secret_key", root / ".git/config", Path("/etc/passwd")),
        *(root / "articles/en/faq/returns/hidden-draft.md", root / "articles/categories.yml"),
        *(generation / "manifest.json", generation / "content/catalog.json"),
        *(REPOSITORY / "app.py", REPOSITORY / "kb/config.py", REPOSITORY / "templates/base.html"),
        *(p for name in ("requirements.txt", "Makefile") if (p := REPOSITORY / name).exists()),
        *(p for p in sorted(generation.rglob("*")) if p.is_file() and p.suffix != ".svg"),
    ]
    contents = {str(path): path.read_bytes()[:40] for path in dict.fromkeys(paths)}
    return {path: content for path, content in contents.items() if len(content) > 8}


def attempts(files: Iterable[str], starts: Mapping[str, Path]) -> Iterator[str]:
    """Addresses that would reach the files if something joined them to its folder.

    `starts` holds addresses that serve files, and their folders.
    """
    for path in files:
        name = Path(path).name
        for plain in (name, path.lstrip("/"), f"/{path}", f"var/{name}", f"articles/{name}"):
            yield f"/{plain}"
        for address, folder in starts.items():
            yield f"{address}{path}"
            yield f"{address}{quote(path, safe='')}"
            relative = os.path.relpath(path, folder)
            for step in UPWARDS:
                hops = relative.count("../")
                yield address + quote(step, safe="%/.;\\") * hops + relative.replace("../", "")


NAMED = (
    *("/.git/HEAD", "/.git/index", "/.git/", "/.env", "/.env.local", "/.gitignore", "/.htaccess"),
    *("/var/", "/var/index/current", "/index/current/manifest.json", "/otvet.sqlite-wal"),
    *("/otvet.sqlite-shm", "/secret_key", "/logs/", "/backup.zip", "/dump.sql", "/run/limits"),
    *("/app.py", "/app.pyc", "/kb/", "/search/", "/templates/", "/tests/", "/docs/", "/articles/"),
    *("/media/", "/static/", "/static", "/media", "/static/.", "/media/.", "/static/style.css~"),
    *("/server-status", "/phpinfo.php", "/config.json", "/pyproject.toml", "/console", "/debug"),
)


def get(server: tuple[str, int], address: str) -> tuple[int, bytes]:
    """One GET with exactly this path, one redirect followed; status, headers and body."""
    for _ in range(2):
        connection = http.client.HTTPConnection(*server, timeout=PATIENCE_S)
        connection.putrequest("GET", address.encode().decode("latin-1"), skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        content = str(answer.headers).encode() + answer.read()
        connection.close()
        location = answer.headers.get("Location")
        if not location:
            break
        address = urlsplit(location).path or "/"
    return answer.status, content


@pytest.fixture(scope="module")
def own(hiding: Flask) -> dict[str, bytes]:
    return own_files(root_of(hiding), hiding)


@pytest.mark.campaign
def test_no_file_of_the_site_itself_is_served(
    hiding: Flask, own: dict[str, bytes], campaign: Campaign
) -> None:
    starts = {
        "/static/": REPOSITORY / "static",
        "/media/": api_library.services_of(hiding).loaded().media,
    }
    assert len(own) > 14
    with serving(hiding) as server:
        tried = campaign.some(list(attempts(own, starts)), 300)
        for address in dict.fromkeys((*NAMED, *tried)):
            status, content = get(server, address)
            assert status in (400, 404, 405), (address, status)
            assert not [path for path, start in own.items() if start in content], address


def test_the_attempts_reach_the_files_of_a_careless_server(
    hiding: Flask, own: dict[str, bytes]
) -> None:
    """The oracle's own proof."""
    folder = api_library.services_of(hiding).loaded().media

    @Request.application
    def careless(request: Request) -> Response:
        path = folder / unquote(request.path.removeprefix("/media/"))
        try:
            return Response(path.read_bytes())
        except (OSError, ValueError):
            return Response(status=404)

    reached = set()
    with serving(careless) as server:
        for address in attempts(own, {"/media/": folder}):
            _, content = get(server, address)
            reached |= {path for path, start in own.items() if start in content}
    assert reached == set(own)


def test_the_files_that_may_be_served_are(hiding: Flask) -> None:
    media = api_library.services_of(hiding).loaded().media
    picture = next(path.name for path in media.iterdir() if "plan" in path.name)
    with serving(hiding) as server:
        assert get(server, "/static/style.css")[0] == 200
        assert get(server, f"/media/{picture}")[0] == 200
