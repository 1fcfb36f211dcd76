"""Types of settings: what their values may be, and the sentence for an operator when they are not.

Each check is of one setting alone and says what it must be; `fault` puts the variable before it.
Which settings need each other is for `kb.config` to know. Shared.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import ErrorDetails

MIN_SECRET_CHARS = 32
MIN_SECRET_BYTES = 32
"""As long as the digests of HMAC-SHA256 (RFC 2104, RFC 7518): a shorter one can be guessed from
one signature."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
HSTS = re.compile(r"max-age=[0-9]{1,10}(; (includeSubDomains|preload)){0,2}")
SENTENCES = {
    "bool_parsing": "must be 1 or 0, not {input!r}",
    "int_parsing": "must be a whole number, not {input!r}",
    "int_parsing_size": "must be a smaller number",
    "float_parsing": "must be a number like 0.1, not {input!r}",
    "literal_error": "must be {expected}",
    "extra_forbidden": "is not a setting; see docs/configuration.md",
}
"""By type of pydantic's error, in our words. Values are shown of numbers and switches only: a
text may be a secret."""


def variable(field_name: str) -> str:
    """Name of the environment variable behind a field of Config."""
    return f"KB_{field_name.upper()}"


def fault(error: ErrorDetails) -> str:
    """The sentence for one error of pydantic, which begins with the variable."""
    name = str(error["loc"][0])  # the variable, or the field where a Config was made in code
    shown = name if name.startswith("KB_") else variable(name)
    if sentence := SENTENCES.get(error["type"]):
        expected = str(error.get("ctx", {}).get("expected")).replace("'", "")
        return f"{shown} {sentence.format(input=error['input'], expected=expected)}"
    return f"{shown} {error['msg'].removeprefix('Value error, ')}"


def _must(is_fine: Callable[[str], bool], message: str) -> AfterValidator:
    """A check of a text that is not empty; `message` says what it must be."""

    def check(value: str) -> str:
        try:
            is_usable = not value or is_fine(value)
        except ValueError:  # urlsplit raises for addresses such as http://[
            is_usable = False
        if not is_usable:
            raise ValueError(message)
        return value

    return AfterValidator(check)


def whole(least: int, most: int) -> AfterValidator:
    """A check of a number: `most` is what still makes sense, far below what would overflow."""

    def check(value: int) -> int:
        if value < least:
            raise ValueError(f"must be at least {least}")
        if value > most:
            raise ValueError(f"must be at most {most}")
        return value

    return AfterValidator(check)


def between(least: float, most: float) -> AfterValidator:
    def check(value: float) -> float:
        if not least <= value <= most:
            raise ValueError(f"must be between {least} and {most}")
        return value

    return AfterValidator(check)


def _listed(value: object) -> object:
    """The parts of `a, b`; anything but a text as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _languages(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("is empty; name at least one, e.g. `ru,en`")
    if not all(map(LANGUAGE.fullmatch, value)):
        raise ValueError("must hold codes like `ru`, `en` or `pt-br`, separated by commas")
    for code in value:
        if not _is_language(code):
            raise ValueError(f"names {code!r}, which is not a language code")
    return value


def _is_language(code: str) -> bool:
    from babel import Locale, UnknownLocaleError  # only where languages are set

    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for network in value:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError(f"must hold networks like 10.0.0.0/8: {error}") from error
    return value


def _is_web_address(value: str) -> bool:
    return urlsplit(value).scheme in ("http", "https") and _has_usable_host(value)


def _has_usable_host(value: str) -> bool:
    """True for a host that a name can be and a port that there is. Raises ValueError."""
    parts = urlsplit(value)
    if not value.isprintable() or " " in value or parts.port == 0:
        return False
    host = (parts.hostname or "").encode("idna").decode("ascii")
    if ":" in host:
        return bool(ipaddress.IPv6Address(host))
    return host.translate({ord(mark): None for mark in ".-_"}).isalnum()


def _is_site_address(value: str) -> bool:
    parts = urlsplit(value)
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
    return _is_web_address(value) and is_bare and "@" not in parts.netloc


def _is_mail_server(value: str) -> bool:
    return urlsplit(value).scheme in ("smtp", "smtps") and _has_usable_host(value)


def _is_webhook_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return secret.startswith("whsec_") and 24 <= len(key) <= 64


Days = Annotated[int, whole(1, 3650)]
WaitMs = Annotated[int, whole(1, 60_000)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Separated by commas."""
Languages = Annotated[Names, AfterValidator(_languages)]
Networks = Annotated[Names, AfterValidator(_networks)]
Email = Annotated[str, _must(lambda it: "@" in it, "is not an e-mail address")]
SiteUrl = Annotated[
    str,
    _must(_is_site_address, "must look like https://help.example.com, without a path"),
]
HistoryUrl = Annotated[
    str,
    _must(
        lambda it: _is_web_address(it) and "{path}" in it,
        "must look like https://forge.example/kb/commits/main/{path}",
    ),
]
Hsts = Annotated[
    str,
    _must(
        lambda it: bool(HSTS.fullmatch(it)),
        "must look like max-age=31536000, then `; includeSubDomains` or `; preload` if wanted",
    ),
]
ServerUrl = Annotated[str, _must(_is_web_address, "must look like https://desk.example.com/path")]
Secret = Annotated[str, Field(repr=False)]
"""Never shown; may come from a file."""
SigningKey = Annotated[
    Secret,
    _must(
        lambda it: len(it) >= MIN_SECRET_CHARS,
        f"is shorter than {MIN_SECRET_CHARS} characters; leave it empty to have one made",
    ),
]
IdentitySecret = Annotated[
    Secret,
    _must(
        lambda it: len(it.encode()) >= MIN_SECRET_BYTES,
        f"is shorter than {MIN_SECRET_BYTES} bytes; `kb key identity` makes one",
    ),
]
AccessToken = Annotated[
    Secret,
    _must(
        lambda it: len(it.encode()) >= MIN_SECRET_BYTES,
        f"is shorter than {MIN_SECRET_BYTES} bytes; `kb secret new` prints one that will do",
    ),
]
SmtpUrl = Annotated[
    Secret,
    _must(_is_mail_server, "must look like smtp://user:password@host:587, or smtps://"),
]
WebhookSecret = Annotated[
    Secret,
    _must(
        _is_webhook_secret,
        "must be whsec_ and 24 to 64 bytes in base64; `kb key secret` makes one",
    ),
]
