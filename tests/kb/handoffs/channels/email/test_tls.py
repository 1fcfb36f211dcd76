"""Mail over networks that are not the operator's own: encrypted to the right server, or not at all.

Each attack stands between us and a real mail server and rewrites what passes.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.channels.mail_channel import Inbox, channel, deliver, failure, mail_server
from tests.support.libraries.channel_library import LOOPBACK, Certificates, scripted
from tests.support.patience import PATIENCE_S

Rewrite = Callable[[bytes], bytes]
NO_TLS = "mail.test offers no STARTTLS, so nothing was sent"


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@contextmanager
def man_in_the_middle(
    port: int, *, to_client: Rewrite = bytes, to_server: Rewrite = bytes
) -> Iterator[int]:
    """The port of somebody who passes on what the server at `port` and its clients say."""

    def stand_between(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            there = threading.Thread(target=_pump, args=(client, server, to_server), daemon=True)
            there.start()
            _pump(server, client, to_client)
            there.join(PATIENCE_S)

    with scripted(stand_between) as own_port:
        yield own_port


def _pump(source: socket.socket, target: socket.socket, rewrite: Rewrite) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(rewrite(data))
        target.shutdown(socket.SHUT_WR)


def without_starttls(data: bytes) -> bytes:
    return data.replace(b"250-STARTTLS\r\n", b"").replace(b"STARTTLS", b"XXXXXXXA")


def test_without_tls_nothing_is_sent() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        failed = failure(channel(port, allowed=()))
    assert str(failed) == NO_TLS
    assert not failed.is_final  # it is tried again, then visible, and goes out once mended
    assert not inbox.letters


def test_a_network_of_our_own_may_do_without() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        deliver(channel(port, allowed=LOOPBACK))
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("user", [{}, {"user": "u", "password": "p@ss/word"}])
def test_starttls_cannot_be_stripped(made: Certificates, user: dict[str, str]) -> None:
    inbox = Inbox()
    seen: list[bytes] = []

    def note(data: bytes) -> bytes:
        seen.append(data)
        return data

    with (
        mail_server(inbox, tls_context=made.server_context("mail.test")) as port,
        man_in_the_middle(port, to_client=without_starttls, to_server=note) as middle,
    ):
        failed = failure(channel(middle, allowed=(), tls=made.client_context(), **user))
    assert str(failed) == NO_TLS
    assert not inbox.letters
    assert b"MAIL" not in b"".join(seen)
    assert b"AUTH" not in b"".join(seen)


def test_starttls_that_is_denied_is_not_gone_without(made: Certificates) -> None:
    def deny(data: bytes) -> bytes:
        return b"454 4.7.0 not now\r\n" if data.startswith(b"220 Ready") else data

    inbox = Inbox()
    with (
        mail_server(inbox, tls_context=made.server_context("mail.test")) as port,
        man_in_the_middle(port, to_client=deny) as middle,
    ):
        failed = failure(channel(middle, allowed=(), tls=made.client_context()))
    assert str(failed) == "mail.test refused the session: 454 4.7.0"
    assert not inbox.letters


def test_a_man_in_the_middle_with_a_certificate_of_his_own_is_found_out(
    made: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "his").mkdir()
    inbox = Inbox()
    his = Certificates(tmp_path / "his").server_context("mail.test")
    with mail_server(inbox, tls_context=his) as port:
        failed = failure(channel(port, allowed=(), tls=made.client_context()))
    assert str(failed) == "mail.test has no valid certificate"
    assert not inbox.letters


@pytest.mark.parametrize(
    "injected",
    [b"250 injected\r\n", b"250-mail.test\r\n250 AUTH PLAIN\r\n", b"x"],
)
def test_what_is_said_before_tls_is_not_taken_for_said_within(
    made: Certificates, injected: bytes
) -> None:
    """RFC 3207, and CVE-2011-0411 the other way round."""

    def inject(data: bytes) -> bytes:
        return data + injected if data.startswith(b"220 Ready") else data

    inbox = Inbox()
    with (
        mail_server(inbox, tls_context=made.server_context("mail.test")) as port,
        man_in_the_middle(port, to_client=inject) as middle,
    ):
        failed = failure(channel(middle, allowed=(), tls=made.client_context()))
    assert str(failed) == "mail.test said more before TLS than it was asked"
    assert not inbox.letters


def test_a_password_asked_for_in_clear_goes_over_tls_only(made: Certificates) -> None:
    seen: list[bytes] = []

    def promise_auth(data: bytes) -> bytes:
        return data.replace(b"250-STARTTLS\r\n", b"250-STARTTLS\r\n250-AUTH PLAIN\r\n")

    def note(data: bytes) -> bytes:
        seen.append(data)
        return data

    inbox = Inbox()
    settings: dict[str, Any] = {"authenticator": inbox.authenticate, "auth_required": True}
    with (
        mail_server(inbox, tls_context=made.server_context("mail.test"), **settings) as port,
        man_in_the_middle(port, to_client=promise_auth, to_server=note) as middle,
    ):
        account = {"user": "u", "password": "p@ss/word"}
        deliver(channel(middle, allowed=(), tls=made.client_context(), **account))
    assert inbox.users == [(b"u", b"p@ss/word")]
    assert b"AUTH" not in b"".join(seen)


def test_certificates_names_and_versions_are_checked_by_default() -> None:
    tls = channel(587, allowed=()).tls
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.check_hostname
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2
