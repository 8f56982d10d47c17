"""The posting lists of a query's terms in one language: added up over all rows, or looked up for some."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class TermList(NamedTuple):
    """The posting list of a term."""

    term: str
    rows: NDArray[np.uint32]
    """Those that hold the term, ascending."""
    weights: NDArray[np.uint16]
    gain: np.float32
    """What a row gains is its weight times this."""
    most: int
    """The largest of the weights."""

    @property
    def highest(self) -> float:
        """What a row gains at most."""
        return self.most * float(self.gain)

    def gains(self) -> Scores:
        """Return what each of the rows gains."""
        gains: Scores = self.weights * self.gain
        return gains

    def find(self, rows: NDArray[np.uint32]) -> tuple[Rows, Rows]:
        """Return which of some rows, ascending, hold the term, as places in ``rows`` and in the posting list."""
        if rows.size > self.rows.size:
            return _common(rows, self.rows)
        in_list, in_rows = _common(self.rows, rows)
        return in_rows, in_list


def add_up(lists: Sequence[TermList], count: int) -> Scores:
    """Return the sum of the gains of each of ``count`` rows."""
    scores = np.zeros(count, np.float32)
    for each in lists:
        np.add.at(scores, each.rows, each.gains())
    return scores


def look_up(lists: Sequence[TermList], rows: Rows) -> Scores:
    """Return the same, to the bit, for some rows, ascending."""
    scores, wanted = np.zeros(rows.size, np.float32), rows.astype(np.uint32)
    for each in lists:
        in_rows, in_list = each.find(wanted)
        scores[in_rows] += each.weights[in_list] * each.gain
    return scores


def _common(many: NDArray[np.uint32], few: NDArray[np.uint32]) -> tuple[Rows, Rows]:
    """Return the places of common values in two ascending arrays of different values."""
    if not many.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.searchsorted(many, few)
    places[places == many.size] = 0
    in_few = np.flatnonzero(many[places] == few)
    return places[in_few], in_few
