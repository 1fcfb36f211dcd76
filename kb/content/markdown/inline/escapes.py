"""Text within Python-Markdown's tree, whose serialiser lets entities and marks of ours stand."""

from __future__ import annotations

import html as html_entities
import xml.etree.ElementTree as etree

from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE


def as_text(text: str) -> str:
    """`text` so that the serialiser, which lets entities stand, shows it as it is."""
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;")


def visible_text(element: etree.Element) -> str:
    """Text of a finished element, without raw tags."""
    text = HTML_PLACEHOLDER_RE.sub("", "".join(element.itertext()))
    return html_entities.unescape(text.replace(AMP_SUBSTITUTE, "&")).strip()
