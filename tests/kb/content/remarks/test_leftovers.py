"""kb.content.remarks: what readers would see raw is told by line; code and prose are left alone."""

from __future__ import annotations

import pytest

from tests.support.markdown.told import found, told


@pytest.mark.parametrize(
    ("body", "kind", "line"),
    [
        ("Text\n\n:::steps\none\n:::\n", "raw-directive", 3),
        ("Text\n\n::::tabs{sync=os}\none\n::::\n", "raw-directive", 3),
        ("Text\n\n::youtube[Film]{#id}\n", "raw-directive", 3),
        ("Text\n\n:::note\none\n", "unclosed-callout", 3),
        ("a\n\n<Steps>\n\n1. b\n\n</Steps>\n", "raw-component", 3),
        ("a\n\n<Card\n  title='x'\n  icon='y'\n/>\n", "raw-component", 3),
        ("a <Since v='5.0' /> b", "raw-component", 1),
        ("import X from '../x.astro';\n\na\n", "raw-component", 1),
        ("a\n\nexport const meta = { a: 1 };\n", "raw-component", 3),
        ("a\n\n{/* hidden */}\n", "raw-component", 3),
        ("a\n{% include note.html %}\n", "raw-template", 2),
        ("a\n\n{{< figure src='x' >}}\n", "raw-template", 3),
        ("a\n\n{{% notice %}}\n", "raw-template", 3),
        ("a {note:info} b", "raw-template", 1),
        ("a\n{.link-external}\n", "raw-template", 2),
        ('a\n\n=== "Linux"\n\n    b\n', "raw-template", 3),
        ('--8<-- "part.md"\n', "raw-template", 1),
        ("Within {{ return_days }} days", "unknown-variable", 1),
        ("a\n\n{{ snippet:contact }}\n", "unknown-variable", 3),
        ("a\n\nSee [[Возврат денег]].", "raw-wiki-link", 3),
        ("![[schema.png]]", "raw-wiki-link", 1),
        ("a [text][nowhere] b", "raw-reference", 1),
        ("a[^1] b", "raw-reference", 1),
        ("> [!NOSUCH]\n> text", "raw-callout", 1),
        ("> [! NOTE ]\n> text", "raw-callout", 1),
        ("> [!nosuch]- Folded\n> text", "raw-callout", 1),
        ("a\n\n<iframe src='https://x.example'></iframe>\n", "raw-html", 3),
        ("a <input type='text'> b", "raw-html", 1),
        ("a [b] (https://x.example/c) d", "raw-mark", 1),
        ("a [b](c d.md) e", "raw-mark", 1),
        ("a\n\nOnly half is strong** here.\n", "raw-mark", 3),
        ("a\n\n```bash\nls\n\nmore\n", "unclosed-fence", 3),
        ("```\nls\n\ntext\n\n```bash\nrm\n```\n\nend", "unclosed-fence", 1),
        ("a\n\n| b | c |\n| d | e |\n", "meant-as-table", 3),
        ("a\n\n| b | c | d |\n| --- | --- |\n| e | f |\n", "meant-as-table", 4),
        ("| a | b |\n| --- | --- |\n| c | d |\n| e | f | g |\n", "uneven-table", 4),
        ("a\n\n1.Раз\n2.Два\n", "meant-as-list", 3),
        ("a\n\n• one\n• two\n", "meant-as-list", 3),
        ("a\n\n-one\n-two\n", "meant-as-list", 3),
        ("*one\n*two\n", "meant-as-list", 1),
        ("a\n\n1.Шаг\n", "meant-as-list", 3),
        ("a\n\n1 . Раз\n2 . Два\n", "meant-as-list", 3),
        ("a:\n—раз\n—два\n", "meant-as-list", 2),
        ("a | b\nc | d\ne | f\n", "meant-as-table", 1),
        ("??? note\nx\n", "unclosed-callout", 1),
        ("a %%hidden%% b", "raw-mark", 1),
        ("a ==marked text== b", "raw-mark", 1),
        ("Press:\n2. Start\n", "meant-as-list", 2),
        ("a\n— one\n— two\n", "meant-as-list", 2),
        ("a\n\n![b](https://x.example/c.png)\n", "foreign-picture", 3),
        ("a ![b](//x.example/c.png) d", "foreign-picture", 1),
        ("![b][c]\n\n[c]: https://x.example/c.png\n", "foreign-picture", 1),
        ("![b](data:image/png;base64,AAAA)", "foreign-picture", 1),
        ("a\n\n<img alt='b' src='http://x.example/c.png'>", "foreign-picture", 3),
        ("- один\n-два\n", "meant-as-list", 2),
        ("а) раз\nб) два\n", "meant-as-list", 2),
        ("a\n\nШаг 1. Нажмите\nШаг 2. Ждите\n", "meant-as-list", 4),
        ("①one\n②two\n", "meant-as-list", 2),
        ("a\n\n+---+---+\n| b | c |\n+---+---+\n", "meant-as-table", 3),
        ("- коробка\n-в пакете\n", "meant-as-list", 2),
        ("– раз\n– два\n", "meant-as-list", 2),
        ("| a | b | c |\n| - | - | - |\n| d | e | f |\n| g | h |\n", "short-row", 4),
        ("| a | b |\n| - | - |\n| d | e |\nMore text\n", "short-row", 4),
        ("See [returns policy].\n\n[return policy]: https://x.example\n", "raw-reference", 1),
        ("a\n\nOpen `config.yml and save.\n", "raw-mark", 3),
        ("[[_TOC_]]\n\na\n", "raw-template", 1),
        ("a <font color='red'>b</font>", "lost-html", 1),
        ("a\n<span style='color: red'>b</span>", "lost-html", 2),
    ],
)
def test_a_leftover_is_told_by_its_line(body: str, kind: str, line: int) -> None:
    assert (kind, line) in told(body), told(body)
    assert all(one.remedy and len(str(one)) <= 160 for one in found(body))


CODE = """\
Text `{{ name }}` and `<Steps />`, `[[ -f x ]]`, `![a](https://x.example/b.png)`.

```
:::steps
import X from 'x';
{% if %} {{ name }} [[x]] <Card a="b" />
• one
| a | b |
| c | d |
![a](https://x.example/b.png)
```

    {{ name }} [[x]]
    {% include x %}

~~~md
```bash
ls
```
~~~

1. Step

   ```bash
   ::: x
   ```

2. Step `` `a` {{ b }} ``

<!-- {{ name }} ![a](https://x.example/b.png) -->
"""
PROSE = """\
Введите <Номер заказа> или <your-domain>, затем <Имя>.

Версия 1.5 и 2.0. Скидка 5 %, от -5 до +5 °C. Цена {цена} руб.

* звёздочка в начале
* ещё одна

1. Шаг
   - под шагом

> — Привет!
> Прямая речь.

Дом | Квартира

См. [правила](https://x.example) и [^1].

[^1]: Сноска.

| a | b |
| --- | --- |
| `x \\| y` | {a: 1} |
| c | |

Пишите [мелко] и [крупно], don`t, `tis 5`.

[крупнее]: https://x.example

См. [крупнее].

2 * 3 = 6, a[i][j], __init__, C++ :: D, 12:30:00

:) Почему так? ??? !!! Ура!!!

Цена** от 5 ₽.

**Условия действуют до конца месяца.

term
: definition

Import the list and export it again.
"""


@pytest.mark.parametrize("body", [CODE, PROSE])
def test_code_and_prose_are_left_alone(body: str) -> None:
    assert [str(one) for one in found(body)] == []


def test_a_leftover_is_told_once_an_article_with_how_often() -> None:
    body = "<Tab a='b'>\n\nx\n\n</Tab>\n\n<Tab a='c'>\n\ny\n\n</Tab>\n\n{{ a }} {{ b }} {{ a }}\n"
    assert [one.message for one in found(body)] == [
        "readers see `<Tab>` as text, 2 times",
        "readers see `{{ a }}`, which nothing fills in, 2 times",
        "readers see `{{ b }}`, which nothing fills in",
    ]


def test_a_callout_without_text_is_told() -> None:
    assert told('a\n\n!!! note "Mind"\n\nThe text.\n') == [("unclosed-callout", 3)]


@pytest.mark.parametrize(
    "body", ["Write \\{{ name }} here\n", "\\{\\{ a.b }}\n", "\\{% if x %} and so on\n"]
)
def test_escaped_braces_are_text_about_braces(body: str) -> None:
    assert told(body) == []


def test_braces_that_are_escaped_only_once_are_told() -> None:
    assert told("Write \\{{ name }} here\n\nand {{ name }} there\n") == [("unknown-variable", 1)]


def test_contents_and_styles_are_told_once_each() -> None:
    assert told("[[toc]]\n\n[TOC]\n") == [("raw-template", 1)]
    assert told("a\n\n<style>p{color:red}</style>\n") == [("raw-html", 3)]
