"""Publication times with the precision they came with: May 2025 stays a month."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Precision = Literal["year", "month", "day", "time"]

_PARTIAL = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_WANTED = "wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00+02:00"


@dataclass(frozen=True, slots=True)
class Published:
    """When an article appeared, as an interval: one instant, or the day, month or year that is known.

    ``earliest`` and ``latest`` are aware UTC datetimes, both included. A date without a zone is taken as UTC.
    """

    iso: str
    precision: Precision
    earliest: datetime
    latest: datetime


def parse_published(value: str) -> Published:
    """Read an ISO 8601 year, month, day or time.

    Raises:
        ValueError: Anything else, with what was wanted.
    """
    text = value.strip()
    if compact := _COMPACT_DAY.fullmatch(text):
        text = "-".join(compact.groups())
    try:
        return _partial(text) if _PARTIAL.fullmatch(text) else _instant(text)
    except (ValueError, OverflowError):
        raise ValueError(f"date {value[:60]!r} not understood: {_WANTED}") from None


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
    if not {"T", "t", " "} & set(text):  # Python would read a Unix time, or a week, as an instant
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    instant = moment.astimezone(UTC)
    return Published(moment.isoformat(), "time", instant, instant)
