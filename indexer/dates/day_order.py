"""Whether the day or the month comes first in dates such as 03/04/2025."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

_SIGNS = r"(?P<sign>\s?[-/.]\s?)"
_PARTS = re.compile(rf"(?<!\d)(\d{{1,2}}){_SIGNS}(\d{{1,2}})(?P=sign)(\d{{4}}|\d{{2}})(?!\d)\.?", re.ASCII)
_CENTURY_ENDS = 50
"""Years of two digits below this one are of this century, as RFC 2822 has it."""


class DayOrder(StrEnum):
    """Which of the first two numbers of a date is the day."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class AmbiguousDayError(ValueError):
    """A date can mean two days: its numbers do not tell which of them is the month."""


def find_numbered(text: str) -> re.Match[str] | None:
    """Return where in a text a date such as 27/05/2025 stands, with its three numbers as groups 1, 3 and 4."""
    return _PARTS.search(text)


def numbered_day(match: re.Match[str], order: DayOrder | None, weekdays: frozenset[int]) -> date:
    """Return the day of a date such as 27/05/2025.

    With points the day comes first, and a year of two digits is read only in a known order.

    Args:
        match: What ``find_numbered`` returned.
        order: The order of day and month; None if it is not known.
        weekdays: The weekdays that are written beside it, if any: they decide if no order is known.

    Raises:
        AmbiguousDayError: It can mean two days.
        ValueError: There is no such day.
    """
    if order is None and len(match[4]) == 2:
        raise AmbiguousDayError("it does not tell which of its numbers is the year")
    days = dict(_days(match))
    if order is None and match["sign"].strip() == ".":
        days.pop(DayOrder.MONTH_FIRST, None)
    if order in days:
        return days[order]
    if not days:
        raise ValueError(f"there is no day {match[0]}")
    possible = {day for day in days.values() if not weekdays or day.weekday() in weekdays} or set(days.values())
    if len(possible) > 1:
        raise AmbiguousDayError("it does not tell the day from the month")
    return possible.pop()


def order_of(match: re.Match[str], weekdays: frozenset[int]) -> DayOrder | None:
    """Return the order in which alone a date such as 27/05/2025 makes sense; None if both orders do, or neither."""
    if len(match[4]) == 2:
        return None
    days = dict(_days(match))
    if len(set(days.values())) == 2 and weekdays:
        days = {order: day for order, day in days.items() if day.weekday() in weekdays}
    return next(iter(days)) if len(days) == 1 else None


def _days(match: re.Match[str]) -> Iterator[tuple[DayOrder, date]]:
    first, second, year = int(match[1]), int(match[3]), full_year(match[4])
    for order, (month, day) in ((DayOrder.DAY_FIRST, (second, first)), (DayOrder.MONTH_FIRST, (first, second))):
        try:
            yield order, date(year, month, day)
        except ValueError:
            continue


def full_year(digits: str) -> int:
    """Return a year of four digits, or of two digits as RFC 2822 understands them."""
    if len(digits) != 2:
        return int(digits)
    return int(digits) + (2000 if int(digits) < _CENTURY_ENDS else 1900)
