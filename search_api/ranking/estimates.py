"""First estimates of how likely a passage is to answer the query, 0 to 1, each from one kind of evidence.

The passage that leads to other languages is trusted as far as its estimate says; ``relevance`` weighs the estimates of
all candidates with further evidence.
"""

import math

import numpy as np

from search_api.ranking.arrays import Scores

_BOTH = (1.75, 1.6, -0.37, -3.45)
_VECTORS = (4.0, -0.5, -1.04)
_SAME = (4.0, -4.2)
"""Slopes and constants of logistic functions. They were chosen on half of the queries of six corpora and on the queries
of the seeds, each with its story in the corpus and without it, in the whole corpus, a tenth and a fiftieth of it."""
_FEWEST = 20
"""A smaller corpus or language counts as one of this many passages."""
_FAR = 30.0
"""The argument of a logistic function is limited to this, where it is 0 or 1 in all digits."""


def from_hybrid(above: Scores, keywords: Scores, passages: int) -> Scores:
    """Return the estimate for passages in the query's language.

    Args:
        above: How many standard deviations their hybrid score is above the mean of the language.
        keywords: Their keyword score.
        passages: Number of passages in the language.
    """
    slope, words, among, constant = _BOTH
    return logistic(_beside(above, slope, among, passages) + np.float32(words) * keywords + np.float32(constant))


def from_vectors(above: Scores, passages: int) -> Scores:
    """Return the estimate as far as vectors tell.

    Args:
        above: How many standard deviations of chance their dense score is above the mean of their language.
        passages: Number of passages in the corpus.
    """
    slope, among, constant = _VECTORS
    return logistic(_beside(above, slope, among, passages) + np.float32(constant))


def from_seed(above: Scores, seed: float, passages: int) -> Scores:
    """Return the estimate as far as their similarity to the seed tells.

    Args:
        above: How many standard deviations of chance this similarity is above the mean of their language.
        seed: The estimate for the seed, which none of them exceeds.
        passages: Number of passages in the corpus.
    """
    slope, constant = _SAME
    return np.float32(seed) * logistic(_beside(above, slope, 0, passages) + np.float32(constant))


def _beside(above: Scores, slope: float, among: float, passages: int) -> Scores:
    """Return the part of a logistic function's argument that depends on the number of passages.

    The best of n unrelated passages is expected about sqrt(2 ln n) standard deviations above the mean, by chance.
    """
    size = math.log(max(passages, _FEWEST))
    return np.float32(slope / math.sqrt(2 * size)) * above + np.float32(among * size)


def logistic(x: Scores) -> Scores:
    """Return 1 / (1 + exp(-x))."""
    result: Scores = (1 / (1 + np.exp(-np.clip(x, -_FAR, _FAR)))).astype(np.float32)
    return result
