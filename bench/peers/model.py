"""Values that cross the modules of this package: text that peers index, a peer, its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from search.lexical.bm25 import FloatArray

CANDIDATES = 50
"""Passages that a peer is asked for; a document is where its best passage is."""


class PeerUnavailable(Exception):
    """Lack of something the peer needs here; one line that says what."""


@dataclass(frozen=True)
class PeerPassage:
    """A passage of ours as every peer gets it; `vector` is the one our own searcher uses."""

    document_id: str
    """The document's group: what is judged."""
    title: str
    text: str
    """Path of headings and text."""
    vector: FloatArray
    body: str = ""
    """The text alone, as it would be shown."""

    @property
    def full_text(self) -> str:
        """For engines without fields."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Answer:
    """Groups of documents, best first, each once."""

    ranking: tuple[str, ...]
    took_ms: float | None = None
    """Time where the caller's would say something else; None to take the caller's."""
    first: str | None = None
    """Text that a reader would be shown of the first: of engines that rank passages."""


class Peer(Protocol):
    """An engine in one setting, over one corpus."""

    name: str
    setting: str
    """Facts that a reader needs to judge the figures."""

    def build(self, passages: Sequence[PeerPassage]) -> None:
        """Index the passages. Raises PeerUnavailable."""

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        """Documents for a query as typed and its vector, by the `limit` best passages."""

    def close(self) -> None:
        """End processes and remove files."""
