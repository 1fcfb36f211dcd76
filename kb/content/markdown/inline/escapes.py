"""Marks that Python-Markdown puts into text on the way, and how they are undone."""

from __future__ import annotations

import html as html_entities
import re
import xml.etree.ElementTree as etree

from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE

ESCAPED = re.compile("\x02([0-9]{1,7})\x03")


def unescaped(text: str) -> str:
    """Undo Python-Markdown's marks for escaped characters, and entities."""
    restored = ESCAPED.sub(lambda match: chr(int(match[1])), text)
    return html_entities.unescape(restored).strip()


def unescaped_marks(text: str) -> str:
    """Undo the marks only; stray ones go."""
    return (
        ESCAPED.sub(lambda match: chr(int(match[1])), text).replace("\x02", "").replace("\x03", "")
    )


def as_text(text: str) -> str:
    """`text` so that the serialiser, which lets entities stand, shows it as it is."""
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;")


def visible_text(element: etree.Element) -> str:
    """Text of a finished element, without raw tags."""
    text = HTML_PLACEHOLDER_RE.sub("", "".join(element.itertext()))
    return unescaped(text.replace(AMP_SUBSTITUTE, "&"))
