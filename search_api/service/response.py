"""Answers to requests, as the HTTP API and ``--json`` return them."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from indexer.errors import DatelineError
from search_api.answer import Answer
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.query import Listed, Query
from search_api.records.articles import Listing
from search_api.search.searcher import OneSearcher, Searcher, Searchers
from search_api.service.cursors import Cursor, check_cursor, digest_of, read_cursor
from search_api.service.problems import describe
from search_api.service.requests.articles import ListParameters
from search_api.service.requests.options import SearchOptions
from search_api.service.requests.search import SearchRequest
from search_api.service.schemas import (
    BatchItem,
    ErrorDetail,
    HitOut,
    ListedArticleOut,
    ListingResponse,
    SearchedFormsOut,
    SearchResponse,
)

_Asked = TypeVar("_Asked", Query, Listed)


def answer_search(
    searchers: Searchers, options: SearchOptions, text: str, deadline: Deadline = NO_DEADLINE
) -> SearchResponse:
    """Return the page that is asked for, of the generation that the cursor names or the current one.

    Raises:
        DatelineError: The query cannot be answered as asked, or the generation of the cursor is gone.
    """
    searcher, query = _placed(searchers, options.cursor, lambda cursor: options.to_query(text, cursor))
    return search_response(searcher, query, deadline)


def answer_similar(
    searchers: Searchers, article_id: str, options: SearchOptions, deadline: Deadline = NO_DEADLINE
) -> SearchResponse:
    """Return the page of similar articles that is asked for.

    Raises:
        DatelineError: There is no such article, or the options are impossible.
    """
    began = time.perf_counter()
    text = f"similar to {article_id}"
    searcher, query = _placed(searchers, options.cursor, lambda cursor: options.to_query(text, cursor))
    return _response(searcher.similar(article_id, query, deadline), query, began)


def _placed(searchers: Searchers, given: str, to_asked: Callable[[Cursor | None], _Asked]) -> tuple[Searcher, _Asked]:
    """Return what is asked at the place where the cursor is, and the searcher of its generation."""
    cursor = read_cursor(given) if given else None
    asked = to_asked(cursor)
    if not cursor:
        return searchers.current(), asked
    check_cursor(cursor, asked)
    return searchers.at(cursor.generation), asked.at(cursor.offset)


def search_response(searcher: Searcher, query: Query, deadline: Deadline = NO_DEADLINE) -> SearchResponse:
    """Return what a searcher answers to a query, and how long the search took."""
    began = time.perf_counter()
    return _response(searcher.search(query, deadline), query, began)


def _response(answer: Answer, query: Query, began: float) -> SearchResponse:
    return SearchResponse(
        query=query.text,
        hits=[HitOut.model_validate(hit) for hit in answer.hits],
        answerable=answer.answerable,
        cut_short=answer.cut_short,
        near=[HitOut.model_validate(hit) for hit in answer.near],
        query_language=answer.language,
        searched=answer.searched,
        reranker=answer.reranker,
        also_searched=[SearchedFormsOut.model_validate(each) for each in answer.also_searched],
        did_you_mean=answer.did_you_mean,
        **_page(answer, query, began),
    )


def answer_list(searchers: Searchers, parameters: ListParameters) -> ListingResponse:
    """Return the page of a list that is asked for.

    Raises:
        DatelineError: The list cannot be given as asked, or the generation of the cursor is gone.
    """
    began = time.perf_counter()
    searcher, listed = _placed(searchers, parameters.cursor, parameters.to_listed)
    listing = searcher.list_articles(listed)
    articles = [ListedArticleOut.model_validate(article) for article in listing.articles]
    return ListingResponse(articles=articles, **_page(listing, listed, began))


def answer_item(searcher: Searcher, item: Mapping[str, Any], deadline: Deadline = NO_DEADLINE) -> BatchItem:
    """Return the answer to one query of a batch, or what is wrong with it."""
    try:
        request = SearchRequest.model_validate(item)
        return BatchItem(answer=answer_search(OneSearcher(searcher), request, request.query, deadline))
    except ValidationError as error:
        said = "; ".join(describe({**problem, "loc": ("item", *problem["loc"])}) for problem in error.errors())
        return BatchItem(error=ErrorDetail(code="bad_request", message=said, hint="GET /docs shows what is wanted"))
    except DatelineError as error:
        return BatchItem(error=ErrorDetail(code=error.code, message=error.message, hint=error.hint))


def _page(found: Answer | Listing, asked: Query | Listed, began: float) -> dict[str, Any]:
    """Return what every page says of its set."""
    since = found.applied.published_from or ""
    following = Cursor(found.generation, digest_of(asked), asked.offset + asked.limit, since)
    return {
        "total": found.counts.total,
        "total_is": found.counts.total_is,
        "articles_total": found.counts.articles,
        "facets": found.counts.facets,
        "timeline": found.counts.timeline,
        "applied": found.applied,
        "cursor": following.text if found.more else None,
        "generation": found.generation,
        "built_at": found.built_at,
        "newest": found.newest,
        "took_ms": round(1000 * (time.perf_counter() - began), 3),
    }
