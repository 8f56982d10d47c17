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
    ) -> None:
        self._passages, self._articles, self._weights, self._placement = passages, articles, weights, placement

    def best(self, count: int, scope: RowSet) -> Rows:
        """Return the passages with the highest keyword scores above 0, best first; of equals, the first ones."""
        if len(scope) <= FEW:
            rows = scope.rows()
            return best_of(rows, self._scores(rows), count)[0]
        return Pruning(self._passages, self._articles, self._weights, self._placement).best(count, scope)

    def shares(self, rows: Rows) -> WordShares:
        """Return the scores of some passages."""
        distinct, place = np.unique(rows, return_inverse=True)
        articles = self._placement.article_of[distinct]
        leads = self._placement.first_passage[articles]
        found = WordShares(
            look_up(self._passages, distinct),
            _look_up_repeated(self._articles, articles),
            _look_up_repeated(self._passages, leads),
        )
        return WordShares(*(scores[place] for scores in found))

    def moments(self, scope: RowSet, without: int | None) -> Moments:
        """Return what the keyword scores in a scope add up to, without the passages of one article.

        In a large scope this is an estimate from passages that are spread evenly over it.
        """
        count, rows = len(scope), scope.rows()
        if without is not None:
            first, after = np.searchsorted(rows, self._placement.first_passage[without : without + 2]).tolist()
            rows = np.concatenate([rows[:first], rows[after:]])
            count -= after - first
        if rows.size > SAMPLE:
            rows = rows[np.arange(SAMPLE) * rows.size // SAMPLE]
        return Moments.of([self._scores(rows)]).scaled(count)

    def _scores(self, rows: Rows) -> Scores:
        return self._weights.score(self.shares(rows))


def _look_up_repeated(lists: Sequence[TermList], rows: Rows) -> Scores:
    """Look up rows, ascending, some of which may be equal."""
    distinct, place = np.unique(rows, return_inverse=True)
    return look_up(lists, distinct)[place]
