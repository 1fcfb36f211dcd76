"""HTML as a tree: nested by the parser that cleans pages, read by Python's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kb.content.sanitize import well_formed
from kb.imports.html.depth import cut

TAGS = set(
    "a abbr address article aside audio b big bdi blockquote body br button caption center cite"
    " code col colgroup dd del details dfn div dl dt em embed figcaption figure font footer form h1"
    " h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta"
    " nav noscript object ol p picture pre q s samp section small source span strike strong sub"
    " summary sup table tbody td tfoot th thead time title tr tt u ul var video".split()
)
ATTRIBUTES = set(
    "alt align cite checked class colspan content data-lang data-language data-src data-title href"
    " id itemprop lang name open property role rowspan src start style title type value".split()
)
DROPPED = {"script", "style", "template", "svg", "math", "canvas", "select", "textarea"}
VOID = frozenset("br col embed hr img input link meta source".split())
MAX_DEPTH = 120
"""Deeper elements become children of the one at this depth."""


@dataclass
class HtmlNode:
    """An element, or a text where `tag` is ""."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[HtmlNode] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.get("class").lower().split())

    def walk(self) -> Iterator[HtmlNode]:
        """The node and everything below, in the order of the text."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(node.children)

    def words(self) -> str:
        """All text below, spaces as one."""
        return " ".join(
            "".join(node.text or BREAKS.get(node.tag, "") for node in self.walk()).split()
        )

    def elements(self) -> list[HtmlNode]:
        return [child for child in self.children if child.tag]


BREAKS = dict.fromkeys("br p div li td th tr h1 h2 h3 h4 h5 h6 dt dd".split(), " ")


class _TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = HtmlNode("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = HtmlNode(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID and len(self._open) < MAX_DEPTH:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(HtmlNode(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(HtmlNode("", text=data))


def parse(html: str) -> HtmlNode:
    """The tree of a page or a part of one. Never raises."""
    builder = _TreeBuilder()
    builder.feed(well_formed(cut(html), tags=TAGS, attributes=ATTRIBUTES, dropped=DROPPED))
    builder.close()
    return builder.root


def without(node: HtmlNode, unwanted: set[int]) -> HtmlNode:
    """The tree without the nodes whose identity is in `unwanted`."""
    kept = [without(child, unwanted) for child in node.children if id(child) not in unwanted]
    return HtmlNode(node.tag, node.attributes, kept, node.text)
