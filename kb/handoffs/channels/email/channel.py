"""Hand-offs by e-mail, over a mail server that the operator set. The letter is
kb.handoffs.channels.email_text.

Unlike webhooks, mail may go to any address: relays are often this machine or the next one, and
only the operator names them.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address as MailAddress
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from kb.branding.translator import Translator
from kb.config import Config
from kb.deadlines import time_left, time_limit
from kb.errors import BadConfig
from kb.handoffs.channels.connections import (
    Address,
    Network,
    Resolve,
    cut_off_in_time,
    is_allowed,
    lookup,
    networks,
    resolve_within,
)
from kb.handoffs.channels.email.session import (
    CONNECT_TIMEOUT_S,
    Relay,
    SmtpSession,
    remaining_s,
)
from kb.handoffs.channels.email_text import Envelope, compose, mail_address
from kb.handoffs.channels.http import parse_url
from kb.handoffs.channels.model import (
    Delivered,
    DeliveryFailed,
    Progress,
    SaveProgress,
)
from kb.handoffs.channels.packet import HandoffPacket

TIMEOUT_S = 15.0
SUBMISSION_PORT = 587
SUBMISSIONS_PORT = 465
_ENHANCED_CODE = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")
_RECIPIENT_UNKNOWN = {550, 551, 553, 556}
"""Replies about the mailbox itself (RFC 5321, RFC 7504); 5.7.x among them is about us."""


def parse_smtp_url(url: str) -> Relay:
    """Raises BadConfig. User and password are percent-decoded."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:
        raise BadConfig("KB_SMTP_URL is not a well-formed address") from error
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme not in ("smtp", "smtps") or not host or port == 0:
        raise BadConfig("KB_SMTP_URL must look like smtp://user:password@mail.example.com:587")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadConfig("KB_SMTP_URL has something after the host; write / ? # in passwords as %2F")
    if bool(user) != bool(password) or not (user + password).isascii():
        raise BadConfig("KB_SMTP_URL must hold user and password, both in ASCII, or neither")
    is_tls = parts.scheme == "smtps"
    return Relay(
        host=host,
        port=port or (SUBMISSIONS_PORT if is_tls else SUBMISSION_PORT),
        is_tls=is_tls,
        user=user,
        password=password,
    )


@dataclass(frozen=True)
class MailChannel:
    """Mails the packet through `relay`; only a recipient who does not exist is final."""

    relay: Relay
    envelope: Envelope
    allowed: tuple[Network, ...] = ()
    """Networks in which letters may go in clear and certificates are not checked; nowhere else."""
    translator: Translator = field(default_factory=Translator)
    resolve: Resolve = lookup
    timeout_s: float = TIMEOUT_S
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    name: ClassVar[str] = "email"

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> Delivered:
        """See `Channel`. One step, so there is no progress."""
        translate = self.translator.into(packet.locale)
        self.hand_in(compose(packet, self.envelope, translate, now=datetime.now(UTC)).as_bytes())
        return Delivered()

    def hand_in(self, letter: bytes) -> None:
        """Give the server a letter between those of the envelope. Raises DeliveryFailed."""
        with time_limit(self.timeout_s), _failures_named(self.relay.host):
            self._send(letter)

    def probe(self) -> str:
        """All but the letter. See `ChannelKind`."""
        with time_limit(self.timeout_s), _failures_named(self.relay.host):
            self._send(None)
        let_in = "lets us in" if self.relay.user else "listens"
        return f"{self.relay.host}:{self.relay.port} {let_in}"

    def _send(self, letter: bytes | None) -> None:
        """Hold a session; without a letter nothing is handed in."""
        addresses = resolve_within(
            self.relay.host,
            self.relay.port,
            resolve=self.resolve,
            timeout_s=min(CONNECT_TIMEOUT_S, remaining_s()),
        )
        session = SmtpSession(self.relay, addresses, self._tls_of, self.envelope.message_host)
        try:
            with cut_off_in_time(lambda: session.line):
                self._submit(session, letter)
                with suppress(smtplib.SMTPException, OSError):  # the letter is theirs already
                    session.quit()
        finally:
            session.close()

    def _submit(self, session: SmtpSession, letter: bytes | None) -> None:
        code, reply = session.connect(self.relay.host, self.relay.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)
        session.ehlo_or_helo_if_needed()
        if not self.relay.is_tls:
            self._encrypt(session)
        if self.relay.user:
            session.login(self.relay.user, self.relay.password)
        if letter is None:
            _require_success(*session.noop())
            return
        session.sendmail(
            self.envelope.sender.addr_spec,
            [self.envelope.recipient.addr_spec],
            letter,
            mail_options=["SMTPUTF8"] if self.envelope.needs_utf8 else [],
        )

    def _encrypt(self, session: SmtpSession) -> None:
        """Begin TLS. Whoever stands between can take the offer of it away: without one, nothing
        more is said, except in an allowed network."""
        if session.has_extn("starttls"):
            session.starttls(context=self._tls_of(session.peer))
            session.ehlo_or_helo_if_needed()
        elif not is_allowed(session.peer, self.allowed):
            raise DeliveryFailed(f"{self.relay.host} offers no STARTTLS, so nothing was sent")

    def _tls_of(self, peer: Address) -> ssl.SSLContext:
        """Trust any certificate where clear text would do: mail servers on
        the same machine mostly have one of their own making."""
        if not is_allowed(peer, self.allowed):
            return self.tls
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@contextmanager
def _failures_named(host: str) -> Iterator[None]:
    """Whatever goes wrong becomes DeliveryFailed, without the words of the server: these may
    repeat the customer's."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        ((code, reply),) = error.recipients.values()
        is_final = code in _RECIPIENT_UNKNOWN and not _enhanced(reply).startswith("5.7.")
        raise DeliveryFailed(
            f"{host} refused the recipient: {_codes(code, reply)}", is_final=is_final
        ) from error
    except smtplib.SMTPResponseException as error:
        what = next(text for kind, text in _REFUSALS.items() if isinstance(error, kind))
        codes = _codes(error.smtp_code, error.smtp_error)
        raise DeliveryFailed(f"{host} {what}: {codes}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryFailed(f"{host} lacks an extension that is needed: {error}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"{host} {_fault(error)}") from error


def _require_success(code: int, reply: bytes) -> None:
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)


def _fault(error: Exception) -> str:
    if not time_left():
        return "did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "has no valid certificate"
    if isinstance(error, ssl.SSLError):
        return "does not speak TLS with us"
    return "broke off the connection"


_REFUSALS: Mapping[type[smtplib.SMTPResponseException], str] = {
    smtplib.SMTPAuthenticationError: "refused user and password",
    smtplib.SMTPSenderRefused: "refused the sender",
    smtplib.SMTPDataError: "refused the letter",
    smtplib.SMTPResponseException: "refused the session",
}


def _codes(code: int, reply: bytes | str) -> str:
    return f"{code} {_enhanced(reply)}".strip()


def _enhanced(reply: bytes | str) -> str:
    """The status code of RFC 3463 that a reply begins with, or ""."""
    found = _ENHANCED_CODE.match(reply if isinstance(reply, bytes) else reply.encode())
    return found[0].decode("ascii") if found else ""


def from_config(config: Config) -> MailChannel:
    """The channel to whoever receives hand-offs. Raises BadConfig."""
    recipient = mail_address(config.handoff_address)
    if recipient is None:
        raise BadConfig("KB_HANDOFF_EMAIL must be one e-mail address")
    return channel_to(config, recipient)


def channel_to(config: Config, recipient: MailAddress) -> MailChannel:
    """The channel to one person, over the operator's server. Raises BadConfig."""
    sender = mail_address(
        config.mail_from or config.contact_email or config.handoff_address, name=config.site_name
    )
    if sender is None:
        raise BadConfig("KB_MAIL_FROM must be one e-mail address")
    return MailChannel(
        relay=parse_smtp_url(config.smtp_url),
        envelope=Envelope(
            sender=sender,
            recipient=recipient,
            message_host=parse_url(config.public_url).host if config.public_url else sender.domain,
        ),
        allowed=networks(config.allowed_networks),
        translator=Translator(config.site_dir),
    )
