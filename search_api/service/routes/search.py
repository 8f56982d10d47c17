"""``/search``: the passages that answer a query."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.errors import error_responses
from search_api.service.response import search_response
from search_api.service.routes.dependencies import AnySearcher
from search_api.service.schemas import SearchParameters, SearchRequest, SearchResponse

router = APIRouter(tags=["search"], responses=error_responses(422, 500, 503), dependencies=[Depends(needs("search"))])


@router.get("/search")
def search(parameters: Annotated[SearchParameters, Query()], searcher: AnySearcher, _turn: Turn) -> SearchResponse:
    """Return the passages that answer a query, best first, whatever language either is in."""
    return search_response(searcher, parameters.to_query(parameters.q))


@router.post("/search", responses=error_responses(400, 411, 413))
def search_by_post(request: SearchRequest, searcher: AnySearcher, _turn: Turn) -> SearchResponse:
    """Return the same as ``GET /search``, for queries too long for an address."""
    return search_response(searcher, request.to_query(request.query))
