"""kb.content.remarks.dialects: marks of other programs are told by line; what is meant is not."""

from __future__ import annotations

import pytest

from tests.support.markdown.told import found, told

BOXES = [
    ("a\n\n[ ] todo\n[ ] more\n", "raw-mark", 3),
    ("[ ] todo", "raw-mark", 1),
    ("[x] done\n[x] more", "raw-mark", 1),
    ("a\n\n- [] todo\n", "raw-mark", 3),
    ("- one\n- [ ]todo\n", "raw-mark", 2),
    ("- [ x ] todo\n", "raw-mark", 1),
    ("- [] todo\n\n- [] more\n", "raw-mark", 1),
    ("- one\n- [/] begun\n", "raw-mark", 2),
    ("1. [-] dropped\n", "raw-mark", 1),
]
BRACES = [
    ("a\n\n![b](c.png){width=50%}\n", "raw-template", 3),
    ("[a](b.md){:target='_blank'}", "raw-template", 1),
    ("a { loading=lazy } b", "raw-template", 1),
    ("* TOC\n{:toc}\n", "raw-template", 2),
    ("a\n{::nomarkdown}\n", "raw-template", 2),
    ("a\n{# remark #}\nb", "raw-template", 2),
    ("{info}\nText\n{info}\n", "raw-template", 1),
    ("a {note}one{note} b", "raw-template", 1),
    ("{code:java}\nint a;\n{code}\n", "raw-template", 1),
    ("a ${price} b", "raw-template", 1),
    ("a %{days} b", "raw-template", 1),
    ("a {{{ raw }}} b", "raw-template", 1),
]
CALLS = [
    ("a\n\n[youtube id=abc]\n", "raw-template", 3),
    ('[video src="a.mp4" width="3"]', "raw-template", 1),
    ("[youtube:abc]", "raw-template", 1),
    ("a [b]strong[/b] c", "raw-template", 1),
    ("a\n\n```mermaid\ngraph TD\n```\n", "raw-component", 3),
    ("```dataview\nLIST\n```\n", "raw-component", 1),
]
NOTES = [
    ("a\n\nText ^block-id\n", "raw-mark", 3),
    ("Text^[said in between].", "raw-reference", 1),
    ("due:: 2026-01-01\n", "raw-mark", 1),
    ("a (due:: tomorrow) b", "raw-mark", 1),
    ("#тег #другой\n\ntext", "raw-mark", 1),
    ("text #тег/один here", "raw-mark", 1),
    ("- #tag\n", "raw-mark", 1),
    ("%%\nhidden\n%%\n", "raw-mark", 1),
]
REVISIONS = [
    ("a\n\nIt is {--gone--} and {++new++}\n", "raw-mark", 3),
    ("a {==marked==} b", "raw-mark", 1),
    ("a {~~old~>new~~} b", "raw-mark", 1),
    ("a {>>a comment<<} b", "raw-mark", 1),
    ("a ^^inserted^^ b", "raw-mark", 1),
    ("a\n\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> b\n", "raw-mark", 3),
    ("![a](b.png)\n\n/// caption\nText\n///\n", "raw-directive", 3),
]
SIGNS = [
    ("a\n\n:warning: Careful\n", "raw-mark", 3),
    ("Done :white_check_mark:", "raw-mark", 1),
    ("a\n\n$$\na = b^2\n$$\n", "raw-mark", 3),
    (r"The sum $\frac{a}{b}$ is", "raw-mark", 1),
    ("a ~~ struck ~~ b", "raw-mark", 1),
    ("Press ++ctrl+c++", "raw-mark", 1),
    ("x^2^ metres", "raw-mark", 1),
    ("#Heading\n\ntext", "raw-mark", 1),
    ("a\n\n#Heading of words\n\ntext", "raw-mark", 3),
    ("####### Seven", "raw-mark", 1),
    ("- [ ] # heading\n", "raw-mark", 1),
    ("## {#y}\n\na", "raw-mark", 1),
    ("a &amp;nbsp; b", "raw-html", 1),
    ("a\n\nb <!-- never closed\n", "raw-html", 3),
]
CALLOUTS = [
    ("!!! Note: x\n", "raw-callout", 1),
    ("a\n\n!!! warning Read this first\n", "raw-callout", 3),
    ("!!! Внимание! Не трогайте\n", "raw-callout", 1),
    ("[!VIDEO https://x.example/a]\n", "raw-callout", 1),
    ("[NOTE]\ntext\n", "raw-callout", 1),
    ("/// note | Title\ntext\n///\n", "raw-directive", 1),
    (".. note:: text\n", "raw-directive", 1),
]
ODD = [
    ("a\n\n> [!NOTE] All of it stands here.\n\nb", "odd-callout", 3),
    ("> [!TIP]\nThe text below.\n", "odd-callout", 1),
]
LINKS = [
    ("a\n\nSee [t](u and more\n", "raw-mark", 3),
    ("See [t](https://x.example and more", "raw-mark", 1),
    ("See [t]( u v ).", "raw-mark", 1),
    ("See [t](my file.pdf).", "raw-mark", 1),
    ("![alt] (a.png)", "raw-mark", 1),
    ("a ![](b c.png) d", "raw-mark", 1),
    ("a [b]\n(https://x.example/c) d", "raw-mark", 1),
    ("(words)[https://x.example/a]", "raw-mark", 1),
    ("see [words(https://x.example/a) now", "raw-mark", 1),
    ("[words]](https://x.example)", "raw-mark", 1),
    ("text\n[a]: https://x.example\n", "raw-reference", 2),
    ("h2. Heading\n", "raw-mark", 1),
    ("!picture.png|thumbnail!", "raw-mark", 1),
    ("[words|https://x.example]", "raw-mark", 1),
    ("[https://x.example words]", "raw-mark", 1),
    ("'''strong'''", "raw-mark", 1),
    ("see :ref:`x`", "raw-mark", 1),
]


@pytest.mark.parametrize(
    ("body", "kind", "line"),
    [*BOXES, *BRACES, *CALLS, *NOTES, *REVISIONS, *SIGNS, *CALLOUTS, *ODD, *LINKS],
)
def test_a_mark_of_another_program_is_told_by_its_line(body: str, kind: str, line: int) -> None:
    assert (kind, line) in told(body), told(body)
    assert all(one.remedy and len(str(one)) <= 160 for one in found(body))


ESCAPED = r"""
\[ \] todo, \[\[x\]\], \{\{ x }}, &#123;&#123; x }}, \:warning:, \$\{x}, \![a] (b.png)

\#Heading

\!!! Note: x

- \[\] todo
"""
CODE = """
Text `[ ] todo`, `{width=50%}`, `:warning:`, `${var}`, `[t](u`, `^[note]`, `#tag/one`.

```
[ ] todo
{:toc} :warning: ${var} $$a = b$$
[youtube id=abc] {info}x{info}
!!! Note: x
#Heading
```
"""
MEANT = """
- [ ] todo
- [x] done

[x] — закрыть окно.

Заказ #12345, канал #support, кнопка «#», № 5, C# и F#.

#1 причина: пыль

Цены: $5 и $10, $$ — средний, $$$ — дорого.

Время 12:30:45, соотношение 4:3:2, C::D, std::vector.

Нажмите ^C, затем 2 ^ 10, a^b, x^2 + y^2.

Введите {код} или {code} из SMS, {имя}.

Массив[0](см. ниже), f(x)[0], [a] и (b), [1] (см. примечание), (см. [1]).

C++ и Java++, a || b || c, ~5 минут, ~100~

[сноска] (в скобках), текст [в скобках (и ещё)] дальше.

Ура!!! !!! Внимательно

- - -

| a | b |
| --- | --- |
| `x` | :-) |

Он сказал: «Да», [см. раздел 3], {a, b}, {x = 1}.

h2 и h3. Так.

Путь / к // файлу /// три.

https://x.example/#a/b и https://x.example/?a={b}
"""


@pytest.mark.parametrize("body", [ESCAPED, CODE, MEANT])
def test_what_is_meant_is_left_alone(body: str) -> None:
    assert [str(one) for one in found(body)] == []


def test_a_callout_that_all_programs_show_is_left_alone() -> None:
    for body in ("> [!NOTE]\n> text", "> [!TIP] Title\n> text\nand more", ">  [!note]-\n> - a"):
        assert told(body) == []


def test_an_alert_is_told_with_a_backslash_too() -> None:
    assert told("> \\[!NOTE]\n> text") == [("raw-callout", 1)]
