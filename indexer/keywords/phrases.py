"""Find rows that hold a phrase, from the positions in the keyword index."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.storage.arrays import Arrays, spread

_Ints = NDArray[np.int64]
_POSITION_BITS = 20
"""Bits of a position in a spot, which is ``row << 20 | position``. Positions take 16 bits, so adding or subtracting a
distance never reaches another row."""
_OFFSET = 1 << (_POSITION_BITS - 1)
"""Added to every position, so that subtracting a distance does not make it negative."""


def rows_with(arrays: Arrays, places: Sequence[int], distances: Sequence[int], count: int) -> _Ints:
    """Return the rows that hold all terms at the given distances from a common position, ascending.

    Args:
        arrays: The arrays of the index.
        places: Indices of the terms in the vocabulary. Parts of words are not allowed: they have no positions.
        distances: The distance of each term, in atoms.
        count: Number of rows in the index.
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
            spots = _intersect(spots, _spots(arrays, place, held) - distance)
        held[:] = False
        held[spots >> _POSITION_BITS] = True
    return np.flatnonzero(held)


def _postings(arrays: Arrays, place: int) -> slice:
    """Return the posting lists of a term in all languages; they are adjacent."""
    first, after = arrays["first_entry"][place : place + 2]
    return slice(arrays["first_posting"][first], arrays["first_posting"][after])


def _size(arrays: Arrays, place: int) -> int:
    """Return the number of rows that hold a term."""
    postings = _postings(arrays, place)
    return int(postings.stop - postings.start)


def _spots(arrays: Arrays, place: int, held: NDArray[np.bool_]) -> _Ints:
    """Return the spots (row and position as one number, see ``_POSITION_BITS``) of a term in the held rows, sorted."""
    postings = _postings(arrays, place)
    rows, placed = arrays["rows"][postings], arrays["placed"][postings].astype(np.int64)
    begin = arrays["first_position"][arrays["first_entry"][place]] + np.cumsum(placed) - placed
    kept = held[rows]
    positions = arrays["positions"][spread(begin[kept], placed[kept])]
    spots = (np.repeat(rows[kept].astype(np.int64), placed[kept]) << _POSITION_BITS) + positions + _OFFSET
    return np.sort(spots, kind="stable")  # each language is sorted already, so this is quick


def _intersect(some: _Ints, others: _Ints) -> _Ints:
    """Return the intersection of two sorted arrays; quick if ``some`` is the smaller one."""
    if not others.size:
        return others
    nearest = np.minimum(np.searchsorted(others, some), others.size - 1)
    common: _Ints = some[others[nearest] == some]
    return common
