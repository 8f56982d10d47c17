"""Picks from a ranking the rows that a person reads: gathers articles, collapses copies, puts recent news first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from indexer.storage.columns import Columns
from search_api.choices import Group, Sort
from search_api.query import Query
from search_api.ranking.arrays import Places, Rows
from search_api.ranking.copies import CopyFinder
from search_api.ranking.ordering import sections
from search_api.ranking.ranked import Ranking

_OTHERS = 2
"""Further passages of an article that are shown."""
_UNDATED = 2.0
"""The age in half-lives of an article without a date."""
_BLOCK = 64
"""Candidates whose vectors are compared with those of the rows so far in one matrix product."""


@dataclass(slots=True)
class Row:
    """A row of the answer. Passages are named by their places in the ranking."""

    place: int
    others: list[int] = field(default_factory=list)
    """The next best passages of the article, when rows are articles."""
    copies: list[int] = field(default_factory=list)
    """Near-identical passages of other articles."""


class Results:
    """Picks the rows of answers from one generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation, self._columns = generation, generation.columns
        dated = self._columns.latest[~np.isnat(self._columns.latest)]
        self._newest: np.datetime64 = dated.max() if dated.size else np.datetime64("NaT", "us")
        """When the newest article of the index was published at the latest."""

    def pick(self, ranking: Ranking, query: Query, floor: float, most: int | None = None) -> list[Row]:
        """Return the rows of an answer, none of which has a lower relevance than the floor.

        Args:
            ranking: All candidates.
            query: How rows are grouped and ordered; its limit does not count.
            floor: The least relevance.
            most: How many rows are picked at most; None for all.
        """
        places = self._in_order(ranking, query)
        places = places[ranking.relevance[places] >= floor]
        rows = ranking.rows[places]
        copies = CopyFinder(self._generation, self._columns, rows)
        picking = _Picking(query.group, copies, most)
        articles = self._columns.article_of[rows].tolist()
        for start in range(0, rows.size, _BLOCK):
            block = range(start, min(start + _BLOCK, rows.size))
            similar = copies.similar(block, picking.positions)
            for position in block:
                picking.add(position, int(places[position]), articles[position], similar.get(position, ()))
        if query.sort == Sort.RELEVANCE:
            return picking.rows
        return self._by_date(picking.rows, ranking, query)

    def _by_date(self, rows: Sequence[Row], ranking: Ranking, query: Query) -> list[Row]:
        """Return rows sorted by the date of their articles, those without one last."""
        places = np.array([row.place for row in rows], np.int64)
        articles = self._columns.article_of[ranking.rows[places]]
        order = by_date(self._columns, articles, query.sort)
        apart = sections(query.order, ranking.own, ranking.languages)[places[order]]
        return [rows[place] for place in order[np.argsort(apart, kind="stable")].tolist()]

    def _in_order(self, ranking: Ranking, query: Query) -> Places:
        """Return the places of a ranking, recent news first where the query says that age counts."""
        if query.half_life is None:
            return np.arange(ranking.rows.size)
        current = ranking.relevance * self._freshness(ranking.rows, query.half_life)
        return np.lexsort((-current, sections(query.order, ranking.own, ranking.languages)))

    def _freshness(self, rows: Rows, half_life: float) -> NDArray[np.float64]:
        """Return 1 for the newest article of the index, half of it for one that is a half-life older, and so on."""
        published = self._columns.latest[self._columns.article_of[rows]]
        age = np.full(rows.size, _UNDATED)
        dated = ~np.isnat(published)
        age[dated] = (self._newest - published[dated]) / np.timedelta64(1, "D") / half_life
        freshness: NDArray[np.float64] = np.exp2(-age)
        return freshness


def by_date(columns: Columns, articles: Rows, sort: Sort) -> Places:
    """Return the places of articles sorted by date, those without one last; equal dates are ordered by id."""
    when = columns.earliest[articles] if sort == Sort.OLDEST else columns.latest[articles]
    age = when.astype(np.int64)
    return np.lexsort([columns.id_rank[articles], age if sort == Sort.OLDEST else -age, np.isnat(when)])


class _Picking:
    """The rows picked so far. Candidates are added in the order of the answer, by their position in it."""

    def __init__(self, group: Group, copies: CopyFinder, most: int | None) -> None:
        self._group, self._copies, self._most = group, copies, most
        self.rows: list[Row] = []
        self.positions: list[int] = []
        """The position of the passage of each row, ascending."""
        self._row_at: dict[int, Row] = {}
        self._row_of: dict[int, Row | None] = {}
        """The row of each article that has come up; None when it came up as a copy."""

    def add(self, position: int, place: int, article: int, similar: Sequence[int]) -> None:
        """Make a candidate a row, one of the others of a row, a copy, or nothing when there are enough rows."""
        if self._group == Group.ARTICLE and article in self._row_of:
            row = self._row_of[article]
            if row and len(row.others) < _OTHERS:
                row.others.append(place)
        elif original := self._original(position, similar):
            original.copies.append(place)
            self._row_of[article] = None
        elif self._most is None or len(self.rows) < self._most:
            row = self._row_of[article] = self._row_at[position] = Row(place)
            self.rows.append(row)
            self.positions.append(position)

    def _original(self, position: int, similar: Sequence[int]) -> Row | None:
        """Return the latest row of which a passage is a copy."""
        for other in reversed(similar):
            if other in self._row_at and self._copies.have_same_words(other, position):
                return self._row_at[other]
        return None
