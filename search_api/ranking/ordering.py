"""In which order candidates are shown: by score, and as the query wants languages to meet."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_api.choices import Order
from search_api.ranking.arrays import Languages, Mask, Places, Scores

Keys = Sequence[NDArray[Any]]
"""Sort keys for ``numpy.lexsort``: the last one is the first to decide."""

_DIGITS = 6
"""Decimals of a score that decide an order; the rest depends on the order in which a processor adds."""


def in_digits(scores: Scores) -> Scores:
    """Return scores rounded, so that those that differ by rounding errors alone are equal."""
    return np.round(scores, _DIGITS)


def language_keys(order: Order, own: Mask, languages: Languages, scores: Scores) -> Keys:
    """Return the keys that keep languages apart, as far as an order wants it.

    Args:
        order: How languages meet.
        own: Whether a candidate is in the query's language.
        languages: The language of each candidate.
        scores: A language comes before another if its highest score is higher, where each has a lane.
    """
    if order == Order.MY_LANGUAGE_FIRST:
        return [~own]
    if order == Order.ONE_LANE_PER_LANGUAGE:
        best = np.full(int(languages.max(initial=0)) + 1, -np.inf)
        np.maximum.at(best, languages, scores)
        return [languages, -best[languages]]
    return []


def best_first(order: Order, scores: Scores, own: Mask, languages: Languages, ties: Keys) -> Places:
    """Return the places of candidates in the order in which they are shown.

    Args:
        order: How languages meet.
        scores: The higher, the better.
        own: Whether a candidate is in the query's language.
        languages: The language of each candidate.
        ties: Keys that order equal scores.
    """
    scores = in_digits(scores)
    return np.lexsort([*ties, -scores, *language_keys(order, own, languages, scores)])


def sections(order: Order, own: Mask, languages: Languages) -> NDArray[np.int64]:
    """Number the parts of a ranking whose candidates must not mix, from the first to the last.

    Args:
        order: How languages meet.
        own: Whether a candidate is in the query's language, best candidate first.
        languages: The language of each candidate, best candidate first.
    """
    if order == Order.MY_LANGUAGE_FIRST:
        return (~own).astype(np.int64)
    if order == Order.ONE_LANE_PER_LANGUAGE:
        return np.cumsum(np.diff(languages, prepend=languages[:1]) != 0)
    return np.zeros(own.size, np.int64)
