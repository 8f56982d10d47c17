"""How much of one text another one holds, judged by their sketches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.duplicates.shingles import Hashes
from indexer.duplicates.sketches import NUMBERS, Sketch

_PARTS = 5
"""Parts of equal length into which the shorter text is divided."""


class Containment(NamedTuple):
    """What the longer of two texts holds of the shorter one; all are shares, 0 to 1."""

    whole: float
    """Of all its shingles."""
    parts: tuple[float, ...]
    """Of the shingles in each of its five parts, ascending; empty if the text has fewer shingles than parts."""
    missing_numbers: float
    """The share of numbers that the other text lacks, for the text with fewer numbers."""


def containment(one: Sketch, other: Sketch) -> Containment:
    """Compare two texts."""
    if one.size > other.size:
        one, other = other, one
    shared = shared_shingles(one, other)
    parts = [float(part.mean()) for part in np.array_split(shared, _PARTS) if part.size]
    return Containment(
        whole=float(shared.mean()) if shared.size else 0.0,
        parts=tuple(sorted(parts)) if len(parts) == _PARTS else (),
        missing_numbers=_missing_numbers(one.numbers, other.numbers),
    )


def shared_shingles(one: Sketch, other: Sketch) -> NDArray[np.bool_]:
    """Tell which shingles of one text, in their order, occur in the other.

    If a text is represented by a sample, only the hashes that the sample covers are considered.
    """
    return _occurring(one.hashes, other.hashes, [each.hashes for each in (one, other) if each.hashes.size < each.size])


def _missing_numbers(one: Hashes, other: Hashes) -> float:
    if one.size > other.size:
        one, other = other, one
    shared = _occurring(one, other, [each for each in (one, other) if each.size >= NUMBERS])
    return float(1 - shared.mean()) if shared.size else 0.0


def _occurring(some: Hashes, others: Hashes, samples: list[Hashes]) -> NDArray[np.bool_]:
    """Tell which of some hashes are among others, up to the largest hash that all ``samples`` cover.

    A sample holds the lowest hashes of a text, so it says nothing about hashes above its maximum.
    """
    highest = min((sample.max() for sample in samples), default=np.uint32(2**32 - 1))
    return np.isin(some[some <= highest], others[others <= highest], assume_unique=True)
