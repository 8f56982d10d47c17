"""Reads single rows of the tables of a generation."""

from collections.abc import Sequence
from typing import Any


class Cells:
    """Some columns of an Arrow table.

    Cells are read one by one. ``take`` of the whole table copies every text column that is in several batches, and a
    row of all columns has the body of its article in it.
    """

    def __init__(self, table: Any, names: Sequence[str]) -> None:
        self._columns = {name: table.column(name) for name in names}

    def row(self, row: int) -> dict[str, Any]:
        """Return the cells of a row by the names of their columns."""
        return {name: column[row].as_py() for name, column in self._columns.items()}
