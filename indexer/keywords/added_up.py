"""The keyword scores of all passages, added up: the quickest way in a small corpus."""

from collections.abc import Sequence

import numpy as np

from indexer.keywords.best import best_of
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import Moments, Rows, Scores, WordShares, WordWeights
from indexer.keywords.term_lists import TermList, add_up
from indexer.rows import RowSet


class AddedUpWords:
    """The words of a query, by arrays as long as the corpus; see ``QueryWords``. It is safe to share among threads."""

    def __init__(
        self,
        passages: Sequence[TermList],
        articles: Sequence[TermList],
        weights: WordWeights,
        placement: Placement,
    ) -> None:
        self._weights, self._placement = weights, placement
        self._passage = add_up(passages, placement.article_of.size)
        self._article = add_up(articles, placement.first_passage.size - 1)
        self._context = weights.context(self._article, self._passage[placement.first_passage[:-1]])
        self._last: tuple[RowSet, Rows, Scores] | None = None

    def best(self, count: int, scope: RowSet) -> Rows:
        """Return the passages with the highest keyword scores above 0, best first; of equals, the first ones."""
        return best_of(*self._in(scope), count)[0]

    def shares(self, rows: Rows) -> WordShares:
        """Return the scores of some passages."""
        articles = self._placement.article_of[rows]
        leads = self._placement.first_passage[articles]
        return WordShares(self._passage[rows], self._article[articles], self._passage[leads])

    def moments(self, scope: RowSet, without: int | None) -> Moments:
        """Return what the keyword scores in a scope add up to, without the passages of one article."""
        rows, scores = self._in(scope)
        best = slice(0, 0)
        if without is not None:
            bounds = self._placement.first_passage[without : without + 2]
            best = slice(*np.searchsorted(rows, bounds).tolist())
        return Moments.of([scores[: best.start], scores[best.stop :]])

    def _in(self, scope: RowSet) -> tuple[Rows, Scores]:
        """Return the passages in a scope and their keyword scores, which are kept for the next question."""
        last = self._last  # another thread may ask about another scope meanwhile
        if last is None or last[0] is not scope:
            rows = scope.rows()
            scores = self._weights.add(self._passage[rows], self._context[self._placement.article_of[rows]])
            self._last = last = scope, rows, scores
        return last[1:]
