"""The letter that invites somebody to the staff, over the server that hand-offs are mailed by."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from kb.accounts.invitations import Invitation
from kb.branding.translator import Translator
from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs.channels.email.channel import MailChannel, channel_to
from kb.handoffs.channels.email_text import mail_address, one_line
from kb.texts import NP_

_SUBJECT = NP_("letter", "Invitation: %(site)s")
_TEXT = NP_(
    "letter",
    "%(who)s invites you to work on %(site)s.\n\n"
    "Choose a name and a password here. The link works once, until %(until)s:",
)
_REST = NP_("letter", "If you know nothing of this, you need do nothing.")


def can_be_mailed(config: Config) -> bool:
    """True where a mail server is set."""
    return bool(config.smtp_url)


def mail_invitation(
    config: Config, invitation: Invitation, *, url: str, inviter: str, lang: str, now: datetime
) -> None:
    """Send the link to who is invited. `inviter` is a name, "" for the site's own.

    Raises BadConfig, DeliveryFailed.
    """
    recipient = mail_address(invitation.email)
    if recipient is None:
        raise BadConfig("letters cannot be sent to this address")
    channel = channel_to(config, recipient)
    letter = _letter(config, channel, invitation, url, inviter, lang, now)
    channel.hand_in(letter.as_bytes())


def _letter(
    config: Config,
    channel: MailChannel,
    invitation: Invitation,
    url: str,
    inviter: str,
    lang: str,
    now: datetime,
) -> EmailMessage:
    translate = Translator(config.site_dir).into(lang)
    facts = {
        "site": one_line(config.site_name),
        "who": one_line(inviter) or one_line(config.site_name),
        "until": f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC",
    }
    letter = EmailMessage(policy.SMTP.clone(utf8=channel.envelope.needs_utf8, cte_type="7bit"))
    letter["From"] = channel.envelope.sender
    letter["To"] = channel.envelope.recipient
    letter["Subject"] = translate(_SUBJECT) % facts
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{invitation.id}@{channel.envelope.message_host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{translate(_TEXT) % facts}\n\n{url}\n\n{translate(_REST)}\n")
    return letter
