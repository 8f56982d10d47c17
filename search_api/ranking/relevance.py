"""How likely it is that a passage answers, in [0, 1], so that it means the same in every language and corpus."""

import math

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

FLOOR = 0.12
"""Below it a passage is not shown."""
_BOTH = (2.4, -5.2)
_VECTORS = (4.0, -4.2)
"""Slope and constant of the logistic: fitted on half of the queries of six corpora, each with its story in the corpus
and with it taken out, against whether the best passage is the right one."""
_FEWEST = 20
_FAR = 30.0
"""Beyond it a logistic is 0 or 1."""


def from_both_legs(above: Scores, passages: int) -> Scores:
    """Return the relevance of passages in the query's language.

    Args:
        above: How many standard deviations their hybrid score lies above the mean of the language.
        passages: How many the language has.
    """
    return _logistic(np.float32(_BOTH[0]) * above / _expected_best(passages) + np.float32(_BOTH[1]))


def from_vectors(above: Scores, passages: int) -> Scores:
    """Return the relevance of passages of which only the dense leg can speak.

    Args:
        above: How many standard deviations of chance their dense score lies above chance.
        passages: How many the corpus has.
    """
    return _logistic(np.float32(_VECTORS[0]) * above / _expected_best(passages) + np.float32(_VECTORS[1]))


def on_one_scale(relevance: Scores, scores: Scores, own: NDArray[np.bool_], mine: Scores) -> Scores:
    """Give passages in other languages the relevance that those in the query's language have at the same score.

    Args:
        relevance: By vectors alone, shape (n,); it holds where it is higher.
        scores: On the scale of all languages.
        own: Which are in the query's language.
        mine: The relevance of these, by both legs.
    """
    order = np.argsort(scores[own], kind="stable")
    same = np.interp(scores, scores[own][order], np.maximum.accumulate(mine[order]), left=0)
    result = np.maximum(relevance, same).astype(np.float32)
    result[own] = np.maximum(mine, relevance[own])
    return result


def _expected_best(passages: int) -> np.float32:
    """Return how many standard deviations above the mean the best of so many unrelated passages is expected to lie."""
    return np.float32(math.sqrt(2 * math.log(max(passages, _FEWEST))))


def _logistic(x: Scores) -> Scores:
    result: Scores = (1 / (1 + np.exp(-np.clip(x, -_FAR, _FAR)))).astype(np.float32)
    return result
