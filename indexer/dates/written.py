"""Read the day of a date as people write it, in the languages of the world."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from indexer.dates.day_order import DayOrder, find_numbered, full_year, numbered_day, order_of
from indexer.dates.folding import fold
from indexer.dates.names import all_names, is_between
from indexer.dates.words import Words, split_words

_YEAR_FIRST = re.compile(r"(?<![\d-])(\d{4})(\s?[-/.:]\s?)(\d{1,2})(?:\2(\d{1,2}))?(?![\d:])\.?", re.ASCII)
_UNITS = (
    re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日號号일])?"),
    re.compile(r"(?P<day>(?<!\d)\d{1,2})\s?th(?:an)?g\s?(?P<month>\d{1,2}),?\s(?:nam\s)?(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})\s?оны?\s?(?P<month>\d{1,2})\s?-?\s?р?\s?сарын\s(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>(?<!\d)\d{1,2})\s(?P<month>\d{1,2})[月월]\s(?P<year>\d{4})"),
    re.compile(r"(?P<month>(?<![\d/.-])\d{1,2})[/.-](?P<year>\d{4})(?![\d/.-])(?P<day>)"),
    re.compile(r"th(?:an)?g\s?(?P<month>\d{1,2}),?\s(?:nam\s)?(?P<year>\d{4})(?P<day>)"),
)
"""Dates whose numbers are named by their units, in Chinese, Japanese and Korean, Vietnamese, Mongolian; and 5/2025."""
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s?(\d{{1,3}}|元)\s?年")
_EAST_ASIAN_WEEKDAY = re.compile(r"\([月火水木金土日월화수목금토일一二三四五六]\)")
_EDITION = re.compile(r"\s(?:[^\W\d_]+\s){1,4}edition(?:\s\d)?$")
_HYPHENED = re.compile(r"\d{1,2}-[^\W\d_]+-\d{2}")
"""How Oracle and spreadsheets write a day, the year with two digits."""
_DAY_MONTH_YEAR = re.compile("nw+n")
_NEGATIVE = re.compile(r"(?:^|\s)-\d")
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST = 543
_FIRST_BUDDHIST = 2300
"""In Thai a year from this one on is of the Buddhist calendar, which counts 543 years more."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or only a month if ``day`` is None."""

    year: int
    month: int
    day: int | None

    def __post_init__(self) -> None:
        date(self.year, self.month, 1 if self.day is None else self.day)


def read_day(text: str, *, language: str = "", order: DayOrder | None = None, timed: bool = False) -> Day:
    """Return the day or the month that a text means.

    Args:
        text: A date without its time of day, as ``plain`` returns it.
        language: The language of the article as an ISO 639 code, by which a month of two languages is told.
        order: The order of day and month in dates such as 03/04/2025.
        timed: Whether a time of day stood beside it: then a year may have two digits, as in mail.

    Raises:
        AmbiguousDayError: The numbers can mean two days.
        ValueError: The text is no date, or can mean several.
    """
    folded = _EAST_ASIAN_WEEKDAY.sub(" ", _ERA.sub(_year_of_era, fold(text)))
    if _NEGATIVE.search(folded):
        raise ValueError("the year is negative")
    found = _by_numbers(folded, order) or _by_name(_EDITION.sub(" ", folded), language, timed)
    if found.year >= _FIRST_BUDDHIST and _THAI.search(folded):
        return Day(found.year - _BUDDHIST, found.month, found.day)
    return found


def shown_order(text: str) -> DayOrder | None:
    """Return the order of day and month in which alone a date makes sense; None if it shows none.

    Args:
        text: A date without its time of day, as ``plain`` returns it.
    """
    folded = fold(text)
    match = find_numbered(folded)
    if match is None or _YEAR_FIRST.search(folded):
        return None
    try:
        return order_of(match, _weekdays(folded, match))
    except ValueError:
        return None


def _by_numbers(text: str, order: DayOrder | None) -> Day | None:
    if match := _YEAR_FIRST.search(text):
        found = Day(int(match[1]), int(match[3]), int(match[4]) if match[4] else None)
    elif match := find_numbered(text):
        day = numbered_day(match, order, _weekdays(text, match))
        found = Day(day.year, day.month, day.day)
    elif match := next((match for pattern in _UNITS if (match := pattern.search(text))), None):
        found = Day(int(match["year"]), int(match["month"]), int(match["day"]) if match["day"] else None)
    else:
        return None
    _weekdays(text, match)
    return found


def _weekdays(text: str, match: re.Match[str]) -> frozenset[int]:
    """Return the weekdays that are named before or after a match, beside which nothing else may stand."""
    words = split_words(f"{text[: match.start()]} {text[match.end() :]}")
    if words.numbers:
        raise ValueError("it holds another number")
    return frozenset().union(*(_weekdays_of(name) for name in words.names))


def _weekdays_of(name: str) -> frozenset[int]:
    days = all_names().weekdays.get(name, frozenset())
    if not days and not is_between(name):
        raise ValueError(f"{name} is neither a weekday nor a word between the parts of a date")
    return days


def _by_name(text: str, language: str, timed: bool) -> Day:
    """Return the day or the month of a date whose month is a word."""
    words = split_words(text)
    timed = timed or bool(_HYPHENED.fullmatch(text))
    found: dict[Day, frozenset[str]] = {}
    weekdays: set[int] = set()
    for name in words.names:
        others = [each for each in words.names if each != name]
        for month, languages in all_names().months.get(name, {}).items():
            try:
                days = [_weekdays_of(each) for each in others if month not in all_names().months.get(each, {})]
            except ValueError:
                continue
            weekdays.update(*days)
            found[_day(words, month, timed or bool(days))] = languages
    return _only(found, language, weekdays)


def _only(found: Mapping[Day, frozenset[str]], language: str, weekdays: Set[int]) -> Day:
    """Return the one day that remains by the language of the article, or by the weekday that is named."""
    for remaining in (
        list(found),
        [day for day, languages in found.items() if language in languages],
        [day for day in found if day.day and date(day.year, day.month, day.day).weekday() in weekdays],
    ):
        if len(remaining) == 1:
            return remaining[0]
    raise ValueError("it names no month" if not found else "it can mean several months")


def _day(words: Words, month: int, short_year: bool) -> Day:
    """Return the day or month that the numbers mean; a year may have two digits if it comes last."""
    years = [number for number in words.numbers if len(number) == 4]
    days = [number for number in words.numbers if len(number) <= 2]
    if len(years) == 1 and len(years) + len(days) == len(words.numbers) and len(days) <= 1:
        return Day(int(years[0]), month, int(days[0]) if days else None)
    if (
        short_year
        and len(days) == len(words.numbers) == 2
        and len(days[1]) == 2
        and _DAY_MONTH_YEAR.search(words.parts)
    ):
        return Day(full_year(days[1]), month, int(days[0]))
    raise ValueError("it has no day and year")


def _year_of_era(match: re.Match[str]) -> str:
    """Return a year of a Japanese emperor, or of the Republic of China, as the common era counts it."""
    return f"{_ERAS[match[1]] + (1 if match[2] == '元' else int(match[2]))}年"
