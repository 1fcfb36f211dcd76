"""Blocks of raw HTML: where they begin and end among lines."""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Callable, Mapping, Sequence

from markdown.serializers import to_xhtml_string

from kb.content.markdown.blocks.cursor import Cursor
from kb.content.markdown.blocks.parts import TextPart
from kb.content.markdown.inline.raw_html import ATTRIBUTE, HiddenText, RawTags
from kb.content.markdown.inline.tokens import Leaf, Raw, TextToken, Token

_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
    "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|"
    "header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|"
    "param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_VERBATIM = re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|$)", re.IGNORECASE)
_VERBATIM_END = re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s|/?>|$)", re.IGNORECASE)
_ONE_TAG = re.compile(
    rf"<(?:/[a-zA-Z][a-zA-Z0-9-]*+|[a-zA-Z][a-zA-Z0-9-]*+{ATTRIBUTE}*\s*+/?)\s*+>\s*+$"
)

_ONLY_PICTURES = re.compile(r"(?:\s*+<img\s[^<>]*+>)+\s*+$", re.IGNORECASE)
ENDS = ("-->", "?>", "]]>", ">")
"""Ends of what no reader sees: comments, instructions, CDATA, declarations."""
_HIDDEN = re.compile(r"(<!--)|(<\?)|(<!\[CDATA\[)|(<![a-zA-Z])")


class RawHtml(TextPart):
    """Lines of HTML, in which Markdown means nothing.

    `is_last` tells the line that ends it; without that, it ends before an empty line.
    """

    takes_lines = True

    def __init__(self, line: int, is_last: Callable[[str], bool] | None = None) -> None:
        super().__init__(line)
        self._is_last = is_last

    def continues(self, cursor: Cursor) -> bool:
        return bool(self._is_last) or not cursor.is_blank

    def ends_after(self, text: str) -> bool:
        """True for the last line of the block."""
        return bool(self._is_last and self._is_last(text))

    @property
    def is_only_pictures(self) -> bool:
        return bool(_ONLY_PICTURES.match(self.text))


def opened_html(
    cursor: Cursor, line: int, *, is_in_paragraph: bool, last_ends: Mapping[str, int]
) -> RawHtml | None:
    """The block that the line begins.

    `last_ends` has the last line in which each of ENDS stands: hidden text that never ends begins
    no block, or all that follows would vanish.
    """
    if cursor.match(_VERBATIM):
        return RawHtml(line, lambda text: bool(_VERBATIM_END.search(text)))
    if hidden := cursor.match(_HIDDEN):
        end = ENDS[(hidden.lastindex or 1) - 1]
        return RawHtml(line, lambda text: end in text) if line <= last_ends[end] else None
    if cursor.match(_BLOCK_TAG) or (not is_in_paragraph and cursor.match(_ONE_TAG)):
        return RawHtml(line)
    return None


def last_ends(lines: Sequence[str]) -> Mapping[str, int]:
    """The last line in which each of ENDS stands; -1 for none."""
    found = dict.fromkeys(ENDS, -1)
    for number, line in enumerate(lines):
        if ">" in line:
            found.update((end, number) for end in ENDS if end in line)
    return found


def shown_html(source: str, raw_tags: RawTags) -> str:
    """Raw HTML with the tags that may be used; text alone is a paragraph."""
    hidden = HiddenText(source)
    pieces: list[str] = []
    at, has_tags = 0, False
    while at < len(source):
        if end := hidden.end(at):
            at = end
        elif found := raw_tags.read(source, at):
            token, at = found
            has_tags = has_tags or not isinstance(token, TextToken)
            pieces.append(_tag_html(token))
        else:
            end = source.find("<", at + 1)
            end = len(source) if end < 0 else end
            pieces.append(_escaped(html_entities.unescape(source[at:end])))
            at = end
    html = "".join(pieces).strip()
    return html if has_tags or not html else f"<p>{html}</p>"


def _tag_html(token: Token) -> str:
    if isinstance(token, Raw):
        return token.placeholder
    if isinstance(token, Leaf):
        return to_xhtml_string(token.element)
    return _escaped(token.text) if isinstance(token, TextToken) else ""


def _escaped(text: str) -> str:
    return html_entities.escape(text, quote=False)
