"""Bodies made to cost a server time, of every kind that ever did or could.

Broken JSON, JSON that is well-formed and breaks readers, text that is hard to normalise, mask,
split and search, and forms. Each is as long as its route takes, or longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

BODY_BYTES = 32 * 1024
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MESSAGE_CHARS = 8_000
"""What a field of a message takes, about: longer ones are cut or refused at once."""

BROKEN_JSON = {
    "unterminated string of escaped quotes": b'"' + b'\\"' * 16_000,
    "unterminated string": b'{"message": "' + b"a" * 32_000,
    "backslashes": b'"' + b"\\" * 32_000,
    "many unterminated strings": b'"a' * 10_000,
    "brackets": b"[" * 32_000,
    "closing brackets": b"]" * 32_000,
    "objects in objects": b'{"a":' * 6_000,
    "spaces": b" " * 32_000,
    "digits": b'{"message": ' + b"9" * 32_000 + b"}",
    "digits of an exponent": b'{"message": 1e' + b"9" * 32_000 + b"}",
    "not a number": b'{"message": NaN}',
    "names given twice": b"{" + b'"a":1,' * 5_000 + b'"a":1}',
    "lone surrogates": b'{"message": "' + b"\\ud800" * 5_000 + b'"}',
    "another encoding": '{"message": "a"}'.encode("utf-16"),
    "no UTF-8": b'{"message": "' + b"\xff" * 30_000 + b'"}',
    "nothing": b"",
    "far too long": b"a" * 200_000,
}

HARD_TEXTS = {
    "combining marks": "a" + "\u0301\u0316" * (MESSAGE_CHARS // 2),
    "one letter of eighteen": "\ufdfa" * MESSAGE_CHARS,
    "invisible letters": "\u200b\u2060" * (MESSAGE_CHARS // 2),
    "sentence marks": ".!?…" * (MESSAGE_CHARS // 4),
    "blanks": "a" + " \t" * (MESSAGE_CHARS // 2),
    "one word": "a" * MESSAGE_CHARS,
    "many words": " ".join(f"word{number}" for number in range(MESSAGE_CHARS // 9)),
    "words of a query language": "NOT (a* OR b~ AND [a TO z]) " * (MESSAGE_CHARS // 28),
    "brackets": "(" * MESSAGE_CHARS,
    "quotes": '"a ' * (MESSAGE_CHARS // 3),
    "digits": "1 " * (MESSAGE_CHARS // 2),
    "digits and hyphens": "+1-" * (MESSAGE_CHARS // 3),
    "addresses": "a@a." * (MESSAGE_CHARS // 4),
    "one address": "a." * (MESSAGE_CHARS // 2) + "@b",
    "links": "http://a?b=" * (MESSAGE_CHARS // 11),
    "backticks": "` " * (MESSAGE_CHARS // 2),
    "drawn-out letters": "оооо" * (MESSAGE_CHARS // 4),
    "another keyboard": "ghbdtn " * (MESSAGE_CHARS // 7),
    "emoji": "🧨" * (MESSAGE_CHARS // 2),
    "markup": "<a " * (MESSAGE_CHARS // 3),
}


@dataclass(frozen=True)
class HostileRequest:
    """One request; `kind` names what is wrong with it."""

    kind: str
    path: str
    body: bytes
    content_type: str


def requests(key: str, form: str) -> Iterator[HostileRequest]:
    """Every body to every route it could hurt; `form` is the token of a contact form."""
    for kind, body in BROKEN_JSON.items():
        for path in ("/api/v1/events", "/api/v1/suggest", "/api/v1/feedback", "/api/v1/handoffs"):
            content_type = "text/plain" if path.endswith("events") else JSON
            yield HostileRequest(kind, path, body, content_type)
    for kind, text in HARD_TEXTS.items():
        yield from _texts(kind, text, key, form)
    yield from _forms()


def _texts(kind: str, text: str, key: str, form: str) -> Iterator[HostileRequest]:
    event = {"id": "evt_1", "type": "search.performed", "at": "2026-11-22T09:00:00Z"}
    documents: dict[str, object] = {
        "/api/v1/suggest": {"message": text, "history": [{"author": "user", "text": text[:500]}]},
        "/api/v1/handoffs": {"message": text},
        "/api/v1/feedback": {"interaction_token": text, "verdict": "solved", "comment": text},
        "/api/v1/events": {
            "key": key,
            "session_id": "ses_12345678",
            "events": [event | {"query": text[:2_000]}],
        },
    }
    for path, document in documents.items():
        body = json.dumps(document, ensure_ascii=False).encode()[:BODY_BYTES]
        yield HostileRequest(kind, path, body, JSON)
    field = quote_plus(text[: BODY_BYTES // 12])
    for path in ("/en/contact", "/en/contact/suggestions"):
        yield HostileRequest(kind, path, f"form={form}&message={field}".encode(), FORM)
    yield HostileRequest(kind, "/agent/sign-in", f"email={field}&password={field}".encode(), FORM)


def _forms() -> Iterator[HostileRequest]:
    fields = "&".join(f"a{number}=1" for number in range(5_000)).encode()[:BODY_BYTES]
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    multipart = "multipart/form-data; boundary=x"
    for path in ("/en/contact", "/en/contact/suggestions", "/agent/sign-in", "/en/vote/k2m7p"):
        yield HostileRequest("many fields", path, fields, FORM)
        yield HostileRequest("percent signs", path, b"message=" + b"%" * 30_000, FORM)
        yield HostileRequest("many parts", path, part * 600 + b"--x--\r\n", multipart)
        yield HostileRequest("parts without an end", path, part * 600, multipart)
        yield HostileRequest("half a boundary", path, b"--x\r\n" + b"\r\n--" * 7_000, multipart)
