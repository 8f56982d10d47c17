"""From ranked passages to rows a person reads: articles gathered, copies collapsed, recent news first when asked."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from indexer.keywords.terms import occurrences
from indexer.text.atoms import find_atoms
from search_api.query import Group, Order, Query
from search_api.ranking.ranked import Ranking

_OTHERS = 2
"""Further passages of an article that are shown."""
_ALIKE = 0.9
"""Cosine from which two passages are looked at as copies..."""
_SAME_WORDS = 0.8
"""...and the share of their words (Jaccard) from which they are."""
_UNDATED = 2.0
"""So many half-lives old is an article without a date."""


@dataclass(slots=True)
class Row:
    """A row of the answer: places in the ranking."""

    place: int
    others: list[int] = field(default_factory=list)
    copies: int = 0


class Results:
    """Picks the rows of an answer; safe for any number of threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        tables = generation.tables
        self._article_of: NDArray[np.int64] = tables.passage_column("article")
        self._language_of = tables.passage_languages()
        self._published = tables.article_column("published_latest")

    def pick(self, ranking: Ranking, query: Query, floor: float) -> list[Row]:
        """Return at most ``query.limit`` rows, or as many in each language for lanes, none below the floor."""
        rows: list[Row] = []
        row_of: dict[int, Row | None] = {}
        copy_of: dict[int, Row] = {}
        in_lane: Counter[str] = Counter()
        places = self._in_order(ranking, query)
        places = places[ranking.relevance[places] >= floor]
        for place in places.tolist():
            article = int(self._article_of[ranking.rows[place]])
            lane = str(self._language_of[ranking.rows[place]]) if query.order == Order.ONE_LANE_PER_LANGUAGE else ""
            if query.group == Group.ARTICLE and article in row_of:
                row = row_of[article]
                if row and len(row.others) < _OTHERS:
                    row.others.append(place)
            elif place in copy_of:
                copy_of[place].copies += 1
                row_of[article] = None
            elif in_lane[lane] < query.limit:
                row = row_of[article] = Row(place)
                rows.append(row)
                in_lane[lane] += 1
                copy_of |= dict.fromkeys(self._copies(ranking, place, places), row)
        return rows

    def _in_order(self, ranking: Ranking, query: Query) -> NDArray[np.int64]:
        """Return the places of a ranking, those of recent news first where age counts."""
        places = np.arange(ranking.rows.size)
        if query.half_life is None:
            return places
        blocks = np.zeros(places.size, np.int64)
        if query.order == Order.MY_LANGUAGE_FIRST:
            blocks = (~ranking.own).astype(np.int64)
        elif query.order == Order.ONE_LANE_PER_LANGUAGE:
            blocks = np.cumsum(np.r_[False, ranking.languages[1:] != ranking.languages[:-1]])
        return np.lexsort((places, -ranking.relevance * self._freshness(ranking.rows, query.half_life), blocks))

    def _freshness(self, rows: NDArray[np.int64], half_life: float) -> NDArray[np.float64]:
        """Return 1 for the newest article of the index, half of it for one that is a half-life older, and so on."""
        published = self._published[self._article_of[rows]]
        dated = ~np.isnat(self._published)
        newest = self._published[dated].max() if dated.any() else published
        age = (newest - published) / np.timedelta64(1, "D") / half_life
        return np.exp2(-np.where(np.isnat(published), _UNDATED, age))

    def _copies(self, ranking: Ranking, place: int, places: NDArray[np.int64]) -> list[int]:
        """Return the places of near-identical passages: the same language, and nearly the same words."""
        vectors, articles = self._generation.vectors, self._article_of[ranking.rows[places]]
        row = ranking.rows[place]
        alike = vectors.rows(ranking.rows[places]) @ vectors.rows(np.array([row]))[0] >= _ALIKE
        alike &= articles != self._article_of[row]
        alike &= self._language_of[ranking.rows[places]] == self._language_of[row]
        if not alike.any():
            return []
        words = self._words(row)
        return [
            other
            for other in places[alike].tolist()
            if _overlap(words, self._words(ranking.rows[other])) >= _SAME_WORDS
        ]

    def _words(self, row: int) -> set[str]:
        return {found.term for found in occurrences(find_atoms(self._generation.tables.passage_row(int(row))["text"]))}


def _overlap(some: set[str], others: set[str]) -> float:
    """Return the Jaccard index of two sets."""
    return len(some & others) / max(len(some | others), 1)
