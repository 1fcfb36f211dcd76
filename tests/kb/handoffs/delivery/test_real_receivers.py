"""Real receivers, real threads: a help desk that takes connections and says nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from kb.config import Config
from kb.database.engine import Database
from kb.handoffs import signs_of_life
from kb.handoffs.channels.http import HttpClient
from kb.handoffs.channels.webhook.channel import WebhookChannel, new_secret
from kb.handoffs.delivery.ages import DeliveryClock
from kb.handoffs.delivery.deliverer import Deliverer
from kb.handoffs.delivery.lane import SIDE_BY_SIDE, Ways
from tests.support.channels.delivery_library import status
from tests.support.libraries.handoff_library import NOW, SEALER, RecordingChannel, make
from tests.support.patience import PATIENCE_S, wait_until


@dataclass
class SilentDesk:
    """A listener that lets clients wait."""

    port: int
    connections: list[socket.socket] = field(default_factory=list)


@pytest.fixture
def silent_desk() -> Iterator[SilentDesk]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        desk = SilentDesk(listener.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    desk.connections.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        yield desk
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in desk.connections:
        connection.close()


def webhook(desk: SilentDesk, *, timeout_s: float) -> WebhookChannel:
    client = HttpClient(allowed=(ip_network("127.0.0.0/8"),), timeout_s=timeout_s)
    return WebhookChannel(f"http://127.0.0.1:{desk.port}/hook", new_secret(), client)


@contextmanager
def at_work(deliverer: Deliverer) -> Iterator[None]:
    """A worker's loop in a thread of its own."""
    stopped = threading.Event()
    thread = threading.Thread(target=deliverer.run, args=(stopped,))
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def attempts() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "delivery"]


def a_clock() -> DeliveryClock:
    return DeliveryClock(now=lambda: NOW)


def test_twelve_hand_offs_to_a_desk_that_hangs_go_out_by_mail(
    db: Database, silent_desk: SilentDesk
) -> None:
    for number in range(12):
        make(db, number)
    mail = RecordingChannel("email")
    ways = Ways(webhook(silent_desk, timeout_s=0.5), mail)
    with at_work(Deliverer(db, ways, SEALER, Config(), clock=a_clock())):
        wait_until(lambda: len(mail.got) == 12)
        assert len(silent_desk.connections) < 2 * SIDE_BY_SIDE
        wait_until(lambda: signs_of_life.read(db, now=NOW).open_channels == {"webhook"})
        wait_until(lambda: all(status(db, one) == "fallback_email" for one in range(12)))
    assert not signs_of_life.read(db, now=NOW).is_alive


def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_desk_that_hangs(
    db: Database, silent_desk: SilentDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.handoffs.delivery.deliverer.GRACE_S", 0.1)
    make(db)
    ways = Ways(webhook(silent_desk, timeout_s=PATIENCE_S), None)
    with at_work(Deliverer(db, ways, SEALER, Config(), clock=a_clock())):
        wait_until(lambda: silent_desk.connections)
    assert attempts()
    silent_desk.connections[0].close()
    wait_until(lambda: not attempts())  # it still uses the database


def test_mail_is_sent_while_the_desk_hangs(db: Database, silent_desk: SilentDesk) -> None:
    """Nothing that is meant for mail waits for the others' attempts."""
    mail = RecordingChannel("email")
    make(db)
    ways = Ways(webhook(silent_desk, timeout_s=PATIENCE_S), mail)
    with at_work(Deliverer(db, ways, SEALER, Config(), clock=a_clock())):
        wait_until(lambda: silent_desk.connections)
        make(db, 1, channel="email")
        wait_until(lambda: mail.got)
        silent_desk.connections[0].close()
