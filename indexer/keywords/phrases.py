"""Where words stand next to one another, from the positions that the keyword index keeps."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.storage.arrays import Arrays, spread

_Ints = NDArray[np.int64]
_ROW = 20
"""Bits for a position: it takes 16, so no distance leads into another row."""
_MIDDLE = 1 << (_ROW - 1)


def rows_with(arrays: Arrays, places: Sequence[int], distances: Sequence[int], count: int) -> _Ints:
    """Return the rows in which terms stand at these distances from one spot, in order.

    Args:
        arrays: Of the index.
        places: Of the terms in its vocabulary; none of them is a part of a word, which has no positions.
        distances: One for each term.
        count: How many rows there are.
    """
    held = np.ones(count, np.bool_)
    for place in set(places):
        here = np.zeros(count, np.bool_)
        here[arrays["rows"][_postings(arrays, place)]] = True
        held &= here
    if len(places) > 1:
        steps = sorted(zip(places, distances, strict=True), key=lambda step: _size(arrays, step[0]))
        spots = _spots(arrays, steps[0][0], held) - steps[0][1]
        for place, distance in steps[1:]:
            spots = _in_both(spots, _spots(arrays, place, held) - distance)
        held[:] = False
        held[spots >> _ROW] = True
    return np.flatnonzero(held)


def _postings(arrays: Arrays, place: int) -> slice:
    """Return the postings of a term in all languages: one after the other."""
    first, after = arrays["first_entry"][place : place + 2]
    return slice(arrays["first_posting"][first], arrays["first_posting"][after])


def _size(arrays: Arrays, place: int) -> int:
    postings = _postings(arrays, place)
    return int(postings.stop - postings.start)


def _spots(arrays: Arrays, place: int, held: NDArray[np.bool_]) -> _Ints:
    """Return where a term stands in the rows that are held, as one number of row and position, in order."""
    postings = _postings(arrays, place)
    rows, placed = arrays["rows"][postings], arrays["placed"][postings].astype(np.int64)
    begin = arrays["first_position"][arrays["first_entry"][place]] + np.cumsum(placed) - placed
    kept = held[rows]
    positions = arrays["positions"][spread(begin[kept], placed[kept])]
    spots = (np.repeat(rows[kept].astype(np.int64), placed[kept]) << _ROW) + positions + _MIDDLE
    return np.sort(spots, kind="stable")  # each language is in order: little is left to do


def _in_both(some: _Ints, others: _Ints) -> _Ints:
    """Return those of the sorted numbers that are among the others; quick when ``some`` are fewer."""
    if not others.size:
        return others
    nearest = np.minimum(np.searchsorted(others, some), others.size - 1)
    both: _Ints = some[others[nearest] == some]
    return both
