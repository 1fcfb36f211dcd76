"""Options of a search, said once and passed on as they are by whatever stands around a searcher."""

from __future__ import annotations

from dataclasses import dataclass, field

from search.model import Filters, Mode


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """A search beside its text: for whom, among what, which part of the ranking, and how."""

    lang: str
    """The reader's language: of two translations that are found, the one in it is shown."""
    filters: Filters = field(default_factory=Filters)
    limit: int = 10
    """Longest window of the ranking that is returned, in hits."""
    offset: int = 0
    """Number of hits above the window."""
    mode: Mode = "hybrid"
    """Semantic and hybrid searches without a query vector fall back to lexical ones."""
    is_verbatim: bool = False
    """Search for the text as it was typed, without a repair."""
    is_marked: bool = True
    """Without it hits come in half the time: no marked words, further passages or quotation."""
    is_explained: bool = False
    """Say of every hit why it stands there."""
    preferred_section: str = ""
    """Documents of it come before equals of others."""
