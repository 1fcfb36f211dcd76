"""kb.content.markdown.blocks: blocks of raw HTML and comments."""

from __future__ import annotations

import pytest

from kb.content.sanitize import to_html


def test_markdown_means_nothing_within_a_block_and_everything_between_two() -> None:
    source = "<details>\n<summary>**A** &amp; b</summary>\n\n**C**\n\n</details>\n\nd"
    assert to_html(source) == (
        "<details>\n<summary>**A** &amp; b</summary>\n<p><strong>C</strong></p>\n</details>\n"
        "<p>d</p>"
    )


def test_links_and_pictures_in_it_are_resolved() -> None:
    html = to_html(
        '<div>\n<a href="a.md">a</a> <img src="b.png" alt="b">\n</div>',
        resolve_link=lambda href: f"/ru/{href}",
        resolve_image=lambda src: f"/media/{src}",
    )
    assert '<a href="/ru/a.md">a</a>' in html
    assert 'src="/media/b.png"' in html


def test_pictures_alone_are_figures() -> None:
    assert to_html('<img src="/a.png" alt="A">').startswith('<figure><a class="zoom"')


def test_tags_that_nobody_may_use_are_text() -> None:
    assert to_html("<Tabs>\n<Item x>\n\nA\n\n</Tabs>") == (
        "<p>&lt;Tabs&gt;\n&lt;Item x&gt;</p>\n<p>A</p>\n<p>&lt;/Tabs&gt;</p>"
    )
    assert to_html("<script>\n\n*a*\n</script>") == "<p>&lt;script&gt;\n\n*a*\n&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    "hidden", ["<!-- a\n\n# b\n-->", "<?php\n\n?>", "<![CDATA[\n\n]]>", "<!A\n>"]
)
def test_hidden_text_leaves_nothing(hidden: str) -> None:
    assert to_html(f"Before\n\n{hidden}\nafter") == "<p>Before</p>\n<p>after</p>"
    assert to_html(f"- a\n\n{hidden}\n- b").count("<ul>") == 2


@pytest.mark.parametrize("opening", ["<!-- x", "<?x", "<![CDATA[x"])
def test_what_never_ends_is_text(opening: str) -> None:
    html = to_html(f"{opening}\n\nafter")
    assert html.startswith("<p>&lt;")
    assert html.endswith("<p>after</p>")
