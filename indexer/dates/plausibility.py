"""Tell dates on which nothing can have appeared."""

from datetime import UTC, date, datetime, timedelta

from indexer.dates.published import Published

_FIRST_YEAR = 1605
_TOLERANCE = timedelta(days=1)
"""Tolerance for wrong clocks and time zones: a date up to this far in the future is accepted."""
_NEVER_SET = frozenset(
    datetime(*day, tzinfo=UTC) for day in ((1, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1))
)
"""The moments at which the calendars of .NET, of spreadsheets, of SQL Server and of Unix begin."""
_NO_PAPER = frozenset({date(1, 1, 1), date(1970, 1, 1)})
"""The days among them that are taken for unset without a time too. On the others papers of archives appeared."""
_BUDDHIST = 543
_WHERE_NONE_IS = "is what exports write where there is none"


def implausible(published: Published, now: datetime) -> str:
    """Return why no article can have this date (before the first newspapers, or in the future); empty if it can."""
    if published.precision == "time" and published.earliest in _NEVER_SET:
        return _WHERE_NONE_IS
    if published.precision == "day" and published.first_day in _NO_PAPER:
        return _WHERE_NONE_IS
    if published.earliest.year < _FIRST_YEAR:
        return f"lies before {_FIRST_YEAR}, when the first papers appeared: is it of another calendar?"
    if published.earliest <= now + _TOLERANCE:
        return ""
    buddhist = (
        _FIRST_YEAR <= published.earliest.year - _BUDDHIST <= now.year and published.earliest.year > now.year + 100
    )
    return "lies in the future" + (": is it of the Buddhist calendar?" if buddhist else "")
