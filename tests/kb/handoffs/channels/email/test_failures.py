"""Mail servers that misbehave: they hang, break off, or are not there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace

import pytest

from kb.handoffs.channels import connections
from kb.handoffs.channels.model import Delivered
from tests.support.channels.mail_channel import channel, deliver, failure
from tests.support.libraries.channel_library import Stall, scripted
from tests.support.patience import PATIENCE_S

FAST_S = 0.5
"""Enough to connect and talk in, however busy the machine is."""


def talk(connected: socket.socket, *replies: bytes) -> None:
    """Send each reply, the first at once, the others after a command."""
    for number, reply in enumerate(replies):
        if number:
            connected.recv(4096)
        connected.sendall(reply + b"\r\n")


@pytest.mark.parametrize(
    ("replies", "drop"),
    [
        ((), b""),
        ((b"220 hi", b"250 hi", b"250 ok"), b""),
        ((b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on"), b""),
        ((), b"220-x\r\n"),
    ],
    ids=["silent", "after MAIL", "at STARTTLS", "dripping"],
)
def test_a_server_that_hangs_ends_with_the_time(replies: tuple[bytes, ...], drop: bytes) -> None:
    stall = Stall(drop=drop)

    def script(connected: socket.socket) -> None:
        talk(connected, *replies)
        stall(connected)

    with scripted(script) as port:
        failed = failure(channel(port, timeout_s=FAST_S))
        assert stall.was_left()
    assert str(failed) == "mail.test did not answer in time"


def test_a_handshake_ends_with_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late it begins: the timer of the whole delivery cuts it off, and not its own."""
    timers: list[threading.Timer] = []

    def timer(limit_s: float, ring: Callable[[], None]) -> threading.Timer:
        timers.append(threading.Timer(limit_s, ring))
        return timers[-1]

    stall = Stall()

    def script(connected: socket.socket) -> None:
        talk(connected, b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on")
        connected.recv(4096)  # the client's part of the handshake
        (one,) = timers
        one.function()
        stall(connected)

    stand_in = SimpleNamespace(Timer=timer, Thread=threading.Thread)
    monkeypatch.setattr(connections, "threading", stand_in)
    with scripted(script) as port:
        failure(channel(port, timeout_s=PATIENCE_S))
        assert stall.was_left()
    assert timers[0].interval <= PATIENCE_S


def test_smtps_that_hangs_ends_with_the_time() -> None:
    stall = Stall()
    with scripted(stall) as port:
        failure(channel(port, is_tls=True, timeout_s=FAST_S))
        assert stall.was_left()


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (b"220 hi",),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok"),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on"),
        (b"554 go away",),
        (b"nonsense",),
        (b"2" * 10_000,),
        (b"220 hi", b"500 what", b"500 what"),
        (b"220 hi", b"250-hi\r\n250 STARTTLS", b"454 not now"),
        (b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on\r\n250 injected"),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"\xff\xfe"),
    ],
)
def test_a_server_that_breaks_off_is_tried_again(replies: tuple[bytes, ...]) -> None:
    with scripted(lambda connected: talk(connected, *replies)) as port:
        assert not failure(channel(port, timeout_s=PATIENCE_S)).is_final


def test_a_goodbye_that_fails_changes_nothing() -> None:
    def script(connected: socket.socket) -> None:
        talk(connected, b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on")
        received = b""
        while not received.endswith(b"\r\n.\r\n"):
            received += connected.recv(4096)
        connected.sendall(b"250 taken\r\n")

    with scripted(script) as port:
        assert deliver(channel(port)) == Delivered()


def test_nobody_listens() -> None:
    with closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))  # the port is nobody else's meanwhile
        failed = failure(channel(deaf.getsockname()[1]))
    assert str(failed) == "mail.test cannot be connected to"


def test_a_name_that_is_not_resolved() -> None:
    assert "no address" in str(failure(channel(25, resolve=lambda *_: [])))
