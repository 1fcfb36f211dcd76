"""Services that request handlers work with, made once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from kb.accounts.api_keys import KeyRing
from kb.accounts.key_use import KeyUses
from kb.branding.translator import Translator
from kb.catalog.generation import LiveGeneration, Loaded
from kb.config import Config
from kb.database.engine import Database
from kb.feedback.popularity import Popularity
from kb.handoffs.channels.model import ChannelKind
from kb.handoffs.encryption import Sealer
from kb.suggestions.log_writer import LogWriter
from kb.time_budget import BoundedCalls

EXTENSION = "otvet"


@dataclass(frozen=True)
class Services:
    """The parts of one application; kept in `app.extensions`."""

    config: Config
    library: LiveGeneration
    staff_library: LiveGeneration
    """Internal articles beside the public ones; opened when somebody of the staff first asks."""
    database: Database
    keys: KeyRing
    key_uses: KeyUses
    suggestion_log: LogWriter
    bounded: BoundedCalls
    """For work with a deadline."""
    sealer: Sealer
    popularity: Popularity
    channel: ChannelKind | None
    """Where hand-offs go, None when nothing is set up."""
    translator: Translator
    """For what is not a page: notes and letters to staff."""

    def loaded(self) -> Loaded:
        """The generation to answer this request from; take it once a request.

        Raises IndexMissing, which becomes a 503.
        """
        return self.library.require()

    def staff_loaded(self) -> Loaded:
        """The same for staff: with internal articles, as long as there are any."""
        self.staff_library.start()
        return self.staff_library.get() or self.loaded()

    @property
    def channel_name(self) -> str:
        """As in KB_HANDOFF_CHANNEL, "" for no channel."""
        return self.channel.name if self.channel else ""

    @property
    def needs_email(self) -> bool:
        """True where a customer must leave an address to be answered."""
        return self.channel is not None and self.channel.needs_email

    def close(self) -> None:
        """Stop all threads; nothing that was accepted is lost."""
        self.suggestion_log.close()
        self.popularity.close()
        self.bounded.close()
        self.staff_library.close()
        self.library.close()
        self.database.close()


def secret_key() -> str:
    """The current application's key, which others are derived from."""
    key = current_app.secret_key
    return key.decode() if isinstance(key, bytes) else key or ""


def services() -> Services:
    """Those of the current application."""
    return cast(Services, current_app.extensions[EXTENSION])
