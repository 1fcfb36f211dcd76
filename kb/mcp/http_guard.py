"""A guard before the protocol over HTTP: only POST, not too often, not for ever.

A plain ASGI application around another one. Hosts, origins and sizes are checked inside, by the
protocol's library.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

import anyio
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from kb.client_ip import CLIENTS_WORTH, network, wider_networks

PER_MINUTE = 120
"""Requests of one client. A conversation takes a handful; a whole vendor of agents may call from
few addresses."""
EXCHANGE_S = 30.0
"""For a request to arrive, be answered and be taken."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp(Protocol):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Guard:
    """Refuses what `app` would only be kept busy with."""

    def __init__(
        self,
        app: AsgiApp,
        *,
        trusted_proxies: int,
        per_minute: int | None,
        exchange_s: float,
    ) -> None:
        """`trusted_proxies` in front tell who asks; `per_minute` None counts nothing."""
        self._app = app
        self._trusted_proxies = trusted_proxies
        self._per_minute = per_minute
        self._counts = FixedWindowRateLimiter(MemoryStorage())
        self._exchange_s = exchange_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] != "POST":  # a stream of news, or the end of a session: we have none
            await _refuse(send, 405, allow="POST")
        elif wait_s := self._wait_s(client(scope, self._trusted_proxies)):
            await _refuse(send, 429, **{"retry-after": str(wait_s)})
        else:
            await self._in_time(scope, receive, send)

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        with anyio.move_on_after(self._exchange_s) as limit:
            await self._app(scope, receive, watched)
        if limit.cancelled_caught and not has_begun:
            await _refuse(send, 408, connection="close")

    def _wait_s(self, address: str) -> int:
        """Seconds until the client may ask again; 0 when it and its networks may now."""
        if self._per_minute is None:
            return 0
        quotas = {network(address): RateLimitItemPerMinute(self._per_minute)}
        for length, around in wider_networks(address).items():
            quotas[around] = RateLimitItemPerMinute(self._per_minute * CLIENTS_WORTH[length])
        for key, quota in quotas.items():
            if not self._counts.test(quota, key):
                window = self._counts.get_window_stats(quota, key)
                return max(1, math.ceil(window.reset_time - time.time()))
        for key, quota in quotas.items():
            self._counts.hit(quota, key)
        return 0


def client(scope: Scope, trusted_proxies: int) -> str:
    """The address a request is counted for, as the proxies in front say, counted from the right."""
    address = str((scope.get("client") or ("",))[0])
    if trusted_proxies:
        told = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
        ]
        if len(told) >= trusted_proxies:
            address = told[-trusted_proxies]
    return address


_REASONS = {405: "only POST is answered", 408: "too slow", 429: "too many requests"}


async def _refuse(send: Send, status: int, **headers: str) -> None:
    body = f"{_REASONS[status]}\n".encode()
    fields = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **headers,
    }
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
