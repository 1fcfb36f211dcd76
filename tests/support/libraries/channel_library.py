"""Parts tests of channels share: a server that misbehaves on demand, certificates, a packet."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kb.handoffs.channels.connections import networks
from kb.handoffs.channels.http import HttpClient
from kb.handoffs.channels.model import Progress
from kb.handoffs.channels.packet import (
    CustomerContact,
    HandoffPacket,
    ShownArticle,
    SignedIdentity,
    Tried,
)

LOOPBACK = networks(["127.0.0.0/8"])

PACKET = HandoffPacket(
    id="ho_01JD8QR9",
    created_at=datetime(2026, 11, 21, 10, 1, 21, tzinfo=UTC),
    reason="not_solved",
    locale="en",
    message="I returned the shoes two weeks ago, where is my money?",
    contact=CustomerContact(name="Anna", email="anna@example.org"),
    identity=SignedIdentity("u_991", email="anna@example.org", name="Anna"),
    tried=(
        Tried(
            suggestion_id="sug_01JD8QK3",
            asked="where is my money?",
            action="answer",
            confidence=0.83,
            shown=(
                ShownArticle(
                    article_id="art_7q2mp",
                    title="Refunds to a card",
                    url="https://help.example.com/en/refund-to-card",
                    rank=1,
                    confidence=0.83,
                    opened=True,
                    seconds=34,
                    verdict="not_solved",
                    reason="related_not_answered",
                ),
            ),
        ),
    ),
    searches=("refund status",),
    page_url="https://shop.example.com/orders/17",
    page_title="Order 17",
    attributes={"order": "17"},
    agent_note="Asked where the refund is. Shown: Refunds to a card (opened 34 s).",
    record_url="https://help.example.com/admin/handoffs/ho_01JD8QR9",
)


@dataclass
class Saved:
    """Progress as the outbox keeps it."""

    progress: Progress = field(default_factory=dict)

    def __call__(self, progress: Progress) -> None:
        self.progress = json.loads(json.dumps(progress))


def nothing_saved(progress: Progress) -> None:
    raise AssertionError("this channel has one step")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Handler = Callable[[socket.socket, Request], None]


@dataclass
class LocalServer:
    """Listens on loopback; each connection is one request, given to `handler`, raw."""

    handler: Handler
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def url(self, path: str = "/hook?key=s3cret", host: str = "desk.test") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connected, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._attend, args=(connected,), daemon=True).start()

    def _attend(self, connected: socket.socket) -> None:
        with suppress(OSError, ValueError):  # clients go when they like, or speak TLS
            if self.tls:
                connected = self.tls.wrap_socket(connected, server_side=True)
            with connected:
                if request := _read_request(connected):
                    self.requests.append(request)
                    self.handler(connected, request)


def _read_request(connected: socket.socket) -> Request | None:
    with connected.makefile("rb") as file:
        line = file.readline().decode("ascii").split()
        if len(line) != 3:
            return None
        head = b""
        while (part := file.readline()) not in (b"\r\n", b""):
            head += part
        headers = BytesHeaderParser().parsebytes(head)
        return Request(line[0], line[1], headers, file.read(int(headers["content-length"] or 0)))


@contextmanager
def local_server(handler: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[LocalServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = LocalServer(handler, tls, port=listener.getsockname()[1])
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


STALL_S = 10.0
"""How long servers stall: less than the limits that we ship, much more than those of tests."""


class Stall:
    """A server that sends `beginning`, then `drop` again and again, each well within any timeout
    of a socket, and without a drop nothing; until the client goes away, or STALL_S are over."""

    def __init__(self, beginning: bytes = b"", drop: bytes = b"") -> None:
        self._beginning, self._drop = beginning, drop
        self._left = threading.Event()

    def __call__(self, connected: socket.socket) -> None:
        ends_at = time.monotonic() + STALL_S
        try:
            connected.sendall(self._beginning)
            while time.monotonic() < ends_at:
                connected.sendall(self._drop)
                if self._is_left(connected):
                    break
            else:
                return
        except OSError:
            pass  # nobody to send to
        self._left.set()

    def was_left(self) -> bool:
        """True when the client went away first."""
        return self._left.wait(2 * STALL_S)

    def _is_left(self, connected: socket.socket) -> bool:
        connected.settimeout(0.05)
        try:
            return connected.recv(65536) == b""
        except TimeoutError:
            return False
        finally:
            connected.settimeout(None)


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that treats one connection as `script` says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                connected, _ = listener.accept()
                with connected:
                    script(connected)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def answering(body: bytes = b"{}", *, status: int = 200, headers: Sequence[str] = ()) -> Handler:
    """Answers as a decent server does."""

    def answer(connected: socket.socket, request: Request) -> None:
        lines = (f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", "")
        connected.sendall("\r\n".join(lines).encode() + body)

    return answer


def local_client(**settings: Any) -> HttpClient:
    """May reach loopback, where every name is."""
    return HttpClient(
        **{"allowed": LOOPBACK, "resolve": lambda host, port: ["127.0.0.1"], **settings}
    )


# Certificates that live for a test


@dataclass(frozen=True)
class Certificates:
    """An authority of our own and server certificates it signed, for `name`."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def client_context(self) -> ssl.SSLContext:
        """Trusts this authority and no other."""
        authority = self._sign("authority", self.key, days=9, is_authority=True)
        pem = authority.public_bytes(serialization.Encoding.PEM).decode("ascii")
        return ssl.create_default_context(cadata=pem)

    def server_context(self, name: str, *, days: int = 9) -> ssl.SSLContext:
        """`days` below 0: expired."""
        paths = self.write(name, days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*paths)
        return context

    def write(self, name: str, *, days: int = 9) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(name, key, days=days)
        paths = (self.folder / "certificate.pem", self.folder / "key.pem")
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return paths

    def _sign(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, days: int, is_authority: bool = False
    ) -> x509.Certificate:
        ends = datetime.now(UTC) + timedelta(days=days)
        signer, own = self.key.public_key(), key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(_common_name(name))
            .issuer_name(_common_name("authority"))
            .public_key(own)
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=30))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([_alternative_name(name)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
