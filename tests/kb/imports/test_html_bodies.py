"""HTML of help desks as our Markdown: nothing is joined, parted or taken for a mark."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from kb.content.sanitize import to_html
from kb.imports.html.conversion import convert
from tests.kb.imports.test_zendesk import zendesk
from tests.support.imports import Importing
from tests.support.imports.html_bodies import bodies
from tests.support.imports.shapes import shape

REFUND = "en/guides/money/getting-a-refund.md"


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(bodies)
def test_a_body_as_editors_make_it(body: str) -> None:
    assert shape(to_html(convert(body).markdown)) == shape(body)


@pytest.mark.parametrize(
    "body",
    [
        "<ol><li>a</li><li>b</li></ol><ol><li>c</li></ol><ol><li>d</li></ol>",
        "<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>",
        "<ol><li>a<ul><li>b</li></ul><ul><li>c</li></ul></li></ol>",
        '<ol><li>a</li></ol><ol start="7"><li>c</li><li>d</li></ol>',
        "<ul><li><p>a</p><pre><code>- b</code></pre></li></ul><ul><li>c</li></ul>",
        "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>",
        "<dl><dt>a</dt><dd>b</dd></dl><dl><dt>c</dt><dd>d</dd></dl>",
        "<ul><li>a</li></ul><pre><code>    b</code></pre>",
        "<h2>C #</h2><h2>#</h2><p>~a~ ~~b~~ c~d~e</p>",
    ],
)
def test_neighbours_stay_two(body: str) -> None:
    assert shape(to_html(convert(body).markdown)) == shape(body)


def test_numbers_of_steps_that_do_not_count_on() -> None:
    markdown = convert("<ol><li>a</li><li value=5>b</li><li>c</li></ol>").markdown
    assert markdown == "1. a\n\n5) b\n6) c\n"


def test_code_stays_as_it_is(importing: Importing) -> None:
    code = "# comment  \nls\n===\n\n\n\n## two\n[a](b.md)"
    body = f"<p>Go.</p><pre>{code}</pre><ul><li><ul><li><pre># x</pre></li></ul></li></ul>"
    importing.run(zendesk(body=f"{body}<h2>Next</h2>"))
    text = importing.text(REFUND)
    assert text == (f"Go.\n\n```\n{code}\n```\n\n- - ```\n    # x\n    ```\n\n## Next\n")


def test_a_title_is_none_of_code(importing: Importing) -> None:
    page = "````md\n```\n# not\n```\n````\n\nText.\n\n# Title\n"
    importing.run({"a.md": page})
    assert "title: Title\n" in importing.article("en/guides/general/a.md")


def test_words_in_angle_brackets_are_text() -> None:
    assert convert("<P>“<Device name> Set up” <Name></P>").markdown == (
        "“\\<Device name> Set up” \\<Name>\n"
    )


def test_a_link_to_the_picture_itself_is_the_picture() -> None:
    body = '<a href="https://c.org/a.png?x=1"><img src="https://c.org/a.png?x=1" alt="A"></a>'
    assert convert(body).markdown == "![A](https://c.org/a.png?x=1)\n"


def test_pages_of_the_menu_stay_and_marks_of_lines_go(importing: Importing) -> None:
    code = (
        "```js\n// highlight-next-line\na();\n# highlight-start\nb();\n{/* highlight-end */}\n```"
    )
    files = {
        "mkdocs.yml": "nav:\n  - Log: changelog.md\n  - index.md\n",
        "docs/changelog.md": "# Changes\n\nText.\n",
        "docs/index.md": f"# Index\n\n“<Device name> Set up”.\n\n{code}\n",
    }
    importing.run(files)
    assert importing.text("en/guides/general/index.md") == (
        "“\\<Device name> Set up”.\n\n```js\na();\nb();\n```\n"
    )
    assert "en/guides/general/changelog.md" in importing.paths
