"""Families of copies: texts that several outlets took from one wire story, cut, reordered or a little reworded.

A pair that shares a band of MinHash signatures is compared by the shingles that were kept of both. It is taken for
copies when most of the shorter text occurs in the other, all over it and not in one block that both took from a
template, and its numbers do not speak against it: a report of tomorrow's weather has today's words and other numbers.

Pairs are joined from the closest on. Two families are joined only if the longest texts of both have much in common,
so that neither a digest of two stories nor a chain of reports that follow one pattern makes them one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.duplicates.shingles import Hashes, cut_shingles
from indexer.duplicates.sketches import NUMBERS, Sketch, Sketches
from indexer.text.atoms import Atom

LEAST_SHINGLES: Final = 8
"""A text of fewer has no copies but identical ones."""
LEAST_SIZE: Final = 0.4
"""A copy is at least so much of the other text, by shingles."""
CONTAINED: Final = 0.5
"""So many of its shingles occur there; of one with a tenth of its words changed, about 0.73 do."""
_PARTS = 5
PART_CONTAINED: Final = 0.2
"""So many do in every fifth of it but one: an outlet may add a paragraph."""
OTHER_NUMBERS: Final = 0.4
"""So many of the numbers of either may be in it alone, counted in the one that has fewer such."""
RELATED: Final = 0.4
"""So much of the longest text of one family, or of the other, occurs in the other's before the two are joined."""


class FamilyFinder:
    """Takes texts one by one and keeps at most 1.4 kB of each."""

    def __init__(self) -> None:
        self._sketches = Sketches()

    @property
    def nbytes(self) -> int:
        """Bytes that are kept of all texts."""
        return self._sketches.nbytes

    def add(self, atoms: Sequence[Atom]) -> None:
        """Take the next text, cut into atoms. Its language need not be known."""
        self._sketches.add(cut_shingles(atoms))

    def carry(self, sketches: Sketches, row: int) -> None:
        """Take the next text as it was sketched before."""
        self._sketches.keep(sketches.kept(row))

    def save(self, path: Path) -> None:
        """Write the sketches of all texts, so that they can be carried over."""
        self._sketches.save(path)

    def families(self) -> NDArray[np.int64]:
        """Return, for each text in the order of adding, the row of the first text of its family.

        The same texts in the same order have the same families.
        """
        sketches = self._sketches
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
    """Return the Jaccard index of two texts' shingles if one is a copy of the other, else 0."""
    if one.size > other.size:
        one, other = other, one
    if one.size < LEAST_SIZE * other.size:
        return 0.0
    shared = _shared(one, other)
    contained = float(shared.mean()) if shared.size else 0.0
    if contained < CONTAINED or _other_numbers(one.numbers, other.numbers) > OTHER_NUMBERS:
        return 0.0
    parts = sorted(float(part.mean()) for part in np.array_split(shared, _PARTS) if part.size)
    if len(parts) < _PARTS or parts[1] < PART_CONTAINED:
        return 0.0
    common = contained * one.size
    return common / (one.size + other.size - common)


def _shared(one: Sketch, other: Sketch) -> NDArray[np.bool_]:
    """Tell, for the shingles of one text in order, or a sample, which occur in the other."""
    return _occurring(one.hashes, other.hashes, [each.hashes for each in (one, other) if each.hashes.size < each.size])


def _other_numbers(one: Hashes, other: Hashes) -> float:
    """Return the share of a text's numbers that the other has not, of whichever text it is smaller for."""
    if one.size > other.size:
        one, other = other, one
    shared = _occurring(one, other, [each for each in (one, other) if each.size >= NUMBERS])
    return float(1 - shared.mean()) if shared.size else 0.0


def _occurring(some: Hashes, others: Hashes, samples: list[Hashes]) -> NDArray[np.bool_]:
    """Tell which of some hashes are among others, as far as what was sampled of either reaches."""
    most = min((sample.max() for sample in samples), default=np.uint32(2**32 - 1))
    return np.isin(some[some <= most], others[others <= most], assume_unique=True)


class _Families:
    """Disjoint sets of rows, each known by its lowest."""

    def __init__(self, sketches: Sketches) -> None:
        self._sketches = sketches
        self._members: dict[int, list[int]] = {}
        self._longest: dict[int, int] = {}
        self._first: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Join the families of two copies, unless the families have too little in common."""
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
        """Return the lowest row of the family of each of so many rows."""
        return np.array([self._first.get(row, row) for row in range(count)], np.int64)

    def _overlap(self, one: int, other: int) -> float:
        some, others = self._sketches[one], self._sketches[other]
        if some.size > others.size:
            some, others = others, some
        shared = _shared(some, others)
        return float(shared.mean()) if shared.size else 0.0
