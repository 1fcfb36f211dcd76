"""Rules of tables."""

from __future__ import annotations

from search.text.html_tree import parse
from search.text.tables import MAX_COLUMNS, Table, table


def read(html: str) -> Table:
    return table(next(parse(f"<table>{html}</table>").elements))


def test_rows_stand_under_the_heads_of_their_columns() -> None:
    html = (
        "<thead><tr><th>Code</th><th>Cause</th></tr></thead>"
        "<tbody><tr><td>F-1</td><td>no <b>water</b></td></tr><tr><td>F-2</td><td></td></tr></tbody>"
    )
    assert read(html) == Table(("Code", "Cause"), ("F-1\tno water", "F-2\t"), "")


def test_a_first_row_with_data_is_no_head() -> None:
    found = read("<tr><th>Weight</th><td>2 kg</td></tr><tr></tr>")
    assert (found.head, found.parts) == ((), ("Weight\t2 kg",))


def test_rows_that_a_cell_joins_are_one_part() -> None:
    html = (
        "<tr><th>City</th><th>Way</th><th>Price</th></tr>"
        '<tr><td rowspan="2">Moscow</td><td>courier</td><td>390</td></tr>'
        "<tr><td>pick-up</td><td>190</td></tr>"
        '<tr><td>Tver</td><td colspan="2">on request</td></tr>'
    )
    assert read(html).parts == ("Moscow\tcourier\t390\n\tpick-up\t190", "Tver\ton request\t")


def test_a_caption_is_known() -> None:
    assert read("<caption>Prices</caption><tr><td>1</td></tr>").caption == "Prices"


def test_spans_without_measure_take_little_room() -> None:
    cell = '<td rowspan="9999" colspan="9999">x</td>'
    part, *_ = read(f"<tr>{cell * 1000}</tr>" + "<tr><td>y</td></tr>" * 1000).parts
    assert max(line.count("\t") for line in part.split("\n")) < 1000 + MAX_COLUMNS
    assert read('<tr><td colspan="0" rowspan="x">y</td></tr>').parts == ("y",)
