"""Every error of the service in one JSON shape: ``{"error": {"code", "message", "hint"}}``."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from indexer.errors import DatelineError, NotFoundError, QueryError
from search_api.service.schemas import ErrorDetail, ErrorOut

MAX_BODY = 1_000_000
"""Bytes of a request's body; the longest query allowed is far shorter."""

_log = logging.getLogger("dateline")
_STATUS: dict[type[DatelineError], int] = {QueryError: 422, NotFoundError: 404}
ERRORS: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorOut, "description": "The query cannot be answered as asked."},
    503: {"model": ErrorOut, "description": "There is no index to answer from."},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorOut, "description": "The index does not hold it."}}


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of an application answer in the one shape."""
    app.add_exception_handler(DatelineError, _dateline_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    app.middleware("http")(_limit_body)


def error_response(status: int, code: str, message: str, hint: str = "") -> JSONResponse:
    """Return an error in the one shape."""
    body = ErrorOut(error=ErrorDetail(code=code, message=message, hint=hint))
    return JSONResponse(body.model_dump(), status_code=status)


async def _dateline_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DatelineError)  # noqa: S101 (registered for this type alone)
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 503)
    return error_response(status, error.code, error.message, error.hint)


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this type alone)
    problems = [_describe(problem) for problem in error.errors()]
    return error_response(422, "bad_request", "; ".join(problems), "GET /docs shows what is wanted")


def _describe(problem: dict[str, Any]) -> str:
    if problem["type"] == "json_invalid":
        return f"body: not JSON at character {problem['loc'][1]}: {problem['ctx']['error']}"
    place = ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0])
    given = problem.get("input")
    shown = f" (got {given!r:.60})" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: {problem['msg']}{shown}"


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this type alone)
    codes = {404: "not_found", 405: "method_not_allowed"}
    hint = "GET /docs shows what there is" if error.status_code in codes else ""
    response = error_response(error.status_code, codes.get(error.status_code, "http"), str(error.detail), hint)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_response(500, "internal", "something went wrong here; the log says what")


async def _limit_body(request: Request, call_next: Callable[[Request], Awaitable[Any]]) -> Any:
    if "transfer-encoding" in request.headers:
        return error_response(411, "length_required", "the request does not say how long it is", "send Content-Length")
    length = request.headers.get("content-length", "0")
    if request.method == "POST" and (not length.isdecimal() or int(length) > MAX_BODY):
        return error_response(413, "too_large", f"the request has {length} bytes, wanted at most {MAX_BODY:,}")
    return await call_next(request)
