"""Decide which articles are one: which of the ids and addresses that several of them share name an article at all.

Exports count their ids from 1 for each outlet, feeds give one guid to all of their items, and records carry the
address of their section. So an id or an address counts only if those who share it are alike: each has the title or
nearly the text of another one. Otherwise it is ambiguous: of those who share it only texts that are the same but for a
correction are one article, and the other keys decide for the rest.

The result does not depend on the order of the articles.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.duplicates.disjoint_sets import DisjointSets
from indexer.duplicates.keys import KeyTable
from indexer.duplicates.likeness import Likeness, TextComparison

NAMES: Final = ("id", "url")
"""The keys that name an article, if they are not ambiguous."""
Rows = NDArray[np.int64]

_FEW: Final = 4
"""If more titles share a key, only texts that are the same but for a correction are alike; and a title that more texts
share, such as "News in brief", makes none of them alike."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Which articles are one, and the keys that were no help."""

    sets: DisjointSets
    """The rows of the articles that are one are a set."""
    ambiguous: dict[str, list[Rows]] = field(default_factory=dict)
    """For each kind of key the groups of rows that share one, but are different articles."""


def doubtful(keys: KeyTable) -> list[int]:
    """Return the rows of articles that share an id or an address, but whose texts have to be compared."""
    groups = (group for kind in NAMES for group in keys.groups(kind))
    return sorted({row for group in groups if not _plainly_one(keys, group) for row in group.tolist()})


def join(keys: KeyTable, texts: TextComparison) -> Joined:
    """Return which articles are one; ``texts`` holds those that are doubtful."""
    joined = Joined(DisjointSets(len(keys)))
    for group in keys.groups("text"):
        _unite(joined.sets, group)
    for kind in NAMES:
        joined.ambiguous[kind] = list(_join_by(kind, keys, texts, joined.sets))
    return joined


def _join_by(kind: str, keys: KeyTable, texts: TextComparison, sets: DisjointSets) -> Iterator[Rows]:
    """Join the articles that share a key of one kind, and yield the groups of those that are different articles."""
    for group in keys.groups(kind):
        if _plainly_one(keys, group) or not _clusters(keys, texts, group).any():
            _unite(sets, group)
            continue
        yield group
        corrected = _clusters_by_text(keys, texts, group, corrected_only=True)
        for cluster in np.unique(corrected).tolist():
            _unite(sets, group[corrected == cluster])


def _plainly_one(keys: KeyTable, group: Rows) -> bool:
    """Tell whether those who share a key have one text, or one title and few texts."""
    texts, titles = np.unique(keys.column("body")[group]).size, np.unique(_titles(keys, group))
    return texts == 1 or (texts <= _FEW and titles.size == 1 and bool(titles[0]))


def _titles(keys: KeyTable, group: Rows) -> NDArray[np.uint64]:
    """Return the key of the title of each row; the same title in several outlets has a key for each outlet."""
    titles, sources = keys.column("title")[group], keys.column("source")[group]
    outlets: dict[int, set[int]] = defaultdict(set)
    for title, source in zip(titles.tolist(), sources.tolist(), strict=True):
        outlets[title] |= {source} - {0}
    several = np.array([len(outlets[title]) > 1 for title in titles.tolist()])
    return np.where(several & (titles != 0), titles ^ sources, titles)


def _clusters(keys: KeyTable, texts: TextComparison, group: Rows) -> Rows:
    """Return the number of the cluster of each row, from 0: in a cluster each article is like another one."""
    titles, bodies = _titles(keys, group), keys.column("body")[group]
    crowded = np.unique(np.where(titles, titles, bodies)).size > _FEW
    clusters = _clusters_by_text(keys, texts, group, corrected_only=crowded)
    for shared in (titles, keys.column("moment")[group]):
        clusters = _united(clusters, shared)
    return clusters


def _clusters_by_text(keys: KeyTable, texts: TextComparison, group: Rows, *, corrected_only: bool) -> Rows:
    """Return the number of the cluster of each row by its text alone."""
    different, own = np.unique(keys.column("body")[group], return_inverse=True)
    sets = DisjointSets(different.size)
    for one, other, likeness in texts.alike(different):
        if not corrected_only or _is_corrected(likeness):
            sets.join(one, other)
    return _numbered(sets, own)


def _is_corrected(likeness: Likeness) -> bool:
    return likeness.corrected and likeness.numbers_agree


def _united(clusters: Rows, tags: NDArray[np.uint64]) -> Rows:
    """Return the clusters after joining those that share a tag, unless more than a few share it; 0 is no tag."""
    sharing: dict[int, set[int]] = defaultdict(set)
    for cluster, tag in zip(clusters.tolist(), tags.tolist(), strict=True):
        sharing[tag].add(cluster)
    sets = DisjointSets(int(clusters.max()) + 1)
    for tag, found in sharing.items():
        if tag and len(found) <= _FEW:
            _unite(sets, np.array(sorted(found)))
    return _numbered(sets, clusters)


def _numbered(sets: DisjointSets, members: NDArray[np.int64]) -> Rows:
    """Return the number of the set of each member; the sets are numbered from 0."""
    names = np.array([sets.find(member) for member in members.tolist()], np.int64)
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _unite(sets: DisjointSets, rows: Rows) -> None:
    first, *others = rows.tolist()
    for other in others:
        sets.join(first, other)
