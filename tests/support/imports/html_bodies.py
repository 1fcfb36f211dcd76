"""Bodies of HTML as the editors of help desks save them, made by Hypothesis."""

from __future__ import annotations

from html import escape

from hypothesis import strategies as st

PLAIN = (
    *"Откройте Настройки и нажмите кнопку Settings opens the menu".split(),
    *("1.", "-", "#", "2.4 GHz", "x < 5", "a*b*c", "snake_case_name", "[link]", "C:\\temp\\new"),
    *("`tick`", "> 5", "~~no~~", "&amp;", "| pipe |", "!!!", ":::", "~", "—", "1)", "+", "{{ x }}"),
)
CODE = (
    "# no heading",
    "- no list",
    "",
    "  indented",
    "$ ls | wc",
    "```",
    "> no quote",
    "== x",
    "1. x",
)
CALLOUT = (
    '<div class="callout callout-warning"><p class="callout-title">Важно</p><p>Итак</p>{}</div>'
)
words = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=5).map(
    lambda found: escape(" ".join(found), quote=False)
)
spans = st.one_of(
    words,
    words.map("<strong>{}</strong>".format),
    words.map("<em>{}</em>".format),
    words.map('<a href="https://shop.example.com/a">{}</a>'.format),
    st.sampled_from(["ls -l", "a|b", "#x"]).map("<code>{}</code>".format),
    words.map("<span>{}</span>".format),
)
texts = st.lists(spans, min_size=1, max_size=4).map(lambda found: "Шаг " + " ".join(found))
lines = st.lists(texts, min_size=1, max_size=2).map("<br>".join)
paragraphs = lines.map("<p>{}</p>".format)
headings = st.builds("<h{0}>{1}</h{0}>".format, st.integers(2, 4), texts)
code = st.lists(st.sampled_from(CODE), min_size=1, max_size=4).map(
    lambda found: f"<pre><code>{escape(chr(10).join(['x', *found, 'y']), quote=False)}</code></pre>"
)
cells = st.one_of(texts, st.just(""))
tables = st.lists(st.tuples(cells, cells), min_size=1, max_size=3).map(
    lambda rows: (
        "<table><thead><tr><th>Имя</th><th>Цена</th></tr></thead><tbody>"
        + "".join(f"<tr><td>{one}</td><td>{two}</td></tr>" for one, two in rows)
        + "</tbody></table>"
    )
)
pictures = st.just('<p><img src="/media/a.png" alt="Схема"></p>')
rules = st.just("<hr>")
leaves = st.one_of(paragraphs, paragraphs, headings, code, tables, pictures, rules)


def _lists(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(item.map("<li>{}</li>".format), min_size=1, max_size=3).map("".join)
    starts = st.sampled_from(["", "", ' start="4"'])
    return st.one_of(
        items.map("<ul>{}</ul>".format),
        st.builds("<ol{}>{}</ol>".format, starts, items),
    )


def _holders(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map("\n".join)
    below = st.builds("{}{}".format, lines, st.one_of(st.just(""), several))
    return st.one_of(
        _lists(below),
        _lists(st.builds("{}{}".format, paragraphs, several)),
        several.map("<blockquote>{}</blockquote>".format),
        several.map(CALLOUT.format),
        several.map("<div>{}</div>".format),
        st.builds("<dl><dt>{}</dt><dd>{}</dd></dl>".format, texts, paragraphs),
    )


blocks = st.recursive(leaves, _holders, max_leaves=8)
bodies = st.lists(blocks, min_size=1, max_size=5).map("\n".join)
