"""Lists the articles that pass filters, without a query."""

from functools import cached_property

import numpy as np

from indexer.generations.generation import Generation
from search_api.choices import Sort
from search_api.query import Filters, Listed
from search_api.ranking.arrays import Rows
from search_api.ranking.results import by_date
from search_api.records.counts import Counts
from search_api.search.article_fields import ArticleFields
from search_api.search.counting import Counted, count_all
from search_api.search.filtering import PassageFilter


class Lister:
    """Lists the articles of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, filters: PassageFilter, fields: ArticleFields) -> None:
        self._count, self._columns = generation.manifest.articles, generation.columns
        self._filter, self._fields = filters, fields

    def articles(self, listed: Listed) -> Rows:
        """Return all articles that pass the filters, in the order that is wanted."""
        everything = self._oldest if listed.sort == Sort.OLDEST else self._newest
        passes = self._filter.articles(listed.filters)
        return everything if passes is None else everything[passes[everything]]

    def counts(self, listed: Listed) -> Counts:
        """Return how many articles pass, and what they consist of."""
        return count_all(listed, self._counted, self._fields)

    def _counted(self, filters: Filters) -> Counted:
        passes = self._filter.articles(filters)
        articles = np.arange(self._count) if passes is None else np.flatnonzero(passes)
        return Counted(articles, articles, "exact")

    @cached_property
    def _newest(self) -> Rows:
        return by_date(self._columns, np.arange(self._count), Sort.NEWEST)

    @cached_property
    def _oldest(self) -> Rows:
        return by_date(self._columns, np.arange(self._count), Sort.OLDEST)
