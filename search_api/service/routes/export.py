"""``/export``: everything that answers a query, or passes filters, as a stream."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.errors import error_responses
from search_api.service.exporting import CONTENT_TYPES, export_articles, export_hits
from search_api.service.requests.whole import ExportParameters
from search_api.service.routes.dependencies import AnySearchers

router = APIRouter(
    tags=["search"], responses=error_responses(410, 422, 500, 503), dependencies=[Depends(needs("export"))]
)
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows, and as the last line of NDJSON whether they are complete.",
        "content": {media_type: {"schema": {"type": "string"}} for media_type in CONTENT_TYPES.values()},
        "headers": {
            "X-Total-Count": {"description": "Rows of the whole export.", "schema": {"type": "integer"}},
            "X-Total-Is": {"description": "exact or at_least.", "schema": {"type": "string"}},
            "X-Generation": {"description": "Give it back with offset to go on.", "schema": {"type": "string"}},
        },
    }
}


@router.get("/export", response_class=StreamingResponse, responses=_ANSWER)
def export(parameters: Annotated[ExportParameters, Query()], searchers: AnySearchers, _turn: Turn) -> StreamingResponse:
    """Return all hits of a query, or all articles that pass the filters, one a line, without holding them."""
    searcher = searchers.at(parameters.generation) if parameters.generation else searchers.current()
    if parameters.q:
        rows = export_hits(searcher, parameters.to_query(), parameters.format)
    else:
        rows = export_articles(searcher, parameters.to_listed(), parameters.format)
    headers = {
        "X-Total-Count": str(rows.total),
        "X-Total-Is": rows.total_is,
        "X-Generation": rows.generation,
        "Content-Disposition": f'attachment; filename="dateline.{parameters.format}"',
    }
    return StreamingResponse(rows.lines, media_type=CONTENT_TYPES[parameters.format], headers=headers)
