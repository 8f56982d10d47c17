"""Changes the order of the best candidates to that of a reranker, which reads query and passage together."""

from dataclasses import replace

import numpy as np

from search_api.choices import Order
from search_api.ranking.arrays import Places, Scores
from search_api.ranking.ordering import language_keys
from search_api.ranking.ranked import Ranking

_MOST = 50
"""A reranker reads so many passages, where there are as many."""


def rereadable(ranking: Ranking) -> Places:
    """Return the places of the candidates that a reranker shall read, ascending: those with the highest relevance."""
    return np.sort(np.argsort(-ranking.relevance, kind="stable")[:_MOST])


def rerank(ranking: Ranking, places: Places, scores: Scores, order: Order) -> Ranking:
    """Move some candidates to the front, in the order of their new scores, which become their relevance.

    The others follow in the order they had. Their relevance is limited to the lowest of the new scores.

    Args:
        ranking: All candidates.
        places: Those that were read, ascending.
        scores: Shape (places,), 0 to 1.
        order: How languages meet.
    """
    relevance = np.minimum(ranking.relevance, scores.min(initial=1)).astype(np.float32)
    relevance[places] = scores
    unread = np.ones(relevance.size, np.bool_)
    unread[places] = False
    apart = language_keys(order, ranking.own, ranking.languages, relevance)
    places_in_order = np.lexsort([np.arange(relevance.size), np.where(unread, 0, -relevance), unread, *apart])
    return replace(ranking, relevance=relevance).take(places_in_order)
