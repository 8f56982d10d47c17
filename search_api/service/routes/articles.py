"""``/articles/{id}``: one article with its passages."""

from fastapi import APIRouter

from search_api.service.errors import error_responses
from search_api.service.routes.dependencies import AnySearcher
from search_api.service.schemas import ArticleOut

router = APIRouter(tags=["articles"], responses=error_responses(404, 500, 503))


@router.get("/articles/{article_id:path}")
def article(article_id: str, searcher: AnySearcher) -> ArticleOut:
    """Return an article as it was read, with the passages it was cut into."""
    return ArticleOut.model_validate(searcher.article(article_id))
