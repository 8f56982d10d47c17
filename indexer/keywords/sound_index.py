"""Find the words of a vocabulary that sound like a given word.

Each way to hear a word is an entry: a skeleton, a packed plain spelling and the number of the word. Entries are sorted
by skeleton, so that those with one skeleton are a range. A look-up takes the ranges of the given word's skeletons and
of their neighbours, and compares the spellings of at most ``MOST`` entries at once.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.sound_distance import Form, pack, similarities
from indexer.keywords.sounds import CLASS_NUMBERS, CLASSES, neighbours, skeletons, spoken_forms
from indexer.storage.arrays import Arrays, open_arrays, spread

KIND, VERSION = "dateline sounds", 2
MOST: Final = 6144
"""Entries that a look-up compares at most. The word's own skeletons come first, then neighbours, small ranges first."""
BITS: Final = 3
"""Bits of a class in a packed skeleton."""
_ENTRIES = 4
"""Entries of a word at most: two forms with two skeletons each."""

Rows = NDArray[np.int64]


class SoundIndex:
    """Looks up words by sound. It is safe to use from several threads."""

    def __init__(self, arrays: Arrays) -> None:
        """Use the arrays that ``sound_entries.SoundEntries`` wrote; there may be others among them."""
        self._skeletons, self._first = arrays["sound_skeletons"], arrays["sound_first"]
        self._letters, self._words = arrays["sound_letters"], arrays["sound_words"]

    def near(self, word: str, limit: int, *, of_its_skeletons: bool = False) -> list[tuple[int, float]]:
        """Return the numbers of words that sound like a word, each with a weight from 0 to 1, most similar first.

        The weight is ``sounds.similarity``.

        Args:
            word: The word; it need not be in the vocabulary.
            limit: How many words to return at most.
            of_its_skeletons: Leave out words of neighbouring skeletons. This takes a third of the time, and misses few
                spellings of a name.
        """
        best: dict[int, float] = {}
        for query in spoken_forms(word):
            places = self._places(query, of_its_skeletons)
            weights = similarities(query, self._letters[places])
            words = self._words[places]
            heard = np.lexsort((words, -weights))[: _ENTRIES * limit]
            heard = heard[weights[heard] > 0]
            for number, weight in zip(words[heard].tolist(), weights[heard].tolist(), strict=True):
                best[number] = max(best.get(number, 0.0), weight)
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def _places(self, query: Form, of_its_skeletons: bool) -> Rows:
        """Return the entries to compare with a form: at most ``MOST``."""
        own = skeletons(query.letters)
        starts, sizes = self._ranges(own)
        starts, sizes = self._nearest(starts, sizes, pack(query))
        if of_its_skeletons:
            return np.unique(spread(starts, sizes))
        others = list(dict.fromkeys(each for one in own for each in neighbours(one) if each not in own))
        further_starts, further_sizes = self._ranges(others)
        order = np.argsort(further_sizes, kind="stable")
        starts = np.concatenate([starts, further_starts[order]])
        sizes = np.concatenate([sizes, further_sizes[order]])
        before = np.cumsum(sizes) - sizes
        return spread(starts, np.minimum(sizes, np.maximum(MOST - before, 0)))

    def _nearest(self, starts: Rows, sizes: Rows, letters: int) -> tuple[Rows, Rows]:
        """Cut ranges that are together longer than ``MOST`` to the entries that are nearest in the alphabet."""
        most = MOST // max(starts.size, 1)
        if sizes.sum() <= MOST:
            return starts, sizes
        for i, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
            place = start + int(np.searchsorted(self._letters[start : start + size], np.uint64(letters)))
            starts[i] = min(max(place - most // 2, start), start + max(size - most, 0))
            sizes[i] = min(size, most)
        return starts, sizes

    def _ranges(self, wanted: list[str]) -> tuple[Rows, Rows]:
        """Return the first entry and the number of entries of skeletons."""
        packed = np.array([_pack_skeleton(each) for each in wanted], np.uint32)
        bounds = np.concatenate([packed, packed + np.uint32(1)])
        places = self._first[np.searchsorted(self._skeletons, bounds)].astype(np.int64)
        firsts, ends = places[: len(wanted)], places[len(wanted) :]
        return firsts, ends - firsts


def open_sounds(path: Path) -> SoundIndex:
    """Map a file that ``sound_entries.create_sounds`` wrote."""
    return SoundIndex(open_arrays(path, KIND, VERSION)[1])


def _pack_skeleton(classes: str) -> int:
    """Return a skeleton as a number: three bits for each class, the first one highest."""
    number = 0
    for name in classes:
        number = number << BITS | CLASS_NUMBERS[name]
    return number << BITS * (CLASSES - len(classes))
