"""Limits on what a client may send."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from search_api.service.errors import error_response

MAX_BODY = 1_000_000
"""The largest body of a request in bytes. The longest query allowed is far shorter."""


async def limit_body(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer 413 to a request whose body is too large, and 411 to one that does not declare the length of its body."""
    if "transfer-encoding" in request.headers:
        return error_response(411, "length_required", "the request does not say how long it is", "send Content-Length")
    length = request.headers.get("content-length", "0")
    if request.method == "POST" and (not length.isdecimal() or int(length) > MAX_BODY):
        return error_response(413, "too_large", f"the request has {length} bytes, wanted at most {MAX_BODY:,}")
    return await call_next(request)
