"""Group near-duplicates into families: texts that outlets took from one wire story, cut, reordered or lightly reworded.

Pairs of texts whose MinHash signatures share a band are candidates; their sampled shingles are compared. A pair counts
as copies under two conditions. Most of the shorter text must occur in the longer one, in nearly all of its parts and
not only in one block that both took from a template. And their numbers must largely agree: tomorrow's weather report
has the same words as today's, but other numbers.

Pairs are joined in order of similarity, the closest first. Two families are joined only if their longest texts have
enough in common. So neither a digest of two stories nor a chain of reports that follow one pattern merges families.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.duplicates.containment import containment, shared_shingles
from indexer.duplicates.shingles import cut_shingles
from indexer.duplicates.sketches import Sketch, Sketches
from indexer.text.atoms import AtomColumns

LEAST_SHINGLES: Final = 8
"""A text of fewer shingles has only identical copies."""
LEAST_SIZE: Final = 0.4
"""Least length of the shorter text as a share of the longer, in shingles."""
CONTAINED: Final = 0.5
"""Least share of the shorter text's shingles that occur in the longer. A copy with 10 % of its words
changed keeps about 0.73."""
PART_CONTAINED: Final = 0.2
"""Least share in each of five parts of it but one, in which an outlet may have added a paragraph."""
OTHER_NUMBERS: Final = 0.4
"""Largest share of the numbers of the text with fewer numbers that may be missing from the other text."""
RELATED: Final = 0.4
"""Least share of shingles that the longest texts of two families must have in common before the families are joined.
It is a share of the shorter of the two texts."""


class FamilyFinder:
    """Collects texts one by one, then groups them. It keeps at most 1.4 kB of each text."""

    def __init__(self) -> None:
        self._sketches = Sketches()

    @property
    def nbytes(self) -> int:
        """Memory used for all texts, in bytes."""
        return self._sketches.nbytes

    def add(self, atoms: AtomColumns) -> None:
        """Add the next text, given as its atoms. Its language need not be known."""
        self._sketches.add(cut_shingles(atoms))

    def carry(self, sketches: Sketches, row: int) -> None:
        """Add the next text by carrying over its sketch from an earlier build."""
        self._sketches.append(sketches.kept(row))

    def save(self, path: Path) -> None:
        """Write the sketches of all texts, so that a later build can carry them over."""
        self._sketches.save(path)

    def families(self) -> NDArray[np.int64]:
        """Return the families of the texts; see ``find_families``."""
        return find_families(self._sketches)


def find_families(sketches: Sketches) -> NDArray[np.int64]:
    """Return the row of the first text of each text's family, shape (texts,), in the order of the sketches.

    The result is deterministic: the same texts in the same order give the same families.
    """
    first = sketches.first_identical()
    rows = np.unique(first)
    long = np.array([sketches[row].size >= LEAST_SHINGLES for row in rows.tolist()], np.bool_)
    found = []
    for one, other in sketches.candidates(rows[long]).tolist():
        if closeness := compare(sketches[one], sketches[other]):
            found.append((-closeness, one, other))
    family = _Families(sketches)
    for _, one, other in sorted(found):
        family.join(one, other)
    return family.firsts(len(sketches))[first]


def compare(one: Sketch, other: Sketch) -> float:
    """Return the Jaccard index of two texts' shingles if one text is a copy of the other, else 0."""
    if one.size > other.size:
        one, other = other, one
    if one.size < LEAST_SIZE * other.size:
        return 0.0
    held = containment(one, other)
    if held.whole < CONTAINED or held.missing_numbers > OTHER_NUMBERS:
        return 0.0
    if not held.parts or held.parts[1] < PART_CONTAINED:
        return 0.0
    common = held.whole * one.size
    return common / (one.size + other.size - common)


class _Families:
    """Disjoint sets of rows, each identified by its lowest row."""

    def __init__(self, sketches: Sketches) -> None:
        self._sketches = sketches
        self._members: dict[int, list[int]] = {}
        self._longest: dict[int, int] = {}
        self._first: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Join the families of two texts, unless the families' longest texts have too little in common."""
        low, high = sorted((self._first.get(one, one), self._first.get(other, other)))
        if low == high:
            return
        some, others = self._members.get(low, [low]), self._members.get(high, [high])
        longest = [self._longest.get(family, family) for family in (low, high)]
        if len(some) + len(others) > 2 and self._overlap(*longest) < RELATED:
            return
        self._members[low] = some + others
        self._members.pop(high, None)
        self._longest[low] = max(longest, key=lambda row: self._sketches[row].size)
        self._first |= dict.fromkeys(self._members[low], low)

    def firsts(self, count: int) -> NDArray[np.int64]:
        """Return the lowest row of the family of each row, shape (count,)."""
        return np.array([self._first.get(row, row) for row in range(count)], np.int64)

    def _overlap(self, one: int, other: int) -> float:
        some, others = self._sketches[one], self._sketches[other]
        if some.size > others.size:
            some, others = others, some
        shared = shared_shingles(some, others)
        return float(shared.mean()) if shared.size else 0.0
