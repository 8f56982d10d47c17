"""Limits on the headers and the body that a client may send."""

from collections.abc import Sequence

from search_api.service.errors import RequestRefusedError
from search_api.service.http.headers import first

MAX_BODY = 1_000_000
"""The largest body of a request in bytes. The longest query allowed is far shorter."""


MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768
Headers = Sequence[tuple[bytes, bytes]]


def check_headers(headers: Headers) -> None:
    """Pass a request whose headers are neither too many nor too large.

    Raises:
        RequestRefusedError: 431 where they are.
    """
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        given = f"the request has {len(headers):,} headers of {size:,} bytes"
        wanted = f"wanted at most {MAX_HEADERS} of {MAX_HEADER_BYTES:,}"
        raise RequestRefusedError(431, "headers_too_large", f"{given}, {wanted}")


def check_body(headers: Headers) -> None:
    """Pass a request whose body is declared and not too large.

    Raises:
        RequestRefusedError: 411 where the length is not declared, 413 where it is too much.
    """
    if first(headers, b"transfer-encoding") is not None:
        message = "the request does not say how long it is"
        raise RequestRefusedError(411, "length_required", message, "send Content-Length")
    length = (first(headers, b"content-length") or b"0").decode("latin-1")
    if not length.isdecimal() or int(length[:20]) > MAX_BODY:
        message = f"the request has {length[:20]} bytes, wanted at most {MAX_BODY:,}"
        raise RequestRefusedError(413, "too_large", message)
