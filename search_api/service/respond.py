"""Answer a checked query as the API and ``--json`` do."""

import time

from search_api.query import Query
from search_api.search.searcher import Searcher
from search_api.service.schemas import HitOut, SearchResponse


def respond(searcher: Searcher, query: Query) -> SearchResponse:
    """Return the answer and how long it took."""
    began = time.perf_counter()
    found = searcher.search(query)
    return SearchResponse(
        query=query.text,
        hits=[HitOut.model_validate(hit) for hit in found.hits],
        answerable=found.answerable,
        query_language=found.language,
        searched=found.searched,
        generation=found.generation,
        reranker=found.reranker,
        took_ms=round(1000 * (time.perf_counter() - began), 3),
    )
