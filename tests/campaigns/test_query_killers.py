"""Queries made to hurt: every way in answers them in little time, and none is query syntax.

Time is processor time of the whole process beside that of other work, so that neither a busy nor
a slow machine can fail the test; what the encoder's thread does counts as well.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from kb.server.worker import MAX_HEADER_BYTES
from search.text import analysis
from tests.support.effort import effort
from tests.support.libraries import api_library

BUDGET = 15.0
"""Yards for one request on a library of some articles; the slowest here takes a third of it."""
MOST_BYTES = 60_000
"""Of an answer; a page without what was asked has a tenth of it."""
MAX_MESSAGE_CHARS = 2000

KILLERS: Mapping[str, str] = {
    "nothing": "",
    "a token of 100 KB": "a" * 100_000,
    "100 KB of words": "refund " * 14_000,
    "2,000 different words": " ".join(f"word{n}" for n in range(2_000)),
    "a star": "*",
    "stars between letters": "*a" * 1_000,
    "a range": "[a TO z]",
    "an open range": "[TO]{a TO",
    "NOT two thousand times": "NOT " * 2_000 + "refund",
    "AND OR NOT": "AND OR NOT " * 500,
    "open brackets": "(" * 5_000,
    "closed brackets": ")" * 5_000 + "refund" + "(" * 5_000,
    "quotes": '"' * 5_001,
    "a field": "title:refund document_id:* _stored:1",
    "boosts and fuzzies": "refund^99999999 refund~9 'refund'~99",
    "percent and underscore": "%" * 500 + "_" * 500,
    "SQL": "'; DROP TABLE votes; -- %' OR 1=1",
    "regular expression": "(a+)+$ " + "a" * 200 + "!",
    "regular expression of Whoosh": 'r"(a|aa)+$" ' + "a" * 200,
    "nested quantifiers": "((((a*)*)*)*)*" * 100 + "b",
    "words with joints": "-".join("ab" * 5_000),
    "dots and slashes": "a./-'" * 4_000,
    "combining marks": "a" + "\u0301" * 40_000,
    "two kinds of marks": "a" + "\u0315\u0300" * 20_000,
    "the character that becomes 18": "\ufdfa" * 10_000,
    "Hangul that composes": "\u1100\u1161\u11a8" * 10_000,
    "zero width noise": "\u200b\u200d\ufeff\u2060".join("refund" * 500),
    "right to left": "\u202e\u2066\u200fdnufer " * 2_000,
    "tag characters": "\U000e0001" + "\U000e0041\U000e0042" * 10_000,
    "a family of emoji": "\u200d".join("👩👩👧👦" * 1_000),
    "NUL": "refund\0\0" * 1_000,
    "control characters": "".join(map(chr, range(32))) * 100,
    "private and unassigned": "\ue000\U000f0000\u0378" * 1_000,
    "new lines": "\r\n\u2028\u2029\x0b" * 5_000 + "refund",
    "Cyrillic of every form": "перевыосвидетельствовавшимися " * 500,
    "unknown Cyrillic words": " ".join(f"абырвалг{'щ' * (n % 50)}{n:x}" for n in range(2_000)),
    "fractions and ligatures": "½ﬃ㍿㌀" * 2_000,
    "a template": "{{ 7 * 7 }}{% for x in () %}${7*7}#{7}",
    "a format string": "%s%n{0}{__class__}" * 500,
    "a path": "../" * 1_000 + "etc/passwd",
}

Way = Callable[[str], EnvironBuilder]


def address(path: str, text: str) -> EnvironBuilder:
    """A GET of `path` for as much of `text` as the server lets through.

    What needs no escapes is sent whole: to undo the escapes of more would be most of the time.
    """
    escaped = len(quote(text))
    if escaped > max(len(text), MAX_HEADER_BYTES):
        text = text[: len(text) * MAX_HEADER_BYTES // escaped]
    return EnvironBuilder(path, query_string={"q": text, "limit": "10"})


def page(text: str) -> EnvironBuilder:
    return address("/en/search", text)


def api_search(text: str) -> EnvironBuilder:
    return address("/api/v1/search", text)


def autocomplete(text: str) -> EnvironBuilder:
    return address("/api/v1/autocomplete", text)


def suggest(text: str) -> EnvironBuilder:
    return EnvironBuilder("/api/v1/suggest", method="POST", json={"message": text})


def suggest_cut(text: str) -> EnvironBuilder:
    """The longest message that is read; with NUL it is refused in any case."""
    return suggest(text[:MAX_MESSAGE_CHARS])


def suggest_after(text: str) -> EnvironBuilder:
    history = [{"author": "user", "text": text[:MAX_MESSAGE_CHARS]}] * 10
    body = {"message": "refund", "history": history}
    return EnvironBuilder("/api/v1/suggest", method="POST", json=body)


WAYS: tuple[Way, ...] = (page, api_search, autocomplete, suggest, suggest_cut, suggest_after)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    root = tmp_path_factory.mktemp("killers")
    api_library.build(root)
    app: Flask = api_library.application(root)
    api_library.wait_for_encoder(app)
    client = app.test_client()
    for way in WAYS:  # templates, dictionaries, translations
        for _ in range(3):
            for text in ("when does my refund arrive", "когда придут деньги"):
                assert client.open(way(text)).status_code == 200
    yield client
    api_library.close(app)


def spent(client: FlaskClient, asked: EnvironBuilder) -> tuple[float, TestResponse]:
    """Effort of a request, which does not profit from the one before it.

    What the client does to spell it is not counted.
    """
    environ: dict[str, Any] = {}
    responses: list[TestResponse] = []

    def spell() -> None:
        nonlocal environ
        analysis.term_of.cache_clear()
        environ = asked.get_environ()

    def ask() -> None:
        responses.append(client.open(environ))

    return effort(ask, budget=BUDGET, prepare=spell), responses[-1]


@pytest.mark.parametrize("name", KILLERS)
def test_a_hostile_query_costs_little_and_breaks_nothing(client: FlaskClient, name: str) -> None:
    for way in WAYS:
        yards, response = spent(client, way(KILLERS[name]))
        assert response.status_code < 500, way.__name__
        assert len(response.data) < MOST_BYTES, (way.__name__, "repeats what it was sent")
        assert yards < BUDGET, (way.__name__, yards)


def test_the_clock_notices_what_is_quadratic() -> None:
    slow = Flask("slow")

    @slow.get("/")
    def normalise() -> str:
        return unicodedata.normalize("NFC", request.args["q"])

    text = "a" + "\u0315\u0300" * 10_000
    yards, _ = spent(slow.test_client(), EnvironBuilder("/", query_string={"q": text}))
    assert yards > 3 * BUDGET


LONE = (b'"\\ud800"', b'"refund \\udfff"', b'"\\ud83d x"', b'"\xed\xa0\x80"', b'"\\u0000"')


@pytest.mark.parametrize("message", LONE)
def test_half_a_surrogate_pair_or_nul_in_json_is_refused(
    client: FlaskClient, message: bytes
) -> None:
    history = b'[{"author": "user", "text": ' + message + b"}]"
    for body in (
        b'{"message": ' + message + b"}",
        b'{"message": "refund", "history": ' + history + b"}",
        b'{"message": "refund", ' + message + b": 1}",
    ):
        answer = client.post("/api/v1/suggest", data=body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.get_json()["code"] == "malformed_json"


@pytest.mark.parametrize("raw", ["%ED%A0%80", "refund%ED%BF%BF", "%FF%FE", "%C0%AE", "%00", "%"])
@pytest.mark.parametrize("path", ["/en/search", "/api/v1/search", "/api/v1/autocomplete"])
def test_bytes_that_are_no_text_are_a_query_all_the_same(
    client: FlaskClient, path: str, raw: str
) -> None:
    assert client.get(f"{path}?q={raw}").status_code == 200


# What means something in a query language, and the words that are left of it
PLAIN = {
    "refund*": "refund",
    "ref*": "ref",
    "*fund": "fund",
    "re?und": "re und",
    "refund~": "refund",
    "refun~2": "refun 2",
    "refund^5": "refund 5",
    "[card TO cards]": "card to cards",
    "{courier TO *}": "courier to",
    "title:refund": "title refund",
    "lang:ru": "lang ru",
    "NOT courier": "not courier",
    "refund AND courier": "refund and courier",
    "refund -courier": "refund courier",
    "+refund": "refund",
    '"courier delivery"': "courier delivery",
    "(courier": "courier",
    "%": "",
    "_": "",
    "re%": "re",
    "r_fund": "r fund",
    "*": "",
    "*:*": "",
    ".*": "",
    "/refund/": "refund",
}


@pytest.mark.parametrize("text", PLAIN)
def test_syntax_is_plain_text(client: FlaskClient, text: str) -> None:
    assert hits(client, text) == hits(client, PLAIN[text])


def test_a_beginning_with_a_star_finds_no_more_than_itself(client: FlaskClient) -> None:
    assert hits(client, "refund*")
    assert hits(client, "refu*") == []
    assert hits(client, "*") == []
    assert hits(client, "[a TO z]") == []


@pytest.mark.parametrize("text", ["%", "_", "*", "?", ".*", "[a-z]", "\\", "^r", "%e%", "r_f"])
def test_completions_know_no_wildcards(client: FlaskClient, text: str) -> None:
    letters = "".join(char if char.isalnum() else " " for char in text)
    assert completions(client, text) == completions(client, letters)


def test_a_beginning_completes(client: FlaskClient) -> None:
    assert completions(client, "refu")


@pytest.mark.parametrize(
    "noise", ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2066", "\ufeff", "\U000e0041", "\ue000"]
)
def test_invisible_noise_changes_no_result(client: FlaskClient, noise: str) -> None:
    text = "when does the refund arrive"
    noisy = noise + noise.join(text) + noise
    assert hits(client, noisy, mode="hybrid") == hits(client, text, mode="hybrid") != []
    assert completions(client, noise.join("refu")) == completions(client, "refu") != []
    assert decision(client, noisy) == decision(client, text)


def test_a_long_query_is_repeated_once_and_cut(client: FlaskClient) -> None:
    text = "я" * 100_000
    answer = client.get(f"/en/search?q={quote(text)}")
    assert "я" * 513 not in answer.text
    assert len(client.open(api_search(text)).get_json()["query"]) <= 512


def hits(client: FlaskClient, text: str, *, mode: str = "lexical") -> list[tuple[str, float]]:
    answer = client.get("/api/v1/search", query_string={"q": text, "mode": mode, "limit": "20"})
    assert answer.status_code == 200
    return [(row["id"], row["score"]) for row in answer.get_json()["data"]]


def completions(client: FlaskClient, text: str) -> list[str]:
    data = client.open(autocomplete(text)).get_json()["data"]
    return ["".join(part["t"] for part in row["text"]) for row in data]


def decision(client: FlaskClient, text: str) -> str:
    return json.dumps(client.open(suggest(text)).get_json()["decision"], sort_keys=True)
