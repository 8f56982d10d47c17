"""Cursors: where the next page of a search or a list begins, in which generation, and of which query it is.

A cursor holds nothing that a request could not say itself. It is checked, so that one that was changed, or that belongs
to another query, is an error and not a wrong page.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict
from typing import Final, NamedTuple

from indexer.errors import QueryError
from search_api.query import Listed, Query

MAX_CURSOR: Final = 500
"""The longest cursor in characters."""
_HINT = "leave cursor out to begin with the first page"


class Cursor(NamedTuple):
    """A place in the set of a query."""

    generation: str
    query: str
    """Digest of the query, see ``digest_of``."""
    offset: int
    since: str
    """The first day or instant that passes the filters: where a span until now began when the first page was asked."""

    @property
    def text(self) -> str:
        """The cursor as clients are given it."""
        return base64.urlsafe_b64encode(json.dumps(self, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor that a client sent back.

    Raises:
        QueryError: This is no cursor.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) <= MAX_CURSOR else "")
    except (binascii.Error, ValueError, RecursionError):
        values = None
    kinds = (str, str, int, str)
    if (
        not isinstance(values, list)
        or len(values) != len(kinds)
        or any(type(value) is not kind for value, kind in zip(values, kinds, strict=True))
        or values[2] < 0
    ):
        raise QueryError(f"{text[:40]!r} is no cursor", _HINT)
    return Cursor(*values)


def digest_of(asked: Query | Listed) -> str:
    """Return a digest of all that decides what a query or a list finds and in which order, the page aside."""
    said = json.dumps(asdict(asked.whole), default=_in_order, sort_keys=True)
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16]


def check_cursor(cursor: Cursor, asked: Query | Listed) -> None:
    """Raise ``QueryError`` if a cursor does not belong to what is asked."""
    if asked.offset:
        raise QueryError("both cursor and offset are given", "drop one of them")
    if cursor.query != digest_of(asked):
        raise QueryError("the cursor belongs to another query or other filters", _HINT)


def _in_order(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
