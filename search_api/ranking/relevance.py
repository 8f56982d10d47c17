"""How likely it is that a passage answers, in [0, 1], so that it means the same in every language and corpus."""

import math

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

FLOOR = 0.13
"""Below it a passage is not shown."""
_BOTH = (1.75, 1.6, -0.37, -3.45)
_VECTORS = (4.0, -0.5, -1.04)
_SAME = (4.0, -4.2)
"""Slopes and constants of logistics: chosen on half of the queries of six corpora and on those of the seeds, each with
its story in the corpus and with it taken out, among all articles, a tenth and a fiftieth of them."""
_FEWEST = 20
_FAR = 30.0
"""Beyond it a logistic is 0 or 1."""


def from_both_legs(above: Scores, keywords: Scores, passages: int) -> Scores:
    """Return the relevance of passages in the query's language.

    Args:
        above: How many standard deviations their hybrid score lies above the mean of the language.
        keywords: Their keyword score.
        passages: How many the language has.
    """
    stands_out, holds, among, constant = _BOTH
    return _logistic(_beside(above, stands_out, among, passages) + np.float32(holds) * keywords + np.float32(constant))


def from_vectors(above: Scores, passages: int) -> Scores:
    """Return the relevance of passages as far as the dense leg tells.

    Args:
        above: How many standard deviations of chance their dense score lies above chance.
        passages: How many the corpus has.
    """
    stands_out, among, constant = _VECTORS
    return _logistic(_beside(above, stands_out, among, passages) + np.float32(constant))


def from_seed(above: Scores, seed: float, passages: int) -> Scores:
    """Return the relevance of passages that tell the same as the seed.

    Args:
        above: How many standard deviations of chance their similarity to the seed lies above chance.
        seed: The seed's relevance.
        passages: How many the corpus has.
    """
    stands_out, constant = _SAME
    return np.float32(seed) * _logistic(_beside(above, stands_out, 0, passages) + np.float32(constant))


def _beside(above: Scores, weight: float, among: float, passages: int) -> Scores:
    """Weigh how far passages stand out against how far the best of so many is expected to by chance."""
    size = math.log(max(passages, _FEWEST))
    return np.float32(weight / math.sqrt(2 * size)) * above + np.float32(among * size)


def _logistic(x: Scores) -> Scores:
    result: Scores = (1 / (1 + np.exp(-np.clip(x, -_FAR, _FAR)))).astype(np.float32)
    return result
