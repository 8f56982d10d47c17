"""The response to a query, as the HTTP API and ``--json`` return it."""

import time

from search_api.query import Query
from search_api.search.searcher import Searcher
from search_api.service.schemas import HitOut, SearchedFormsOut, SearchResponse


def search_response(searcher: Searcher, query: Query) -> SearchResponse:
    """Return what a searcher answers to a query, and how long the search took."""
    began = time.perf_counter()
    answer = searcher.search(query)
    return SearchResponse(
        query=query.text,
        hits=[HitOut.model_validate(hit) for hit in answer.hits],
        answerable=answer.answerable,
        near=[HitOut.model_validate(hit) for hit in answer.near],
        query_language=answer.language,
        searched=answer.searched,
        generation=answer.generation,
        reranker=answer.reranker,
        also_searched=[SearchedFormsOut.model_validate(each) for each in answer.also_searched],
        did_you_mean=answer.did_you_mean,
        took_ms=round(1000 * (time.perf_counter() - began), 3),
    )
