"""Publication times that keep the precision of their source: "May 2025" stays a month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self

Precision = Literal["year", "month", "day", "time"]


@dataclass(frozen=True, slots=True)
class Published:
    """The publication time as an interval: a single instant, or the whole day, month or year if no more is known.

    ``earliest`` and ``latest`` are timezone-aware UTC datetimes; both belong to the interval. A date without a time
    zone is taken as UTC.
    """

    iso: str
    """As people are shown it; a time in the zone that it was published in."""
    precision: Precision
    earliest: datetime
    latest: datetime

    @property
    def first_day(self) -> date:
        """The day that is shown, in the zone of publication; the first day of a month or year."""
        return date.fromisoformat(self.iso[:10]) if self.precision == "time" else self.earliest.date()

    @property
    def last_day(self) -> date:
        """The day that is shown, in the zone of publication; the last day of a month or year."""
        return self.first_day if self.precision == "time" else self.latest.date()

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """Return a publication at a moment, which is shown in the zone of the moment; without a zone it is UTC.

        Raises:
            OverflowError: The moment lies in UTC before the year 1 or after the year 9999.
        """
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        instant = moment.astimezone(UTC)
        return cls(moment.isoformat(), "time", instant, instant)

    @classmethod
    def on(cls, day: date) -> Self:
        """Return a publication at an unknown time of a day."""
        return cls._within(day.isoformat(), "day", day, day)

    @classmethod
    def in_month(cls, year: int, month: int) -> Self:
        """Return a publication on an unknown day of a month."""
        first = date(year, month, 1)
        return cls._within(f"{first:%Y-%m}", "month", first, _month_end(first))

    @classmethod
    def in_year(cls, year: int) -> Self:
        """Return a publication on an unknown day of a year."""
        first = date(year, 1, 1)
        return cls._within(f"{first:%Y}", "year", first, date(year, 12, 31))

    @classmethod
    def _within(cls, iso: str, precision: Precision, first: date, last: date) -> Self:
        earliest = datetime(first.year, first.month, first.day, tzinfo=UTC)
        latest = datetime(last.year, last.month, last.day, 23, 59, 59, 999999, tzinfo=UTC)
        return cls(iso, precision, earliest, latest)


def _month_end(first: date) -> date:
    if first.month == 12:
        return first.replace(day=31)
    return first.replace(month=first.month + 1) - timedelta(days=1)
