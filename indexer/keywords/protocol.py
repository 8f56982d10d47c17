"""What the ranking asks of the words of a query, whichever way they are looked up."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.query_syntax import KeywordQuery
from indexer.rows import RowSet

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class WordShares(NamedTuple):
    """Normalised BM25 scores of some passages, see ``KeywordIndex.shares``; 0 for what is in another language."""

    passage: Scores
    article: Scores
    """Of the article as a whole."""
    lead: Scores
    """Of its first passage."""


class WordWeights(NamedTuple):
    """What each of the three counts in the keyword score of a passage; none is negative."""

    passage: float
    article: float
    lead: float

    def score(self, shares: WordShares) -> Scores:
        """Return the keyword scores of passages."""
        return self.add(shares.passage, self.context(shares.article, shares.lead))

    def context(self, article: Scores, lead: Scores) -> Scores:
        """Return what articles add to the keyword scores of their passages."""
        context: Scores = np.float32(self.article) * article + np.float32(self.lead) * lead
        return context

    def add(self, passage: Scores, context: Scores) -> Scores:
        """Return the keyword scores of passages from their own scores and what their articles add."""
        score: Scores = np.float32(self.passage) * passage + context
        return score


class Moments(NamedTuple):
    """What the keyword scores of many passages add up to."""

    passages: int
    total: float
    squares: float

    @classmethod
    def of(cls, parts: Sequence[Scores]) -> Self:
        """Add up scores."""
        return cls(
            sum(part.size for part in parts),
            sum(float(part.sum()) for part in parts),
            sum(float(part @ part) for part in parts),
        )

    def scaled(self, passages: int) -> "Moments":
        """Return what the scores of so many passages would add up to that are like these."""
        factor = passages / max(self.passages, 1)
        return Moments(passages, factor * self.total, factor * self.squares)


class QueryWords(Protocol):
    """The words of one query, looked up in one language. A scope is a set of passages in this language."""

    def best(self, count: int, scope: RowSet) -> Rows:
        """Return the passages with the highest keyword scores above 0, best first; of equals, the first ones."""
        ...

    def shares(self, rows: Rows) -> WordShares:
        """Return the scores of some passages, in any order, of which the keyword score is made."""
        ...

    def moments(self, scope: RowSet, without: int | None) -> Moments:
        """Return what the keyword scores in a scope add up to, without the passages of one article."""
        ...


class HeldWords(Protocol):
    """The words that each language of a corpus holds."""

    def held(self, query: KeywordQuery) -> dict[str, float]:
        """Return for each language the share of the query's words and pairs that occur in its passages."""
        ...


class KeywordBackend(HeldWords, Protocol):
    """The words of a corpus."""

    def matches(self, query: KeywordQuery) -> RowSet | None:
        """Return the passages that hold all phrases and required words and nothing excluded; None is all of them."""
        ...

    def of_query(self, query: KeywordQuery, language: str, weights: WordWeights) -> QueryWords:
        """Look up the words of a query in a language.

        Args:
            query: The query.
            language: The language of the passages that are searched.
            weights: Of which the keyword score is made.
        """
        ...
