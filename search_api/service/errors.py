"""Error responses of the service, all in one JSON shape: ``{"error": {"code", "message", "hint", "request_id"}}``."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from indexer.errors import DatelineError
from search_api.service.observing.request_ids import current_request_id
from search_api.service.problems import describe
from search_api.service.schemas import ErrorDetail, ErrorOut

_log = logging.getLogger("dateline")
_DESCRIPTIONS: dict[int | str, str] = {
    400: "The request cannot be parsed.",
    401: "There are keys, and the request has none that is valid.",
    403: "The key does not open this.",
    404: "The index does not hold it.",
    410: "The generation that the cursor belongs to is gone.",
    411: "The request does not declare the length of its body.",
    413: "The body is too large.",
    422: "The query cannot be answered as asked.",
    429: "The key, or the address, has asked too often; Retry-After says when to ask again.",
    500: "The service failed, for example because its encoder cannot be loaded.",
    503: "There is no index to answer from, or there are more searches than it can answer now.",
    "default": "Any other error, in the same shape.",
}
_CODES = {404: "not_found", 405: "method_not_allowed"}
_SEE_DOCS = "GET /docs shows what there is"


class RequestRefusedError(Exception):
    """A request that the service does not answer for a reason of its own: no key, too often, too much at once."""

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.headers = dict(headers or {})


def error_responses(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """Return what the API's documentation says of responses with these statuses, as FastAPI takes it."""
    return {status: {"model": ErrorOut, "description": _DESCRIPTIONS[status]} for status in statuses}


def error_response(
    status: int, code: str, message: str, hint: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return a response that reports an error."""
    body = ErrorOut(error=ErrorDetail(code=code, message=message, hint=hint, request_id=current_request_id()))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def refusal(refused: RequestRefusedError) -> JSONResponse:
    """Return the response to a request that is refused."""
    return error_response(refused.status, refused.code, refused.message, refused.hint, refused.headers)


def status_error(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a response that reports an error of which only the status and a text are known."""
    return error_response(status, _CODES.get(status, "http"), detail, _SEE_DOCS if status in _CODES else "", headers)


def add_error_handlers(app: FastAPI) -> None:
    """Make an application report every error in the one shape."""
    app.add_exception_handler(DatelineError, _dateline_error)
    app.add_exception_handler(RequestRefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _dateline_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DatelineError)  # noqa: S101 (registered for this type alone)
    return error_response(error.http_status, error.code, error.message, error.hint)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestRefusedError)  # noqa: S101 (registered for this type alone)
    return refusal(error)


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this type alone)
    problems = [describe(problem) for problem in error.errors()]
    return error_response(422, "bad_request", "; ".join(problems), "GET /docs shows what is wanted")


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this type alone)
    return status_error(error.status_code, str(error.detail), error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return error_response(500, "internal", "something went wrong here; the log says what")
