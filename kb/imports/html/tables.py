"""Tables of HTML as tables of Markdown, whose cells hold one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.imports.html.inline import code_span, inline
from kb.imports.html.tree import HtmlNode

MAX_COLUMNS = 60
LIST_MARK = "• "


def is_layout(node: HtmlNode) -> bool:
    """True for a table that only arranges: one cell or one column, or tables in its cells."""
    rows = _rows(node)
    widest = max((len(row) for row in rows), default=0)
    has_inner = any(one.tag == "table" for one in node.walk() if one is not node)
    has_head = any(one.tag == "th" for one in node.walk())
    return has_inner or widest == 0 or (widest == 1 and not (has_head and len(rows) > 1))


@dataclass
class MergedCells:
    """Counts of cells that were merged over rows, and over columns."""

    down: int = 0
    across: int = 0


def table(node: HtmlNode, merged: MergedCells) -> list[str]:
    """Blocks of a table, its caption first; adds to the counts of merged cells."""
    rows = _grid(_rows(node), merged)
    width = max((len(row) for row in rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    is_headed = _is_headed(node)
    head, body = (rows[0], rows[1:]) if is_headed else ([""] * width, rows)
    lines = [_line(head), _line(["---"] * width), *(_line(row) for row in body)]
    caption = next((one for one in node.elements() if one.tag == "caption"), None)
    words = [f"**{inline(caption.children).strip()}**"] if caption and caption.words() else []
    return [*words, "\n".join(lines)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def own_cells(node: HtmlNode) -> list[HtmlNode]:
    """Cells of a table, those of tables inside left out."""
    return [cell for row in _rows(node) for cell in row]


def _rows(node: HtmlNode) -> list[list[HtmlNode]]:
    """Cells of each row, those of tables inside left out."""
    rows = []
    stack = [*reversed(node.elements())]
    while stack:
        child = stack.pop()
        if child.tag == "tr":
            rows.append([cell for cell in child.elements() if cell.tag in ("td", "th")])
        elif child.tag in ("thead", "tbody", "tfoot"):
            stack += reversed(child.elements())
    return [row for row in rows if row]


def _is_headed(node: HtmlNode) -> bool:
    if any(one.tag == "thead" for one in node.walk()):
        return True
    first = next(iter(_rows(node)), [])
    if all(cell.tag == "th" for cell in first):
        return True
    return all(_is_bold(cell) for cell in first)


def _is_bold(cell: HtmlNode) -> bool:
    bold = "".join(one.words() for one in cell.walk() if one.tag in ("strong", "b"))
    return bool(cell.words()) and len(bold) >= len(cell.words())


def _grid(rows: Sequence[Sequence[HtmlNode]], merged: MergedCells) -> list[list[str]]:
    """Texts of the cells; one that spans rows is repeated, one that spans columns is followed by
    empty ones."""
    carried: dict[int, tuple[int, str]] = {}
    found: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        cells = list(row)
        while (cells or len(line) in carried) and len(line) < MAX_COLUMNS:
            at = len(line)
            if at in carried:
                left, text = carried.pop(at)
                if left > 1:
                    carried[at] = left - 1, text
                line.append(text)
                continue
            cell = cells.pop(0)
            text = cell_text(cell)
            columns, deep = _span(cell, "colspan"), _span(cell, "rowspan")
            merged.across += columns > 1
            merged.down += deep > 1
            for offset in range(min(columns, MAX_COLUMNS - at)):
                if deep > 1:
                    carried[at + offset] = deep - 1, text if offset == 0 else ""
                line.append(text if offset == 0 else "")
        found.append(line)
    return found


def _span(cell: HtmlNode, name: str) -> int:
    text = cell.get(name)
    return max(1, min(int(text), 1000)) if text.isdigit() and len(text) < 5 else 1


def cell_text(cell: HtmlNode) -> str:
    """The cell on one line: paragraphs and items parted by `<br>`."""
    parts: list[str] = []
    run: list[HtmlNode] = []

    def flush() -> None:
        text = inline(run).replace("\\\n", "<br>").strip()
        if text:
            parts.append(text)
        run.clear()

    def take(node: HtmlNode, mark: str) -> None:
        for child in node.children:
            if child.tag in ("p", "div", "li", "ul", "ol", "section", "blockquote"):
                flush()
                own = len(parts)
                take(child, mark if child.tag != "li" else LIST_MARK)
                flush()
                if child.tag == "li" and len(parts) > own:
                    parts[own] = LIST_MARK + parts[own].removeprefix(LIST_MARK)
            elif child.tag == "pre":
                flush()
                parts.append(
                    "<br>".join(
                        code_span(line)
                        for line in "".join(it.text for it in child.walk()).strip().split("\n")
                        if line.strip()
                    )
                )
            else:
                run.append(child)

    take(cell, "")
    flush()
    return "<br>".join(part for part in parts if part).replace("|", "\\|").replace("\n", " ")
