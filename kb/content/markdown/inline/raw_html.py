"""Raw tags: some pass with a few attributes, comments vanish, the rest is text."""

from __future__ import annotations

import html as html_entities
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from html.parser import HTMLParser

from markdown import Markdown

from kb.content.markdown.bounds import MarkupRefused
from kb.content.markdown.inline.escapes import as_text
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tokens import Leaf, Raw, TextToken, Token

ATTRIBUTE = (
    r"(?:\s++[a-zA-Z_:][a-zA-Z0-9_.:-]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?)"
)
TAG = re.compile(
    rf"<(?:/([a-zA-Z][a-zA-Z0-9-]*+)\s*+|([a-zA-Z][a-zA-Z0-9-]*+)({ATTRIBUTE}*)\s*+/?)>"
)
HIDDEN = re.compile(r"(<!--)|(<\?)|(<!\[CDATA\[)|(<![a-zA-Z])")
HIDDEN_ENDS = ("-->", "?>", "]]>", ">")
"""End of each kind of text that no reader sees, in the order of its beginnings."""

# Names of HTML that authors may use raw. The cleaner decides what of them stays; any other tag is
# shown as text, so that «введите <номер заказа>» or `<script>` never vanishes.
RAW_TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 "
    "header hr i img ins kbd li main mark nav ol p picture pre q s samp section small span strike "
    "strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
RAW_ATTRIBUTES = frozenset({"colspan", "rowspan", "open", "start"})
PLACE_NAME = re.compile(r"[\w-]{1,120}")
MAX_RAW_TAGS = 5_000


class RawTags:
    """Known tags pass with a few attributes, comments vanish, anything else stays text."""

    def __init__(self, md: Markdown, targets: Targets) -> None:
        self._md = md
        self._targets = targets
        self._count = 0

    def read(self, text: str, at: int) -> tuple[Token, int] | None:
        """The tag at `at`, as text if nobody may use it, and where it ends; None without one."""
        match = TAG.match(text, at)
        if not match:
            return None
        name = (match[1] or match[2]).lower()
        if name not in RAW_TAGS:
            return TextToken(match[0], is_literal=True), match.end()
        self._count += 1
        if self._count > MAX_RAW_TAGS:
            raise MarkupRefused(f"has more than {MAX_RAW_TAGS:,} HTML tags")
        return self._token(name, bool(match[1]), _parsed(match[3] or "")), match.end()

    def _token(self, name: str, is_end: bool, attributes: Mapping[str, str]) -> Token:
        if name == "img":
            return self._image(attributes)
        kept = self._kept(name, attributes)
        if name == "a" and not is_end and not kept:
            return self._place(attributes)
        tag = f"</{name}>" if is_end else f"<{name}{kept}>"
        return Raw(self._md.htmlStash.store(tag), name, is_end)

    def _place(self, attributes: Mapping[str, str]) -> Token:
        """A place to jump to, as it was made before headings had anchors."""
        name = attributes.get("id") or attributes.get("name") or ""
        if not PLACE_NAME.fullmatch(name):
            return TextToken("")
        return Raw(self._md.htmlStash.store(f'<a id="{name}"></a>'), "", is_end=False)

    def _kept(self, name: str, attributes: Mapping[str, str]) -> str:
        kept = {key: value for key, value in attributes.items() if key in RAW_ATTRIBUTES}
        if name == "a" and "href" in attributes:
            kept |= self._targets.link(attributes["href"].strip()) or {}
        return "".join(f' {key}="{html_entities.escape(value)}"' for key, value in kept.items())

    def _image(self, attributes: Mapping[str, str]) -> Token:
        alt = attributes.get("alt", "")
        found = self._targets.image(attributes.get("src", "").strip())
        if found is None:
            return TextToken(alt)
        caption = {"title": attributes["title"]} if attributes.get("title") else {}
        shown = {name: as_text(value) for name, value in {**found, "alt": alt, **caption}.items()}
        return Leaf(etree.Element("img", shown), alt)


class HiddenText:
    """Comments, instructions and the like in one text; an end that is missing is sought once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def end(self, at: int) -> int | None:
        """End of the hidden text that begins at `at`; None when none does."""
        for short in ("<!-->", "<!--->"):
            if self._text.startswith(short, at):
                return at + len(short)
        begin = HIDDEN.match(self._text, at)
        end = HIDDEN_ENDS[(begin.lastindex or 1) - 1] if begin else ""
        if not begin or end in self._missing:
            return None
        found = self._text.find(end, begin.end())
        if found < 0:
            self._missing.add(end)
            return None
        return found + len(end)


class _AttributeParser(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self.found.setdefault(name, value or "")


def _parsed(attributes: str) -> Mapping[str, str]:
    if not attributes.strip():
        return {}
    parser = _AttributeParser()
    parser.feed(f"<x{attributes}>")
    return parser.found
