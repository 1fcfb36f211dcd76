"""Rules of units: the smallest parts that answer by themselves."""

from __future__ import annotations

from search.model import Document
from search.text.units import MAX_UNIT_CHARS, DocumentUnits, document_units, unit_text

SENTENCE = "This sentence has exactly forty letters."


def of(html: str, summary: str = "") -> DocumentUnits:
    return document_units(Document("en/a", "a", "en", "Title", html, summary=summary))


def texts(document: DocumentUnits) -> list[str]:
    return [unit_text(document.blocks[unit.block], unit) for unit in document.units]


def test_the_summary_is_the_first_unit() -> None:
    document = of("<h2>A</h2><p>Text.</p>", summary="In short.")
    assert document.has_summary
    assert texts(document) == ["In short.", "Text."]
    assert document.reading(1) == "Title › A\nText."


def test_an_empty_document_has_no_units() -> None:
    assert of("<h2>A</h2><p> </p><ol></ol>") == DocumentUnits("Title", (), ())


def test_rows_of_a_short_table_are_read_together_beside_their_heads() -> None:
    row = "<tr><td>Moscow</td><td>390</td></tr>"
    head = "<tr><th>Where</th><th>Price</th></tr>"
    assert texts(of(f"<table>{head}{row * 2}</table>")) == [
        "Where: Moscow | Price: 390\nWhere: Moscow | Price: 390"
    ]
    assert (
        texts(of(f"<p>Prices:</p><table>{head}{row * 4}</table>"))
        == ["Prices:\nWhere: Moscow | Price: 390"] * 4
    )


def test_a_row_under_other_heads_is_read_without_them() -> None:
    html = "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td></td><td>3</td></tr></table>"
    assert texts(of(html)) == ["1 | 3"]


def test_a_row_that_a_cell_joins_to_another_is_read_with_it() -> None:
    html = (
        "<table><tr><th>City</th><th>Way</th></tr><tr><td rowspan='2'>Moscow</td>"
        "<td>courier</td></tr><tr><td>pick-up</td></tr></table>"
    ).replace("'", '"')
    assert texts(of(html)) == ["City: Moscow | Way: courier\nWay: pick-up"]


def test_long_steps_are_read_in_runs() -> None:
    document = of(f"<p>Do:</p><ol>{f'<li>{SENTENCE}</li>' * 15}</ol>")
    assert [(unit.first, unit.end) for unit in document.units] == [(0, 10), (10, 15)]
    assert texts(document)[1] == "\n".join(["Do:", *[SENTENCE] * 5])


def test_long_paragraphs_are_read_by_sentences() -> None:
    document = of(f"<p>{' '.join([SENTENCE] * 15)}</p>")
    assert texts(document) == [" ".join([SENTENCE] * 10), " ".join([SENTENCE] * 5)]
    assert texts(of(f"<p>{'x' * 2 * MAX_UNIT_CHARS}</p>")) == ["x" * 2 * MAX_UNIT_CHARS]


def test_a_callout_and_a_definition_are_read_with_what_they_are_about() -> None:
    callout = '<div class="callout callout-note"><p class="callout-title">Hot</p><p>Wait.</p></div>'
    definition = "<dl><dt>DHCP</dt><dd>Nothing to do.</dd></dl>"
    assert texts(of(callout + definition)) == ["Hot\nWait.", "DHCP\nNothing to do."]
