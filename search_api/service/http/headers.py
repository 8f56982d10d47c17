"""The headers of every response: what a browser may do with it, and which request it answers."""

from collections.abc import Sequence

Headers = list[tuple[bytes, bytes]]

_ALWAYS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
"""What a route does not say otherwise. A page names what it loads in a policy of its own."""
_NOT_KEPT = (b"cache-control", b"no-store")


def completed(given: Sequence[tuple[bytes, bytes]], request_id: str, private: bool) -> Headers:
    """Return the headers of a response with those that every response has.

    Args:
        given: What the route gives; it wins.
        request_id: The id of the request.
        private: Whether a key was needed, so that no cache may keep the response.
    """
    headers = [(name.lower(), value) for name, value in given]
    names = {name for name, _ in headers}
    defaults = (*_ALWAYS, _NOT_KEPT) if private else _ALWAYS
    headers += [each for each in defaults if each[0] not in names]
    headers.append((b"x-request-id", request_id.encode()))
    return headers


def first(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> bytes | None:
    """Return the value of the first header of a name, which is in small letters."""
    return next((value for name, value in headers if name.lower() == wanted), None)
