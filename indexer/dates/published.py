"""Publication times that keep the precision of their source: "May 2025" stays a month."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["year", "month", "day", "time"]


@dataclass(frozen=True, slots=True)
class Published:
    """The publication time as an interval: a single instant, or the whole day, month or year if no more is known.

    ``earliest`` and ``latest`` are timezone-aware UTC datetimes; both belong to the interval. A date without a time
    zone is taken as UTC.
    """

    iso: str
    precision: Precision
    earliest: datetime
    latest: datetime
