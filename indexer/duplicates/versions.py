"""Find versions of the same article: the newest is indexed, the earlier ones are stored as its history.

Two articles are versions of one if they have the same id, the same address, or the same source and text, as far as
an id or an address names an article at all (see ``joining``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.article import Article
from indexer.dates.published import Published
from indexer.duplicates.disjoint_sets import DisjointSets
from indexer.duplicates.joining import NAMES, Joined, doubtful, join
from indexer.duplicates.keys import KeyTable, keys_of
from indexer.duplicates.likeness import TextComparison
from indexer.duplicates.marks import make_marks
from indexer.duplicates.removed import Removals

_PRECISIONS: Final = ("year", "month", "day", "time")
_NEVER: Final = (float("-inf"), 0)


class _Moment(NamedTuple):
    """How new a version is. Of two that are equally new, the later read is the newer."""

    changed: tuple[float, int]
    """When it began to stand, in seconds since 1970, and how exactly that is known."""
    retrieved: float
    row: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """An article that a newer version replaces. Rows are positions in the order of reading, from 0."""

    row: int
    by: int
    """Row of the newest version."""
    same_text: bool
    """Whether the body is the same as the newest version's, apart from white space."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Ids or addresses that are shared by different articles."""

    kind: str
    """``id`` or ``url``."""
    row: int
    """The first article with one of them."""
    keys: int
    articles: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Which articles are versions of one. Articles are named by their rows."""

    replaced: dict[int, Replaced]
    marks: dict[int, str]
    """What tells an article from others that have the same id; see ``marks``."""
    removed: frozenset[int]
    """The versions of articles that were removed."""
    ambiguous: list[Ambiguous]


class Versions:
    """Groups articles into versions of the same article; takes some 300 bytes of memory for each.

    ``add`` all articles, then ``compare`` those that ``doubtful`` returns, and then ``settle``.
    """

    def __init__(self) -> None:
        self._keys = KeyTable()
        self._moments: list[_Moment] = []
        self._texts = TextComparison()

    def add(self, article: Article) -> None:
        """Record the next article."""
        self._moments.append(_moment(article, len(self._moments)))
        self._keys.add(keys_of(article))

    def doubtful(self) -> list[int]:
        """Return the rows of articles that share an id or an address, but whose texts have to be compared."""
        return doubtful(self._keys)

    def compare(self, row: int, article: Article) -> None:
        """Take the text of a doubtful article."""
        self._texts.add(self._keys.row(row).body, article.body)

    def settle(self, removals: Removals | None = None) -> Settled:
        """Return which articles are versions of one, and which of those were removed."""
        joined = join(self._keys, self._texts)
        sets = joined.sets
        newest = self._newest(sets)
        removed = removals.names(self._keys, sets) if removals else set()
        gone = frozenset(row for row in range(len(self._moments)) if removed and sets.find(row) in removed)
        return Settled(
            {each.row: each for each in self._replaced(sets, newest)},
            make_marks(self._keys, joined, lambda row: newest[sets.find(row)].row),
            gone,
            list(_ambiguous(joined, gone)),
        )

    def _newest(self, sets: DisjointSets) -> dict[int, _Moment]:
        """Return the newest version of each article, by the name of its set."""
        newest: dict[int, _Moment] = {}
        for moment in self._moments:
            name = sets.find(moment.row)
            newest[name] = max(newest.get(name, moment), moment)
        return newest

    def _replaced(self, sets: DisjointSets, newest: dict[int, _Moment]) -> Iterator[Replaced]:
        bodies = self._keys.column("body")
        for row in range(len(self._moments)):
            kept = newest[sets.find(row)].row
            if kept != row:
                yield Replaced(row, kept, bool(bodies[kept] == bodies[row]))


def _moment(article: Article, row: int) -> _Moment:
    changed = max(_time(article.published), _time(article.updated))
    return _Moment(changed, _time(article.retrieved)[0], row)


def _time(published: Published | None) -> tuple[float, int]:
    """Return the first moment of a time, and how exact it is, so that a bare day comes before any time on that day."""
    if published is None:
        return _NEVER
    return published.earliest.timestamp(), _PRECISIONS.index(published.precision)


def _ambiguous(joined: Joined, removed: frozenset[int]) -> Iterator[Ambiguous]:
    """Yield the kinds of keys of which some are ambiguous, also without the articles that were removed."""
    for kind in NAMES:
        left = ([row for row in group.tolist() if row not in removed] for group in joined.ambiguous[kind])
        if groups := [group for group in left if len(group) > 1]:
            yield Ambiguous(kind, min(map(min, groups)), len(groups), sum(map(len, groups)))
