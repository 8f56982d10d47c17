"""The relevant set of a query: what passes its filters and is likely to answer. All that is counted comes from it.

Total, facets, timeline, pages and exports are read from one set, so that they agree. docs/ranking.md says what is
relevant, and how deep the ranking looks.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.generations.generation import Generation
from indexer.rows import RowSet
from search_api.choices import Order, Sort
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.query import Filters, Query
from search_api.ranking.arrays import Rows
from search_api.ranking.ranked import Ranking
from search_api.ranking.relevance import FLOOR, NEAR, SHOWN, in_order
from search_api.ranking.results import Results, Row
from search_api.search.filtering import PassageFilter
from search_api.search.query_ranking import QueryRanker

DEPTH: Final = 2000
"""How many passages each way of searching looks at, at most, unless the query says otherwise."""
_FIRST: Final = 200
"""How many it looks at first; ``Limits`` has the numbers of each way."""
_FURTHER: Final = 5
"""How many times as many it looks at next, where the last of them still answer."""
_MOST_NEAR: Final = 3
"""Passages that are named as near where nothing is likely to answer, at most."""
_KEPT: Final = 64
"""Sets that are kept for the next page, the next filter and the export."""


@dataclass(frozen=True, slots=True)
class RelevantSet:
    """What answers a query, in the order in which it is shown."""

    ranking: Ranking
    rows: Sequence[Row]
    near: Sequence[Row]
    """A few rows that are nearest, where nothing is likely to answer."""
    floor: float
    """The least relevance of what is in the set; more than 1 where nothing is likely to answer."""
    best: float
    """The highest relevance."""
    answerable: bool
    complete: bool
    """Whether the ranking looked as deep as passages answer; if not, there may be more of them."""
    language: str
    """The query's language; empty when the corpus has no passage in it."""
    searched: int
    """The number of passages that passed the filters."""
    cut_short: bool
    """Whether time was up before the ranking had looked as deep as it may."""

    def page(self, query: Query) -> tuple[Sequence[Row], bool]:
        """Return the rows of a page, of each language where each has a lane, and whether there are further ones."""
        lanes: dict[int, list[Row]] = {}
        for row in self.rows:
            lane = int(self.ranking.languages[row.place]) if query.order == Order.ONE_LANE_PER_LANGUAGE else 0
            lanes.setdefault(lane, []).append(row)
        end = query.offset + query.limit
        return [row for lane in lanes.values() for row in lane[query.offset : end]], any(
            len(lane) > end for lane in lanes.values()
        )

    @property
    def passages(self) -> Rows:
        """The passages that are relevant enough, whichever article or row they belong to."""
        relevant: Rows = self.ranking.rows[self.ranking.relevance >= self.floor]
        return relevant


class RelevantSets:
    """Finds the relevant sets of queries in one generation, and keeps some. It is safe to use from several threads."""

    def __init__(
        self,
        generation: Generation,
        ranker: QueryRanker,
        results: Results,
        filters: PassageFilter,
        depth: int = DEPTH,
    ) -> None:
        self._generation, self._ranker, self._results = generation, ranker, results
        self._filter, self._depth = filters, depth
        self._kept: OrderedDict[Query, RelevantSet] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, query: Query, deadline: Deadline = NO_DEADLINE) -> RelevantSet:
        """Return the relevant set of a query, whatever page of it is wanted.

        Where the deadline passes, the ranking looks no deeper, and the set says so. Such a set is not kept.
        """
        key = query.whole
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._find(key, deadline)
        if found.cut_short:
            return found
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _find(self, query: Query, deadline: Deadline) -> RelevantSet:
        conditions = self._generation.words.matches(query.keywords)
        among = both(self._filter.allowed(query.filters), conditions)
        request = self._ranker.request(query)
        while True:
            ranking = self._ranker.rank(query, request, among, conditions)
            floor, answerable = self._floor(query, ranking, deadline)
            complete = not bool((ranking.relevance[ranking.tail] >= floor).any())
            is_deepest = _FIRST * request.reach >= (query.depth or self._depth)
            if complete or is_deepest or deadline.passed:
                break
            deeper = min(request.reach * _FURTHER, -(-(query.depth or self._depth) // _FIRST))
            request = replace(request, reach=deeper)
        best = float(ranking.relevance.max(initial=0))
        rows = self._results.pick(ranking, query, floor)
        near = []
        if not answerable and query.min_relevance is None:
            near = self._results.pick(ranking, replace(query, sort=Sort.RELEVANCE), NEAR, _MOST_NEAR)
        if query.order == Order.BEST_ANYWHERE and query.sort == Sort.RELEVANCE and query.half_life is None:
            ranking = _with_relevance_in_order(ranking, rows, near)
        searched = self._generation.manifest.passages if among is None else len(among)
        return RelevantSet(
            ranking=ranking,
            rows=rows,
            near=near,
            floor=floor,
            best=best,
            answerable=answerable,
            complete=complete,
            cut_short=not (complete or is_deepest),
            language=request.language,
            searched=searched,
        )

    def _floor(self, query: Query, ranking: Ranking, deadline: Deadline) -> tuple[float, bool]:
        """Return the least relevance of an answer, and whether there is one.

        A filter does not change what is relevant: the floor depends on the best passage that the query has without
        filters.
        """
        best = float(ranking.relevance.max(initial=0))
        if query.min_relevance is not None:
            return query.min_relevance, best >= max(FLOOR, query.min_relevance)
        anywhere = best
        if query.filters and SHOWN * FLOOR <= best < FLOOR / SHOWN:
            anywhere = max(best, self.of(replace(query, filters=Filters()), deadline).best)
        floor = min(FLOOR, SHOWN * anywhere)
        if anywhere < FLOOR or best < floor:
            return 2.0, False
        return floor, True


def both(some: RowSet | None, others: RowSet | None) -> RowSet | None:
    """Return the passages that are in two sets; None stands for all."""
    if some is None or others is None:
        return others if some is None else some
    return some & others


def _with_relevance_in_order(ranking: Ranking, rows: Sequence[Row], near: Sequence[Row]) -> Ranking:
    """Return a ranking in which no row of the answer has a lower relevance than the next."""
    relevance = ranking.relevance.copy()
    for places in ([row.place for row in rows], [row.place for row in near]):
        relevance[places] = in_order(relevance[places].tolist())
    return replace(ranking, relevance=relevance)
