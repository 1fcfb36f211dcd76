"""kb.content.markdown.blocks: a callout is one thing, however its author spells it."""

from __future__ import annotations

import pytest

from kb.content.sanitize import Callout, to_html

TITLES: dict[Callout, str] = {"note": "Note", "careful": "Careful", "danger": "Danger"}


def callout(kind: str, inside: str, title: str = "") -> str:
    words = title or TITLES[kind]  # type: ignore[index]  # a kind
    return (
        f'<div class="callout callout-{kind}">\n<p class="callout-title">{words}</p>\n'
        f"{inside}\n</div>"
    )


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((word, "note") for word in ("NOTE", "tip", "Important", "info", "hint")),
        *((word, "careful") for word in ("WARNING", "attention")),
        *((word, "danger") for word in ("caution", "DANGER")),
    ],
)
def test_a_word_means_the_same_in_every_spelling(word: str, kind: str) -> None:
    for source in (
        f"!!! {word}\n    Text.",
        f"!!! {word}\n  Text.",
        f":::{word}\nText.\n:::",
        f"::: {word}\n\nText.\n\n:::",
        f"> [!{word}]\n> Text.",
    ):
        assert to_html(source) == callout(kind, "<p>Text.</p>"), source


@pytest.mark.parametrize(
    "source",
    [
        '!!! tip "My *title*"\n    Text.',
        '!!! tip inline end "My *title*"\n    Text.',
        ":::tip[My *title*]\nText.\n:::",
        ":::tip My *title*\nText.\n:::",
        ":::tip My *title* {#id}\nText.\n:::",
        "> [!TIP] My *title*\n> Text.",
    ],
)
def test_a_title_is_the_author_s(source: str) -> None:
    assert to_html(source) == callout("note", "<p>Text.</p>", "My <em>title</em>")


@pytest.mark.parametrize(
    "source",
    [
        '??? tip "Why?"\n    Text.',
        ":::details Why?\nText.\n:::",
        "> [!faq]- Why?\n> Text.",
    ],
)
def test_folded_text_is_details(source: str) -> None:
    assert to_html(source) == "<details>\n<summary>Why?</summary>\n<p>Text.</p>\n</details>"


@pytest.mark.parametrize(
    "source",
    [
        "1. One\n\n   !!! note\n       Text.\n\n2. Two",
        "1. One\n\n   !!! note\n     Text.\n\n2. Two",
        "1. One\n\n    !!! note\n        Text.\n\n2. Two",
        "1. One\n\n   :::note\n\n   Text.\n\n   :::\n\n2. Two",
        "1. One\n\n   > [!NOTE]\n   > Text.\n\n2. Two",
    ],
)
def test_a_callout_stands_inside_a_step(source: str) -> None:
    inside = callout("note", "<p>Text.</p>")
    assert to_html(source) == (
        f"<ol>\n<li>\n<p>One</p>\n{inside}\n</li>\n<li>\n<p>Two</p>\n</li>\n</ol>"
    )


def test_callouts_hold_any_block() -> None:
    inside = "1. One\n\n   ```\n   code\n   ```\n\n| a |\n|---|\n| b |"
    plain = to_html(inside)
    for source in (
        "!!! note\n" + "\n".join(f"    {line}" for line in inside.split("\n")),
        "!!! note\n" + "\n".join(f"  {line}" for line in inside.split("\n")),
        f":::note\n{inside}\n:::",
        "> [!NOTE]\n" + "\n".join(f"> {line}" for line in inside.split("\n")),
    ):
        assert to_html(source) == callout("note", plain), source


@pytest.mark.parametrize(
    "source",
    [
        "!!! note\n    Text.\nAfter.",
        "!!! note\n    Text.\n\nAfter.",
        ":::note\nText.\n:::\nAfter.",
        "> [!NOTE]\n> Text.\n\nAfter.",
    ],
)
def test_a_callout_ends_where_its_author_ends_it(source: str) -> None:
    assert to_html(f"Before.\n\n{source}") == (
        f"<p>Before.</p>\n{callout('note', '<p>Text.</p>')}\n<p>After.</p>"
    )


@pytest.mark.parametrize("outer", [":::", "::::"])
def test_a_callout_stands_inside_another(outer: str) -> None:
    html = to_html(f"{outer}note\n:::danger\nIn.\n:::\nOut.\n{outer}\nAfter.")
    inner = callout("danger", "<p>In.</p>")
    assert html == f"{callout('note', f'{inner}{chr(10)}<p>Out.</p>')}\n<p>After.</p>"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_colons_in_code_close_nothing(fence: str) -> None:
    html = to_html(f":::note\n{fence}\n:::\n{fence}\n:::\nAfter.")
    assert html == callout("note", "<pre><code>:::\n</code></pre>") + "\n<p>After.</p>"


def test_a_sentence_beside_the_mark_of_a_quote_is_its_text() -> None:
    assert to_html("> [!NOTE] All of it.") == callout("note", "<p>All of it.</p>")


def test_a_word_that_nobody_knows_is_never_lost() -> None:
    assert ">Внимание</p>" in to_html("!!! внимание\n    Текст.")
    for source in (":::nosuch\nText.\n:::", "> [!nosuch]\n> Text.", "!!! Это очень важно"):
        html = to_html(source)
        assert "callout" not in html
        assert source.split()[0].lstrip("> ").split("\n")[0] in html
