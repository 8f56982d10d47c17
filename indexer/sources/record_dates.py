"""Read the dates of a record, and tell what is wrong with those that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from indexer.dates.day_order import AmbiguousDayError, DayOrder
from indexer.dates.parsing import order_shown_by, parse_published
from indexer.dates.plausibility import implausible
from indexer.dates.published import Published
from indexer.notice import Notice

LONGEST_SHOWN = 60
"""The most characters that are shown and kept of a date which cannot be read."""
_WITHOUT = "; kept without a date"
_REMARKS = {"published": "", "updated": "of its last change: "}
"""The fields of a record that hold dates, with what is put before a remark on one."""


@dataclass(slots=True)
class ShownOrders:
    """The orders of day and month that the dates of one document show, by field: 27/05/2025 shows one."""

    shown: dict[str, set[DayOrder]] = field(default_factory=dict)

    def note(self, name: str, text: str) -> None:
        """Take the next date of a field."""
        if order := order_shown_by(text):
            self.shown.setdefault(name, set()).add(order)

    def only(self, name: str) -> DayOrder | None:
        """Return the order that all dates of a field agree with; None if they show none or both."""
        orders = self.shown.get(name, set())
        return next(iter(orders)) if len(orders) == 1 else None


@dataclass(frozen=True, slots=True)
class AmbiguousDates(Notice):
    """Comes before an article with dates that are known only when the whole document is read."""

    texts: Mapping[str, str]
    """The dates by field."""


@dataclass(frozen=True, slots=True)
class DocumentEnd(Notice):
    """Comes after the last article of a document that has ambiguous dates."""

    orders: ShownOrders
    """What all of its dates show."""


@dataclass(frozen=True, slots=True)
class RecordDates:
    """The dates of one record."""

    published: Published | None
    updated: Published | None
    retrieved: Published | None
    problems: tuple[str, ...]
    """What is wrong with those that cannot be used."""
    ambiguous: Mapping[str, str]
    """Those, by field, that can mean two days until the order of day and month in the document is known."""


def read_dates(
    texts: Mapping[str, str], language: str, order: DayOrder | None, shown: ShownOrders | None
) -> RecordDates:
    """Read the dates in the fields of a record.

    Args:
        texts: The fields as they are written.
        language: The language of the article.
        order: The order of day and month in dates such as 03/04/2025, if it is known.
        shown: Takes down what the dates show of it. If there is none, a date that can mean two days is a problem.
    """
    found: dict[str, Published | None] = {}
    problems: list[str] = []
    ambiguous: dict[str, str] = {}
    for name, remark in _REMARKS.items():
        text = texts.get(name, "")
        if shown:
            shown.note(name, text)
        try:
            found[name], problem = read_date(text, language, order)
        except AmbiguousDayError as error:
            found[name], problem = None, "" if shown else f"{error}{_WITHOUT}"
            ambiguous |= {name: text} if shown else {}
        if problem:
            problems.append(remark + problem)
    retrieved = _retrieved(texts.get("retrieved", ""))
    return RecordDates(found["published"], found["updated"], retrieved, tuple(problems), ambiguous)


def _retrieved(text: str) -> Published | None:
    """Return when a record was taken from its source; nobody misses it, so that a bad one is not worth a notice."""
    try:
        return read_date(text, "", None)[0]
    except AmbiguousDayError:
        return None


def read_date(text: str, language: str, order: DayOrder | None) -> tuple[Published | None, str]:
    """Return the date that a text means, and what is wrong with it; empty if nothing is.

    Raises:
        AmbiguousDayError: It can mean two days, because the order of day and month is not known.
    """
    if not text:
        return None, ""
    try:
        published = parse_published(text, language=language, order=order)
    except AmbiguousDayError:
        raise
    except ValueError as error:
        return None, f"{error}{_WITHOUT}"
    if reason := implausible(published, datetime.now(UTC)):
        return None, f"date {text[:LONGEST_SHOWN]!r} {reason}{_WITHOUT}"
    return published, ""
