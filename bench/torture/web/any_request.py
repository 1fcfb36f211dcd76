"""Requests that nobody in their right mind sends: a Hypothesis strategy over all routes.

Half of what it draws is sound, so that requests come further than the first check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from flask import Flask
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

T = TypeVar("T")
Body: TypeAlias = tuple[str | None, bytes]
"""Content type and content."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")
PARAMETERS = (
    *("q", "locale", "category", "section", "page", "limit", "offset", "mode", "format"),
    *("cursor", "updated_since", "v"),
)
FIELDS = ("value", "reason", "comment", "message", "limit", "history")
VALUES = (
    *("", "refund", "возврат денег", "en", "ru", "EN-gb", "faq", "guides", "returns", "hybrid"),
    *("lexical", "text", "markdown", "1", "2", "999", "-1", "1e9", "yes", "no", "withdraw"),
    *("outdated", "art_k2m7p", "k2m7p", "zzzz9", "2026-11-02T09:14:00Z", "9999-12-31T23:59:59Z"),
    "0001-01-01T00:00:00+14:00",
    "WzEwMDAsImEiXQ",  # a cursor: [1000,"a"]
    "WzFlOTk5LCJhIl0",  # one with an endless number
    "\x00",
    "\ufdfa" * 20,
    "e\u0301" * 40,
    "a" * 3000,
)
ARGUMENTS = {
    "lang": ("en", "ru"),
    "section": ("faq", "guides"),
    "category": ("returns", "delivery", "vega-r2"),
    "slug": ("refund-timing", "money-back", "courier", "validation-failed"),
    "article": ("art_k2m7p", "k2m7p", "zzzz9", "money-back", "refund-timing"),
    "article_id": ("k2m7p", "zzzz9", "c4r8t"),
    "name": ("0123456789abcdef-plan.svg", "notes.txt", "..%2f..%2fmanifest.json"),
    "filename": ("style.css", "../kb/config.py", ".."),
}
"""Sound arguments of routes, so that half of all requests find something."""
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ("text/html", "application/json", "*/*;q=x", "application/json;q=0.5, text/html"),
    "Accept-Language": ("ru", "en-GB,en;q=0.5", "*", "x-" + "y" * 200, "en;q=nan", "zh;q=-1"),
    "Authorization": ("Bearer x", "Basic !!!", "Digest", "Bearer \xff"),
    "Cookie": ("visitor=x", "visitor=" + "a.b" * 30, "visitor=\xff", "=;;=", "session=e30.x.y"),
    "If-None-Match": ("*", '"x"', 'W/"', ","),
    "If-Modified-Since": ("Sun, 22 Nov 2026 00:00:00 GMT", "yesterday", "0"),
    "If-Range": ('"x"', "yesterday"),
    "Range": ("bytes=0-1", "bytes=-1", "bytes=9-2", "bytes=0-0,2-3", "lines=1-2"),
    "Origin": ("http://localhost", "null", "https://[", "http://a@b", "x://localhost:99999"),
    "Referer": ("http://localhost/en/", "http://[::1", "about:blank"),
    "Sec-Fetch-Site": ("same-origin", "same-origin", "same-origin", "cross-site", "none", ""),
    "X-Forwarded-For": ("203.0.113.7", "not an address", "::ffff:1.2.3.4", ","),
    "X-Forwarded-Host": ("evil.example",),
    "X-Forwarded-Proto": ("https",),
    "Forwarded": ("for=1.2.3.4;host=evil",),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Request-Id": ("req_mine",),
    "Access-Control-Request-Method": ("POST",),
    "Content-Encoding": ("gzip",),
}
CONTENT_TYPES = (
    *("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"),
    *("application/json; charset=utf-16", "multipart/form-data", "text/plain", "x", "", "a/b; c"),
    "application/x-www-form-urlencoded; charset=no-such",
)


@dataclass(frozen=True)
class AnyRequest:
    """`target` is path and query as they stand on the wire; header values are Latin-1."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


texts = st.one_of(
    st.sampled_from(VALUES).map(quote),
    st.text(max_size=60).map(lambda text: quote(text, safe="", errors="surrogatepass")),
    st.binary(max_size=30).map(lambda content: quote_from_bytes(content, safe="")),
)
"""Any value, percent-encoded, broken UTF-8 and half surrogate pairs included."""

header_texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80
)


def mostly(sound: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return st.sampled_from((sound, sound, sound, other)).flatmap(lambda chosen: chosen)


def pairs(names: Sequence[str]) -> st.SearchStrategy[str]:
    """Form data or a query: names that mean something, others, and repeated ones."""
    name = mostly(st.sampled_from(names), texts)
    pair = st.tuples(name, texts).map("=".join)
    return st.lists(pair, max_size=5).map("&".join)


def routes(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def requests_to(rule: Rule) -> st.SearchStrategy[AnyRequest]:
    """Requests to a route: with its own method most of the time, and any arguments."""
    own = sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})
    method = mostly(st.sampled_from(own), st.sampled_from(METHODS))
    return st.builds(_request, method, _paths(rule), pairs(PARAMETERS), _headers(), _bodies(rule))


def send(app: Flask, request: AnyRequest) -> int:
    """Send to an application in this process; returns the status. Its exceptions come through.

    Test clients tidy up what they are given; this one does not.
    """
    environ = EnvironBuilder(method=request.method, base_url="http://localhost/").get_environ()
    path, _, query = request.target.partition("?")
    environ["PATH_INFO"] = _decoded(path)
    environ["QUERY_STRING"] = query
    environ["REQUEST_URI"] = environ["RAW_URI"] = request.target
    environ["wsgi.input"] = BytesIO(request.body)
    environ["CONTENT_LENGTH"] = str(len(request.body))
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    _, status, _ = run_wsgi_app(app, environ, buffered=True)
    return int(status.partition(" ")[0])


def _decoded(path: str) -> str:
    """As servers hand it to applications: octets in the guise of Latin-1."""
    return unquote_to_bytes(path).decode("latin-1")


def _request(method: str, path: str, query: str, headers: dict[str, str], body: Body) -> AnyRequest:
    content_type, content = body
    if content_type is not None:
        headers = headers | {"Content-Type": content_type}
    return AnyRequest(method, f"{path}?{query}" if query else path, tuple(headers.items()), content)


def _paths(rule: Rule) -> st.SearchStrategy[str]:
    # Fixed text and names of arguments take turns.
    pieces = re.split(r"<(?:[^<>]*:)?(\w+)>", rule.rule)
    parts = [
        _arguments(piece) if number % 2 else st.just(piece) for number, piece in enumerate(pieces)
    ]
    ending = mostly(st.just(""), st.sampled_from(("", "", "/", "//", "%00", ";x=1", "%2F")))
    return st.tuples(*parts, ending).map("".join)


def _arguments(name: str) -> st.SearchStrategy[str]:
    return mostly(st.sampled_from(ARGUMENTS.get(name, ("x",))), texts)


def _headers() -> st.SearchStrategy[dict[str, str]]:
    known: dict[str, Any] = {
        name: mostly(st.sampled_from(values), header_texts) for name, values in HEADERS.items()
    }
    few = st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True)
    drawn = few.flatmap(lambda names: st.fixed_dictionaries({name: known[name] for name in names}))
    # Without this one, no form would be read at all.
    ours = st.sampled_from(({"Sec-Fetch-Site": "same-origin"}, {}))
    return st.builds(lambda one, other: {**one, **other}, ours, drawn)


def _bodies(rule: Rule) -> st.SearchStrategy[Body]:
    """A body that the route reads, most of the time."""
    if "POST" not in (rule.methods or ()):
        return mostly(st.just((None, b"")), _any_bodies())
    if rule.endpoint == "api.suggest":
        return mostly(st.tuples(st.just("application/json"), _messages()), _any_bodies())
    answer = st.sampled_from(
        ("value=yes", "value=no", "value=withdraw", "value=no&reason=outdated")
    )
    form = st.tuples(answer, pairs(FIELDS)).map("&".join).map(str.encode)
    return mostly(st.tuples(st.just(CONTENT_TYPES[0]), form), _any_bodies())


def _any_bodies() -> st.SearchStrategy[Body]:
    form = pairs(FIELDS).map(str.encode)
    multipart = st.lists(st.tuples(st.sampled_from(FIELDS), st.binary(max_size=60))).map(_multipart)
    content = st.one_of(form, multipart, _messages(), st.binary(max_size=200))
    return st.one_of(
        st.tuples(st.just(CONTENT_TYPES[0]), form),
        st.tuples(st.just(CONTENT_TYPES[2]), multipart),
        st.tuples(st.one_of(st.sampled_from(CONTENT_TYPES), header_texts), content),
    )


def _messages() -> st.SearchStrategy[bytes]:
    body = st.fixed_dictionaries({"message": st.text(max_size=80)}, optional=_FIELDS)
    return body.map(json.dumps).map(str.encode)


_FIELDS: dict[Any, Any] = {
    "limit": st.integers(-1, 7),
    "locale": st.sampled_from(("en", "xx", "")),
    "exclude_articles": st.lists(st.text(max_size=5), max_size=3),
}


def _multipart(parts: list[tuple[str, bytes]]) -> bytes:
    lines = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
        for name, content in parts
    ]
    return b"".join([*lines, b"--b--\r\n"])
