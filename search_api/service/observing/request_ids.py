"""The id of a request: taken from the client if it is sane, else made here; in every response and every log line."""

import re
import secrets
from contextvars import ContextVar

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request that is being answered here; empty where none is."""
    return _current.get()


def begin_request(given: bytes | None) -> str:
    """Return the id of a request that begins here: the one that the client gives, or a new one."""
    name = given.decode("ascii") if given and _SANE.fullmatch(given) else secrets.token_hex(8)
    _current.set(name)
    return name
