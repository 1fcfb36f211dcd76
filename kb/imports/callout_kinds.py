"""Words by which other systems call their callouts, and the three kinds that we have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

NamedCallout = Literal["note", "warning", "danger"]

NAMES: Mapping[str, NamedCallout] = {
    **dict.fromkeys(
        "note info information tip hint success check done question help faq".split(), "note"
    ),
    **dict.fromkeys(
        "important example abstract summary tldr quote cite todo seealso".split(), "note"
    ),
    **dict.fromkeys(
        "primary secondary default new idea admonition callout alert notice".split(), "note"
    ),
    **dict.fromkeys(
        "reading-time blue green grey gray purple pro-tip protip remember".split(), "note"
    ),
    **dict.fromkeys("warning warn attention careful yellow orange deprecated".split(), "warning"),
    **dict.fromkeys(
        "danger caution error err critical failure fail missing bug red alarm".split(), "danger"
    ),
}


def named(*words: str) -> NamedCallout | None:
    """The kind that the first known of the words means."""
    known = (NAMES[word] for one in words if (word := one.strip().lower()) in NAMES)
    return next(known, None)
