"""Parse dates of publication in every notation that means one time, day, month or year. Nothing is guessed."""

import contextlib
import re
from datetime import date, datetime, time

from indexer.dates.clock import split_clock
from indexer.dates.day_order import AmbiguousDayError, DayOrder
from indexer.dates.folding import LONGEST, plain
from indexer.dates.published import Published
from indexer.dates.stamps import read_stamp, unwrapped
from indexer.dates.written import read_day, shown_order
from indexer.dates.zones import local

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}(?::?\d{2}){1,2}(?:[.,]\d{1,12})?)"
    r"(?:\s?([Zz]|[+-]\d{2}(?::?\d{2})?)(?:\[[\w/+-]+\])?)?",
    re.ASCII,
)
"""A time in ISO 8601, perhaps with a space before the offset, and behind it the region that Java adds in brackets."""
_LOGGED = re.compile(r"(?<=/\d{4}):(?=\d{2}:\d{2}:\d{2})")
_NO_YEAR = re.compile(r"[-0:/. TZ+]+|.*(?<!\d)-?0{3}[01](?!\d).*", re.ASCII)
_DAY_NUMBER = re.compile(r"[2-5]\d{4}(?:\.\d{1,12})?", re.ASCII)
_WANTED = "wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00+02:00"


def parse_published(value: str, *, language: str = "", order: DayOrder | None = None) -> Published:
    """Parse a year, month, day or time as ISO 8601, RSS, mail, papers, databases and programs write it.

    Names of months may be of any language, digits of any script. A time in a zone whose name can mean several is read
    as its day. A year of two digits is read only where the notation leaves no doubt.

    Args:
        value: The date.
        language: The language of the article as an ISO 639 code, if it is known: "27 listopada" is a day in November
            in Polish, and one in October in Croatian.
        order: The order of day and month in dates such as 03/04/2025, if it is known.

    Raises:
        AmbiguousDayError: It can mean two days, because the order of day and month is not known.
        ValueError: It is no date, or can mean several; the message names what is wanted.
    """
    text = value.strip()
    try:
        return _parse(unwrapped(plain(text)) if len(text) <= LONGEST else "", language, order)
    except AmbiguousDayError as error:
        raise AmbiguousDayError(f"date {text[:60]!r} can mean several days: {error}") from error
    except (ValueError, OverflowError) as error:
        raise ValueError(f"date {value[:60]!r} {_refusal(text)}") from error


def order_shown_by(value: str) -> DayOrder | None:
    """Return the order of day and month that a date such as 27/05/2025 shows; None if it shows none."""
    text = value.strip()
    if len(text) > LONGEST or _PARTIAL.fullmatch(text[:10]):
        return None
    with contextlib.suppress(ValueError, OverflowError):
        return shown_order(split_clock(plain(text))[1])
    return None


def _refusal(text: str) -> str:
    """Return why a text is no date."""
    if 0 < len(text) <= LONGEST and _NO_YEAR.fullmatch(plain(text)):
        return "is what exports write where there is none"
    if _DAY_NUMBER.fullmatch(text):
        return "looks like a day number of a spreadsheet: format its column as dates"
    return f"not understood: {_WANTED}"


def _parse(text: str, language: str, order: DayOrder | None) -> Published:
    if partial := _PARTIAL.fullmatch(text):
        return _partial(*partial.groups())
    if iso := _ISO_TIME.fullmatch(text):
        with contextlib.suppress(ValueError):
            return Published.at(datetime.fromisoformat(iso[1].upper() + (iso[2] or "").upper()))
    return read_stamp(text) or _written(text, language, order)


def _partial(year: str, month: str | None, day: str | None) -> Published:
    if month is None:
        return Published.in_year(int(year))
    return (
        Published.in_month(int(year), int(month))
        if day is None
        else Published.on(date(int(year), int(month), int(day)))
    )


def _written(text: str, language: str, order: DayOrder | None) -> Published:
    clock, rest = split_clock(_LOGGED.sub(" ", text))
    found = read_day(rest, language=language, order=order, timed=clock is not None)
    if found.day is None:
        if clock:
            raise ValueError("it has a time, but no day")
        return Published.in_month(found.year, found.month)
    day = date(found.year, found.month, found.day)
    if clock is None:
        return Published.on(day)
    moment = local(datetime.combine(day, time()) + clock.since_midnight, clock.zone)
    return Published.at(moment) if moment else Published.on(day)
