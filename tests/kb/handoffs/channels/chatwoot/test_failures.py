"""Steps towards a Chatwoot conversation that fail: none is done twice."""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from kb.handoffs.channels.model import Delivered, DeliveryFailed, Progress
from tests.support.channels.fake_chatwoot import (
    OLD_CONTACT,
    SCHEMA,
    TOKEN,
    FakeChatwoot,
    Fault,
    channel,
    chatwoot,
    deliver,
    is_whole,
)
from tests.support.libraries.channel_library import (
    PACKET,
    LocalServer,
    Request,
    Saved,
    answering,
    local_server,
)
from tests.support.patience import wait_until

STEPS = tuple(SCHEMA["operations"])


def fails(server: LocalServer, saved: Saved | None = None, **settings: Any) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        deliver(server, saved, **settings)
    assert not caught.value.is_final
    text = str(caught.value)
    assert not [one for one in ("Anna", "anna", "s3cret", "shoes") if one in text]
    return caught.value


@pytest.mark.parametrize("fault", ["refuse", "lose", "late"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_failed_is_not_done_twice(step: str, fault: Fault) -> None:
    """Whatever became of it: refused, done with the answer lost, done after we gave up."""
    fake, saved = FakeChatwoot(), Saved()
    with chatwoot(fake) as server:
        if step == "GET conversations/{id}/messages":  # only read when the outcome is unknown
            fake.faults["POST conversations/{id}/messages"] = "lose"
            fails(server, saved)
        fake.faults[step] = fault
        fails(server, saved, hurried_step=step if fault == "late" else "")
        if fault == "late":
            wait_until(lambda: fake.late == [step])
        assert deliver(server, saved) == Delivered(
            "100", server.url("/app/accounts/3/conversations/100")
        )
    assert is_whole(fake)
    assert not fake.faults


@pytest.mark.parametrize("fault", ["refuse", "lose"])
def test_every_step_failing_once_ends_well(fault: Fault) -> None:
    fake, saved = FakeChatwoot(faults=dict.fromkeys(STEPS, fault)), Saved()
    with chatwoot(fake) as server:
        for _ in STEPS:
            with suppress(DeliveryFailed):
                deliver(server, saved)
        deliver(server, saved)
    assert not fake.faults
    assert is_whole(fake)


@pytest.mark.parametrize("crash_at", range(4))
def test_a_crash_before_progress_is_kept_makes_nothing_twice(crash_at: int) -> None:
    """Also when every crash comes at the same place, and nothing was kept before."""
    fake, saves = FakeChatwoot(), 0

    def crashing(progress: Progress) -> None:
        nonlocal saves
        saves += 1
        if saves == crash_at + 1:
            raise KeyboardInterrupt

    with chatwoot(fake) as server:
        with pytest.raises(KeyboardInterrupt):
            deliver(server, crashing)
        deliver(server, Saved())
    assert is_whole(fake)


def test_what_is_done_is_not_asked_again() -> None:
    fake, saved = FakeChatwoot(), Saved()
    with chatwoot(fake) as server:
        deliver(server, saved)
        assert saved.progress == {
            "contact": 10,
            "conversation": 100,
            "noted": True,
            "labelled": True,
        }
        before = len(server.requests)
        deliver(server, saved)
        assert len(server.requests) == before


def test_progress_is_kept_before_the_next_step_begins() -> None:
    fake, kept = FakeChatwoot(), list[tuple[int, int]]()

    def save(progress: Progress) -> None:
        kept.append((len(progress), sum(fake.calls.values())))

    with chatwoot(fake) as server:
        deliver(server, save)
    assert kept == [(1, 2), (2, 4), (3, 5), (4, 7)]


def test_a_contact_that_was_merged_away_is_looked_for_again() -> None:
    fake, saved = FakeChatwoot(contacts=[dict(OLD_CONTACT)]), Saved({"contact": 99})
    with chatwoot(fake) as server:
        fails(server, saved)
        assert saved.progress == {}
        deliver(server, saved)
    assert is_whole(fake)


def test_a_contact_made_by_someone_else_meanwhile_is_used() -> None:
    fake = FakeChatwoot()
    create = fake._create_contact

    def taken(body: dict[str, Any]) -> tuple[int, Any]:
        fake.contacts.append(dict(OLD_CONTACT))
        return create(body)

    fake._create_contact = taken  # type: ignore[method-assign]
    with chatwoot(fake) as server:
        deliver(server)
    assert is_whole(fake)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 422, 429, 500, 503])
@pytest.mark.parametrize("step", ["POST contacts/filter", "POST contacts", "POST conversations"])
def test_a_refusal_names_the_step_and_is_tried_again(step: str, status: int) -> None:
    fake = FakeChatwoot(statuses={step: status})
    with chatwoot(fake) as server:
        failure = fails(server)
    assert re.match(rf"(finding|creating) the (contact|conversation): .* {status}", str(failure))


def test_a_wrong_token() -> None:
    with chatwoot(FakeChatwoot()) as server:
        assert "answered 401" in str(fails(server, token="wrong"))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b"{}", b"null", b'{"payload": {}}', b'{"payload": null}'),
        *(b'{"payload": [{"id": "5", "email": "anna@example.org"}]}', b"[" * 99_999),
        *(b'{"payload": [{"id": true, "email": "anna@example.org"}]}', b"x" * 3_000_000),
        b'{"payload": [{"id": -1, "email": "anna@example.org"}]}',
    ],
)
def test_an_answer_that_is_not_chatwoots(body: bytes) -> None:
    with local_server(answering(body)) as server:
        assert "not what Chatwoot documents" in str(fails(server))


def test_somebody_elses_contact_is_not_taken() -> None:
    """Should the filter ever match more than it was asked for."""
    body = b'{"payload": [{"id": 5, "email": "annanna@example.org"}, 7, {"id": 6, "email": null}]}'
    with local_server(answering(body)) as server:
        fails(server)
    assert [one.path.rpartition("/")[2] for one in server.requests] == ["filter", "contacts"]


def test_all_steps_together_end_with_the_time() -> None:
    """Each of them is quick enough, and a request alone could take as long as it likes."""
    fake = FakeChatwoot()

    def slow(connected: socket.socket, request: Request) -> None:
        time.sleep(0.15)
        fake(connected, request)

    with local_server(slow) as server:
        assert "in time" in str(fails(server, timeout_s=0.4))


def test_what_json_cannot_say_is_a_final_failure() -> None:
    article = replace(PACKET.tried[0].shown[0], confidence=float("nan"))
    packet = replace(PACKET, tried=(replace(PACKET.tried[0], shown=(article,)),))
    with chatwoot(FakeChatwoot()) as server, pytest.raises(DeliveryFailed) as caught:
        deliver(server, packet=packet)
    assert caught.value.is_final


def test_the_token_is_not_shown() -> None:
    with local_server(answering()) as server:
        assert TOKEN not in repr(channel(server))
