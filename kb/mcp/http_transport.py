"""The protocol over HTTP: every call by itself, from hosts of ours, without idle connections."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from mcp.server import Server
from mcp.server.transport_security import TransportSecuritySettings
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.config import LOCAL_HOSTS, Config
from kb.mcp import http_guard

PATH = "/mcp"
MAX_BODY_BYTES = 64 * 1024
"""The longest message with every character escaped twice over takes half of it."""
HEAD_DEADLINE_S = 10.0
"""For a connection to ask something: checked so often, so that twice as long may pass."""
GRACE_S = 10
"""For calls under way when the server is told to stop."""


def http_app(config: Config, server: Server[Any]) -> http_guard.AsgiApp:
    """The server as an ASGI application: every call by itself, without sessions or streams."""
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=transport_security(config),
    )
    return http_guard.Guard(
        app,
        trusted_proxies=config.trusted_proxies,
        per_minute=http_guard.PER_MINUTE if config.rate_limits else None,
        exchange_s=http_guard.EXCHANGE_S,
    )


def http_server(app: http_guard.AsgiApp, *, host: str, port: int) -> uvicorn.Server:
    """The server of `app`; quiet about who asks, and closes connections that do not."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_Impatient,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def transport_security(config: Config) -> TransportSecuritySettings:
    """Requests for other hosts and from pages of other origins are refused (DNS rebinding)."""
    hosts = dict.fromkeys((*LOCAL_HOSTS, *config.hosts))
    origins = [f"{scheme}://{host}" for scheme in ("https", "http") for host in hosts]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*hosts, *(f"{host}:*" for host in hosts)],
        allowed_origins=[*origins, *(f"{origin}:*" for origin in origins)],
    )


class _Impatient(H11Protocol):
    """A connection that is closed when it asks nothing: uvicorn itself would wait for ever.

    A head sent byte by byte counts as nothing; `kb.mcp.http_guard` times what comes after it.
    """

    _answered: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self.loop.call_later(HEAD_DEADLINE_S, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.transport.is_closing():
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.cycle is self._answered:
            self.transport.close()
            return
        self._answered = self.cycle
        self.loop.call_later(HEAD_DEADLINE_S, self._close_if_silent)
