"""An article's HTML as Markdown or as plain text, for programs that read articles.

Works on the sanitised HTML that the page shows, so that links and pictures are those of the site
and nothing hidden gets out. The Markdown is written anew, not the author's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset("p div ul ol table tr details figure hr dl dt dd".split())
_FRAMED = frozenset("li blockquote pre td th summary figcaption".split())
"""Elements written only when they end: all their lines get something in front or around."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BACKTICKS = re.compile(r"`+")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "dt": "**"}
_CALLOUT_TITLE = "callout-title"


def as_text(html: str) -> str:
    """Visible text, blocks separated by blank lines, items by line ends."""
    return _write(_Writer(base="", is_markdown=False), html)


def as_markdown(html: str, *, base: str) -> str:
    """Markdown with absolute links: relative ones are resolved against the address `base`."""
    return _write(_Writer(base=base, is_markdown=True), html)


def article_markdown(title: str, summary: str, html: str, *, address: str) -> str:
    """A whole article: its title, its summary, its text, and where it stands."""
    return f"# {title}\n\n{summary}\n\n{as_markdown(html, base=address)}\n{address}\n"


def _write(writer: _Writer, html: str) -> str:
    writer.feed(html)
    writer.close()
    return writer.result()


@dataclass
class _Frame:
    """An open element and what has been written inside it."""

    tag: str
    marker: str = ""
    """Of a list item, or the language of code."""
    out: list[str] = field(default_factory=list)

    def text(self) -> str:
        return "".join(self.out)

    def ends_with(self, text: str) -> bool:
        return "".join(self.out[-3:]).endswith(text)


class _Writer(HTMLParser):
    """Writes text while reading tags. Input is well-formed: the sanitiser made it."""

    def __init__(self, *, base: str, is_markdown: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._is_markdown = is_markdown
        self._frames = [_Frame("")]
        self._lists: list[int | None] = []
        """For each open list the number of its next item, None when it has none."""
        self._links: list[str | None] = []
        self._closings: list[str] = []
        """Marks that end each open paragraph or box."""
        self._row: list[str] = []
        self._is_first_row = True

    def result(self) -> str:
        return self._frames[0].text().strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _FRAMED:
            self._open(tag)
        elif tag in _HEADINGS:
            self._break(2)
            self._mark("#" * _HEADINGS[tag] + " ")
        elif tag in _BLOCKS:
            self._begin_block(tag, values)
        elif tag == "code":
            self._begin_code(values)
        elif tag == "a":
            leads = values.get("class") != "zoom" and "href" in values
            self._links.append(values["href"] if leads else None)
            self._mark("[" if leads else "")
        elif tag == "img":
            self._image(values)
        elif tag == "input":
            self._mark("[x]" if "checked" in values else "[ ]")
        elif tag == "br":
            self._break(1)
        self._mark(_MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._mark(_MARKS.get(tag, ""))
        if tag in _FRAMED:
            self._close(self._frames.pop())
        elif tag in ("ul", "ol"):
            self._lists.pop()
            self._break(1 if self._lists else 2)
        elif tag == "tr":
            self._end_row()
        elif tag == "code" and self._frames[-1].tag != "pre":
            self._mark("`")
        elif tag == "a":
            target = self._links.pop() if self._links else None
            self._mark("" if target is None else f"]({urljoin(self._base, target)})")
        elif tag in ("p", "div"):
            self._end_box()
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._break(2)

    def handle_data(self, data: str) -> None:
        frame = self._frames[-1]
        if frame.tag == "pre":
            frame.out.append(data)
            return
        text = _SPACES.sub(" ", data)
        if text.startswith(" ") and (
            not frame.out or frame.ends_with("\n") or frame.ends_with(" ")
        ):
            text = text[1:]
        if text:
            frame.out.append(text)

    # Blocks

    def _begin_block(self, tag: str, values: dict[str, str]) -> None:
        if tag in ("ul", "ol"):
            self._break(1 if self._lists else 2)
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "tr":
            self._row = []
        elif tag == "table":
            self._break(2)
            self._is_first_row = True
        elif tag == "hr":
            self._break(2)
            self._mark("---")
        elif tag == "div" and values.get("class", "").startswith("callout"):
            self._open("blockquote")
            self._closings.append("callout")
        else:
            self._break(2)
            if tag in ("p", "div"):
                is_title = values.get("class") == _CALLOUT_TITLE
                self._closings.append("**" if is_title else "")
                self._mark("**" if is_title else "")

    def _end_box(self) -> None:
        closing = self._closings.pop() if self._closings else ""
        if closing == "callout":
            self._close(self._frames.pop())
            return
        self._mark(closing)
        self._break(2)

    def _open(self, tag: str) -> None:
        marker = ""
        if tag == "li":
            number = self._lists[-1] if self._lists else None
            marker = "- " if number is None else f"{number}. "
            if number is not None:
                self._lists[-1] = number + 1
        self._frames.append(_Frame(tag, marker))

    def _close(self, frame: _Frame) -> None:
        """Write what an element held, now that all of it is known."""
        if frame.tag == "pre":
            self._code_block(frame)
            return
        text = frame.text().strip()
        if frame.tag in ("td", "th"):
            cell = _SPACES.sub(" ", text)
            self._row.append(cell.replace("|", "\\|") if self._is_markdown else cell)
        elif frame.tag == "li":
            self._break(1)
            self._put(frame.marker + _indented(text, " " * len(frame.marker)))
            self._break(1)
        elif frame.tag == "figcaption":
            self._caption(text)
        else:
            self._break(2)
            if frame.tag == "blockquote" and self._is_markdown:
                text = "> " + _indented(text, "> ", empty=">")
            elif frame.tag == "summary" and self._is_markdown:
                text = f"**{text}**"
            self._put(text)
            self._break(2)

    def _code_block(self, frame: _Frame) -> None:
        code = frame.text().strip("\n")
        self._break(2)
        if self._is_markdown:
            longest = max((len(run) for run in _BACKTICKS.findall(code)), default=0)
            fence = "`" * max(3, longest + 1)
            code = f"{fence}{frame.marker}\n{code}\n{fence}"
        self._put(code)
        self._break(2)

    def _end_row(self) -> None:
        self._break(1)
        self._put("| " + " | ".join(self._row) + " |")
        if self._is_first_row:
            self._mark("\n| " + " | ".join(["---"] * len(self._row)) + " |")
        self._is_first_row = False
        self._break(1)

    # Within lines

    def _begin_code(self, values: dict[str, str]) -> None:
        if self._frames[-1].tag == "pre":
            self._frames[-1].marker = values.get("class", "").removeprefix("language-")
        else:
            self._mark("`")

    def _image(self, values: dict[str, str]) -> None:
        alt = values.get("alt", "")
        source = urljoin(self._base, values.get("src", ""))
        self._put(f"![{alt}]({source})" if self._is_markdown else alt)

    def _caption(self, text: str) -> None:
        """Of the picture written last: Markdown keeps it in the picture's title."""
        out = self._frames[-1].out
        if self._is_markdown and out and out[-1].startswith("!["):
            out[-1] = f"{out[-1][:-1]} {_quoted(text)})"
        else:
            self._break(1)
            self._put(text)

    def _mark(self, text: str) -> None:
        """Write a mark that only Markdown has."""
        if self._is_markdown:
            self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self._frames[-1].out.append(text)

    def _break(self, lines: int) -> None:
        """End the line, and leave a blank one for `lines` of 2; never twice."""
        frame = self._frames[-1]
        while frame.out and not (kept := frame.out[-1].rstrip(" ")):
            frame.out.pop()
        if not frame.out:
            return
        frame.out[-1] = kept
        missing = lines - next(n for n in (2, 1, 0) if frame.ends_with("\n" * n))
        if missing > 0:
            frame.out.append("\n" * missing)


def _indented(text: str, prefix: str, *, empty: str = "") -> str:
    """All lines but the first with `prefix`, blank ones with `empty`."""
    first, *others = text.split("\n")
    return "\n".join([first, *(f"{prefix}{line}" if line else empty for line in others)])


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'" if "'" not in text else f"({text})"
