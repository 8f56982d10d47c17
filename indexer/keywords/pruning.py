"""Find the passages with the highest keyword scores without reading the postings of all terms.

The terms that can add most for each posting are read first. They give articles, because whatever a passage holds its
article holds too; passages in another language than their article are the exception, and are read one by one. Once the
terms that are left cannot lift a new article above the passage that is the last of the best, the articles met are only
looked up, the most promising first: their own scores, those of their first passages, and at last their passages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.best import best_of
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import Rows, Scores, WordShares, WordWeights
from indexer.keywords.term_lists import TermList, look_up
from indexer.rows import RowSet

_SLACK: Final = 1e-4
"""Scores are sums of single precision; a bound is one of double precision, and is above a score by this at least."""
_FIRST_POSTINGS: Final = 2**14
"""Postings that are read at least before the first passages are scored."""
_FIRST_ARTICLES: Final = 256
"""Articles that are looked up at once at first; then twice as many each time."""
_NARROW: Final = 2**17
"""Passages in scope, up to which only their articles are kept of what is read."""
_Bounds = NDArray[np.float64]
_Part = tuple[NDArray[np.uint32], _Bounds, _Bounds]


class _Term(NamedTuple):
    """A term of the query, in passages and in articles."""

    passage: TermList | None
    article: TermList | None
    in_passage: float
    """What it adds to the keyword score of a passage at most, as a word of this and of the first passage."""
    bound: float
    """The same together with what it adds as a word of the article."""


@dataclass(frozen=True, slots=True)
class _Articles:
    """Articles that hold some of the terms that were read."""

    rows: Rows
    """Ascending."""
    least: _Bounds
    """What the terms that were read add to the keyword score of each of its passages at least."""
    most: _Bounds
    """What they add at most."""

    def take(self, places: Rows | slice) -> "_Articles":
        return _Articles(self.rows[places], self.least[places], self.most[places])

    def promising(self, count: int) -> "_Articles":
        """Return those to which the terms that were read add most in any case."""
        if self.rows.size <= count:
            return self
        return self.take(np.argpartition(self.least, self.rows.size - count)[self.rows.size - count :])

    def above(self, bound: float) -> "_Articles":
        """Return those to which they may add so much, the highest first."""
        places = np.flatnonzero(self.most >= bound)
        return self.take(places[np.argsort(-self.most[places])])

    def without(self, rows: Rows) -> "_Articles":
        return self.take(np.flatnonzero(~np.isin(self.rows, rows, assume_unique=True)))


class _Best:
    """The best passages so far."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.rows: Rows = np.empty(0, np.int64)
        self._scores: Scores = np.empty(0, np.float32)

    def add(self, rows: Rows, scores: Scores) -> None:
        self.rows, self._scores = best_of(
            np.concatenate([self.rows, rows]), np.concatenate([self._scores, scores]), self._count
        )

    @property
    def threshold(self) -> float:
        """The score that a passage needs to be among the best, or 0 while there is room for all."""
        return float(self._scores[-1]) if self.rows.size == self._count else 0.0


class Pruning:
    """A search for the best passages of one query in one language."""

    def __init__(
        self,
        passages: Sequence[TermList],
        articles: Sequence[TermList],
        weights: WordWeights,
        placement: Placement,
    ) -> None:
        self._passages, self._articles, self._weights, self._placement = passages, articles, weights, placement
        self._terms = sorted(_pair(passages, articles, weights), key=lambda term: -term.bound / self._cost(term))
        bounds = [term.bound for term in self._terms]
        self._left: _Bounds = np.cumsum([0.0, *bounds[::-1]])[::-1] + _SLACK
        """What all terms but the first ones add to a passage at most, shape (terms + 1,)."""

    def best(self, count: int, scope: RowSet) -> Rows:
        """Return the passages in a scope with the highest keyword scores above 0, best first; of equals, the first.

        They are those that adding up all scores would give.
        """
        best, read, known = _Best(count), 0, np.empty(0, np.int64)
        within = self._articles_in(scope) if len(scope) <= _NARROW else None
        met = _Articles(known, np.empty(0), np.empty(0))
        while read < len(self._terms) and self._left[read] >= best.threshold:
            read = self._further(read, best.threshold)
            met = self._read(self._terms[:read], within)
            promising = met.without(known).promising(max(count, _FIRST_ARTICLES))
            self._score(promising, scope, best, self._left[read])
            known = np.union1d(known, promising.rows)
        self._score_all(self._narrowed(met.without(known), self._terms[read:], best.threshold), scope, best)
        return best.rows

    def _further(self, read: int, threshold: float) -> int:
        """Return how many terms to read next: so many that no new article can be among the best, if that is known."""
        if threshold:
            return int(np.argmax(np.append(self._left[read + 1 :] < threshold, True))) + read + 1
        sizes = np.cumsum([self._cost(term) for term in self._terms])
        wanted = max(_FIRST_POSTINGS, 4 * int(sizes[read - 1]) if read else 0)
        return min(max(read + 1, int(np.searchsorted(sizes, wanted)) + 1), len(self._terms))

    def _cost(self, term: _Term) -> int:
        """Return how many postings of a term are read."""
        lists = [term.passage] if term.article is None or self._placement.any_foreign else []
        return max(1, sum(each.rows.size for each in (*lists, term.article) if each is not None))

    def _articles_in(self, scope: RowSet) -> NDArray[np.uint32]:
        return np.unique(self._placement.article_of[scope.rows()]).astype(np.uint32)

    def _read(self, terms: Sequence[_Term], within: NDArray[np.uint32] | None) -> _Articles:
        """Return the articles that hold some of the terms."""
        parts = [part for term in terms for part in self._read_term(term, within)]
        rows, least, most = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(rows, kind="stable")  # each part is sorted already, so this is quick
        begin = np.flatnonzero(np.diff(rows[order].astype(np.int64), prepend=-1))
        if not begin.size:
            return _Articles(order, most, most)
        return _Articles(
            rows[order[begin]].astype(np.int64),
            np.add.reduceat(least[order], begin),
            np.add.reduceat(most[order], begin),
        )

    def _read_term(self, term: _Term, within: NDArray[np.uint32] | None) -> Iterator[_Part]:
        """Yield articles that hold a term, ascending, with the least and the most that it adds to their passages."""
        nothing = np.zeros(0)
        yield np.empty(0, np.uint32), nothing, nothing
        if term.article is not None:
            places = slice(None) if within is None else term.article.find(within)[1]
            gains = self._weights.article * (term.article.weights[places] * np.float64(term.article.gain))
            yield term.article.rows[places], gains, gains + term.in_passage
        if term.passage is not None and (term.article is None or self._placement.any_foreign):
            rows = term.passage.rows
            some = rows if term.article is None else rows[self._placement.foreign[rows]]
            articles = np.unique(self._placement.article_of[some]).astype(np.uint32)
            if within is not None:
                articles = np.intersect1d(articles, within, assume_unique=True)
            yield articles, np.zeros(articles.size), np.full(articles.size, term.in_passage)

    def _narrowed(self, articles: _Articles, unread: Sequence[_Term], threshold: float) -> _Articles:
        """Look up the terms that were not read, one by one, and keep the articles that may reach a threshold."""
        left = sum(term.bound for term in unread) + _SLACK
        rows, least, most = articles.rows, articles.least, articles.most
        for term in sorted(unread, key=lambda term: -term.bound):
            rows, least, most = _kept(most + left >= threshold, rows, least, most)
            left -= term.bound
            if term.article is None:
                most = most + term.in_passage
                continue
            held, in_list = term.article.find(rows.astype(np.uint32))
            gains = self._weights.article * (term.article.weights[in_list] * np.float64(term.article.gain))
            in_passage = np.where(self._placement.mixed[rows], term.in_passage, 0.0)
            in_passage[held] = term.in_passage
            most = most + in_passage
            most[held] += gains
            least[held] += gains
        return _Articles(rows, least, most)

    def _score_all(self, articles: _Articles, scope: RowSet, best: _Best) -> None:
        """Score the passages of some articles, as far as these can be among the best, the most promising first."""
        articles = articles.above(best.threshold - _SLACK)
        begin, size = 0, _FIRST_ARTICLES
        while begin < articles.rows.size and articles.most[begin] + _SLACK >= best.threshold:
            self._score(articles.take(slice(begin, begin + size)), scope, best, _SLACK)
            begin, size = begin + size, 2 * size

    def _score(self, articles: _Articles, scope: RowSet, best: _Best, left: float) -> None:
        """Score the passages of some articles, as far as these can be among the best."""
        rows = np.sort(articles.rows[articles.most + left >= best.threshold])
        of_article, in_passage = self._look_up(rows)
        most = self._weights.article * of_article + in_passage + _SLACK
        rows, of_article, in_passage = _kept(most >= best.threshold, rows, of_article, in_passage)
        lead = look_up(self._passages, self._placement.first_passage[rows])
        own = self._weights.passage / max(self._weights.passage + self._weights.lead, _SLACK) * in_passage
        most = self._weights.article * of_article + self._weights.lead * lead + own + _SLACK
        rows, of_article, lead = _kept(most >= best.threshold, rows, of_article, lead)
        passages, place = self._placement.passages_of(rows)
        passages, place = _kept(scope.holds(passages), passages, place)
        shares = WordShares(look_up(self._passages, passages), of_article[place], lead[place])
        best.add(passages, self._weights.score(shares))

    def _look_up(self, articles: Rows) -> tuple[Scores, _Bounds]:
        """Return the scores of some articles, ascending, and what their passages' own words add at most."""
        scores, wanted = np.zeros(articles.size, np.float32), articles.astype(np.uint32)
        bounds = {term.passage.term: term.in_passage for term in self._terms if term.passage is not None}
        total = sum(bounds.values())
        in_passage = np.full(articles.size, total - sum(bounds.get(each.term, 0.0) for each in self._articles))
        for each in self._articles:
            held, in_list = each.find(wanted)
            scores[held] += each.weights[in_list] * each.gain
            in_passage[held] += bounds.get(each.term, 0.0)
        in_passage[self._placement.mixed[articles]] = total
        return scores, in_passage


def _pair(passages: Sequence[TermList], articles: Sequence[TermList], weights: WordWeights) -> list[_Term]:
    """Return the terms of a query, each with its posting lists and with what it adds to the keyword score at most."""
    in_passages = {each.term: each for each in passages}
    in_articles = {each.term: each for each in articles}
    terms = []
    for name in in_passages | in_articles:
        passage, article = in_passages.get(name), in_articles.get(name)
        by_passage = (weights.passage + weights.lead) * (passage.highest if passage else 0.0)
        by_article = weights.article * (article.highest if article else 0.0)
        terms.append(_Term(passage, article, by_passage, by_passage + by_article))
    return terms


def _kept(kept: NDArray[np.bool_], *columns: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    return tuple(column[kept] for column in columns)
