"""Unwrap the values of records: what databases, content managers and programs put around a text, a number or a date."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from indexer.sources.addresses import split
from indexer.sources.web.markup import plain_text

_TYPED = frozenset([
    "$oid", "$uuid", "$symbol", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal",
    "$timestamp",  # MongoDB
    "S", "N", "M", "L", "SS",  # DynamoDB
    "stringValue", "integerValue", "doubleValue", "timestampValue", "booleanValue", "arrayValue",
    "mapValue",  # Firestore
])  # fmt: skip
"""The only key of an object by which a database gives the type of a value."""
_INNER = {"arrayValue": "values", "mapValue": "fields"}
_NULLS = ("NULL", "nullValue", "$undefined")
_TIMESTAMPS = (("_seconds", "_nanoseconds"), ("seconds", "nanoseconds"), ("seconds", "nanos"), ("t", "i"))
"""The two keys of a time that is given as seconds and a rest."""
_NAME_KEYS = (
    "name", "main", "basic", "rendered", "processed", "value", "title", "label", "text", "plain", "default", "iso",
    "date", "datetime", "code", "href", "url", "alias", "domain", "uri", "host", "@value", "#text", "_", "__cdata",
    "@id", "id",
)  # fmt: skip
"""Keys that hold the name of a thing which an export gives as an object, the most telling first."""
_NOTHING = frozenset(["nan", "nat", "<na>"])
_NOTHING_IN_TABLES = _NOTHING | {"none", "null", "n/a", "#n/a", "\\n", "undefined"}
_LONGEST_NOTHING = 20
"""The most characters of a word for nothing and the white space around it."""
_INLINE = re.compile(
    r"</?(?:em|i|b|u|strong|span|a|sup|sub|p|br|cite|q|mark)\b[^<>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE
)
_PAGE = re.compile(r"\s{0,99}(?:<\?xml[^>]{0,99}>\s{0,9})?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_BLOCK = re.compile(
    r"</(?:p|div|li|h[1-6]|blockquote|ul|ol|article|section|table|figure)>|<br\s*/?>|<p[\s>]", re.IGNORECASE
)


def unwrap(value: Any) -> Any:
    """Return what a value stands for: a text, a number, true or false, a list, or an object; None for nothing."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode(errors="replace")
    return _unwrap_object(value) if isinstance(value, Mapping) else value


def scalar_of(value: Any) -> str | int | float | Decimal | None:
    """Return the text or number in a value: itself, the name of the thing, or the only entry of a list; else None."""
    for _ in range(4):
        value = unwrap(value)
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        elif isinstance(value, Mapping):
            value = next((value[key] for key in _NAME_KEYS if value.get(key) not in (None, "", [], {})), None)
        else:
            break
    return value if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else None


def is_nothing(value: Any, *, in_table: bool) -> bool:
    """Return whether a value stands for nothing, as ``nan`` does that pandas writes, and ``NULL`` in a table."""
    if isinstance(value, str):
        if len(value) > _LONGEST_NOTHING:
            return value.isspace()
        word = value.strip().casefold()
        return (
            not word or word in (_NOTHING_IN_TABLES if in_table else _NOTHING) or (in_table and value.strip() == "NA")
        )
    if isinstance(value, float | Decimal):
        return not math.isfinite(value)
    return value is None or (isinstance(value, list | tuple | Mapping) and not value)


def digits_of(number: float | Decimal) -> str:
    """Return a number with all its digits and without an exponent: ``1748362000000.0``, never ``1.748362e12``."""
    return (
        str(number)
        if isinstance(number, int)
        else format(Decimal(repr(number)) if isinstance(number, float) else number, "f")
    )


def line_of(text: str) -> str:
    """Return a title or name without HTML, if it holds any."""
    return plain_text(text) if ("<" in text or "&" in text) and _INLINE.search(text) else text


def text_of_markup(text: str) -> str:
    """Return an HTML text as paragraphs, separated by blank lines; a text that is not HTML is unchanged.

    A text that has lines of its own, and tags only within them, keeps its lines. A whole page is unchanged too.
    """
    if "<" not in text and "&" not in text:
        return text
    if is_page(text):
        return text
    if _BLOCK.search(text):
        return plain_text(text)
    if not _INLINE.search(text):
        return text
    return "\n".join(line_of(line) for line in text.split("\n"))


def is_page(text: str) -> bool:
    """Return whether a text is a whole page of HTML, in which an article has to be found."""
    return _PAGE.match(text) is not None


def is_address(value: Any) -> bool:
    """Return whether a value is the address of a page."""
    return isinstance(value, str) and value.lstrip()[:8].casefold().startswith(("http://", "https://", "//", "www."))


def domain_of(url: str) -> str:
    """Return the host of an address without ``www.``; empty if it is no address."""
    parts = split(f"//{url}" if url.startswith("www.") else url)
    return ((parts.hostname if parts else "") or "").removeprefix("www.")


def _unwrap_object(value: Mapping[str, Any]) -> Any:
    for seconds, rest in _TIMESTAMPS:
        if len(value) == 2 and seconds in value and rest in value:
            return unwrap(value[seconds])
    if len(value) != 1:
        return value
    ((key, inner),) = value.items()
    if key in _NULLS:
        return None
    if key in _INNER and isinstance(inner, Mapping):
        inner = inner.get(_INNER[key])
    return unwrap(inner) if key in _TYPED else value
