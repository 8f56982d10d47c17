"""How likely a passage is to answer the query, 0 to 1, so that a value means the same in every language and corpus."""

import math
from collections.abc import Sequence

import numpy as np

from search_api.ranking.arrays import Scores

FLOOR = 0.13
"""Passages with a lower relevance are not shown, unless the query sets another limit."""
_BOTH = (1.75, 1.6, -0.37, -3.45)
_VECTORS = (4.0, -0.5, -1.04)
_SAME = (4.0, -4.2)
"""Slopes and constants of logistic functions. They were chosen on half of the queries of six corpora and on the queries
of the seeds, each with its story in the corpus and without it, in the whole corpus, a tenth and a fiftieth of it."""
_FEWEST = 20
"""A smaller corpus or language counts as one of this many passages."""
_FAR = 30.0
"""The argument of a logistic function is limited to this, where it is 0 or 1 in all digits."""


def in_order(relevance: Sequence[float]) -> list[float]:
    """Return relevances that fall, or stay, from each row to the next, as close to the given ones as can be.

    Where a row is less relevant than one below it, both get their mean (pool adjacent violators; Ayer et al. 1955,
    https://doi.org/10.1214/aoms/1177728423). Values stay between the lowest and the highest.
    """
    pools: list[tuple[float, int]] = []
    for value in relevance:
        total, count = value, 1
        while pools and pools[-1][0] * count < total * pools[-1][1]:
            before, rows = pools.pop()
            total, count = total + before, count + rows
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def from_hybrid(above: Scores, keywords: Scores, passages: int) -> Scores:
    """Return the relevance of passages in the query's language.

    Args:
        above: How many standard deviations their hybrid score is above the mean of the language.
        keywords: Their keyword score.
        passages: Number of passages in the language.
    """
    slope, words, among, constant = _BOTH
    return _logistic(_beside(above, slope, among, passages) + np.float32(words) * keywords + np.float32(constant))


def from_vectors(above: Scores, passages: int) -> Scores:
    """Return the relevance of passages as far as vectors tell.

    Args:
        above: How many standard deviations of chance their dense score is above the mean of their language.
        passages: Number of passages in the corpus.
    """
    slope, among, constant = _VECTORS
    return _logistic(_beside(above, slope, among, passages) + np.float32(constant))


def from_seed(above: Scores, seed: float, passages: int) -> Scores:
    """Return the relevance of passages as far as their similarity to the seed tells.

    Args:
        above: How many standard deviations of chance this similarity is above the mean of their language.
        seed: The relevance of the seed, which none of them exceeds.
        passages: Number of passages in the corpus.
    """
    slope, constant = _SAME
    return np.float32(seed) * _logistic(_beside(above, slope, 0, passages) + np.float32(constant))


def _beside(above: Scores, slope: float, among: float, passages: int) -> Scores:
    """Return the part of a logistic function's argument that depends on the number of passages.

    The best of n unrelated passages is expected about sqrt(2 ln n) standard deviations above the mean, by chance.
    """
    size = math.log(max(passages, _FEWEST))
    return np.float32(slope / math.sqrt(2 * size)) * above + np.float32(among * size)


def _logistic(x: Scores) -> Scores:
    result: Scores = (1 / (1 + np.exp(-np.clip(x, -_FAR, _FAR)))).astype(np.float32)
    return result
