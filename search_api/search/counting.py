"""Counts hits by language, source and month, and by time. All counts of one set of hits add up to its size."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from indexer.storage.columns import Columns
from search_api.choices import Facet, Interval
from search_api.deadline import Deadline
from search_api.query import Filters, Listed, Query
from search_api.ranking.arrays import Rows
from search_api.records.counts import Applied, Counts, Exactness, FacetCounts, FacetValue, Timeline, TimelineSpan
from search_api.search.article_fields import ArticleFields
from search_api.search.relevant import RelevantSet, RelevantSets


class Counted(NamedTuple):
    """A set of hits, as it is counted."""

    hits: Rows
    """The article of each hit."""
    articles: Rows
    """All articles, each once: those of the hits, and those whose copies hits stand for."""
    total_is: Exactness


def count_facet(counted: Counted, facet: Facet, fields: ArticleFields) -> FacetCounts:
    """Return how many hits have each value of a field: the most frequent first, months in their order."""
    hits, articles = fields.count(facet, counted.hits), fields.count(facet, counted.articles)
    values = [FacetValue(value, hits.get(value, 0), count) for value, count in articles.items()]
    if facet == Facet.MONTH:
        values.sort(key=lambda each: (not each.value, each.value))
    else:
        values.sort(key=lambda each: (-each.count, -each.articles, each.value))
    return FacetCounts(values, counted.total_is)


def count_by_time(counted: Counted, interval: Interval, fields: ArticleFields) -> Timeline:
    """Return how many hits appeared in each span of time, the earliest first, and last how many cannot be placed."""
    hits, articles = fields.count_spans(interval, counted.hits), fields.count_spans(interval, counted.articles)
    spans = [TimelineSpan(*_ends(interval, day), hits.get(day, 0), count) for day, count in articles.items()]
    return Timeline(interval.value, spans, counted.total_is)


def _ends(interval: Interval, first: date | None) -> tuple[str | None, str | None]:
    """Return the first and the last day of a span of time; none for what cannot be placed."""
    return (str(first), str(_last_day(interval, first))) if first else (None, None)


def _last_day(interval: Interval, first: date) -> date:
    if interval == Interval.DAY:
        return first
    if interval == Interval.WEEK:
        return first + timedelta(days=6)
    if interval == Interval.YEAR:
        return first.replace(month=12, day=31)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def count_all(asked: Query | Listed, counted: Callable[[Filters], Counted], fields: ArticleFields) -> Counts:
    """Return all counts that a query or a list asks for.

    Args:
        asked: The query or the list.
        counted: Returns the set that other filters would give.
        fields: The fields of articles.
    """
    own = counted(asked.filters)
    facets = {
        facet.value: count_facet(counted(asked.filters.without(facet)), facet, fields) for facet in sorted(asked.facets)
    }
    timeline = count_by_time(own, asked.timeline, fields) if asked.timeline else None
    return Counts(own.hits.size, own.total_is, own.articles.size, facets, timeline)


class Counting:
    """Counts what relevant sets of one generation consist of. It is safe to use from several threads."""

    def __init__(self, sets: RelevantSets, fields: ArticleFields, columns: Columns) -> None:
        self._sets, self._fields, self._columns = sets, fields, columns

    def of(self, query: Query, found: RelevantSet, deadline: Deadline) -> Counts:
        """Return the counts of a query, given its relevant set."""

        def counted(filters: Filters) -> Counted:
            is_own = filters == query.filters
            return self._counted(found if is_own else self._sets.of(replace(query, filters=filters), deadline))

        return count_all(query, counted, self._fields)

    def applied(self, filters: Filters) -> Applied:
        """Return filters as they were understood."""
        first, last = filters.published_from, filters.published_to
        return Applied(
            self._fields.languages.written(filters.languages),
            self._fields.sources.written(filters.sources),
            self._fields.languages.written(filters.not_languages),
            self._fields.sources.written(filters.not_sources),
            sorted(filters.articles),
            sorted(filters.not_articles),
            (first.iso if first.precision == "time" else str(first.first_day)) if first else None,
            (last.iso if last.precision == "time" else str(last.last_day)) if last else None,
        )

    def _counted(self, found: RelevantSet) -> Counted:
        rows, article_of = found.ranking.rows, self._columns.article_of
        hits = article_of[rows[np.array([row.place for row in found.rows], np.int64)]]
        copies = article_of[rows[np.array([place for row in found.rows for place in row.copies], np.int64)]]
        articles = np.unique(np.concatenate([hits, copies]))
        return Counted(hits, articles, "exact" if found.complete else "at_least")
