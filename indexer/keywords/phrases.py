"""Find rows that hold a phrase, from the positions in the keyword index."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.occurrences import occurrences_of
from indexer.storage.arrays import Arrays, spread

_Ints = NDArray[np.int64]
_POSITION_BITS = 20
"""Bits of a position in a spot, which is ``row << 20 | position``. Positions take 16 bits, so adding or subtracting a
distance never reaches another row."""
_OFFSET = 1 << (_POSITION_BITS - 1)
"""Added to every position, so that subtracting a distance does not make it negative."""


def rows_with(arrays: Arrays, places: Sequence[int], distances: Sequence[int], among: _Ints | None = None) -> _Ints:
    """Return the rows that hold all terms at the given distances from a common position, ascending.

    Args:
        arrays: The arrays of the index.
        places: Indices of the terms in the vocabulary. Parts of words are not allowed: they have no positions.
        distances: The distance of each term, in atoms.
        among: Rows, ascending, that are returned at most; None for all. Then no more than their number is in memory
            for each term.
    """
    steps = sorted(zip(places, distances, strict=True), key=lambda step: _size(arrays, step[0]))
    held = among
    for place in dict.fromkeys(place for place, _ in steps):
        held = _rows_of(arrays, place, held)
    if held is None or not held.size or len(steps) == 1:
        return np.empty(0, np.int64) if held is None else held
    spots = _spots(arrays, steps[0][0], held) - steps[0][1]
    for place, distance in steps[1:]:
        spots = _intersect(spots, _spots(arrays, place, held) - distance)
    return np.unique(spots >> _POSITION_BITS)


def _entries(arrays: Arrays, place: int) -> Iterator[tuple[slice, np.integer]]:
    """Yield the posting list of a term in each language, and the language."""
    first, after = arrays["first_entry"][place : place + 2].tolist()
    bounds = arrays["first_posting"][first : after + 1].tolist()
    yield from zip(map(slice, bounds[:-1], bounds[1:]), arrays["languages"][first:after], strict=True)


def _size(arrays: Arrays, place: int) -> int:
    """Return the number of rows that hold a term."""
    first, after = arrays["first_entry"][place : place + 2]
    return int(arrays["first_posting"][after] - arrays["first_posting"][first])


def _rows_of(arrays: Arrays, place: int, among: _Ints | None) -> _Ints:
    """Return the rows that hold a term, among some or all, ascending."""
    lists = [arrays["rows"][postings] for postings, _ in _entries(arrays, place)]
    if among is not None:
        lists = [_intersect(among, rows) for rows in lists]
    return np.sort(np.concatenate([np.empty(0, np.int64), *lists]), kind="stable")


def _spots(arrays: Arrays, place: int, held: _Ints) -> _Ints:
    """Return the spots (row and position as one number, see ``_POSITION_BITS``) of a term in the held rows, sorted."""
    spots, first_position = [], int(arrays["first_position"][arrays["first_entry"][place]])
    for postings, language in _entries(arrays, place):
        rows, placed = arrays["rows"][postings], occurrences_of(arrays, postings, language)
        ends = np.cumsum(placed, dtype=np.int64)
        kept = np.searchsorted(rows, _intersect(held, rows).astype(rows.dtype))
        counts = placed[kept].astype(np.int64)
        positions = arrays["positions"][spread(first_position + ends[kept] - counts, counts)]
        spots.append((np.repeat(rows[kept].astype(np.int64), counts) << _POSITION_BITS) + positions + _OFFSET)
        first_position += int(ends[-1])
    return np.sort(np.concatenate(spots), kind="stable")  # each language is sorted already, so this is quick


def _intersect(some: _Ints, others: NDArray[np.integer]) -> _Ints:
    """Return the intersection of two sorted arrays; quick if ``some`` is the smaller one."""
    if not others.size:
        return some[:0]
    wanted = some.astype(others.dtype)  # otherwise numpy would convert all of the others
    nearest = np.minimum(np.searchsorted(others, wanted), others.size - 1)
    common: _Ints = some[others[nearest] == wanted]
    return common
