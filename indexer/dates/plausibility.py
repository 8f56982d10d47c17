"""Tell dates on which nothing can have appeared."""

from datetime import datetime, timedelta

from indexer.dates.published import Published

_FIRST_YEAR = 1605
_TOLERANCE = timedelta(days=1)
"""Tolerance for wrong clocks and time zones: a date up to this far in the future is accepted."""


def implausible(published: Published, now: datetime) -> str:
    """Return why no article can have this date (before the first newspapers, or in the future); empty if it can."""
    if published.earliest.year < _FIRST_YEAR:
        return f"lies before {_FIRST_YEAR}, when the first papers appeared: is it of another calendar?"
    return "lies in the future" if published.earliest > now + _TOLERANCE else ""
