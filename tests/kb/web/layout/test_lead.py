"""kb.web.layout.lead: a summary that repeats the first paragraph is shown once."""

from __future__ import annotations

import pytest

from kb.web.layout.lead import lead


@pytest.mark.parametrize(
    ("summary", "html", "shown"),
    [
        ("Pay by card.", "<p>Pay by <strong>card</strong>. At once.</p><p>More.</p>", False),
        ("Cut at a word…", "<p>Cut at a word &amp; on.</p>", False),
        ("Pay by card.", "<p>You may pay by card.</p>", True),
        ("Pay by card.", "<h2>Pay</h2><p>Pay by card.</p>", True),
        ("Pay by card.", "<div class='callout'><p>Pay by card.</p></div>", True),
        ("Pay by card.", "", True),
        ("…", "<p>Text.</p>", True),
    ],
)
def test_a_summary_that_the_text_begins_with_is_left_out(
    summary: str, html: str, shown: bool
) -> None:
    assert lead(summary, html) == (summary if shown else "")
