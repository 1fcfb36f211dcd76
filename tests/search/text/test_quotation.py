"""Rules of quotations: whole, in page order, exact, and nothing twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.model import Document, Quotation, block_text
from search.text.html_text import sections
from search.text.quotation import MAX_CHARS, quotation
from search.text.units import MAX_STEPS_CHARS, DocumentUnits, document_units, unit_text

ROWS = "".join(f"<tr><td>F-{n}</td><td>cause {n}</td></tr>" for n in range(1, 9))
CODES = f"<table><tr><th>Code</th><th>Cause</th></tr>{ROWS}</table>"


def of(html: str, summary: str = "") -> DocumentUnits:
    return document_units(Document("en/a", "a", "en", "Title", html, summary=summary))


def number(document: DocumentUnits, text: str) -> int:
    """Number of the first unit that holds a text."""
    texts = [unit_text(document.blocks[unit.block], unit) for unit in document.units]
    return next(n for n, held in enumerate(texts) if text in held)


def shown(html: str, *texts: str, summary: str = "", short: int = 0) -> str | None:
    document = of(html, summary)
    found = quotation(document, [number(document, text) for text in texts], short=short)
    return found.text if found else None


def test_steps_are_shown_whole_with_what_introduces_them() -> None:
    steps = "".join(f"<li>{n}. {'Press it long. ' * 6}</li>" for n in range(1, 13))
    document = of(f'<h2 id="a">Reset</h2><p>Do this:</p><ol start="2">{steps}</ol>')
    found = quotation(document, [number(document, "5. Press")])
    assert found
    assert found.kind == "steps"
    assert found.text.startswith("Do this:\n1. Press")
    assert len(found.blocks[0].parts) == 12
    assert (found.blocks[0].start, found.anchor, found.heading) == (2, "a", "Reset")


def test_longer_steps_are_not_shown() -> None:
    steps = f"<ol>{'<li>Press it long.</li>' * 120}</ol>"
    assert shown(f"{steps}<p>Other.</p>", "Press", "Other") is None
    assert shown(f"{steps}<p>Other.</p>", "Other", "Press") == "Other."


def test_steps_that_are_counted_on_are_shown_together() -> None:
    html = (
        "<ol><li>Open.</li><li>Type:</li></ol><pre>reset</pre>"
        '<ol start="3"><li>Wait.</li></ol><p>Done.</p><ol><li>New.</li></ol>'
    )
    assert shown(html, "Open") == "Open.\nType:\nreset\nWait."
    assert shown(html, "Wait") == "Open.\nType:\nreset\nWait."
    assert shown(html, "New") == "New."
    assert shown(html.replace("<pre>", "<h2>B</h2><pre>"), "Open") == "Open.\nType:"


def test_a_row_is_shown_under_its_column_heads() -> None:
    assert shown(CODES, "F-3") == "Code Cause\nF-3 cause 3"
    assert shown(CODES, "F-3", "F-1", "F-8", "F-5") == (
        "Code Cause\nF-1 cause 1\nF-3 cause 3\nF-8 cause 8"
    )


def left_out(html: str, text: str) -> list[int]:
    document = of(html)
    found = quotation(document, [number(document, text)], short=0)
    return [block.left_out for block in found.blocks] if found else []


def test_rows_and_items_that_are_left_out_are_counted() -> None:
    assert left_out(CODES, "F-3") == [7]
    spanning = '<tr><td rowspan="2">x</td><td>1</td></tr><tr><td>2</td></tr>'
    others = "".join(f"<tr><td>y</td><td>{n}</td></tr>" for n in range(3, 6))
    assert left_out(f"<table>{spanning}{others}</table>", "3") == [4]
    assert left_out(f"<table>{spanning}</table>", "1") == [0]
    items = "".join(f"<li>{n}. {'An item that is told. ' * 9}</li>" for n in range(5))
    assert left_out(f"<ul>{items}</ul>", "0. An") == [3]
    assert left_out("<ul><li>a</li><li>b</li></ul>", "a") == [0]
    assert left_out(f"<p>{'A sentence ends. ' * 60}</p>", "A sentence") == [0]


def test_a_callout_is_shown_with_its_body_and_a_definition_with_its_term() -> None:
    callout = '<div class="callout callout-note"><p class="callout-title">Hot</p><p>Wait.</p></div>'
    assert shown(f"{callout}<dl><dt>DHCP</dt><dd>None.</dd></dl>", "None", "Hot") == (
        "Hot\nWait.\nDHCP\nNone."
    )


def test_a_paragraph_that_introduces_definitions_is_shown_with_them() -> None:
    terms = "<dl><dt>DHCP</dt><dd>None.</dd><dt>PPPoE</dt><dd>A login.</dd></dl>"
    html = f"<p>There are:</p>{terms}<p>The end.</p>"
    assert shown(html, "There are") == "There are:\nDHCP\nNone.\nPPPoE\nA login."
    assert shown(html, "A login") == "PPPoE\nA login."
    assert shown("<p>See below:</p>", "See") == "See below:"


@pytest.mark.parametrize(
    "lead", ["Go through these four steps.", "Do the following, please.", "Выполните эти шаги."]
)
def test_a_sentence_that_points_at_steps_is_shown_with_them(lead: str) -> None:
    html = f"<p>{lead} That helps.</p><ol><li>Press.</li></ol><p>The end.</p>"
    assert shown(html, lead) == f"{lead} That helps.\nPress."
    assert shown(html, "Press") == "Press."
    assert shown(html.replace("<ol>", "<p>Then:</p><p>x</p><ol>"), lead) == f"{lead} That helps."
    too_many = html.replace("Press.", "Press. " * 400)
    assert shown(too_many, lead) is None


def test_spans_come_in_page_order_and_are_three_at_most() -> None:
    paragraphs = ("Pay by card.", "Send it back.", "Wait a week.", "Ask the bank.")
    html = "".join(f"<p>{text}</p>" for text in paragraphs)
    assert shown(html, "Wait", "Pay") == "Pay by card.\nWait a week."
    assert shown(html, "Ask", "Wait", "Send", "Pay") == "\n".join(paragraphs[1:])


def test_sentences_that_do_not_follow_each_other_stand_apart() -> None:
    sentences = [f"Sentence {word * 80} ends." for word in "abcdefghij"]
    html = f"<p>{' '.join(sentences)}</p>"
    assert shown(html, "aaa", "iii") == f"{' '.join(sentences[:4])}\n{' '.join(sentences[8:])}"


def test_a_short_paragraph_goes_on_with_what_follows_in_its_section() -> None:
    html = (
        "<h2>Errors</h2><p>The app says “no route”.</p><p>Restart the router.</p><p>Or wait.</p>"
        "<h2>Else</h2><p>Ask us.</p>"
    )
    problem = "The app says “no route”."
    assert shown(html, "The app", short=30) == f"{problem}\nRestart the router."
    assert shown(html, "The app", short=250) == f"{problem}\nRestart the router.\nOr wait."
    assert shown(html, "The app", short=len(problem)) == problem
    assert shown(html, "Or wait", short=250) == "Or wait."


def test_rows_and_definitions_are_complete_in_themselves() -> None:
    table = (
        "<table><tr><th>Code</th><th>Meaning</th></tr><tr><td>E4</td><td>Stuck</td></tr></table>"
    )
    found = shown(f"{table}<p>Ask us.</p>", "E4", short=250)
    assert found
    assert "Ask us" not in found


def test_nothing_is_said_twice() -> None:
    html = "<p>The refund arrives on your card within ten days.</p><p>Ask the bank.</p>"
    summary = "Your refund arrives within ten days, on the card."
    assert shown(html, "Your refund", "The refund", "Ask", summary=summary) == (
        f"{summary}\nAsk the bank."
    )
    assert shown(html.replace("ten", "10"), "Your", "The refund", summary=summary) == (
        f"{summary}\nThe refund arrives on your card within 10 days."
    )


SUMMARY = (
    "Адрес меняется в заказах, пока заказ не передан в доставку; "
    "состав изменить нельзя — отмените и оформите новый."
)
OPENING = (
    "<p>Пока заказ не передан в доставку, сами меняете адрес и время; "
    "состав собранного заказа не меняется.</p>"
)


@pytest.mark.parametrize("order", [("Адрес", "Пока"), ("Пока", "Адрес")])
def test_the_summary_is_not_shown_beside_the_opening_that_says_the_same(
    order: tuple[str, str],
) -> None:
    html = f"{OPENING}<h2>Доставка</h2><p>Ждите.</p>"
    found = shown(html, *order, "Ждите", summary=SUMMARY)
    assert found
    assert (SUMMARY in found) == (order[0] == "Адрес")
    assert ("сами меняете" in found) == (order[0] == "Пока")
    assert found.endswith("Ждите.")


def test_what_is_half_the_same_stays_where_neither_is_the_summary() -> None:
    html = f"<p>{SUMMARY}</p>{OPENING}"
    assert shown(html, "Адрес", "Пока") == f"{SUMMARY}\n{OPENING[3:-4]}"
    below = f"<h2>A</h2>{OPENING}"
    assert shown(below, "Адрес", "Пока", summary=SUMMARY) == f"{SUMMARY}\n{OPENING[3:-4]}"


@pytest.mark.parametrize("start", ["It", "Then it", "After that, it", "Он", "В этом случае он"])
def test_what_rests_on_the_sentence_before_is_shown_with_it(start: str) -> None:
    html = f"<p>The robot beeps.</p><p>{start} stops.</p>"
    assert shown(html, "stops") == f"The robot beeps.\n{start} stops."
    assert shown(html.replace("</p><p>", "</p><h2>Stop</h2><p>"), "stops") == f"{start} stops."


def test_a_chain_of_pronouns_is_followed_to_its_noun() -> None:
    html = "<p>Other.</p><p>The robot beeps.</p><p>It waits.</p><p>Then it stops.</p>"
    assert shown(html, "stops") == "The robot beeps.\nIt waits.\nThen it stops."


def test_a_quotation_has_a_greatest_length() -> None:
    paragraphs = "".join(f"<p>{word * 370}.</p>" for word in "abc")
    assert shown(paragraphs, "a", "b", "c") == f"{'a' * 370}."
    assert shown(f"<p>{'x' * (MAX_CHARS + 1)}</p>", "x") is None
    assert shown(f"<ul><li>{'x' * (MAX_CHARS + 1)}</li></ul><p>ok</p>", "x", "ok") is None


def test_nothing_chosen_is_nothing_shown() -> None:
    assert quotation(of("<p>x</p>"), []) is None


@pytest.mark.parametrize(
    "piece",
    [
        "<p>It is.</p>",
        "<p>The following.</p>",
        "<ol><li>x</li></ol>",
        '<ol start="2"><li>x</li></ol>',
        "<p>x:</p><dl><dt>y</dt><dd>z</dd></dl>",
        "<dl><dt>y</dt><dd>z</dd></dl>",
        "<li>x",
        "<tr><td>x",
    ],
)
def test_any_page_can_be_quoted_from(piece: str) -> None:
    document = of(f"<p>a:</p>{piece * 20_000}")
    for numbers in ([0], [len(document.units) // 2], range(min(50, len(document.units)))):
        found = quotation(document, numbers)
        assert found is None or len(found.text) <= MAX_STEPS_CHARS + MAX_CHARS


PIECES = (
    "<p>One sentence. Then another one.</p>",
    "<p>It is said:</p>",
    "<p>" + "A long sentence, as sentences go, to be cut. " * 12 + "</p>",
    "<ol><li>Press it.</li><li><p>Wait:</p><pre>a\n b</pre></li></ol>",
    "<ul><li>Take one:<ol><li>this</li><li>or that<ul><li>or none</li></ul></li></ol></li></ul>",
    '<ol start="3"><li>Go on.</li></ol>',
    "<ul>" + "<li>An item of some length that is told.</li>" * 14 + "</ul>",
    CODES,
    '<table><tr><td rowspan="2">x</td><td>1</td></tr><tr><td>2</td></tr></table>',
    '<div class="callout callout-careful"><p class="callout-title">Mind</p><p>Hot.</p></div>',
    "<dl><dt>A</dt><dt>B</dt><dd>Both.</dd></dl>",
    "<details><summary>Why?</summary><p>So.</p></details>",
    '<h2 id="h">Heading</h2>',
    "<pre>code  with\n  lines</pre>",
)


def visible(html: str) -> str:
    text = "".join(block.text for section in sections(html) for block in section.blocks)
    return re.sub(r"\s", "", text)


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.data())
def test_every_line_is_an_exact_span_of_what_is_visible(
    pieces: list[str], data: st.DataObject
) -> None:
    html = "".join(pieces)
    document = of(html)
    if not document.units:
        return
    numbers = st.integers(0, len(document.units) - 1)
    found = quotation(document, data.draw(st.lists(numbers, min_size=1, max_size=4)))
    if found is None:
        return
    page = visible(html)
    for line in found.text.split("\n"):
        assert re.sub(r"\s", "", line) in page
    assert in_page_order(found, page)
    steps = [block_text(block) for block in found.blocks if block.kind == "steps"]
    assert sum(map(len, steps)) <= MAX_STEPS_CHARS
    others = [block_text(b) for b in found.blocks if b.kind not in {"steps", "table"}]
    assert sum(map(len, others)) <= MAX_CHARS


def in_page_order(found: Quotation, page: str) -> bool:
    """True when the lines stand on the page in this order, each after the one before."""
    at = 0
    for line in found.text.split("\n"):
        at = page.find(re.sub(r"\s", "", line), at)
        if at < 0:
            return False
    return True
