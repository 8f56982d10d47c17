"""``/search``: the passages that answer a query; ``/search/batch``: those that answer several."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.errors import error_responses
from search_api.service.requests.search import BatchRequest, SearchParameters, SearchRequest
from search_api.service.response import answer_item, answer_search
from search_api.service.routes.dependencies import AnySearchers
from search_api.service.schemas import BatchResponse, SearchResponse

router = APIRouter(
    tags=["search"], responses=error_responses(410, 422, 500, 503), dependencies=[Depends(needs("search"))]
)


@router.get("/search")
def search(parameters: Annotated[SearchParameters, Query()], searchers: AnySearchers, turn: Turn) -> SearchResponse:
    """Return the passages that answer a query, best first, whatever language either is in."""
    return answer_search(searchers, parameters, parameters.q, turn.deadline(parameters.timeout_ms))


@router.post("/search", responses=error_responses(400, 411, 413))
def search_by_post(request: SearchRequest, searchers: AnySearchers, turn: Turn) -> SearchResponse:
    """Return the same as ``GET /search``, for queries too long for an address."""
    return answer_search(searchers, request, request.query, turn.deadline(request.timeout_ms))


@router.post("/search/batch", responses=error_responses(400, 411, 413))
def search_batch(request: BatchRequest, searchers: AnySearchers, turn: Turn) -> BatchResponse:
    """Return the answers to several queries in their order, each with an error of its own if it has one."""
    searcher, deadline = searchers.current(), turn.deadline(request.timeout_ms)
    results = [answer_item(searcher, item, deadline) for item in request.queries]
    return BatchResponse(results=results, generation=searcher.stats().generation)
