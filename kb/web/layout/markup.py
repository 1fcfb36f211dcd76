"""The only maker of Markup: HTML that was cleaned when its article was rendered, and data."""

from __future__ import annotations

import json

from markupsafe import Markup

_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
"""Within JSON these stand in strings only, where their escapes mean the same."""


def markup(html: str) -> Markup:
    """HTML of a catalog's page, for a template."""
    return Markup(html)  # noqa: S704 - cleaned by kb.content.sanitize, verified by the manifest


def json_data(value: object) -> Markup:
    """JSON for a data block: whatever its strings hold, it cannot end the script element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - no character of it begins a tag
