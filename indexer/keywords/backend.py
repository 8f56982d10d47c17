"""The words of passages below their titles and of whole articles, from the keyword indexes of a generation."""

from typing import Final

from indexer.keywords.added_up import AddedUpWords
from indexer.keywords.index import KeywordIndex
from indexer.keywords.looked_up import LookedUpWords
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import QueryWords, WordWeights
from indexer.keywords.query_syntax import KeywordQuery
from indexer.keywords.sample import KeywordSample
from indexer.rows import RowSet

ADDED_UP: Final = 2**21
"""Passages, articles and postings of a query's terms together, up to which the scores of all are added up."""


class IndexedKeywords:
    """See ``KeywordBackend``. It is safe to use from several threads."""

    def __init__(
        self,
        passages: KeywordIndex,
        articles: KeywordIndex,
        placement: Placement,
        sample: KeywordSample,
        added_up: int = ADDED_UP,
    ) -> None:
        self._passages, self._articles, self._placement, self._sample = passages, articles, placement, sample
        self._added_up = added_up

    def held(self, query: KeywordQuery) -> dict[str, float]:
        """Return for each language the share of the query's words and pairs that occur in its passages."""
        return self._passages.held(query)

    def matches(self, query: KeywordQuery) -> RowSet | None:
        """Return the passages that hold all phrases and required words and nothing excluded; None is all of them."""
        return self._passages.matches(query)

    def of_query(self, query: KeywordQuery, language: str, weights: WordWeights) -> QueryWords:
        """Look up the words of a query in a language."""
        passages, articles = self._passages.lists(query, language), self._articles.lists(query, language)
        postings = sum(each.rows.size for each in passages + articles)
        if self._passages.count + self._articles.count + postings <= self._added_up:
            return AddedUpWords(passages, articles, weights, self._placement)
        return LookedUpWords(passages, articles, weights, self._placement, self._sample.of(language))
