"""Layout of what is quoted: blocks for pages and programs, plain text and Markdown. Pure.

Choosing is done elsewhere (`search/answers`, `search/text/quotation`); nothing is added here
but numbers, marks and the headings that stand above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.model import LayoutBlock, LayoutKind, Quotation, Tone

_BACKTICKS = re.compile("`+")
LEFT_OUT = "…"
"""Stands for rows and items that are not shown, in any language."""
_LIST_MARK = re.compile(r"^(\d+)([.)])(?=\s)|^[-+*#>](?=\s)")


@dataclass(frozen=True)
class QuotedLine:
    """A line of an item, a callout or a definition; `depth` counts the lists inside around it."""

    text: str
    depth: int = 0


@dataclass(frozen=True)
class QuotedBlock:
    """One block of a quotation, as it is laid out."""

    kind: LayoutKind
    heading: str
    """Path of the headings above, "" before the first."""
    has_new_heading: bool
    """It is another one than that of the block before: it is shown."""
    anchor: str
    lead: str
    """The sentence that introduces it."""
    title: str
    """Title of a callout, term of a definition."""
    text: str
    """Of all that is no list and no table; lines of lists in it begin with a tab."""
    lines: tuple[QuotedLine, ...]
    """Those of `text`."""
    items: tuple[tuple[QuotedLine, ...], ...]
    """Of steps and lists: the lines of each."""
    start: int
    """Number of the first step."""
    head: tuple[str, ...]
    """Column heads of a table."""
    rows: tuple[tuple[str, ...], ...]
    tone: Tone
    left_out: int
    """Rows or items that the article has beside those shown."""


def quoted_blocks(quotation: Quotation) -> tuple[QuotedBlock, ...]:
    """Blocks of a quotation in page order."""
    found: list[QuotedBlock] = []
    for block in quotation.blocks:
        heading = " › ".join(block.headings)
        above = found[-1].heading if found else ""
        found.append(_quoted(block, heading, has_new_heading=bool(heading) and heading != above))
    return tuple(found)


def plain_text(quotation: Quotation) -> str:
    """A quotation to be pasted anywhere: numbered steps, rows as lines, headings above."""
    parts: list[str] = []
    for block in quoted_blocks(quotation):
        heading = [block.heading] if block.has_new_heading else []
        parts.append("\n".join((*heading, *_plain_lines(block))))
    return "\n\n".join(parts)


def markdown(quotation: Quotation) -> str:
    """A quotation as Markdown that is laid out as the article is."""
    parts: list[str] = []
    for block in quoted_blocks(quotation):
        parts += [f"**{block.heading}**"] if block.has_new_heading else []
        parts += [_escaped(block.lead)] if block.lead else []
        parts.append("\n".join(_markdown_lines(block)))
    return "\n\n".join(parts)


def _quoted(block: LayoutBlock, heading: str, *, has_new_heading: bool) -> QuotedBlock:
    is_list, is_table = block.kind in {"steps", "list"}, block.kind == "table"
    rows = [line for part in block.parts for line in part.split("\n")] if is_table else []
    joined = (" " if block.kind == "paragraph" else "\n").join(block.parts)
    text = "" if is_list or is_table else joined
    return QuotedBlock(
        kind=block.kind,
        heading=heading,
        has_new_heading=has_new_heading,
        anchor=block.anchor,
        lead=block.lead,
        title=", ".join(block.title.split("\n")),
        text=text,
        lines=() if block.kind == "code" else _lines(text),
        items=tuple(map(_lines, block.parts)) if is_list else (),
        start=block.start,
        head=block.head,
        rows=tuple(tuple(line.split("\t")) for line in rows),
        tone=block.tone,
        left_out=block.left_out,
    )


def _lines(text: str) -> tuple[QuotedLine, ...]:
    found = ((line, line.lstrip("\t")) for line in text.split("\n"))
    return tuple(QuotedLine(bare, len(line) - len(bare)) for line, bare in found if bare)


def _marked(line: QuotedLine) -> str:
    """A line of a list inside, with a mark and further in than what is around it."""
    return f"{'  ' * (line.depth - 1)}- {line.text}" if line.depth else line.text


def _plain_lines(block: QuotedBlock) -> Iterator[str]:
    if block.lead:
        yield block.lead
    if block.kind in {"steps", "list"}:
        yield from _listed(block)
    elif block.kind == "table":
        yield from (_row_line(block.head, row) for row in block.rows)
        yield from [LEFT_OUT] if block.left_out else []
    elif block.title and (block.kind == "callout" or len(block.lines) > 1):
        yield "\n".join((block.title, *map(_marked, block.lines)))
    elif block.title:
        yield f"{block.title}: {block.text.strip()}"
    elif block.kind == "code":
        yield block.text
    else:
        yield "\n".join(map(_marked, block.lines))


def _listed(block: QuotedBlock) -> Iterator[str]:
    """Items with their numbers or marks; further lines of an item are indented."""
    for number, lines in enumerate(block.items, start=block.start):
        mark = f"{number}. " if block.kind == "steps" else "- "
        first, *others = lines
        further = (" " * len(mark) + _marked(line) for line in others)
        yield "\n".join((mark + first.text, *further))
    yield from [f"- {LEFT_OUT}"] if block.left_out else []


def _row_line(head: Sequence[str], row: Sequence[str]) -> str:
    """Cells of a row in one line, each with its column head."""
    heads = head if len(head) == len(row) else ("",) * len(row)
    cells = zip(heads, row, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in cells if cell)


def _markdown_lines(block: QuotedBlock) -> Iterator[str]:
    if block.kind in {"steps", "list"}:
        yield from _listed(block)
    elif block.kind == "table":
        width = max(map(len, (block.head, *block.rows)))
        left_out = [(LEFT_OUT,)] if block.left_out else []
        for row in (block.head, ("---",) * width, *block.rows, *left_out):
            cells = (cell.replace("|", "\\|") for cell in (*row, *[""] * (width - len(row))))
            yield f"| {' | '.join(cells)} |"
    elif block.kind == "code":
        longest = max(map(len, _BACKTICKS.findall(block.text)), default=2)
        fence = "`" * max(3, longest + 1)
        yield f"{fence}\n{block.text}\n{fence}"
    elif block.kind == "callout":
        title = [f"> **{block.title}**", ">"] if block.title else []
        yield "\n".join((*title, *(f"> {_marked(line)}" for line in block.lines)))
    elif block.title:
        first, *others = block.lines
        yield "\n".join((f"**{block.title}**: {first.text}", *map(_marked, others)))
    else:
        yield _escaped(block.text)


def _escaped(text: str) -> str:
    """A paragraph that begins as a list or heading does stays a paragraph."""
    found = _LIST_MARK.match(text)
    if not found:
        return text
    return f"{found[1]}\\{found[2]}{text[found.end() :]}" if found[1] else f"\\{text}"
