"""Keyword scores of a large corpus: the best passages without reading all postings, those of others looked up.

No array here is as long as the corpus. The method is MaxScore (Turtle and Flood 1995,
https://doi.org/10.1016/0306-4573(95)00020-H), over articles first: a term of a passage is one of its article. See
``pruning``.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.keywords.best import best_of
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import Moments, Rows, Scores, WordShares, WordWeights
from indexer.keywords.pruning import Pruning
from indexer.keywords.sample import LanguageSample
from indexer.keywords.term_lists import TermList, look_up
from indexer.rows import RowSet

FEW: Final = 2000
"""Passages in scope, up to which the scores of all are looked up."""
SAMPLE: Final = 10_000
"""Passages from whose keyword scores those of a larger scope are estimated."""


class LookedUpWords:
    """The words of a query, without an array as long as the corpus. See ``QueryWords``."""

    def __init__(
        self,
        passages: Sequence[TermList],
        articles: Sequence[TermList],
        weights: WordWeights,
        placement: Placement,
        sample: LanguageSample | None = None,
    ) -> None:
        """Start.

        Args:
            passages: The posting lists of the query's terms in passages of its language.
            articles: The same in articles.
            weights: Of which the keyword score is made.
            placement: How passages lie in articles.
            sample: That of the language, if there is one.
        """
        self._passages, self._articles, self._weights, self._placement = passages, articles, weights, placement
        self._sample = sample

    def best(self, count: int, scope: RowSet) -> Rows:
        """Return the passages with the highest keyword scores above 0, best first; of equals, the first ones."""
        if len(scope) <= FEW:
            rows = scope.rows()
            return best_of(rows, self._scores(rows), count)[0]
        return Pruning(self._passages, self._articles, self._weights, self._placement).best(count, scope)

    def shares(self, rows: Rows) -> WordShares:
        """Return the scores of some passages."""
        article_of = self._placement.article_of[rows]
        articles, article = np.unique(article_of, return_inverse=True)
        leads = self._placement.first_passage[articles]
        passages = np.union1d(rows, leads)
        passage = look_up(self._passages, passages)
        return WordShares(
            passage[np.searchsorted(passages, rows)],
            look_up(self._articles, articles)[article],
            passage[np.searchsorted(passages, leads)][article],
        )

    def moments(self, scope: RowSet, without: int | None) -> Moments:
        """Return what the keyword scores in a scope add up to, without the passages of one article.

        In a large scope this is an estimate from a sample: where the scope is the whole language, from the one that is
        stored, and otherwise from passages that are spread evenly.
        """
        everything = self._sample is not None and len(scope) == self._sample.passages
        if without is not None:
            scope = scope - RowSet.between(*self._placement.first_passage[without : without + 2].tolist())
        if self._sample and everything:
            return self._sample.moments(self._passages, self._articles, self._weights, without).scaled(len(scope))
        rows = scope.rows()
        if rows.size > SAMPLE:
            rows = rows[np.arange(SAMPLE) * rows.size // SAMPLE]
        return Moments.of([self._scores(rows)]).scaled(len(scope))

    def _scores(self, rows: Rows) -> Scores:
        return self._weights.score(self.shares(rows))
