"""A mail server over STARTTLS and with a password; run as a program, it prints each letter."""

from __future__ import annotations

import ssl
import sys
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class _Printer:
    """Keeps nothing: a letter becomes a line on standard output."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("plain",))
        text = body.get_content() if body else ""
        print(repr((envelope.rcpt_tos, letter["Reply-To"], letter["Subject"], text)), flush=True)
        return "250 Kept"


def _is_known(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
) -> AuthResult:
    return AuthResult(success=isinstance(data, LoginPassword) and data.password == b"password")


def main(certificate: str, key: str, port: int) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = Controller(
        _Printer(),
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=_is_known,
        auth_required=True,
    )
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
