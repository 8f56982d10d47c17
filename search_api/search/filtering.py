"""Which articles and passages a filter lets pass."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from indexer.dates.published import Published
from indexer.rows import RowSet
from indexer.storage.columns import Columns
from search_api.query import Filters
from search_api.ranking.arrays import Mask
from search_api.search.article_fields import ArticleFields


class PassageFilter:
    """Applies filters to a generation. It is safe to use from several threads."""

    def __init__(self, columns: Columns, articles: ArticleFields) -> None:
        self._columns, self._fields = columns, articles

    def allowed(self, filters: Filters) -> RowSet | None:
        """Return the passages whose articles pass, or None when all do.

        Articles without a date pass no filter of dates.

        Raises:
            QueryError: No article has a language or source that the filter names.
        """
        allowed: RowSet | None = None
        for passing in self._passing(filters):
            allowed = passing if allowed is None else allowed & passing
        for left_out in self._left_out(filters):
            allowed = (RowSet.between(0, self._columns.passages) if allowed is None else allowed) - left_out
        return allowed

    def articles(self, filters: Filters) -> Mask | None:
        """Return a mask of the articles that pass, shape (articles,), or None when all do; see ``allowed``."""
        allowed = self.allowed(filters)
        return None if allowed is None else self._columns.articles_of(allowed)

    def _passing(self, filters: Filters) -> Iterator[RowSet]:
        if filters.languages:
            yield self._fields.languages.passages(filters.languages)
        if filters.sources:
            yield self._fields.sources.passages(filters.sources)
        if filters.articles:
            yield self._of(filters.articles)
        if filters.published_from:
            yield self._not_before(filters.published_from)
        if filters.published_to:
            yield self._not_after(filters.published_to)

    def _left_out(self, filters: Filters) -> Iterator[RowSet]:
        if filters.not_languages:
            yield self._fields.languages.passages(filters.not_languages)
        if filters.not_sources:
            yield self._fields.sources.passages(filters.not_sources)
        if filters.not_articles:
            yield self._of(filters.not_articles)

    def _of(self, ids: frozenset[str]) -> RowSet:
        found = [row for each in ids if (row := self._columns.find(each)) is not None]
        return self._columns.of_articles(np.array(sorted(found), np.int64))

    def _not_before(self, first: Published) -> RowSet:
        """Return what appeared then or later: an instant is compared as one, a day with the day shown."""
        if first.precision == "time":
            return self._columns.of_articles(np.flatnonzero(self._columns.latest >= _instant(first.earliest)))
        return self._columns.not_before(np.datetime64(first.first_day))

    def _not_after(self, last: Published) -> RowSet:
        if last.precision == "time":
            return self._columns.of_articles(np.flatnonzero(self._columns.earliest <= _instant(last.latest)))
        return self._columns.not_after(np.datetime64(last.last_day))


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")
