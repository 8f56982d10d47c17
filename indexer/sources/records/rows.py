"""Read the rows of delimited values, also where a lone quotation mark would swallow the rows below it."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.sources.decoding import LINE_LIMIT
from indexer.sources.reading import UnreadableError

_REREAD = 64 * 2**20
"""The characters that may be read again, in all rows together; after that a quoted cell ends with its line."""
_ALIKE = 0.9
"""A cell of many lines is made of swallowed rows if this share of its lines has as many cells as the table."""
_FEWEST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: list[str]
    is_mended: bool = False
    """Whether a quotation mark in it opens no cell, because nothing closes it."""


class RowReader:
    """The rows of a table, from its lines. A line that was read for one row can be given back to the next."""

    def __init__(self, lines: Iterable[str | None], delimiter: str, *, spaced: bool = False) -> None:
        """Begin with the first of the lines.

        Args:
            lines: None stands for one that is too long to be held in memory.
            delimiter: One character.
            spaced: Whether a blank after a delimiter belongs to it.
        """
        csv.field_size_limit(LINE_LIMIT)
        self._lines = iter(lines)
        self._delimiter, self._spaced = delimiter, spaced
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        """The lines of the row that is being read."""
        self._left = _REREAD

    def read(self, width: int = 0) -> Iterator[Row]:
        """Yield the rows of the lines that are left; a blank line is a row without cells.

        Args:
            width: How many cells a row should have, by which swallowed rows are recognised; 0 if it is not known.
        """
        while True:
            self._taken = []
            try:
                cells = next(
                    csv.reader(self._taking(), delimiter=self._delimiter, skipinitialspace=self._spaced, strict=True),
                    None,
                )
            except csv.Error:
                yield self._mended(width)
                continue
            if cells is None:
                return
            yield self._mended(width) if self._has_swallowed(cells, width) else Row(cells)

    def _taking(self) -> Iterator[str]:
        """Yield lines, and remember them as those of the row that is being read."""
        while True:
            line = self._returned.popleft() if self._returned else next(self._lines, "")
            if line is None:
                raise UnreadableError(f"holds a line longer than {LINE_LIMIT // 2**20} MiB")
            if not line or (self._left <= 0 and self._taken):
                return
            self._taken.append(line)
            yield line

    def _has_swallowed(self, cells: list[str], width: int) -> bool:
        """Return whether a cell of many lines is made of rows."""
        if len(self._taken) == 1 or not width:
            return False
        if len(cells) != width:
            return len(cells_of_line(self._taken[0], self._delimiter)) == width
        inner = [line for line in self._taken[1:-1] if line.strip()]
        alike = sum(len(cells_of_line(line, self._delimiter)) == width for line in inner)
        return width > 1 and alike >= max(_FEWEST_ALIKE, _ALIKE * len(inner))

    def _mended(self, width: int) -> Row:
        """Return the row of the first line alone, unless more lines make a row of the width of the table."""
        cells = cells_of_line(self._taken[0], self._delimiter)
        if (whole := self._escaped(width)) or (len(cells) != width and (whole := self._lax(width))):
            return Row(whole)
        self._give_back(1)
        return Row(cells, is_mended=True)

    def _lax(self, width: int) -> list[str]:
        """Return the cells of all lines that were taken, if they are as many as they should be."""
        try:
            cells = next(csv.reader(self._taken, delimiter=self._delimiter, skipinitialspace=self._spaced), [])
        except csv.Error:
            cells = []
        return cells if len(cells) == width else []

    def _escaped(self, width: int) -> list[str]:
        """Return the cells of a row that writes quotation marks as ``\\"``, if they are as many as they should be."""
        if not any('\\"' in line for line in self._taken):
            return []
        self._give_back(0)
        try:
            cells = next(
                csv.reader(
                    self._taking(),
                    delimiter=self._delimiter,
                    strict=True,
                    escapechar="\\",
                    skipinitialspace=self._spaced,
                ),
                [],
            )
        except csv.Error:
            cells = []
        return cells if len(cells) == width else []

    def _give_back(self, keep: int) -> None:
        """Keep only the first lines that were taken; the others are read again."""
        lines = self._taken[keep:]
        self._left -= sum(map(len, lines))
        self._returned.extendleft(reversed(lines))
        del self._taken[keep:]


def cells_of_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line; a quotation mark that closes before no delimiter is an ordinary character."""
    sign = re.escape(delimiter)
    cell = re.compile(rf'[ ]*"((?:[^"]|"")*+)"[ ]*(?={sign}|$)|([^{sign}]*)(?={sign}|$)')
    cells, at = [], 0
    bare = line.rstrip("\r\n")
    while at <= len(bare):
        match = cell.match(bare, at)
        if match is None:
            break
        cells.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end() + 1
    return cells
