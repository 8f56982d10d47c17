"""Read dates that are one number, or a call of a function: what databases and programs write."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from indexer.dates.published import Published

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(\d{3})?)?)?", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{8,18}(?:\.\d{1,9})?", re.ASCII)
_SCIENTIFIC = re.compile(r"[1-9]\.\d{7,18}[eE]\+?\d{1,2}", re.ASCII)
"""With fewer digits the number is rounded: a spreadsheet shows 1748362800 as 1.74836E+09."""
_UNITS = {9: 0, 10: 0, 12: 3, 13: 3, 15: 6, 16: 6, 18: 9, 19: 9}
"""How many digits of a Unix time count fractions of a second, by the number of its digits: from 1973 to 2286."""
_TICKS = re.compile(r"\\?/Date\((-?\d{1,15})([+-])?(\d{2})?(\d{2})?\)\\?/", re.ASCII)
_CALL = re.compile(r"(?:new )?(?:ISODate|Date|Timestamp|datetime64)\(['\"]?([^'\"()]*)['\"]?\)")
_PYTHON = re.compile(r"(?:datetime\.)?date(?:time)?\((\d{4}(?:, ?\d{1,6}){2,6})\)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unwrapped(text: str) -> str:
    """Return the date in quotes, or in a call such as ``ISODate("2025-05-27")``; any other text unchanged."""
    text = text.strip("\"'")
    call = _CALL.fullmatch(text)
    return call[1] if call else text


def read_stamp(text: str) -> Published | None:
    """Return the time that a number means, or None if the text is no number that programs write for a time.

    A number of 12 digits is a day with a time where it can be, else it is one of milliseconds.

    Raises:
        ValueError, OverflowError: It looks like such a number, but is no time.
    """
    if compact := _COMPACT.fullmatch(text):
        try:
            return _compact(*compact.groups())
        except ValueError:
            if len(text) != 12:
                raise
    if _NUMBER.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return _unix(Decimal(text))
    if ticks := _TICKS.fullmatch(text):
        offset = timedelta(hours=int(ticks[3] or 0), minutes=int(ticks[4] or 0))
        moment = _EPOCH + timedelta(milliseconds=int(ticks[1]))
        return Published.at(moment.astimezone(timezone(-offset if ticks[2] == "-" else offset)) if ticks[2] else moment)
    if python := _PYTHON.fullmatch(text):
        year, month, day, *clock = map(int, python[1].split(","))
        return _of_numbers(date(year, month, day), clock)
    return None


def _compact(year: str, month: str, day: str, *clock: str | None) -> Published:
    hour, minute, second, thousandths = (int(part or 0) for part in clock)
    found = date(int(year), int(month), int(day))
    return _of_numbers(found, [hour, minute, second, 1000 * thousandths] if clock[0] else [])


def _of_numbers(day: date, clock: Sequence[int]) -> Published:
    """Return a day, or a time on it that is given as hour, minute, second and microsecond, as far as it is known."""
    if not clock:
        return Published.on(day)
    hour, minute, second, microsecond = [*clock, 0, 0, 0][:4]
    return Published.at(datetime.combine(day, time(hour, minute, second, microsecond, UTC)))


def _unix(number: Decimal) -> Published:
    digits = _UNITS.get(number.adjusted() + 1)
    if digits is None:
        raise ValueError("no Unix time has so many digits")
    seconds = number.scaleb(-digits)
    whole = int(seconds)
    return Published.at(_EPOCH + timedelta(seconds=whole, microseconds=int((seconds - whole) * 10**6)))
