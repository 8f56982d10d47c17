"""Chooses the candidates: the passages near the top by vector or by words, which alone are scored in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from indexer.generations.generation import Generation
from indexer.keywords.protocol import QueryWords
from indexer.rows import RowSet
from indexer.storage.columns import Columns
from search_api.ranking.arrays import Rows, Scores, Vector
from search_api.ranking.names import SharedNames
from search_api.ranking.similarity import Similarity

_TAIL: Final = 0.25
"""Share of the candidates of one kind that are its tail, where there are more passages than are chosen."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many candidates are chosen, where there are as many; a ranking that reaches further takes a multiple."""

    by_vector: int = 200
    """The nearest in the query's language, and in each other language when each gets as many rows."""
    by_words: int = 200
    """Those in the query's language with the highest keyword scores."""
    by_names: int = 200
    """Those in other languages that share most names with the article which answers best in the query's language."""
    other_languages: int = 400
    """The nearest in all other languages together."""
    oversampling: float = 2.5
    """The nomination index returns this many times as many rows as are chosen; these are then compared exactly."""


class Pool(NamedTuple):
    """Candidates that were chosen in one way or in several."""

    rows: Rows
    """Ascending."""
    tail: Rows
    """Those of them that came last where not all passages could be chosen, ascending: beyond them may be more alike."""


NO_POOL: Final = Pool(np.empty(0, np.int64), np.empty(0, np.int64))


def union(pools: Sequence[Pool]) -> Pool:
    """Return the candidates of all pools. Those in the tail of one and not in the tail of another are in no tail."""
    rows = np.unique(np.concatenate([pool.rows for pool in (NO_POOL, *pools)]))
    heads = [np.setdiff1d(pool.rows, pool.tail, assume_unique=True) for pool in pools]
    tails = np.concatenate([pool.tail for pool in (NO_POOL, *pools)])
    return Pool(rows, np.setdiff1d(tails, np.concatenate([NO_POOL.rows, *heads])))


class CandidateFinder:
    """Chooses candidates among all passages of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns, similarity: Similarity, limits: Limits) -> None:
        self._vectors = generation.vectors
        self._columns, self._similarity = columns, similarity
        self._limits = limits
        known = np.flatnonzero(similarity.fit > 0).tolist()
        self._known: dict[int | None, RowSet] = {None: RowSet.union(map(columns.in_language, known))}
        """The passages in languages that the encoder knows at all; by number, those in all but one language."""

    def in_own_language(self, query: Vector, scope: RowSet, words: QueryWords, reach: int) -> Pool:
        """Return those of some passages in the query's language that are nearest or have the best keyword scores.

        Args:
            query: Centred.
            scope: The passages.
            words: The words of the query in its language.
            reach: How many times the usual number is chosen.
        """
        count = reach * self._limits.by_words
        best = _first(words.best(count + 1, scope), count)
        return union([self._nearest(query, scope, reach * self._limits.by_vector), best])

    def in_other_languages(self, direction: Vector, language: int | None, among: RowSet | None, reach: int) -> Pool:
        """Return the passages nearest to a direction in all languages that the encoder knows, except one.

        Args:
            direction: Of any length.
            language: The language that is left out, or None.
            among: The passages that may be returned; None for all.
            reach: How many times the usual number is chosen.
        """
        scope = self._known_except(language)
        return self._nearest(direction, scope if among is None else scope & among, reach * self._limits.other_languages)

    def _known_except(self, language: int | None) -> RowSet:
        """Return the very same set each time: the vectors keep what they worked out of it."""
        if language is None or language in self._known:
            return self._known[language]
        return self._known.setdefault(language, self._known[None] - self._columns.in_language(language))

    def holding_the_words(self, direction: Vector, rows: Rows, reach: int) -> Pool:
        """Return passages that hold the words of the query: of very many, those nearest to a direction."""
        count = reach * self._limits.by_words
        return self._nearest(direction, RowSet.of(rows), count) if rows.size > count else Pool(rows, NO_POOL.tail)

    def sharing_names(self, names: SharedNames, language: int | None, among: RowSet | None, reach: int) -> Pool:
        """Return the passages in all languages but one that share most names with an article."""
        kept = self._columns.language_of[names.rows] != (-1 if language is None else language)
        if among is not None:
            kept &= among.holds(names.rows)
        return _highest(names.rows, np.where(kept, names.share, 0), reach * self._limits.by_names)

    def in_each_other_language(self, direction: Vector, language: int | None, among: RowSet | None, reach: int) -> Pool:
        """Return the passages nearest to a direction in each language except one; otherwise the same."""
        count = reach * self._limits.by_vector
        others = [number for number in range(len(self._columns.languages)) if number != language]
        scopes = [self._columns.in_language(number) for number in others]
        within = [scope if among is None else scope & among for scope in scopes]
        return union([self._nearest(direction, scope, count) for scope in within])

    def _nearest(self, direction: Vector, among: RowSet, count: int) -> Pool:
        """Return the rows with the highest similarity to a direction, each weighted by the fit of its language."""
        rows = self._vectors.nearest(direction, round(self._limits.oversampling * count), among)
        if rows.size <= count:
            return Pool(rows, NO_POOL.tail)
        fit = self._similarity.fit[self._columns.language_of[rows]]
        return _best(rows, fit * self._similarity.beyond_mean(rows, direction), count)


def _first(rows: Rows, count: int) -> Pool:
    """Return so many of the rows, which are ordered, best first."""
    if rows.size <= count:
        return Pool(np.sort(rows), NO_POOL.tail)
    return Pool(np.sort(rows[:count]), np.sort(rows[_head(count) : count]))


def _head(count: int) -> int:
    """Return how many of so many candidates are not in their tail."""
    return count - int(_TAIL * count)


def _highest(rows: Rows, scores: Scores, count: int) -> Pool:
    """Return the rows with the highest scores above 0."""
    places = np.flatnonzero(scores > 0)
    if places.size <= count:
        return Pool(np.sort(rows[places]), NO_POOL.tail)
    return _best(rows[places], scores[places], count)


def _best(rows: Rows, scores: Scores, count: int) -> Pool:
    """Return so many of the rows, fewer than there are, with the highest scores."""
    head = _head(count)
    order = np.argpartition(-scores, [head - 1, count - 1])
    return Pool(np.sort(rows[order[:count]]), np.sort(rows[order[head:count]]))
