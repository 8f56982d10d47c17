"""``/articles/{id}``: one article with its passages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from search_api.service.access.guard import needs
from search_api.service.errors import error_responses
from search_api.service.routes.dependencies import AnySearcher
from search_api.service.schemas import ArticleOut

router = APIRouter(tags=["articles"], responses=error_responses(404, 500, 503), dependencies=[Depends(needs("search"))])


ArticleId = Annotated[str, Path(max_length=10_000, description="From a hit.", examples=["2025/ferry-aground"])]


@router.get("/articles/{article_id:path}", operation_id="getArticle")
def article(article_id: ArticleId, searcher: AnySearcher) -> ArticleOut:
    """Return an article as it was read, with the passages it was cut into."""
    return ArticleOut.model_validate(searcher.article(article_id))
