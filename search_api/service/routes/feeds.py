"""``/feed.atom``, ``/feed.rss`` and ``/feed.json``: any query as a feed."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.errors import error_responses
from search_api.service.feeds.entries import UNDATED, Feed, entries_of_list, entries_of_query
from search_api.service.feeds.formats import FORMATS, Form
from search_api.service.requests.whole import FeedParameters
from search_api.service.routes.dependencies import AnySearchers

router = APIRouter(tags=["feeds"], responses=error_responses(422, 500, 503), dependencies=[Depends(needs("search"))])


def _described(form: Form) -> dict[int | str, dict[str, Any]]:
    kind = "object" if form == "json" else "string"
    content = {FORMATS[form][0].partition(";")[0]: {"schema": {"type": kind}}}
    return {200: {"description": "The feed.", "content": content}, 304: {"description": "Nothing has changed."}}


@router.get("/feed.atom", response_class=Response, responses=_described("atom"))
def get_atom_feed(
    request: Request, parameters: Annotated[FeedParameters, Query()], searchers: AnySearchers, _turn: Turn
) -> Response:
    """Return the newest of what answers a query as Atom, one entry for each story."""
    return _feed(request, parameters, searchers, "atom")


@router.get("/feed.rss", response_class=Response, responses=_described("rss"))
def get_rss_feed(
    request: Request, parameters: Annotated[FeedParameters, Query()], searchers: AnySearchers, _turn: Turn
) -> Response:
    """Return the newest of what answers a query as RSS, one item for each story."""
    return _feed(request, parameters, searchers, "rss")


@router.get("/feed.json", response_class=Response, responses=_described("json"))
def get_json_feed(
    request: Request, parameters: Annotated[FeedParameters, Query()], searchers: AnySearchers, _turn: Turn
) -> Response:
    """Return the newest of what answers a query as JSON Feed, one item for each story."""
    return _feed(request, parameters, searchers, "json")


def _feed(request: Request, parameters: FeedParameters, searchers: AnySearchers, form: Form) -> Response:
    searcher = searchers.current()
    if parameters.q:
        entries = entries_of_query(searcher, parameters.to_query())
    else:
        entries = entries_of_list(searcher, parameters.to_listed())
    title = f"Dateline: {parameters.q}" if parameters.q else "Dateline"
    feed = Feed(title, str(request.url), str(request.base_url).rstrip("/"), list(entries))
    media_type, write = FORMATS[form]
    body = write(feed).encode(errors="replace")
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if feed.updated != UNDATED:
        headers["Last-Modified"] = format_datetime(feed.updated.astimezone(UTC), usegmt=True)
    if _has_it(request, tag, feed.updated):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _has_it(request: Request, tag: str, updated: datetime) -> bool:
    """Return whether the client has the feed as it is: by its tag, or without one by its date (RFC 9110, 13.2.2)."""
    if named := request.headers.get("if-none-match"):
        return named.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in named.split(",")}
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return updated != UNDATED and since.tzinfo is not None and updated.replace(microsecond=0) <= since
