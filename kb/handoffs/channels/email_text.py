"""A packet in words, for people at the help desk, and as an e-mail. No sending. Pure.

The customer's own words stay recognisable as such: quoted in the text, a blockquote in the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from kb.handoffs.channels.packet import CustomerContact, HandoffPacket, ShownArticle
from kb.labels import VERDICT_LABELS, vote_reason_labels
from kb.texts import NP_, Translate

MAX_EXCERPT_CHARS = 60
MAX_NAME_CHARS = 100
MAX_LINE_CHARS = 1000
MAX_LOCAL_PART_BYTES = 64
MAX_DOMAIN_CHARS = 253
_ZERO_WIDTH_JOINER = "\u200d"
"""Not printable by itself, but what holds an emoji of several together."""
_NAMED = re.compile(r'\s*+"?(?P<name>[^<>"]*+)"?\s*+<(?P<spec>[^<>]*+)>\s*+')
_LOCAL_PART = re.compile(r'[^\s()<>\[\]:;@\\,."]+(\.[^\s()<>\[\]:;@\\,."]+)*')
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NEVER_IN_ID = re.compile(r"[^A-Za-z0-9_-]")


_SUBJECT = NP_("letter", "Question")
_CONTACT = NP_("letter", "Reply to")
_UNVERIFIED = NP_("letter", "address not verified")
_NAME_UNVERIFIED = NP_("letter", "name not verified")
_IDENTITY = NP_("letter", "Signed by the shop")
_NO_CONTACT = NP_("letter", "No address to reply to")
_TRIED = NP_("letter", "What the help centre showed")
_NOTHING_TRIED = NP_("letter", "No articles were shown")
_ASKED = NP_("letter", "Asked")
_OPENED = NP_("letter", "opened, %(seconds)d s")
_NOT_OPENED = NP_("letter", "not opened")
_SEARCHES = NP_("letter", "Searches")
_PAGE = NP_("letter", "Page")
_ATTRIBUTES = NP_("letter", "Details from the page")
_NOTE = NP_("letter", "Note")
_RECORD = NP_("letter", "Hand-off")


@dataclass(frozen=True)
class Envelope:
    """Between whom, and the host after the @ of Message-ID."""

    sender: Address
    recipient: Address
    message_host: str

    @property
    def needs_utf8(self) -> bool:
        """True when only a server with SMTPUTF8 can carry it."""
        return not (self.sender.addr_spec + self.recipient.addr_spec).isascii()


@dataclass(frozen=True)
class Line:
    """One line of a section, with the address it leads to."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class LetterSection:
    title: str
    lines: tuple[Line, ...]


def mail_address(text: str, *, name: str = "") -> Address | None:
    """`text` as one address to write to, None if it is none; takes `Name <a@b>` too."""
    named = _NAMED.fullmatch(text)
    spec = named["spec"] if named else text
    if len(text) > MAX_LINE_CHARS or not spec.isprintable():
        return None
    local, _, domain = spec.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(host):
        return None
    if len(local.encode()) > MAX_LOCAL_PART_BYTES or len(host) > MAX_DOMAIN_CHARS:
        return None
    return Address(one_line((named and named["name"]) or name)[:MAX_NAME_CHARS], local, host)


def compose(
    packet: HandoffPacket, envelope: Envelope, translate: Translate, *, now: datetime
) -> EmailMessage:
    """The letter. Message-ID comes from the packet alone, so repetitions are recognised."""
    letter = EmailMessage(policy.SMTP.clone(utf8=envelope.needs_utf8, cte_type="7bit"))
    letter["From"] = envelope.sender
    letter["To"] = envelope.recipient
    if reply_to := _reply_to(packet.contact):
        letter["Reply-To"] = reply_to
    packet_id = _NEVER_IN_ID.sub("-", packet.id)[:MAX_NAME_CHARS]
    letter["Subject"] = f"{translate(_SUBJECT)}: {_excerpt(packet.message)}"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{packet_id}@{envelope.message_host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Otvet-Handoff"] = packet_id
    sections = tuple(_sections(packet, translate))
    message = clean(packet.message)
    letter.set_content(f"{_quoted(message)}\n\n{_as_text(sections)}\n")
    letter.add_alternative(_as_html(message, sections, packet), subtype="html")
    return letter


def note(packet: HandoffPacket, translate: Translate, *, written: Callable[[str], str]) -> str:
    """All but the message, as a note beside it; `written` puts a text down in the desk's markup."""
    sections = _sections(replace(packet, agent_note=""), translate)
    return f"{written(clean(packet.agent_note))}\n\n{_as_text(sections, written=written)}".strip()


def one_line(text: str) -> str:
    """`text` without line ends, control characters and what turns text around."""
    return _shown(" ".join(text.split()))[:MAX_LINE_CHARS]


def clean(text: str) -> str:
    """Lines of `text`, without what a mail cannot carry."""
    return "\n".join(map(_shown, text.splitlines()))


def _shown(line: str) -> str:
    spaced = (" " if character.isspace() else character for character in line)
    return "".join(one for one in spaced if one.isprintable() or one == _ZERO_WIDTH_JOINER)


def _excerpt(message: str) -> str:
    text = one_line(message)
    if len(text) <= MAX_EXCERPT_CHARS:
        return text
    cut = text[:MAX_EXCERPT_CHARS]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _reply_to(contact: CustomerContact | None) -> Address | None:
    """The customer. Not with letters beyond ASCII before the @: a header with these would need
    SMTPUTF8 on the whole way, and the letter would bounce where it ends."""
    if contact is None or contact.email != contact.email.strip():
        return None
    address = mail_address(contact.email)
    if address is None or not address.username.isascii() or "<" in contact.email:
        return None
    return Address(one_line(contact.name)[:MAX_NAME_CHARS], address.username, address.domain)


def _sections(packet: HandoffPacket, translate: Translate) -> Iterator[LetterSection]:
    yield LetterSection(translate(_CONTACT), (Line(_contact(packet, translate)),))
    if packet.identity:
        signed = (packet.identity.user_id, packet.identity.name, packet.identity.email)
        yield LetterSection(translate(_IDENTITY), tuple(Line(one_line(it)) for it in signed if it))
    yield LetterSection(
        translate(_TRIED), tuple(_tried(packet, translate)) or (Line(translate(_NOTHING_TRIED)),)
    )
    if packet.searches:
        yield LetterSection(
            translate(_SEARCHES), tuple(Line(one_line(query)) for query in packet.searches)
        )
    if packet.page_url or packet.page_title:
        title = one_line(packet.page_title) or one_line(packet.page_url)
        yield LetterSection(translate(_PAGE), (Line(title, one_line(packet.page_url)),))
    if packet.attributes:
        pairs = (f"{one_line(name)}: {one_line(str(of))}" for name, of in packet.attributes.items())
        yield LetterSection(translate(_ATTRIBUTES), tuple(map(Line, pairs)))
    if packet.agent_note:
        yield LetterSection(
            translate(_NOTE), tuple(map(Line, clean(packet.agent_note).split("\n")))
        )
    yield LetterSection(
        translate(_RECORD), (Line(one_line(packet.id), one_line(packet.record_url)),)
    )


def _contact(packet: HandoffPacket, translate: Translate) -> str:
    """Name and address, and which of them somebody may have made up."""
    contact = packet.contact
    if contact is None or not (contact.name or contact.email):
        return translate(_NO_CONTACT)
    remarks = []
    if contact.email and not packet.is_email_signed:
        remarks.append(translate(_UNVERIFIED))
    if contact.name and not packet.is_name_signed:
        remarks.append(translate(_NAME_UNVERIFIED))
    remark = f"({', '.join(remarks)})" if remarks else ""
    return one_line(f"{contact.name} {contact.email} {remark}")


def _tried(packet: HandoffPacket, translate: Translate) -> Iterator[Line]:
    for suggestion in packet.tried:
        if suggestion.asked and one_line(suggestion.asked) != one_line(packet.message):
            yield Line(f"{translate(_ASKED)}: {one_line(suggestion.asked)}")
        for article in suggestion.shown:
            yield Line(_article(article, translate), one_line(article.url))


def _article(article: ShownArticle, translate: Translate) -> str:
    opened = translate(_OPENED) % {"seconds": article.seconds}
    parts = [opened if article.opened else translate(_NOT_OPENED)]
    if article.verdict and article.verdict in VERDICT_LABELS:
        parts.append(translate(VERDICT_LABELS[article.verdict].letter))
    if article.reason:
        parts.append(translate(vote_reason_labels(article.reason).letter))
    return one_line(f"{article.rank}. {article.title} ({'; '.join(parts)})")


def _quoted(message: str) -> str:
    return "\n".join(f"> {line}" for line in message.split("\n"))


def _as_text(sections: Iterable[LetterSection], *, written: Callable[[str], str] = str) -> str:
    """`written` is how texts, but not addresses, are put down."""
    parts = []
    for section in sections:
        lines = [f"{section.title}:"]
        for line in section.lines:
            if line.text != line.url:
                lines.append(f"  {written(line.text)}")
            if line.url:
                lines.append(f"  {line.url}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _as_html(message: str, sections: tuple[LetterSection, ...], packet: HandoffPacket) -> str:
    body = [f'<blockquote style="white-space: pre-wrap">{escape(message)}</blockquote>']
    for section in sections:
        body.append(f"<h3>{escape(section.title)}</h3>")
        body.extend(f"<p>{_html_line(line)}</p>" for line in section.lines)
    language = escape(one_line(packet.locale))
    content = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"></head>\n'
        f"<body>\n{content}\n</body>\n</html>\n"
    )


def _html_line(line: Line) -> str:
    """An address is shown as it is: pages report theirs themselves, and titles can mislead."""
    address = f'<a href="{escape(line.url)}">{escape(line.url)}</a>'
    parts = [escape(line.text)] if line.text != line.url else []
    if line.url:
        parts.append(address if _is_web(line.url) else escape(line.url))
    return "<br>".join(parts)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
