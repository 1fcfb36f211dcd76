"""Blocks of HTML as Markdown: paragraphs, lists, code, quotes, callouts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.imports.anchor_signs import ANCHOR_CLOSE, ANCHOR_OPEN
from kb.imports.html.callouts import is_title, kind_of
from kb.imports.html.inline import PLAYERS, destination, image, inline, paragraph, player
from kb.imports.html.neighbours import apart, list_sign
from kb.imports.html.tables import MergedCells, is_layout, own_cells, table
from kb.imports.html.tree import HtmlNode

BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt figure footer form h1 h2 h3"
    " h4 h5 h6 header hr html li main nav ol p pre section table ul root".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush:?)[ -]?([\w+#-]{1,30})")
LAST_SIGNS = re.compile(f"(?<!\\S)#(?=#{{0,200}}(?:$|{ANCHOR_OPEN}))")
"""Of a heading: Markdown takes them for the end of its mark."""
BACKSLASHED = r"\\\g<0>"
NAMED = re.compile(f"{ANCHOR_OPEN}[^{ANCHOR_CLOSE}\n]{{1,100}}{ANCHOR_CLOSE}")
INDENT = " " * 4


@dataclass
class BlockWriter:
    """Writes one page; counts what became something else."""

    players: int = 0
    merged: MergedCells = field(default_factory=MergedCells)

    def blocks(self, nodes: Sequence[HtmlNode]) -> list[str]:
        """Blocks of Markdown, each of one line or more, to be parted by blank lines."""
        found: list[str] = []
        run: list[HtmlNode] = []
        for node in nodes:
            if self._is_block(node):
                self._flush(run, found)
                found += self._block(node)
            else:
                run.append(node)
        self._flush(run, found)
        return apart([block for block in found if block.strip()])

    def _is_block(self, node: HtmlNode) -> bool:
        if node.tag in BLOCKS or kind_of(node):
            return True
        return bool(node.tag) and any(child.tag in BLOCKS for child in node.walk())

    def _flush(self, run: list[HtmlNode], found: list[str]) -> None:
        for node in (one for top in run for one in top.walk()):
            self.players += node.tag in PLAYERS
        found.append(paragraph(_with_words(run)))
        run.clear()

    def _block(self, node: HtmlNode) -> list[str]:
        tag = node.tag
        if tag in HEADINGS:
            return self._heading(node)
        if (kind := kind_of(node)) and (tag != "table" or is_layout(node)):
            return self._callout(node, kind)
        if tag in ("ul", "ol"):
            return self._list(node)
        if tag == "pre":
            return [_code(node)]
        if tag == "blockquote":
            return [_prefixed(self.blocks(node.children), "> ")]
        if tag == "table":
            return self._table(node)
        if tag == "hr":
            return ["---"]
        if tag == "details":
            return self._details(node)
        if tag == "dl":
            return [self._definitions(node)]
        if tag == "figure":
            return self._figure(node)
        if tag == "a":
            return self._box_link(node)
        if tag in PLAYERS:
            return [player(node)]
        return self.blocks(node.children)

    def _heading(self, node: HtmlNode) -> list[str]:
        text = " ".join(inline(node.children).replace("\\\n", " ").split())
        text = (
            text.removeprefix("**").removesuffix("**")
            if text.count("**") == 2 and text.startswith("**") and text.endswith("**")
            else text
        )
        pictures = [one for one in node.walk() if one.tag == "img"]
        if not node.words():
            return [image(one) for one in pictures]
        return [f"{'#' * HEADINGS[node.tag]} {LAST_SIGNS.sub(BACKSLASHED, text)}"]

    def _callout(self, node: HtmlNode, kind: str) -> list[str]:
        titles = [child for child in node.elements() if is_title(child)][:1]
        children = [child for child in node.children if child not in titles]
        title, places = _title(titles[0]) if titles else ("", [])
        inner = self._cells(node) if node.tag == "table" else self.blocks(children)
        if not inner:
            return places
        head = f'!!! {kind} "{title}"' if title else f"!!! {kind}"
        return [*places, f"{head}\n{_prefixed(inner, INDENT)}"]

    def _details(self, node: HtmlNode) -> list[str]:
        summary = next((one for one in node.elements() if one.tag == "summary"), None)
        title, places = _title(summary) if summary else ("", [])
        inner = self.blocks([child for child in node.children if child is not summary])
        head = f'??? note "{title}"' if title else "??? note"
        return [*places, f"{head}\n{_prefixed(inner, INDENT)}" if inner else title]

    def _figure(self, node: HtmlNode) -> list[str]:
        caption = next((one for one in node.walk() if one.tag == "figcaption"), None)
        pictures = [one for one in node.walk() if one.tag == "img"]
        if len(pictures) != 1 or any(one.tag in ("table", "pre") for one in node.walk()):
            return self.blocks(node.children)
        words = caption.words() if caption else ""
        picture = pictures[0]
        return [
            image(HtmlNode("img", {**picture.attributes, **({"title": words} if words else {})}))
        ]

    def _box_link(self, node: HtmlNode) -> list[str]:
        """Blocks within a link: the first of them with words carries it."""
        blocks = self.blocks(node.children)
        href = node.get("href").strip()
        for at, block in enumerate(blocks):
            first, mark, rest = block.partition("\n")
            words = first.lstrip("# ")
            if (
                href
                and words
                and not words.startswith(("![", "```", "|", "-", ">"))
                and "](" not in words
            ):
                lead = first[: len(first) - len(words)]
                blocks[at] = f"{lead}[{words}]({destination(href)}){mark}{rest}"
                break
        return blocks

    def _table(self, node: HtmlNode) -> list[str]:
        if is_layout(node):
            return self._cells(node)
        return table(node, self.merged)

    def _cells(self, node: HtmlNode) -> list[str]:
        return [block for cell in own_cells(node) for block in self.blocks(cell.children)]

    def _definitions(self, node: HtmlNode) -> str:
        lines: list[str] = []
        for child in [one for one in node.walk() if one.tag in ("dt", "dd")]:
            if child.tag == "dt":
                lines += ["", " ".join(paragraph(child.children).split("\n"))]
            else:
                inner = _prefixed(self.blocks(child.children), INDENT)
                lines.append(":   " + inner.removeprefix(INDENT))
        return "\n".join(lines).strip("\n")

    def _list(self, node: HtmlNode) -> list[str]:
        """The list, and another one wherever its numbers do not count on."""
        items = _items(node)
        written = [self.blocks(item.children) or [""] for item in items]
        is_tight = all(_is_tight(item) for item in written)
        lists: list[list[str]] = [[]]
        number = _number(node.get("start"), 1)
        for item, blocks in zip(items, written, strict=True):
            told = _number(item.get("value"), number)
            if told != number and node.tag == "ol" and lists[-1]:
                lists.append([])
            number = told
            marker = f"{number}. " if node.tag == "ol" else "- "
            text = ("\n" if is_tight else "\n\n").join(blocks)
            lists[-1].append(marker + _indented(text, len(marker)).lstrip(" "))
            number += 1
        return [("\n" if is_tight else "\n\n").join(one).rstrip() for one in lists if one]


def _number(text: str, default: int) -> int:
    return (
        min(int(text), 10**8) if text.isascii() and text.isdigit() and len(text) < 10 else default
    )


def _indented(text: str, width: int) -> str:
    indent = " " * width
    return "\n".join(f"{indent}{line}" if line else "" for line in text.split("\n"))


def _title(node: HtmlNode) -> tuple[str, list[str]]:
    """Words of a title in quotes, and the signs of places in it, which stand above."""
    words = node.words()
    signs = NAMED.findall(words)
    return NAMED.sub("", words).replace('"', "'").strip(), signs


def _items(node: HtmlNode) -> list[HtmlNode]:
    """The items of a list; what stands beside them belongs to the one before."""
    items: list[HtmlNode] = []
    for child in node.children:
        if child.tag == "li":
            items.append(HtmlNode("li", child.attributes, list(child.children)))
        elif child.tag or child.text.strip():
            if not items:
                items.append(HtmlNode("li"))
            items[-1].children.append(child)
    return [
        item
        for item in items
        if item.words() or any(one.tag in ("img", "iframe") for one in item.walk())
    ]


def _with_words(run: list[HtmlNode]) -> list[HtmlNode]:
    """`run` whose one link, laid over words without holding any, holds them."""
    links = [one for one in run if one.tag == "a" and one.get("href")]
    others = [one for one in run if one.tag != "a" and one.words()]
    if len(links) != 1 or links[0].words() or links[0].elements() or not others:
        return run
    pictures = [one for one in run if one.tag == "img"]
    return [*pictures, HtmlNode("a", links[0].attributes, others)]


NOT_WORDS = ("```", "|", "!!!", "???", ">")
"""Beginnings of blocks that are no paragraph."""


def _is_tight(blocks: Sequence[str]) -> bool:
    """True for a paragraph with lists below it and nothing else."""
    lists = blocks[1:]
    return (
        bool(blocks)
        and not blocks[0].startswith(NOT_WORDS)
        and all(list_sign(it) in ("-", "*") or it.startswith(("1. ", "1) ")) for it in lists)
        and "\n\n" not in "".join(lists)
    )


def _prefixed(blocks: Sequence[str], prefix: str) -> str:
    text = "\n\n".join(blocks)
    return "\n".join(
        f"{prefix}{line}".rstrip() if not line else f"{prefix}{line}" for line in text.split("\n")
    )


def _code(node: HtmlNode) -> str:
    text = "".join("\n" if one.tag == "br" else one.text for one in node.walk())
    text = text.replace("\xa0", " ").strip("\n")
    ticks = "```"
    while ticks in text:
        ticks += "`"
    classes = " ".join(one.get("class") for one in node.walk())[:500]
    match = LANGUAGE.search(classes)
    language = match[1] if match else node.get("data-lang") or node.get("data-language")
    return f"{ticks}{language}\n{text}\n{ticks}"
