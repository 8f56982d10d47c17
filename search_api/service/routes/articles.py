"""``/articles``: those that pass filters, without a query; ``/articles/{id}``: one article with its passages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.errors import error_responses
from search_api.service.requests.articles import ListParameters, VerifyRequest
from search_api.service.requests.options import SearchOptions
from search_api.service.response import answer_list, answer_similar
from search_api.service.routes.dependencies import AnySearchers
from search_api.service.schemas import ArticleOut, ListingResponse, PassageInArticleOut, SearchResponse, VerificationOut

router = APIRouter(tags=["articles"], responses=error_responses(500, 503), dependencies=[Depends(needs("search"))])


ArticleId = Annotated[str, Path(max_length=10_000, description="From a hit.", examples=["2025/ferry-aground"])]


@router.get("/articles", responses=error_responses(410, 422))
def list_articles(
    parameters: Annotated[ListParameters, Query()], searchers: AnySearchers, _turn: Turn
) -> ListingResponse:
    """Return the articles that pass the filters, the newest first."""
    return answer_list(searchers, parameters)


@router.get("/articles/{article_id:path}/similar", responses=error_responses(404, 410, 422))
def list_similar(
    article_id: ArticleId, parameters: Annotated[SearchOptions, Query()], searchers: AnySearchers, turn: Turn
) -> SearchResponse:
    """Return articles in any language that tell of the same, neither the article itself nor its copies."""
    return answer_similar(searchers, article_id, parameters, turn.deadline(parameters.timeout_ms))


@router.get("/articles/{article_id:path}", responses=error_responses(404))
def get_article(article_id: ArticleId, searchers: AnySearchers) -> ArticleOut:
    """Return an article as it was read, with the passages it was cut into."""
    return ArticleOut.model_validate(searchers.current().article(article_id))


PassageId = Annotated[str, Path(max_length=10_020, description="From a hit.", examples=["2025/ferry-aground#0"])]


@router.get("/passages/{passage_id:path}", responses=error_responses(404))
def get_passage(passage_id: PassageId, searchers: AnySearchers) -> PassageInArticleOut:
    """Return a passage with its article."""
    return PassageInArticleOut.model_validate(searchers.current().passage(passage_id))


@router.post("/verify", responses=error_responses(400, 404, 411, 413, 422))
def verify(request: VerifyRequest, searchers: AnySearchers, _turn: Turn) -> VerificationOut:
    """Tell whether a quotation stands in an article, or in any: word for word, nearly, or in another language."""
    return VerificationOut.model_validate(searchers.current().verify(request.quote, request.article_id))
