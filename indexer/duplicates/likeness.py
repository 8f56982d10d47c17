"""Tell which of some articles that share an id or an address have nearly the same text."""

import itertools
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from indexer.duplicates.containment import containment
from indexer.duplicates.families import CONTAINED, LEAST_SHINGLES, OTHER_NUMBERS, PART_CONTAINED
from indexer.duplicates.keys import Column
from indexer.duplicates.shingles import cut_shingles
from indexer.duplicates.sketches import Sketch, Sketches
from indexer.text.atoms import split_atoms

NEARLY_ALL: Final = 0.8
"""Least share of the shorter text in the longer for texts to be the same but for a correction."""
_CHARACTERS = 50_000
"""Characters of a text that are compared."""
_EACH_WITH_EACH = 16
"""Up to so many texts are compared each with each; of more, only those whose signatures are alike."""


class Likeness(NamedTuple):
    """How alike two texts are."""

    corrected: bool
    """They differ by a correction, or by what was added: nearly all of the shorter is in the longer."""
    rewritten: bool
    """Most of the shorter is in the longer, and their numbers largely agree."""
    numbers_agree: bool


class TextComparison:
    """Compares texts. It keeps at most 1.4 kB of each different one."""

    def __init__(self) -> None:
        self._sketches = Sketches()
        self._rows: dict[int, int] = {}
        """The row of the sketch of each text, by the text's key."""

    def add(self, key: int, body: str) -> None:
        """Take a text under its key, see ``Keys.body``."""
        if key not in self._rows:
            self._rows[key] = len(self._sketches)
            self._sketches.add(cut_shingles(split_atoms(body[:_CHARACTERS])))

    def alike(self, keys: Column) -> Iterator[tuple[int, int, Likeness]]:
        """Yield the pairs of texts that have most of their words in common, as positions in the given keys.

        Args:
            keys: Keys of texts, ascending, so that the order in which they were added does not matter.
        """
        rows = np.array([self._rows[key] for key in keys.tolist()], np.int64)
        place = {row: number for number, row in enumerate(rows.tolist())}
        few = rows.size <= _EACH_WITH_EACH
        pairs = itertools.combinations(rows.tolist(), 2) if few else self._sketches.candidates(rows).tolist()
        for one, other in pairs:
            likeness = _likeness(self._sketches[one], self._sketches[other])
            if likeness.corrected or likeness.rewritten:
                yield place[one], place[other], likeness


def _likeness(one: Sketch, other: Sketch) -> Likeness:
    held = containment(one, other)
    throughout = min(one.size, other.size) < LEAST_SHINGLES or (held.parts and held.parts[1] >= PART_CONTAINED)
    whole = held.whole if throughout else 0.0
    agree = held.missing_numbers <= OTHER_NUMBERS
    return Likeness(whole >= NEARLY_ALL, whole >= CONTAINED and agree, agree)
