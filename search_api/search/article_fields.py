"""The fields by which articles are filtered and counted, kept as numbers for each article."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process

from indexer.errors import QueryError
from indexer.rows import RowSet
from indexer.storage.columns import Columns
from search_api.choices import Facet, Interval
from search_api.ranking.arrays import Rows

_ALIKE = 70
"""How alike, of 100, a name must be to be suggested."""
_SUGGESTED = 3
_LISTED = 40

Days = NDArray[np.datetime64]


class Names:
    """A field of articles whose values are names, such as their sources."""

    def __init__(self, columns: Columns, field: str, kind: str) -> None:
        self.names = columns.names[field]
        """The names by their numbers, as they were first written; names that differ in case alone are one."""
        self.numbers = columns.numbers[field]
        """The number of each article's name."""
        self._number_of = {name.casefold(): number for number, name in enumerate(self.names)}
        self._columns, self._field, self._kind = columns, field, kind

    def passages(self, names: frozenset[str]) -> RowSet:
        """Return the passages of the articles that have one of the case-folded names.

        Raises:
            QueryError: No article has one of the names; the hint has names that are like it.
        """
        return self._columns.of_named(self._field, [self._number(name) for name in names])

    def written(self, names: frozenset[str]) -> list[str]:
        """Return case-folded names as the corpus writes them, in the order of the alphabet."""
        return sorted(self.names[self._number(name)] for name in names)

    def _number(self, name: str) -> int:
        number = self._number_of.get(name)
        if number is None:
            raise QueryError(f"the index has no {self._kind} {name!r}", self._suggestion(name))
        return number

    def _suggestion(self, name: str) -> str:
        near = process.extract(name, list(self._number_of), limit=_SUGGESTED, score_cutoff=_ALIKE)
        alike = [repr(self.names[place]) for _, _, place in near if self.names[place]]
        if alike:
            return f"did you mean {' or '.join(alike)}?"
        held = sorted(each for each in self.names if each)
        listed = ", ".join(held[:_LISTED]) + (f" and {len(held) - _LISTED:,} more" if len(held) > _LISTED else "")
        return f"it has {listed}" if listed else f"no article says what its {self._kind} is"


class ArticleFields:
    """Language, source and days of all articles of a generation. It is safe to use from several threads."""

    def __init__(self, columns: Columns) -> None:
        self.languages = Names(columns, "languages", "language")
        self.sources = Names(columns, "sources", "source")
        self._columns = columns

    def count(self, facet: Facet, articles: Rows) -> dict[str, int]:
        """Return how many of some articles have each value of a facet; empty where an article has none."""
        if facet == Facet.MONTH:
            days = _counted(self.spans(Interval.MONTH, articles))
            return {"" if day is None else f"{day:%Y-%m}": count for day, count in days.items()}
        names = self.languages if facet == Facet.LANGUAGE else self.sources
        return {names.names[number]: count for number, count in _counted(names.numbers[articles]).items()}

    def count_spans(self, interval: Interval, articles: Rows) -> dict[date | None, int]:
        """Return how many of some articles appeared in the span that begins with each day; see ``spans``."""
        return _counted(self.spans(interval, articles))

    def spans(self, interval: Interval, articles: Rows) -> Days:
        """Return the first day of the span in which each of some articles appeared.

        It is NaT for an article without a date, and for one of which only a longer span is known.
        """
        first, last = self._columns.first_day[articles], self._columns.last_day[articles]
        began, ended = _first_days(interval, first), _first_days(interval, last)
        return np.where(began == ended, began, np.datetime64("NaT", "D"))


def _first_days(interval: Interval, days: Days) -> Days:
    days = days.astype("datetime64[D]")
    if interval == Interval.WEEK:  # numpy's weeks begin on a Thursday, as 1970 did
        return np.where(np.isnat(days), days, days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]"))
    unit = {Interval.DAY: "D", Interval.MONTH: "M", Interval.YEAR: "Y"}[interval]
    return days.astype(f"datetime64[{unit}]").astype("datetime64[D]")


def _counted(values: NDArray[Any]) -> dict[Any, int]:
    """Return how often each value occurs; NaT is None."""
    distinct, counts = np.unique(values, return_counts=True)
    return dict(zip(distinct.tolist(), counts.tolist(), strict=True))
