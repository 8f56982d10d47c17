"""Chooses the candidates: the passages near the top by vector or by words, which alone are scored in full."""

from dataclasses import dataclass

import numpy as np

from indexer.generations.generation import Generation
from search_api.ranking.arrays import Mask, Places, Rows, Scores, Vector
from search_api.ranking.columns import Columns
from search_api.ranking.names import SharedNames
from search_api.ranking.similarity import Similarity


@dataclass(frozen=True, slots=True)
class Limits:
    """How many candidates are chosen at least, where there are as many."""

    by_vector: int = 200
    """The nearest in the query's language, and in each other language when each gets as many rows."""
    by_words: int = 200
    """Those in the query's language with the highest keyword scores."""
    by_names: int = 200
    """Those in other languages that share most names with the article which answers best in the query's language."""
    other_languages: int = 400
    """The nearest in all other languages together."""
    per_row: int = 4
    """Each of the numbers above is at least this many times the number of rows that are wanted."""
    oversampling: float = 2.5
    """The one-bit scan returns this many times as many rows as are chosen; these are then compared exactly."""
    exact_up_to: int = 2000
    """Up to this many passages in scope are all compared exactly, without a scan."""


class CandidateFinder:
    """Chooses candidates among all passages of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns, similarity: Similarity, limits: Limits) -> None:
        self._index, self._columns, self._similarity = generation.nominations, columns, similarity
        self._limits = limits
        self._known: Mask = (similarity.fit > 0)[columns.language_of]
        """Whether the encoder knows the passage's language at all."""

    def in_own_language(self, query: Vector, rows: Rows, keywords: Scores, wanted: int) -> Rows:
        """Return those of some passages in the query's language that are nearest or have the best keyword scores.

        Args:
            query: Centred.
            rows: The passages, ascending.
            keywords: Their keyword scores.
            wanted: How many rows the answer shall have.

        The result is ascending.
        """
        limits, least = self._limits, self._limits.per_row * wanted
        nearest = self._nearest(query, rows, max(limits.by_vector, least))
        return np.union1d(nearest, rows[_highest(keywords, max(limits.by_words, least))])

    def in_other_languages(self, direction: Vector, language: int | None, among: Mask | None, wanted: int) -> Rows:
        """Return the passages nearest to a direction in all languages that the encoder knows, except one; ascending.

        Args:
            direction: Of any length.
            language: The language that is left out, or None.
            among: Shape (passages,), True for passages that may be returned; None for all.
            wanted: How many rows the answer shall have.
        """
        scope = self._known if language is None else self._known & (self._columns.language_of != language)
        count = max(self._limits.other_languages, self._limits.per_row * wanted)
        return self._nearest(direction, scope if among is None else scope & among, count)

    def holding_the_words(self, direction: Vector, rows: Rows, wanted: int) -> Rows:
        """Return passages that hold the words of the query, ascending: of very many, those nearest to a direction."""
        count = max(self._limits.by_words, self._limits.per_row * wanted)
        return rows if rows.size <= count else self._nearest(direction, rows, count)

    def sharing_names(self, names: SharedNames, language: int | None, among: Mask | None, wanted: int) -> Rows:
        """Return the passages in all languages but one that share most names with an article; ascending."""
        kept = self._columns.language_of[names.rows] != (-1 if language is None else language)
        if among is not None:
            kept &= among[names.rows]
        best = _highest(np.where(kept, names.share, 0), max(self._limits.by_names, self._limits.per_row * wanted))
        return names.rows[np.sort(best)]

    def in_each_other_language(self, direction: Vector, language: int | None, among: Mask | None, wanted: int) -> Rows:
        """Return the passages nearest to a direction in each language except one; otherwise the same."""
        count = max(self._limits.by_vector, self._limits.per_row * wanted)
        others = [number for number in range(len(self._columns.languages)) if number != language]
        chosen = [self._nearest(direction, self._columns.rows_in(number, among), count) for number in others]
        return np.sort(np.concatenate([np.empty(0, np.int64), *chosen]))

    def _nearest(self, direction: Vector, among: Rows | Mask, count: int) -> Rows:
        """Return the rows with the highest similarity to a direction, each weighted by the fit of its language."""
        limits = self._limits
        rows = self._index.candidates(direction, round(limits.oversampling * count), among, limits.exact_up_to)
        if rows.size <= count:
            return rows
        fit = self._similarity.fit[self._columns.language_of[rows]]
        return np.sort(rows[_top(fit * self._similarity.beyond_mean(rows, direction), count)])


def _highest(scores: Scores, count: int) -> Places:
    """Return the places of the highest scores above 0."""
    places = np.flatnonzero(scores > 0)
    return places if places.size <= count else places[_top(scores[places], count)]


def _top(scores: Scores, count: int) -> Places:
    return np.argpartition(-scores, count - 1)[:count]
