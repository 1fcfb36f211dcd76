"""Signs for anchors in a text that is being translated, from Markdown and HTML alike."""

from __future__ import annotations

import re

ANCHOR_OPEN, ANCHOR_CLOSE = "\ue004", "\ue005"
"""Around a name by which links may call the place, or the next heading."""
NOT_IN_NAME = re.compile(r"[^\w-]+")


def anchor_sign(name: str) -> str:
    """A sign for an anchor, by the name that the source gives it; nothing for none."""
    kept = NOT_IN_NAME.sub("-", name[:100]).strip("-")
    return f"{ANCHOR_OPEN}{kept}{ANCHOR_CLOSE}" if kept else ""
