"""BM25's term frequencies as weights, and back: how often a term occurs in a row is told by its weight and the length.

So a posting is a row and a weight. The few numbers of occurrences that do not follow from the weight, because it is
rounded, are listed in the index.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.storage.arrays import Arrays

K1, B = 1.2, 0.75
"""BM25's parameters: saturation of the term frequency, and strength of the length normalisation (Robertson and Zaragoza
2009, https://doi.org/10.1561/1500000019)."""
FULL_WEIGHT: Final = 2**16 - 1
"""BM25's ``tf / (tf + k1 (1 - b + b length / average))`` lies in [0, 1); on disk this integer stands for 1."""
MOST_COUNTED: Final = 2**8 - 1
"""More occurrences in a row count as this many."""

_Floats = NDArray[np.float64]


def discounts(lengths: NDArray[np.integer], averages: _Floats | float) -> _Floats:
    """Return BM25's length term, ``k1 (1 - b + b length / average)``, of some rows."""
    terms: _Floats = K1 * (1 - B + B * np.asarray(lengths, np.float64) / averages)
    return terms


def weigh(occurrences: NDArray[np.integer], discount: _Floats) -> NDArray[np.uint16]:
    """Return the weights of terms that occur so often in rows with these length terms."""
    counts = np.minimum(occurrences, MOST_COUNTED)
    weights: NDArray[np.uint16] = np.rint(counts / (counts + discount) * FULL_WEIGHT).astype(np.uint16)
    return weights


def guess_occurrences(weights: NDArray[np.uint16], discount: _Floats) -> NDArray[np.uint16]:
    """Return how often terms with these weights occur, as far as the weights tell."""
    shares = np.minimum(weights, FULL_WEIGHT - 0.25) / FULL_WEIGHT
    guessed = np.rint(shares / (1 - shares) * discount)
    return np.clip(guessed, 1, MOST_COUNTED).astype(np.uint16)


def occurrences_of(arrays: Arrays, postings: slice, languages: NDArray[np.integer] | np.integer) -> NDArray[np.uint16]:
    """Return how often the term of each of some postings occurs in its row.

    Args:
        arrays: The arrays of a keyword index.
        postings: Which postings.
        languages: The language of each, or of all, as in the index.
    """
    rows, weights = arrays["rows"][postings], arrays["weights"][postings]
    discount = discounts(arrays["lengths"][rows], arrays["averages"][languages])
    occurrences = guess_occurrences(weights, discount)
    first, after = np.searchsorted(arrays["listed"], (postings.start, postings.stop)).tolist()
    occurrences[arrays["listed"][first:after] - postings.start] = arrays["listed_occurrences"][first:after]
    return occurrences
