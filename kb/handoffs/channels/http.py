"""JSON over HTTP to addresses that the operator set. The only file that imports urllib3.

One request is one connection to an address that was checked for that request: no redirects, no
proxies, no cookies, no decompression. What the answers mean is each channel's affair.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kb.deadlines import time_left, time_limit
from kb.handoffs.channels.connections import (
    Address,
    Network,
    Resolve,
    cut_off_in_time,
    is_allowed,
    is_public,
    lookup,
    resolve_within,
)
from kb.handoffs.channels.model import DeliveryFailed

TIMEOUT_S = 15.0
"""For all of a request, from the name to the last byte; Standard Webhooks advises 15 to 30 s."""
CONNECT_TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 64 * 1024
MAX_RETRY_AFTER_S = 3600.0
"""A receiver that asks for more is asked again after an hour all the same."""
_MAX_ADDRESSES = 4
_NEVER_IN_HOST = " /\\@?#%"
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~-._"
_USER_AGENT = "Otvet"


class UnusableUrl(ValueError):
    """An address cannot be posted to; the message says why and does not repeat it."""


@dataclass(frozen=True)
class HookTarget:
    """The receiver of a request. `host` is ASCII, without brackets and final dot."""

    is_secure: bool
    host: str
    port: int
    path: str
    """With query, percent-encoded."""

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


@dataclass(frozen=True)
class HttpReply:
    """A reply. `is_cut`: `body` is only the beginning."""

    status: int
    body: bytes
    is_cut: bool = False
    retry_after_s: float | None = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; None when it is anything else."""
        try:
            return None if self.is_cut else json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def parse_url(url: str) -> HookTarget:
    """Raises UnusableUrl. This one reading is both checked and connected to.

    A user and password in the address are refused: they would end up in copies of it. Receivers
    know us by signature or by a token in a header.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").rstrip(".").lower()
        path = quote(parts.path or "/", safe=_SAFE_IN_PATH)
        query = quote(parts.query, safe=_SAFE_IN_PATH + "?")
    except ValueError as error:
        raise UnusableUrl("it is not a well-formed address") from error
    if parts.scheme not in ("http", "https"):
        raise UnusableUrl("it must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise UnusableUrl("it must not hold a user or password")
    if not host or not host.isprintable() or set(host) & set(_NEVER_IN_HOST) or port == 0:
        raise UnusableUrl("it has no usable host and port")
    is_secure = parts.scheme == "https"
    return HookTarget(
        is_secure, host, port or (443 if is_secure else 80), f"{path}?{query}" if query else path
    )


@dataclass(frozen=True)
class HttpClient:
    """Sends to the internet over TLS, and to `allowed` networks also without."""

    allowed: tuple[Network, ...] = ()
    resolve: Resolve = lookup
    timeout_s: float = TIMEOUT_S
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> HttpReply:
        """POST `body`, which is JSON. See `send`."""
        return self.send("POST", url, body, headers=headers)

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str],
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpReply:
        """The answer, of whatever status; DeliveryFailed when there is none within `timeout_s`,
        or within a nearer limit of `kb.deadlines`."""
        target = _target(url)
        sent = {
            **({"Content-Type": "application/json"} if body is not None else {}),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Host": target.host_header,
            "User-Agent": _USER_AGENT,
            "Connection": "close",
            **headers,
        }
        with time_limit(self.timeout_s):
            connection = self._connect(target, self._addresses(target))
            try:
                return _exchange(connection, target, method, body, sent, max_bytes)
            finally:
                connection.close()

    def reach(self, url: str) -> str:
        """Connect, over TLS where the address has it, and ask nothing; tells what was reached.

        Raises DeliveryFailed.
        """
        target = _target(url)
        with time_limit(self.timeout_s):
            self._connect(target, self._addresses(target)).close()
        way = "over TLS, with a valid certificate" if target.is_secure else "without TLS"
        return f"{target.host}:{target.port} can be connected to {way}"

    def _addresses(self, target: HookTarget) -> Sequence[Address]:
        """Addresses to connect to; refused as a whole when one address is not for us to reach."""
        found = resolve_within(
            target.host,
            target.port,
            resolve=self.resolve,
            timeout_s=min(self.connect_timeout_s, _remaining_s(target)),
        )
        for address in found:
            if is_allowed(address, self.allowed):
                continue
            if not target.is_secure:
                raise DeliveryFailed(
                    f"{target.host} is outside KB_ALLOWED_NETWORKS and needs https"
                )
            if not is_public(address):
                raise DeliveryFailed(
                    f"{target.host} has the address {address}, which is not public; "
                    "if it is yours, add its network to KB_ALLOWED_NETWORKS"
                )
        return found[:_MAX_ADDRESSES]

    def _connect(self, target: HookTarget, addresses: Sequence[Address]) -> HTTPConnection:
        """A connection to the first address that takes one."""
        for address in addresses:
            connection = self._connection(target, address)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                if isinstance(error, ssl.SSLError):
                    raise DeliveryFailed(_tls_fault(target, error)) from error
            else:
                return connection
        raise DeliveryFailed(f"{target.host} cannot be connected to")

    def _connection(self, target: HookTarget, address: Address) -> HTTPConnection:
        """To `address` and no other: urllib3 is never given the name to resolve."""
        timeout_s = min(self.connect_timeout_s, _remaining_s(target))
        if not target.is_secure:
            return HTTPConnection(str(address), target.port, timeout=timeout_s)
        return HTTPSConnection(
            str(address),
            target.port,
            timeout=timeout_s,
            ssl_context=self.tls,
            server_hostname=target.host,  # what the certificate must be for
        )


def _target(url: str) -> HookTarget:
    try:
        return parse_url(url)
    except UnusableUrl as error:
        raise DeliveryFailed(f"the address cannot be used: {error}") from error


def refusal(answer: HttpReply, who: str, *, is_final: bool = False) -> DeliveryFailed:
    """The failure that an answer without success amounts to."""
    kind = " (redirects are not followed)" if 300 <= answer.status < 400 else ""
    return DeliveryFailed(
        f"{who} answered {answer.status}{kind}",
        is_final=is_final,
        retry_after_s=answer.retry_after_s,
    )


def _exchange(
    connection: HTTPConnection,
    target: HookTarget,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    max_bytes: int,
) -> HttpReply:
    connected = connection.sock  # the connection forgets it when the answer has no length
    try:
        with cut_off_in_time(lambda: connected):
            connection.timeout = _remaining_s(target)
            connection.request(
                method,
                target.path,
                body=body,
                headers=headers,
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            beginning = _read(response, max_bytes + 1)
    except ValueError as error:
        raise DeliveryFailed("the request cannot be written: a header is malformed") from error
    except (HTTPError, HTTPException, OSError) as error:
        _remaining_s(target)
        raise DeliveryFailed(f"{target.host} broke off the connection") from error
    _remaining_s(target)  # else what was read may end where we cut it off
    return HttpReply(
        response.status,
        beginning[:max_bytes],
        is_cut=len(beginning) > max_bytes,
        retry_after_s=_retry_after_s(response.headers.get("Retry-After")),
    )


def _tls_fault(target: HookTarget, error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{target.host} has no valid certificate"
    return f"{target.host} does not speak TLS with us"


def _read(response: BaseHTTPResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < limit and (part := response.read(min(limit - size, 16384))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _remaining_s(target: HookTarget) -> float:
    """Time for what comes next; raises DeliveryFailed when it is up."""
    left = time_left()
    if not left:
        raise DeliveryFailed(f"{target.host} did not answer in time")
    return left


def _retry_after_s(value: str | None) -> float | None:
    """Seconds, from a number or a date; None when it is neither."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:10])
    else:
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = aware.timestamp() - datetime.now(UTC).timestamp()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)
