"""Places of a page that links lead to, marked by signs which stay in the text until it is whole."""

from __future__ import annotations

from collections.abc import Collection

from kb.imports.anchor_signs import anchor_sign
from kb.imports.html.tree import HtmlNode

BEFORE = frozenset(
    "br dl figure hr iframe img ol picture pre table thead tbody tr ul video".split()
)
"""Elements that hold no words themselves: the place is right above them."""


def marked(root: HtmlNode, used: Collection[str]) -> HtmlNode:
    """The tree with a sign at every element whose name is in `used`."""
    return HtmlNode(root.tag, root.attributes, _marked(root.children, used), root.text)


def _marked(nodes: list[HtmlNode], used: Collection[str]) -> list[HtmlNode]:
    found: list[HtmlNode] = []
    for node in nodes:
        name = node.get("id") or (node.get("name") if node.tag == "a" else "")
        inner = _marked(node.children, used) if node.children else []
        if name in used:
            sign = HtmlNode("", text=anchor_sign(name))
            if node.tag in BEFORE:
                found.append(sign)
            else:
                inner.insert(0, sign)
        found.append(HtmlNode(node.tag, node.attributes, inner, node.text))
    return found
