"""Parse dates of publication."""

import contextlib
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from indexer.dates.published import Precision, Published

_PARTIAL = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_UNIX = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_WANTED = "wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00+02:00"


def parse_published(value: str) -> Published:
    """Parse an ISO 8601 year, month, day or time, a Unix time, or a date as RSS, mail headers and newspapers write it.

    Digits of any script are accepted. A Unix time has ten digits (seconds) or thirteen (milliseconds).

    Raises:
        ValueError: The text is in none of these formats; the message names the accepted ones.
    """
    text = "".join(str(unicodedata.decimal(each, each)) for each in value.strip())
    for read in (_iso, _unix, _mail, _written):
        with contextlib.suppress(ValueError, OverflowError, TypeError, IndexError):
            return read(text)
    raise ValueError(f"date {value[:60]!r} not understood: {_WANTED}")


def _iso(text: str) -> Published:
    if compact := _COMPACT_DAY.fullmatch(text):
        text = "-".join(compact.groups())
    return _partial(text) if _PARTIAL.fullmatch(text) else _instant(text)


def _unix(text: str) -> Published:
    if not _UNIX.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromtimestamp(int(text[:10]), UTC)
    return Published(moment.isoformat(), "time", moment, moment)


def _mail(text: str) -> Published:
    """Parse the date format of RSS and mail headers: ``Tue, 27 May 2025 18:20:00 +0200``."""
    moment = parsedate_to_datetime(text)
    if ":" not in text or not any(each.isalpha() for each in text):
        raise ValueError(text)
    return _instant(moment.isoformat())


def _written(text: str) -> Published:
    """Parse a day as newspapers write it, in the formats that do not confuse day and month."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _partial("-".join(part.zfill(2) for part in match.groups()))
    if match := _DAY_FIRST.fullmatch(text):
        return _partial("-".join(part.zfill(2) for part in reversed(match.groups())))
    for form in ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y"):
        with contextlib.suppress(ValueError):
            return _partial(f"{datetime.strptime(text, form).replace(tzinfo=UTC):%Y-%m-%d}")
    raise ValueError(text)


def _partial(text: str) -> Published:
    match = _PARTIAL.fullmatch(text)
    year, month, day = (int(part) if part else None for part in match.groups()) if match else (None,) * 3
    if year is None:
        raise ValueError(text)
    first = date(year, month or 1, day or 1)
    if day:
        return _interval(text, "day", first, first)
    if month:
        return _interval(text, "month", first, _month_end(first))
    return _interval(text, "year", first, date(year, 12, 31))


def _month_end(first: date) -> date:
    if first.month == 12:
        return first.replace(day=31)
    return first.replace(month=first.month + 1) - timedelta(days=1)


def _interval(iso: str, precision: Precision, first: date, last: date) -> Published:
    earliest = datetime(first.year, first.month, first.day, tzinfo=UTC)
    latest = datetime(last.year, last.month, last.day, 23, 59, 59, 999999, tzinfo=UTC)
    return Published(iso, precision, earliest, latest)


def _instant(text: str) -> Published:
    if not {"T", "t", " "} & set(text):  # fromisoformat would also accept a Unix time or an ISO week
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    instant = moment.astimezone(UTC)
    return Published(moment.isoformat(), "time", instant, instant)
