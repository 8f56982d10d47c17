"""The best of a ranking in another order: that of a reranker, which reads query and passage together."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from search_api.query import Order
from search_api.ranking.fusion import Scores
from search_api.ranking.ranked import Ranking

_FEWEST = 50
_FOR_EACH_ROW = 2


def rereadable(ranking: Ranking, limit: int) -> NDArray[np.intp]:
    """Return the places whose passages are worth reading again: the most relevant, in the order of the ranking."""
    count = max(_FEWEST, _FOR_EACH_ROW * limit)
    return np.sort(np.argsort(-ranking.relevance, kind="stable")[:count])


def rerank(ranking: Ranking, places: NDArray[np.intp], scores: Scores, order: Order) -> Ranking:
    """Put the passages at some places in front, in the order of their new scores, which are their relevance now.

    Args:
        ranking: All candidates.
        places: Those that were read, ascending.
        scores: Shape (places,), from 0 to 1.
        order: How languages meet.

    The others follow in the order they had; none of them is more relevant than the least of those that were read.
    """
    relevance = np.minimum(ranking.relevance, scores.min(initial=1)).astype(np.float32)
    relevance[places] = scores
    behind = np.ones(relevance.size, bool)
    behind[places] = False
    keys = [np.arange(relevance.size), np.where(behind, 0, -relevance), behind]
    if order == Order.MY_LANGUAGE_FIRST:
        keys.append(~ranking.own)
    elif order == Order.ONE_LANE_PER_LANGUAGE:
        best = np.zeros(int(ranking.languages.max(initial=0)) + 1)
        np.maximum.at(best, ranking.languages, relevance)
        keys += [ranking.languages, -best[ranking.languages]]
    return replace(ranking, relevance=relevance).take(np.lexsort(keys))
