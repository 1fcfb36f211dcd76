"""Probes: a channel is reached as a delivery would reach it, and nothing is left there."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from bench.server import reserved_port
from kb.deadlines import time_limit
from kb.handoffs.channels.model import DeliveryFailed
from kb.handoffs.channels.webhook.channel import WebhookChannel, new_secret
from tests.support.channels import fake_chatwoot, mail_channel
from tests.support.channels.mail_controller import MailController
from tests.support.libraries.channel_library import (
    LOOPBACK,
    Certificates,
    Request,
    Stall,
    answering,
    local_client,
    local_server,
    scripted,
)
from tests.support.patience import PATIENCE_S

INBOX = {"id": 7, "channel_type": "Channel::Api", "name": "Help"}


class _Letterbox:
    """Takes letters, which nobody should send here."""

    letters = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters += 1
        return "250 OK"


@contextmanager
def mail_server(**settings: Any) -> Iterator[tuple[int, _Letterbox]]:
    box = _Letterbox()
    with reserved_port() as port:
        where: dict[str, Any] = {"hostname": "127.0.0.1", "port": port}
        controller = MailController(box, ready_timeout=PATIENCE_S, **where, **settings)
        controller.start()
    try:
        yield port, box
    finally:
        controller.stop()


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def failure(probe: Callable[[], str]) -> str:
    with pytest.raises(DeliveryFailed) as caught:
        probe()
    return str(caught.value)


def test_a_mail_server_that_listens_gets_no_letter() -> None:
    with mail_server() as (port, box):
        assert mail_channel.channel(port, allowed=LOOPBACK).probe() == f"mail.test:{port} listens"
    assert box.letters == 0


@pytest.mark.parametrize("is_right", [True, False])
def test_a_mail_server_is_signed_in_at_over_tls(made: Certificates, *, is_right: bool) -> None:
    settings: dict[str, Any] = {
        "tls_context": made.server_context("mail.test"),
        "authenticator": lambda *_: AuthResult(success=is_right, handled=False),
        "auth_required": True,
    }
    with mail_server(**settings) as (port, _):
        user = {"user": "shop", "password": "word"}
        channel = mail_channel.channel(port, tls=made.client_context(), **user)
        if is_right:
            assert channel.probe() == f"mail.test:{port} lets us in"
        else:
            assert failure(channel.probe) == "mail.test refused user and password: 535 5.7.8"


def test_a_mail_server_with_another_certificate_is_not_trusted(made: Certificates) -> None:
    with mail_server(tls_context=made.server_context("other.test")) as (port, _):
        channel = mail_channel.channel(port, tls=made.client_context(), allowed=())
        assert failure(channel.probe) == "mail.test has no valid certificate"


def test_a_mail_server_that_hangs_is_not_waited_for_longer_than_asked() -> None:
    stall = Stall()
    with scripted(stall) as port, time_limit(fake_chatwoot.FAST_S):
        channel = mail_channel.channel(port, allowed=LOOPBACK)
        assert failure(channel.probe) == "mail.test did not answer in time"
        assert stall.was_left()


def test_a_webhook_is_connected_to_and_not_asked(made: Certificates) -> None:
    with local_server(answering(), tls=made.server_context("desk.test")) as server:
        client = local_client(tls=made.client_context())
        told = WebhookChannel(server.url(), new_secret(), client).probe()
    assert told == f"desk.test:{server.port} can be connected to over TLS, with a valid certificate"
    assert (server.connections, server.requests) == (1, [])


def test_a_webhook_that_cannot_be_reached_is_told(made: Certificates) -> None:
    with local_server(answering(), tls=made.server_context("other.test")) as server:
        client = local_client(tls=made.client_context())
        webhook = WebhookChannel(server.url(), new_secret(), client)
        assert failure(webhook.probe) == "desk.test has no valid certificate"
    assert failure(webhook.probe) == "desk.test cannot be connected to"


@pytest.mark.parametrize(
    ("status", "found", "told"),
    [
        (200, INBOX, "desk.test lets us into inbox 7"),
        (401, {}, "reading the inbox: desk.test answered 401"),
        (404, {}, "reading the inbox: desk.test answered 404"),
        (200, INBOX | {"channel_type": "Channel::Email"}, "inbox 7 is not of the kind API"),
        (200, [], "reading the inbox: the answer is not what Chatwoot documents"),
    ],
)
def test_a_chatwoot_is_asked_for_its_inbox(status: int, found: object, told: str) -> None:
    with local_server(answering(json.dumps(found).encode(), status=status)) as server:
        channel = fake_chatwoot.channel(server)
        try:
            result = channel.probe()  # type: ignore[attr-defined]  # `Channel` does not tell
        except DeliveryFailed as error:
            result = str(error)
    assert result == told
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/api/v1/accounts/3/inboxes/7")
    assert request.headers["api_access_token"] == fake_chatwoot.TOKEN


def test_a_chatwoot_that_hangs_is_not_waited_for_longer_than_asked() -> None:
    stall = Stall()

    def hang(connected: socket.socket, request: Request) -> None:
        stall(connected)

    with local_server(hang) as server, time_limit(fake_chatwoot.FAST_S):
        channel = fake_chatwoot.channel(server)
        probe: Callable[[], str] = channel.probe  # type: ignore[attr-defined]  # as above
        assert failure(probe) == "desk.test did not answer in time"
        assert stall.was_left()
