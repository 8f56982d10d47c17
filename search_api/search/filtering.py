"""Which passages a filter lets pass."""

from datetime import datetime

import numpy as np

from indexer.dates.published import Published
from indexer.generations.generation import Generation
from search_api.query import Filters
from search_api.ranking.arrays import Mask
from search_api.ranking.columns import Columns


class PassageFilter:
    """Applies filters to the passages of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns) -> None:
        self._columns, tables = columns, generation.tables
        self._languages = _Names(tables.article_column("language").tolist())
        self._sources = _Names([source.casefold() for source in tables.article_column("source").tolist()])

    def allowed(self, filters: Filters) -> Mask | None:
        """Return a mask of the passages whose articles pass, shape (passages,), or None when all do.

        Articles without a date pass no filter of dates.
        """
        if not filters:
            return None
        passes = np.ones(self._columns.ids.size, dtype=np.bool_)
        if filters.languages:
            passes &= self._languages.are_in(filters.languages)
        if filters.sources:
            passes &= self._sources.are_in(filters.sources)
        if filters.published_from:
            passes &= self._not_before(filters.published_from)
        if filters.published_to:
            passes &= self._not_after(filters.published_to)
        allowed: Mask = passes[self._columns.article_of]
        return allowed

    def _not_before(self, first: Published) -> Mask:
        """Return which articles appeared then or later: an instant is compared as one, a day with the day shown."""
        if first.precision == "time":
            return self._columns.latest >= _instant(first.earliest)
        return self._columns.last_day >= np.datetime64(first.first_day)

    def _not_after(self, last: Published) -> Mask:
        if last.precision == "time":
            return self._columns.earliest <= _instant(last.latest)
        return self._columns.first_day <= np.datetime64(last.last_day)


class _Names:
    """A column of names that repeat, kept as numbers: their memory does not depend on the length of the names."""

    def __init__(self, names: list[str]) -> None:
        self._number_of = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self._numbers = np.array([self._number_of[name] for name in names], np.int32)

    def are_in(self, names: frozenset[str]) -> Mask:
        """Return which rows have one of the names."""
        wanted = np.zeros(len(self._number_of), np.bool_)
        wanted[[self._number_of[name] for name in names if name in self._number_of]] = True
        are_in: Mask = wanted[self._numbers]
        return are_in


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")
