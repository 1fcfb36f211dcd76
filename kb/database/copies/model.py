"""Shapes of copies: tables as a revision has them, rows as JSON values, totals to compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "integer", "float", "boolean", "time", "date", "json", "bytes"]
"""Kinds of columns, in both databases alike."""

Row = Sequence[Any]
"""Values of one row that JSON can hold, in the order of its table's columns."""

_MODULUS = 1 << 256


@dataclass(frozen=True)
class StoredColumn:
    """A column by name and kind."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class StoredTable:
    """A table as the migrations make it at some revision."""

    name: str
    columns: tuple[StoredColumn, ...]


@dataclass(frozen=True)
class RowBatch:
    """Rows of one table, few enough for memory."""

    table: StoredTable
    rows: Sequence[Row]


@dataclass(frozen=True)
class TableTotal:
    """The number of rows of a table and a digest of what they hold, whatever their order."""

    rows: int = 0
    digest: str = f"{0:064x}"


@dataclass
class RunningTotals:
    """Totals of the batches that pass by; each of `tables` has one, empty tables too."""

    tables: Iterable[StoredTable]
    _rows: dict[str, int] = field(init=False)
    _sums: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = {table.name: 0 for table in self.tables}
        self._sums = dict(self._rows)

    def counted(self, batches: Iterable[RowBatch]) -> Iterator[RowBatch]:
        """The same batches, counted once they have been taken."""
        for batch in batches:
            name = batch.table.name
            self._rows[name] += len(batch.rows)
            added = self._sums[name] + sum(map(_number, batch.rows))
            self._sums[name] = added % _MODULUS
            yield batch

    def totals(self) -> dict[str, TableTotal]:
        return {
            name: TableTotal(count, f"{self._sums[name]:064x}")
            for name, count in self._rows.items()
        }


def _number(row: Row) -> int:
    """A digest of a row; sums of them tell sets of rows apart in any order."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest())
