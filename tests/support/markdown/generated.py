"""Articles in the manner of real ones, made by Hypothesis: steps, notes, pictures, code, tables."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

Lines = tuple[str, ...]

WORDS = st.sampled_from(
    [
        *"Откройте меню Настройки и нажмите Wi-Fi кнопку Сброс".split(),
        *"the router light turns 5 times".split(),
        *("**Save**", "*now*", "`ls -l`", "`a | b`", "[link](a.md)", "![icon](/m/i.png)", "E-05"),
        *(
            "a\\_b",
            "&amp;",
            "2.4 GHz",
            "~~old~~",
            "<kbd>Ctrl</kbd>",
            "x < 5",
            "[ref][r]",
            "1.",
            "—",
        ),
    ]
)
CODE = (
    "$ kb build",
    "if x:",
    "    return 1",
    "",
    "# no heading",
    "- no list",
    "| no | table |",
    "\tx",
)
CELLS = st.sampled_from(["a", "Wi-Fi", "`x \\| y`", "**b**", "", "1 290 ₽", "c\\|d", "[e](f.md)"])


def text() -> st.SearchStrategy[str]:
    """A line of a paragraph, that begins with a word."""
    return st.lists(WORDS, min_size=1, max_size=6).map(lambda words: "Шаг " + " ".join(words))


paragraphs = st.lists(text(), min_size=1, max_size=3).map(tuple)
pictures = st.sampled_from([("![Схема](/m/a.png)",), ("![a](/m/a.png)", "![b](/m/b.png)")])
headings = st.builds(
    lambda line, form: {
        "atx": (f"## {line}",),
        "closed": (f"### {line} ###",),
        "anchor": (f"## {line} {{#own}}",),
        "underlined": (line, "---"),
        "two lines": (line, line, "==="),
    }[form],
    text(),
    st.sampled_from(["atx", "closed", "anchor", "underlined", "two lines"]),
)
rules = st.sampled_from([("* * *",), ("___",)])


@st.composite
def code(draw: st.DrawFn) -> Lines:
    fence = draw(st.sampled_from(["```", "~~~", "````"]))
    lines = draw(st.lists(st.sampled_from(CODE), max_size=4))
    return (fence + draw(st.sampled_from(["", "bash", " python"])), *lines, fence)


@st.composite
def tables(draw: st.DrawFn) -> Lines:
    columns = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=3))
    head = draw(st.lists(CELLS, min_size=columns, max_size=columns))
    delimiters = draw(
        st.lists(st.sampled_from(["---", ":--", "--:", ":-:"]), min_size=columns, max_size=columns)
    )
    lead = draw(st.one_of(st.just(()), paragraphs))
    return (*lead, *(f"| {' | '.join(row)} |" for row in (head, delimiters, *rows)))


def indented(lines: Sequence[str], first: str, rest: str) -> Lines:
    return tuple(
        (first if at == 0 else rest) + line if line or at == 0 else line.rstrip()
        for at, line in enumerate(lines)
    )


@st.composite
def lists(draw: st.DrawFn, blocks: st.SearchStrategy[Lines]) -> Lines:
    """A list whose items hold blocks, indented as far as the item's text or a little further."""
    mark = draw(st.sampled_from(["-", "*", "+", "1.", "1)", "7.", "- [ ]", "- [x]"]))
    is_loose = draw(st.booleans())
    start = int(mark[:-1]) if mark[0].isdigit() else 0
    out: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        own = f"{start + number}{mark[-1]}" if mark[0].isdigit() else mark
        gap = " " * draw(st.sampled_from([1, 1, 1, 2, 3]))
        width = len(own.partition(" ")[0] + gap)
        further = " " * draw(st.sampled_from([0, 0, 0, 1]))
        out += [*indented(draw(paragraphs), own + gap, " " * width)]
        for block in draw(st.lists(blocks, max_size=2)):
            is_apart = draw(st.booleans()) or block[0].startswith("7")
            out += [
                *([""] if is_apart else []),
                *indented(block, " " * width, " " * width + further),
            ]
        out += [""] if is_loose else []
    return tuple(out)


def quotes(blocks: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    marks = st.sampled_from(["[!NOTE]", "[!WARNING]", "[!caution]"])
    alerts = st.builds(
        lambda mark, lead, rest: (mark, *lead, "", *rest), marks, paragraphs, joined(blocks)
    )
    return st.one_of(joined(blocks), alerts).map(
        lambda lines: tuple(f"> {line}".rstrip() for line in lines)
    )


def callouts(blocks: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    heads = st.sampled_from(['!!! note "Важно"', "!!! warning", "!!! danger", '??? tip "Почему?"'])
    kinds = st.sampled_from(["note", "tip[Совет]", "danger Не трогайте", "warning"])
    return st.one_of(
        st.builds(_below, heads, joined(blocks)),
        st.builds(_between_colons, kinds, joined(blocks)),
    )


def _below(head: str, inside: Lines) -> Lines:
    """A callout by its indent; of empty lines one at a time, as the oracle wants it."""
    lines = [
        line for at, line in enumerate(inside) if line.strip("> ") or inside[at - 1].strip("> ")
    ]
    return (head, *indented(lines, " " * 4, " " * 4))


def _between_colons(kind: str, inside: Lines) -> Lines:
    """A callout with more colons than those within it."""
    colons = ":" * (1 + max([2, *(line.count(":") for line in inside if ":::" in line)]))
    return (f"{colons}{kind}", *inside, colons)


def joined(blocks: st.SearchStrategy[Lines], most: int = 2) -> st.SearchStrategy[Lines]:
    """Blocks with an empty line between each two."""
    return st.lists(blocks, min_size=1, max_size=most).map(
        lambda parts: tuple(line for part in parts for line in (*part, ""))[:-1]
    )


leaves = st.one_of(paragraphs, pictures, code(), tables(), rules)
inside = st.recursive(
    leaves, lambda blocks: st.one_of(lists(blocks), quotes(blocks), callouts(blocks)), max_leaves=6
)
articles = joined(
    st.one_of(lists(inside), lists(inside), inside, headings, callouts(inside)), most=6
).map(lambda lines: "\n".join((*lines, "", "[r]: r.md", "")))
