"""``/search``: the heart of the API."""

from typing import Annotated

from fastapi import APIRouter, Query

from search_api.service.errors import ERRORS
from search_api.service.respond import respond
from search_api.service.routes.dependencies import AnySearcher
from search_api.service.schemas import SearchParameters, SearchRequest, SearchResponse

router = APIRouter(tags=["search"], responses=ERRORS)


@router.get("/search")
def search(parameters: Annotated[SearchParameters, Query()], searcher: AnySearcher) -> SearchResponse:
    """Return the passages that answer a query, best first, whatever language either is in."""
    return respond(searcher, parameters.checked(parameters.q))


@router.post("/search")
def search_by_post(request: SearchRequest, searcher: AnySearcher) -> SearchResponse:
    """Return the same as ``GET /search``, for queries too long for an address."""
    return respond(searcher, request.checked(request.query))
