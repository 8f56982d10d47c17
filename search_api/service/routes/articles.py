"""``/articles``: those that pass filters, without a query; ``/articles/{id}``: one article with its passages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from search_api.service.access.guard import needs
from search_api.service.errors import error_responses
from search_api.service.requests import ListParameters
from search_api.service.response import answer_list
from search_api.service.routes.dependencies import AnySearchers
from search_api.service.schemas import ArticleOut, ListingResponse

router = APIRouter(tags=["articles"], responses=error_responses(500, 503), dependencies=[Depends(needs("search"))])


ArticleId = Annotated[str, Path(max_length=10_000, description="From a hit.", examples=["2025/ferry-aground"])]


@router.get("/articles", responses=error_responses(410, 422))
def list_articles(parameters: Annotated[ListParameters, Query()], searchers: AnySearchers) -> ListingResponse:
    """Return the articles that pass the filters, the newest first."""
    return answer_list(searchers, parameters)


@router.get("/articles/{article_id:path}", responses=error_responses(404))
def get_article(article_id: ArticleId, searchers: AnySearchers) -> ArticleOut:
    """Return an article as it was read, with the passages it was cut into."""
    return ArticleOut.model_validate(searchers.current().article(article_id))
