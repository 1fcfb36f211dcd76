"""An article's HTML as Markdown or as plain text, for programs that read articles.

Works on the sanitised HTML that the page shows, so that links and pictures are those of the site
and nothing hidden gets out. The Markdown is written anew, not the author's own.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "p div ul ol pre blockquote table tr details summary figure figcaption hr dl dt dd".split()
)
_CELLS = ("td", "th")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~"}


def as_text(html: str) -> str:
    """Visible text, blocks separated by blank lines, items by line ends."""
    return _write(_Writer(base="", is_markdown=False), html)


def as_markdown(html: str, *, base: str) -> str:
    """Markdown with absolute links: relative ones are resolved against the address `base`."""
    return _write(_Writer(base=base, is_markdown=True), html)


def _write(writer: _Writer, html: str) -> str:
    writer.feed(html)
    writer.close()
    return writer.result()


class _Writer(HTMLParser):
    """Writes text while reading tags. Input is well-formed: the sanitiser made it."""

    def __init__(self, *, base: str, is_markdown: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._is_markdown = is_markdown
        self._out: list[str] = []
        self._lists: list[int | None] = []
        """For each open list the number of its next item, None when it has none."""
        self._links: list[str] = []
        self._quotes = 0
        self._code_depth = 0
        self._row: list[str] | None = None
        self._is_first_row = True

    def result(self) -> str:
        lines = "".join(self._out).split("\n")
        text = "\n".join(line.rstrip() for line in lines)
        return _MANY_LINES.sub("\n\n", text).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _HEADINGS:
            self._paragraph()
            self._mark("#" * _HEADINGS[tag] + " ")
        elif tag in ("ul", "ol"):
            self._line() if self._lists else self._paragraph()
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._paragraph()
            self._mark("```\n")
            self._code_depth += 1
        elif tag == "code" and not self._code_depth:
            self._mark("`")
        elif tag == "blockquote":
            self._paragraph()
            self._quotes += 1
            self._mark("> ")
        elif tag in _CELLS:
            self._cell()
        elif tag == "table":
            self._paragraph()
            self._is_first_row = True
        elif tag == "tr":
            self._line()
            self._row = []
        elif tag in _MARKS:
            self._mark(_MARKS[tag])
        elif tag == "a":
            self._mark("[")
            self._links.append(values.get("href") or "")
        elif tag == "img":
            self._image(values)
        elif tag == "br":
            self._line()
        elif tag in _BLOCKS and not self._lists:
            self._paragraph()
        elif tag in _BLOCKS:
            self._line_unless_at_item_start()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._paragraph()
        elif tag in ("ul", "ol"):
            self._lists.pop()
            if not self._lists:
                self._paragraph()
        elif tag == "pre":
            self._code_depth -= 1
            self._line()
            self._mark("```")
            self._paragraph()
        elif tag == "code" and not self._code_depth:
            self._mark("`")
        elif tag == "blockquote":
            self._quotes -= 1
            self._paragraph()
        elif tag == "tr":
            self._end_row()
        elif tag in _MARKS:
            self._mark(_MARKS[tag])
        elif tag == "a":
            self._end_link(self._links.pop() if self._links else "")
        elif tag in _BLOCKS and not self._lists:
            self._paragraph()

    def handle_data(self, data: str) -> None:
        if self._code_depth:
            self._out.append(data)
            return
        text = _SPACES.sub(" ", data)
        if text == " " and (not self._out or self._out[-1].endswith(("\n", " "))):
            return
        if self._out and self._out[-1].endswith("\n"):
            text = text.lstrip(" ")
        self._out.append(text)

    def _mark(self, mark: str) -> None:
        if self._is_markdown:
            self._out.append(mark)

    def _line(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")
        if self._quotes:
            self._mark("> ")

    def _paragraph(self) -> None:
        if self._row is not None:
            return
        self._out.append("\n\n")
        if self._quotes:
            self._mark("> ")

    def _item(self) -> None:
        self._line()
        number = self._lists[-1] if self._lists else None
        indent = "  " * (len(self._lists) - 1)
        self._out.append(f"{indent}- " if number is None else f"{indent}{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _line_unless_at_item_start(self) -> None:
        if self._out and not self._out[-1].endswith(("- ", ". ", "\n")):
            self._out.append("\n" + "  " * len(self._lists))

    def _cell(self) -> None:
        if self._row is not None:
            self._out.append("| " if not self._row else " | ")
            self._row.append("")

    def _end_row(self) -> None:
        columns = len(self._row or ())
        self._row = None
        self._out.append(" |\n")
        if self._is_first_row:
            self._mark("| " + " | ".join(["---"] * columns) + " |\n")
        self._is_first_row = False

    def _end_link(self, target: str) -> None:
        self._mark(f"]({urljoin(self._base, target)})")

    def _image(self, values: dict[str, str | None]) -> None:
        alt = values.get("alt") or ""
        source = urljoin(self._base, values.get("src") or "")
        self._out.append(f"![{alt}]({source})" if self._is_markdown else alt)
