"""Which articles and passages a filter lets pass."""

from datetime import datetime

import numpy as np

from indexer.dates.published import Published
from search_api.query import Filters
from search_api.ranking.arrays import Mask
from search_api.ranking.columns import Columns
from search_api.search.article_fields import ArticleFields


class PassageFilter:
    """Applies filters to a generation. It is safe to use from several threads."""

    def __init__(self, columns: Columns, articles: ArticleFields) -> None:
        self._columns, self._fields = columns, articles

    def allowed(self, filters: Filters) -> Mask | None:
        """Return a mask of the passages whose articles pass, shape (passages,), or None when all do."""
        passes = self.articles(filters)
        return None if passes is None else passes[self._columns.article_of]

    def articles(self, filters: Filters) -> Mask | None:
        """Return a mask of the articles that pass, shape (articles,), or None when all do.

        Articles without a date pass no filter of dates.

        Raises:
            QueryError: No article has a language or source that the filter names.
        """
        if not filters:
            return None
        passes = np.ones(self._columns.ids.size, dtype=np.bool_)
        if filters.languages:
            passes &= self._fields.languages.are_in(filters.languages)
        if filters.sources:
            passes &= self._fields.sources.are_in(filters.sources)
        if filters.not_languages:
            passes &= ~self._fields.languages.are_in(filters.not_languages)
        if filters.not_sources:
            passes &= ~self._fields.sources.are_in(filters.not_sources)
        if filters.articles:
            passes &= self._are(filters.articles)
        if filters.not_articles:
            passes &= ~self._are(filters.not_articles)
        if filters.published_from:
            passes &= self._not_before(filters.published_from)
        if filters.published_to:
            passes &= self._not_after(filters.published_to)
        return passes

    def _are(self, ids: frozenset[str]) -> Mask:
        row_of = self._columns.row_of
        are = np.zeros(self._columns.ids.size, np.bool_)
        are[[row_of[each] for each in ids if each in row_of]] = True
        return are

    def _not_before(self, first: Published) -> Mask:
        """Return which articles appeared then or later: an instant is compared as one, a day with the day shown."""
        if first.precision == "time":
            return self._columns.latest >= _instant(first.earliest)
        return self._columns.last_day >= np.datetime64(first.first_day)

    def _not_after(self, last: Published) -> Mask:
        if last.precision == "time":
            return self._columns.earliest <= _instant(last.latest)
        return self._columns.first_day <= np.datetime64(last.last_day)


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")
