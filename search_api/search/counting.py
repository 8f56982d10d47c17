"""Counts hits by language, source and month, and by time. All counts of one set of hits add up to its size."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from search_api.choices import Facet, Interval
from search_api.deadline import Deadline
from search_api.query import Filters, Query
from search_api.ranking.arrays import Rows
from search_api.ranking.columns import Columns
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
    hits = Counter(fields.values(facet, counted.hits))
    articles = Counter(fields.values(facet, counted.articles))
    values = [FacetValue(value, hits[value], articles[value]) for value in articles]
    if facet == Facet.MONTH:
        values.sort(key=lambda each: (not each.value, each.value))
    else:
        values.sort(key=lambda each: (-each.count, -each.articles, each.value))
    return FacetCounts(values, counted.total_is)


def count_by_time(counted: Counted, interval: Interval, fields: ArticleFields) -> Timeline:
    """Return how many hits appeared in each span of time, the earliest first, and last how many cannot be placed."""
    hits = Counter(fields.spans(interval, counted.hits).tolist())
    articles = Counter(fields.spans(interval, counted.articles).tolist())
    days = sorted(day for day in articles if day is not None)
    spans = [TimelineSpan(str(day), str(_last_day(interval, day)), hits[day], articles[day]) for day in days]
    if None in articles:
        spans.append(TimelineSpan(None, None, hits[None], articles[None]))
    return Timeline(interval.value, spans, counted.total_is)


def _last_day(interval: Interval, first: date) -> date:
    if interval == Interval.DAY:
        return first
    if interval == Interval.WEEK:
        return first + timedelta(days=6)
    if interval == Interval.YEAR:
        return first.replace(month=12, day=31)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


class Counting:
    """Counts what relevant sets of one generation consist of. It is safe to use from several threads."""

    def __init__(self, sets: RelevantSets, fields: ArticleFields, columns: Columns) -> None:
        self._sets, self._fields, self._columns = sets, fields, columns

    def of(self, query: Query, found: RelevantSet, deadline: Deadline) -> Counts:
        """Return the counts of a query, given its relevant set."""
        counted = self._counted(found)
        facets = {}
        for facet in sorted(query.facets):
            filters = query.filters.without(facet)
            own = counted if filters == query.filters else self._counted(self._others(query, filters, deadline))
            facets[facet.value] = count_facet(own, facet, self._fields)
        timeline = count_by_time(counted, query.timeline, self._fields) if query.timeline else None
        return Counts(counted.hits.size, counted.total_is, counted.articles.size, facets, timeline)

    def applied(self, filters: Filters) -> Applied:
        """Return filters as they were understood."""
        first, last = filters.published_from, filters.published_to
        return Applied(
            self._fields.languages.written(filters.languages),
            self._fields.sources.written(filters.sources),
            self._fields.languages.written(filters.not_languages),
            self._fields.sources.written(filters.not_sources),
            (first.iso if first.precision == "time" else str(first.first_day)) if first else None,
            (last.iso if last.precision == "time" else str(last.last_day)) if last else None,
        )

    def _others(self, query: Query, filters: Filters, deadline: Deadline) -> RelevantSet:
        return self._sets.of(replace(query, filters=filters), deadline)

    def _counted(self, found: RelevantSet) -> Counted:
        rows, article_of = found.ranking.rows, self._columns.article_of
        hits = article_of[rows[np.array([row.place for row in found.rows], np.int64)]]
        copies = article_of[rows[np.array([place for row in found.rows for place in row.copies], np.int64)]]
        articles = np.unique(np.concatenate([hits, copies]))
        return Counted(hits, articles, "exact" if found.complete else "at_least")
