"""Raw tags and entities: some pass with a few attributes, comments vanish, the rest is text."""

from __future__ import annotations

import html as html_entities
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from html.parser import HTMLParser

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from kb.content.markdown.bounds import MarkupRefused
from kb.content.markdown.inline.escapes import as_text, unescaped_marks
from kb.content.markdown.inline.targets import Targets

RAW_TAG = (
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s+[^\s\"'=<>/]++(?:\s*+=\s*+"
    r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>]++))?+){0,30}+)\s*+/?>|!--(?:(?!-->)(?!<!--).){0,5000}-->)"
)
ENTITY = r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"

# Names of HTML that authors may use raw. The cleaner decides what of them stays; any other tag is
# shown as text, so that «введите <номер заказа>» or `<script>` never vanishes.
RAW_TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 "
    "header hr i img ins kbd li main mark nav ol p picture pre q s samp section small span strike "
    "strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
RAW_ATTRIBUTES = frozenset({"colspan", "rowspan", "open", "start"})
MAX_RAW_TAGS = 5_000


class RawTags(InlineProcessor):
    """Known tags pass with a few attributes, comments vanish, anything else stays text."""

    def __init__(self, pattern: str, md: Markdown, targets: Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets
        self._count = 0

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        slash, name, attributes = m.groups()
        if name is None:
            return "", m.start(), m.end()
        name = name.lower()
        if name not in RAW_TAGS:
            return None, None, None
        self._count += 1
        if self._count > MAX_RAW_TAGS:
            raise MarkupRefused(f"has more than {MAX_RAW_TAGS:,} HTML tags")
        if name == "img":
            return self._image(_parsed(attributes)), m.start(), m.end()
        kept = self._kept(name, _parsed(attributes))
        if name == "a" and not slash and not kept:
            return "", m.start(), m.end()  # a place to jump to; anchors are our own
        tag = f"</{name}>" if slash else f"<{name}{kept}>"
        return self.md.htmlStash.store(tag), m.start(), m.end()

    def _kept(self, name: str, attributes: Mapping[str, str]) -> str:
        kept = {key: value for key, value in attributes.items() if key in RAW_ATTRIBUTES}
        if name == "a" and "href" in attributes:
            kept |= self._targets.link(attributes["href"].strip()) or {}
        return "".join(f' {key}="{html_entities.escape(value)}"' for key, value in kept.items())

    def _image(self, attributes: Mapping[str, str]) -> etree.Element | str:
        alt = attributes.get("alt", "")
        found = self._targets.image(attributes.get("src", "").strip())
        return as_text(alt) if found is None else etree.Element("img", {**found, "alt": alt})


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
    parser.feed(f"<x{unescaped_marks(attributes)}>")
    return parser.found


class Entities(InlineProcessor):
    """Named and numbered characters become themselves."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        char = html_entities.unescape(m[0]).replace("\x02", "").replace("\x03", "")
        return as_text(char), m.start(), m.end()
