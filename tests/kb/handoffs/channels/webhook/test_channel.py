"""Hand-offs as webhooks, verified by the public library as a receiver would."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kb.config import Config
from kb.handoffs.channels.model import Channel, Delivered, DeliveryFailed
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.channels.webhook.channel import MAX_URL_CHARS, WebhookChannel, new_secret
from tests.support.libraries.channel_library import (
    PACKET,
    LocalServer,
    Request,
    answering,
    local_client,
    local_server,
    nothing_saved,
)

SECRET = new_secret()


def deliver(server: LocalServer, packet: HandoffPacket = PACKET) -> Delivered:
    channel: Channel = WebhookChannel(server.url(), SECRET, local_client())
    return channel.deliver("dlv_1", packet, {}, nothing_saved)


def delivered_by(body: bytes) -> Delivered:
    with local_server(answering(body)) as server:
        return deliver(server)


def failure_by(status: int, *headers: str) -> DeliveryFailed:
    with (
        local_server(answering(b"Anna", status=status, headers=headers)) as server,
        pytest.raises(DeliveryFailed) as caught,
    ):
        deliver(server)
    return caught.value


def received(packet: HandoffPacket = PACKET) -> Request:
    with local_server(answering()) as server:
        deliver(server, packet)
    (request,) = server.requests
    return request


def test_a_receiver_verifies_it_with_the_secret_as_displayed() -> None:
    earliest = int(time.time())
    request = received()
    event = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert event == json.loads(json.dumps(PACKET.to_event()))
    assert event["type"] == "handoff.created"
    assert request.headers["webhook-id"] == "dlv_1"
    assert earliest <= int(request.headers["webhook-timestamp"]) <= time.time()


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_a_receiver_rejects_what_was_changed(change: str) -> None:
    request = received()
    headers, body, secret = dict(request.headers), request.body, SECRET
    if change == "body":
        body = body.replace(b"Anna", b"Olga")
    elif change == "secret":
        secret = new_secret()
    else:
        headers[change] = headers[change][:-1] + ("0" if headers[change][-1] != "0" else "1")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_any_text_arrives_as_it_was() -> None:
    message = 'Где\u2028мои "деньги"? 💸\n\\ \x00 é'
    request = received(replace(PACKET, message=message))
    assert Webhook(SECRET).verify(request.body, dict(request.headers))["data"]["message"] == message


def test_what_json_cannot_say_is_a_final_failure() -> None:
    with local_server(answering()) as server, pytest.raises(DeliveryFailed) as caught:
        deliver(server, replace(PACKET, attributes={"total": float("nan")}))
    assert caught.value.is_final
    assert not server.requests


def test_the_receiver_may_name_its_side() -> None:
    body = (
        b'{"external_id": "T-17", "url": "https://desk.example.com/t/17", "online": true, "x": 1}'
    )
    assert delivered_by(body) == Delivered("T-17", "https://desk.example.com/t/17", is_online=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"[]",
        b"null",
        b'{"external_id": null, "url": 1, "online": "yes"}',
        b'{"external_id": {"a": 1}, "url": ["https://a"], "online": 1}',
        b'{"external_id": true, "url": "javascript:alert(1)"}',
        b'{"external_id": "a\\nb", "url": "https://desk.test/\\u0000"}',
        b'{"external_id": "\\ud800", "url": "//desk.test/t"}',
        b'{"external_id": "\\u202e", "url": "https:///t"}',
        b'{"external_id": 1e400, "url": "https://[::1"}',
        json.dumps({"external_id": "x" * 201, "url": "https://a/" + "x" * MAX_URL_CHARS}).encode(),
        b'{"external_id": "T-17"' + b" " * 70_000 + b"}",
        b"[" * 60_000,
    ],
)
def test_what_it_says_amiss_is_left_out(body: bytes) -> None:
    assert delivered_by(body) == Delivered()


def test_a_number_is_an_id_too() -> None:
    assert delivered_by(b'{"external_id": 17}').external_id == "17"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_any_2xx(status: int) -> None:
    with local_server(answering(b"", status=status)) as server:
        assert deliver(server) == Delivered()


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 503])
def test_refusals_are_tried_again(status: int) -> None:
    failure = failure_by(status)
    assert not failure.is_final
    assert str(status) in str(failure)
    assert "Anna" not in str(failure)
    assert "s3cret" not in str(failure)


def test_a_receiver_that_is_gone_is_not_asked_again() -> None:
    assert failure_by(410).is_final


def test_a_receiver_may_ask_for_patience() -> None:
    assert failure_by(429, "Retry-After: 90").retry_after_s == 90


def test_a_new_secret_is_one_that_the_settings_take() -> None:
    assert len({new_secret() for _ in range(9)}) == 9
    Config(webhook_url="https://desk.test/", webhook_secret=new_secret())


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(WebhookChannel("https://desk.test/", SECRET, local_client()))
