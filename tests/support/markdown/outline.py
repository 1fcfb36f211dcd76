"""HTML as an outline: elements, attributes that mean something, and text, one a line.

Two pages with the same outline look alike. What a page of ours has for its own sake (anchors of
headings, links around pictures, boxes that scroll) and what parsers write in different ways
(callouts, notes, alignment) is brought to one form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

VOID = frozenset({"br", "hr", "img", "input", "wbr"})
TAGS = nh3.ALLOWED_TAGS | set("input label section details summary figure figcaption".split())
ATTRIBUTES = set(
    "href src alt title class start align style type checked open id colspan rowspan".split()
)
HOLDERS = frozenset({"root", "blockquote", "callout", "div", "details", "note"})
"""Elements whose own text is a paragraph."""
BLOCKS = HOLDERS | set(
    "p ul ol li dl dt dd pre table thead tbody tr th td h1 h2 h3 h4 h5 h6 hr figure summary "
    "figcaption title".split()
)
KINDS = {
    **dict.fromkeys("note tip important info hint".split(), "note"),
    **dict.fromkeys("warning attention careful".split(), "careful"),
    **dict.fromkeys("caution danger".split(), "danger"),
}
SAME = {"h1": "h2", "s": "del"}
"""The title of a page is its only `h1`; struck words are written in two ways."""
SPACES = re.compile(r"[ \t\r\n\f]+")
PUNYCODE = re.compile(r"\bxn--([a-z0-9-]+)")
ELSEWHERE = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|[#?]|$)")


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def nodes(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class _TreeBuilder(HTMLParser):
    """Reads HTML that the cleaner has written, in which every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def outline(html: str) -> list[str]:
    """Lines of elements and texts, indented by depth."""
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": ATTRIBUTES},
        link_rel=None,
        url_schemes=nh3.ALLOWED_URL_SCHEMES | {"made-up-scheme", "localhost", "a+b+c", "data"},
    )
    builder = _TreeBuilder()
    builder.feed(cleaned)
    builder.close()
    root = builder.root
    root.children = list(_children(root))
    return list(_lines(root, -1))


def _children(parent: Node) -> Iterator[Node | str]:
    for child in parent.children:
        if isinstance(child, str):
            yield child
            continue
        if number := _footnote_number(child):
            yield Node("footnote", {"number": number})
            continue
        child.children = list(_children(child)) if child.tag != "pre" else child.children
        yield from _normal(child)


def _footnote_number(node: Node) -> str:
    """Number of the note that an element refers to; "" for any other element."""
    inner = node.nodes()
    classes = [*node.classes(), *(inner[0].classes() if inner else ())]
    if node.tag != "sup" or "footnote-ref" not in classes:
        return ""
    return "".join(_texts(node)).strip("[]").partition(":")[0]


def _normal(node: Node) -> list[Node | str]:
    """Parts that stand for `node`, whose own children are brought to one form already."""
    classes = node.classes()
    if node.tag == "div" and any(name in classes for name in ("callout", "admonition")):
        return [_callout(node, classes[1])]
    if node.tag == "div" and "markdown-alert" in classes:
        return [_callout(node, classes[1].removeprefix("markdown-alert-"))]
    if (node.tag, "footnotes") == (node.tag, *classes) or "footnote" in classes:
        return [Node("notes", children=[_note(li) for li in _items(node)])]
    if node.tag == "a" and "footnote-backref" in classes:
        return []
    if node.tag == "p" and _holds_only_pictures(node):
        return [Node("figure", children=[picture]) for picture in node.nodes()]
    return _simple(node, classes)


def _simple(node: Node, classes: list[str]) -> list[Node | str]:
    if "footnotes-sep" in classes:
        return []
    if node.tag in ("label", "div", "thead", "tbody", "span") or "zoom" in classes:
        return node.children
    if node.tag == "figure":
        picture = next(part for part in node.nodes() if part.tag == "img")
        return [Node("figure", children=[picture])]
    if node.tag == "input":
        return [Node("checkbox", {"checked": str("checked" in node.attributes)})]
    if node.tag == "img" and ELSEWHERE.match(node.attributes.get("src", "")):
        return [node.attributes.get("alt", "")]
    if node.tag == "li":
        node.children = _with_box_inside(node.children)
    if node.tag in ("p", "a") and not node.nodes() and not "".join(_texts(node)).strip():
        return []
    node.tag = SAME.get(node.tag, node.tag)
    node.attributes = dict(_meaning(node))
    return [node]


def _with_box_inside(parts: list[Node | str]) -> list[Node | str]:
    """The parts of an item; a box that stands before its first paragraph goes into it."""
    shown = [part for part in parts if isinstance(part, Node) or part.strip()]
    if [part.tag for part in shown[:2] if isinstance(part, Node)] != ["checkbox", "p"]:
        return parts
    box, paragraph = shown[:2]
    assert isinstance(paragraph, Node)
    paragraph.children.insert(0, box)
    return list(shown[1:])


def _decoded(host: re.Match[str]) -> str:
    return host[1].encode("ascii").decode("punycode")


def _meaning(node: Node) -> Iterator[tuple[str, str]]:
    attributes = node.attributes
    for name in ("href", "src"):
        if name in attributes:
            yield name, PUNYCODE.sub(_decoded, unquote(attributes[name]))
    for name in ("alt", "start", "open", "colspan", "rowspan"):
        if name in attributes:
            yield name, attributes[name]
    style = attributes.get("style", "").replace(" ", "")
    align = attributes.get("align") or style.removeprefix("text-align:")
    if node.tag in ("td", "th") and align in ("left", "center", "right"):
        yield "align", align


def _callout(node: Node, kind: str) -> Node:
    title, *rest = node.nodes()
    if "".join(_texts(title)).strip().lower() in KINDS:
        title.children = []
    title.tag = "title"
    classes = node.classes()
    if "is-collapsible" in classes:
        title.tag = "summary"
        is_open = {} if "collapsible-closed" in classes else {"open": ""}
        return Node("details", is_open, [title, *rest])
    return Node(
        "callout", {"kind": KINDS.get(kind.removeprefix("callout-"), "note")}, [title, *rest]
    )


def _note(item: Node) -> Node:
    """A note without the space before its way back."""
    last = item.nodes()[-1] if item.nodes() else item
    if last.children and isinstance(last.children[-1], str):
        last.children[-1] = last.children[-1].rstrip("\xa0 \n")
    is_empty = last.tag == "p" and not any(last.children)
    return Node(
        "note", children=[part for part in item.children if part is not last or not is_empty]
    )


def _items(notes: Node) -> list[Node]:
    found = [node for node in notes.nodes() if node.tag == "ol"]
    return [item for ol in found for item in ol.nodes()]


def _texts(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _texts(child)


def _holds_only_pictures(node: Node) -> bool:
    texts = [child for child in node.children if isinstance(child, str)]
    nodes = node.nodes()
    return bool(nodes) and all(part.tag == "img" for part in nodes) and not "".join(texts).strip()


def _lines(node: Node, depth: int) -> Iterator[str]:
    inside = "  " * (depth + 1)
    if depth >= 0:
        attributes = "".join(f" {name}={value}" for name, value in sorted(node.attributes.items()))
        yield f"{'  ' * depth}{node.tag}{attributes}"
    if node.tag == "pre":
        yield f"{inside}{_language(node)} {''.join(_texts(node))!r}"
        return
    for text, child in _runs(node):
        if child is not None:
            yield from _lines(child, depth + 1)
        elif node.tag in HOLDERS and text.strip(" "):
            yield f"{inside}p"
            yield f"{inside}  {text!r}"
        elif node.tag not in HOLDERS:
            yield f"{inside}{text!r}"


def _language(pre: Node) -> str:
    code = pre.nodes()
    name = code[0].attributes.get("class", "") if code else ""
    return name.removeprefix("language-").lower() if re.fullmatch(r"[\w+#-]+", name) else ""


def _runs(node: Node) -> Iterator[tuple[str, Node | None]]:
    """Texts and elements in order; blanks beside blocks and line breaks do not count."""
    merged: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str) and merged and isinstance(merged[-1], str):
            merged[-1] += child
        else:
            merged.append(child)
    for at, child in enumerate(merged):
        if not isinstance(child, str):
            yield "", child
            continue
        text = SPACES.sub(" ", child)
        if _is_edge(node, merged[at - 1] if at else None):
            text = text.lstrip(" ")
        if _is_edge(node, merged[at + 1] if at + 1 < len(merged) else None):
            text = text.rstrip(" ")
        if node.tag in ("td", "th"):
            text = text.strip("\xa0")
        if text:
            yield text, None


def _is_edge(parent: Node, beside: Node | str | None) -> bool:
    """True where blanks do not show: at the ends of a block, beside one and beside a break."""
    if beside is None:
        return parent.tag in BLOCKS
    return isinstance(beside, Node) and beside.tag in BLOCKS | {"br", "checkbox"}
