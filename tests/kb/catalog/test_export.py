"""kb.catalog.export: what authors write comes out as Markdown that means the same, and as text."""

from __future__ import annotations

import pytest

from kb.catalog.export import as_markdown, as_text
from kb.content.sanitize import to_html

BASE = "https://help.example.com/en/a"


def markdown(text: str) -> str:
    return as_markdown(to_html(text), base=BASE).removesuffix("\n")


@pytest.mark.parametrize(
    "text",
    [
        '![Back](https://help.example.com/m/a.svg "Where to look")',
        "> **Careful**\n>\n> Text\n>\n> - one\n> - two",
        "```python\nx = 1\n\n\ny = 2\n```",
        "````\n```\n````",
        "| a | b |\n| --- | --- |\n| 1 | 2 \\| 3 |",
        "- one\n- two `x`",
        "Text\n\n---\n\nMore",
    ],
    ids=["figure", "quote", "code", "fence", "table", "list", "rule"],
)
def test_markdown_comes_back_as_it_was(text: str) -> None:
    local = text.replace("https://help.example.com", "")
    assert markdown(local) == text


def test_steps_hold_their_code_and_pictures() -> None:
    text = "1. **Open.** Then:\n\n       http://192.168.77.1\n\n    ![x](/m/a.svg)\n\n2. Wait"
    assert markdown(text) == (
        "1. **Open.** Then:\n\n   ```\n   http://192.168.77.1\n   ```\n\n"
        "   ![x](https://help.example.com/m/a.svg)\n2. Wait"
    )


def test_tasks_keep_their_boxes() -> None:
    assert markdown("- [ ] One\n- [x] *Two*") == "- [ ] One\n- [x] *Two*"


def test_callouts_are_quotes_and_details_have_a_bold_title() -> None:
    assert markdown('!!! warning "Hot"\n    Do not touch.') == "> **Hot**\n>\n> Do not touch."
    assert markdown('??? note "Why?"\n    So.') == "**Why?**\n\nSo."


def test_places_leave_no_marks() -> None:
    assert markdown('<a id="x"></a>One') == "One"


def test_text_has_no_marks() -> None:
    html = to_html(
        '!!! note "Hot"\n    **No**\n\n![Back](/m/a.svg "Look")\n\n1. `x`\n\n```\ny\n```'
    )
    assert as_text(html) == "Hot\n\nNo\n\nBack\nLook\n\n1. x\n\ny\n"
