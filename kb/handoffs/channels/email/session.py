"""A session with a mail server: connected within a limit, and with nobody in between.

What is said in it is decided in `kb.handoffs.channels.email.channel`.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kb.deadlines import time_left
from kb.handoffs.channels.connections import Address
from kb.handoffs.channels.model import DeliveryFailed

CONNECT_TIMEOUT_S = 5.0
_MAX_ADDRESSES = 4


@dataclass(frozen=True)
class Relay:
    """A mail server, as KB_SMTP_URL names it."""

    host: str
    port: int
    is_tls: bool
    """From the first byte; otherwise by STARTTLS."""
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpSession(smtplib.SMTP):
    """Connects to addresses found beforehand: smtplib would resolve the name without a limit."""

    def __init__(
        self,
        relay: Relay,
        addresses: Sequence[Address],
        tls_of: Callable[[Address], ssl.SSLContext],
        own_name: str,
    ) -> None:
        super().__init__(local_hostname=own_name)
        self._host = relay.host  # what the certificate must be for, also after STARTTLS
        self._is_tls = relay.is_tls
        self._addresses = addresses[:_MAX_ADDRESSES]
        self._tls_of = tls_of
        self.peer = self._addresses[0]
        self.line: socket.socket | None = None
        """The connection beneath TLS: during a handshake nothing else can be shut down."""

    def close(self) -> None:
        super().close()
        if self.line is not None:
            self.line.close()

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        """Called by `starttls`: what came with the reply in clear is nobody's of this server."""
        reply = super().docmd(cmd, args)
        if cmd == "STARTTLS" and self._has_more():
            raise DeliveryFailed(f"{self._host} said more before TLS than it was asked")
        return reply

    def _has_more(self) -> bool:
        """Tell whether something has been read already that is no part of a reply."""
        connected, replies = self.sock, self.file
        if connected is None or replies is None:
            return False
        limit_s = connected.gettimeout()
        connected.settimeout(0)
        try:
            return bool(replies.peek(1))
        except BlockingIOError:
            return False
        finally:
            connected.settimeout(limit_s)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Called by `connect`."""
        for address in self._addresses:
            timeout_s = min(CONNECT_TIMEOUT_S, remaining_s())
            try:
                connected = socket.create_connection((str(address), port), timeout_s)
            except OSError:
                continue
            self.peer = address
            self.line = connected.dup()
            connected.settimeout(remaining_s())
            if self._is_tls:
                return self._tls_of(address).wrap_socket(connected, server_hostname=host)
            return connected
        raise DeliveryFailed(f"{host} cannot be connected to")


def remaining_s() -> float:
    """Time for what comes next; TimeoutError when it is up."""
    left = time_left()
    if not left:
        raise TimeoutError
    return left
