"""Find the words of a vocabulary that sound like a given word.

Each way to hear a word is an entry: a skeleton, a packed plain spelling and the number of the word. Entries are sorted
by skeleton, so that those with one skeleton are a range. A look-up takes the ranges of the given word's skeletons and
of their neighbours, and compares the spellings of at most ``MOST`` entries. Several words are looked up at once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.sound_distance import similarities
from indexer.keywords.sound_forms import Form, Packed, pack
from indexer.keywords.sounds import CLASS_NUMBERS, CLASSES, neighbours, skeletons, spoken_forms
from indexer.storage.arrays import Arrays, open_arrays, spread

KIND, VERSION = "dateline sounds", 2
MOST: Final = 6144
"""Entries that a look-up compares at most. The word's own skeletons come first, then neighbours, small ranges first."""
BITS: Final = 3
"""Bits of a class in a packed skeleton."""
Rows = NDArray[np.int64]


class Heard(NamedTuple):
    """The words that sound like each of some words, most similar first."""

    of: Rows
    """The word that each sounds like, ascending; as an index into the given ones."""
    numbers: Rows
    """The number of each word."""
    weights: NDArray[np.float64]
    """How alike they sound: ``sounds.similarity``."""


class SoundIndex:
    """Looks up words by sound. It is safe to use from several threads."""

    def __init__(self, arrays: Arrays) -> None:
        """Use the arrays that ``sound_entries.SoundEntries`` wrote; there may be others among them."""
        self._skeletons, self._first = arrays["sound_skeletons"], arrays["sound_first"]
        self._letters, self._words = arrays["sound_letters"], arrays["sound_words"]

    def near(
        self, word: str, limit: int, *, least: float = 0.0, of_its_skeletons: bool = False
    ) -> list[tuple[int, float]]:
        """Return what ``near_all`` returns of one word, as pairs."""
        heard = self.near_all([word], limit, least=least, of_its_skeletons=of_its_skeletons)
        return list(zip(heard.numbers.tolist(), heard.weights.tolist(), strict=True))

    def near_all(
        self, words: Sequence[str], limit: int, *, least: float = 0.0, of_its_skeletons: bool = False
    ) -> Heard:
        """Return the words that sound like each of some words. Many take a third of the time that they take one by one.

        Args:
            words: The words; they need not be in the vocabulary.
            limit: How many words to return of each at most.
            least: The least weight, from 0 to 1; words of the weight 0 are left out in any case.
            of_its_skeletons: Leave out words of neighbouring skeletons. This takes a third of the time, and misses few
                spellings of a name.
        """
        spoken = [(form, number) for number, word in enumerate(words) for form in spoken_forms(word)]
        spoken.sort(key=lambda each: -len(each[0].letters))
        queries = [form for form, _ in spoken]
        places, sizes = self._places(queries, of_its_skeletons)
        weights = _compare(queries, self._letters[places], sizes)
        near = np.flatnonzero((weights > 0) & (weights >= least))
        of = np.repeat(np.array([number for _, number in spoken], np.int64), sizes)[near]
        numbers, weights = self._words[places[near]].astype(np.int64), weights[near]
        order = np.lexsort((numbers, -weights, of))
        return _first(Heard(of[order], numbers[order], weights[order]), limit)

    def _places(self, queries: Sequence[Form], of_its_skeletons: bool) -> tuple[Rows, list[int]]:
        """Return the entries to compare with each form, at most ``MOST``, and how many they are of each."""
        own = [skeletons(query.letters) for query in queries]
        starts, sizes = self._ranges([each for some in own for each in some])
        ranges, counts, first = [], [], 0
        for query, some in zip(queries, own, strict=True):
            of_query = slice(first, first := first + len(some))
            found = self._nearest(starts[of_query], sizes[of_query], query)
            found = found if of_its_skeletons else self._with_neighbours(some, *found)
            ranges.append(found)
            counts.append(sum(found[1].tolist()))
        none = np.empty(0, np.int64)
        starts, sizes = (np.concatenate([none, *(each[column] for each in ranges)]) for column in (0, 1))
        return spread(starts, sizes), counts

    def _with_neighbours(self, own: Sequence[str], starts: Rows, sizes: Rows) -> tuple[Rows, Rows]:
        """Return the ranges of a form's skeletons, which are given, and those of their neighbours."""
        others = list(dict.fromkeys(each for one in own for each in neighbours(one) if each not in own))
        further_starts, further_sizes = self._ranges(others)
        order = np.argsort(further_sizes, kind="stable")
        starts = np.concatenate([starts, further_starts[order]])
        sizes = np.concatenate([sizes, further_sizes[order]])
        before = np.cumsum(sizes) - sizes
        return starts, np.minimum(sizes, np.maximum(MOST - before, 0))

    def _nearest(self, starts: Rows, sizes: Rows, query: Form) -> tuple[Rows, Rows]:
        """Cut ranges that are together longer than ``MOST`` to the entries that are nearest in the alphabet."""
        if sum(sizes.tolist()) <= MOST:
            return starts, sizes
        most, letters = MOST // starts.size, pack(query)
        for i, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
            place = start + int(np.searchsorted(self._letters[start : start + size], np.uint64(letters)))
            starts[i] = min(max(place - most // 2, start), start + max(size - most, 0))
            sizes[i] = min(size, most)
        return starts, sizes

    def _ranges(self, wanted: Sequence[str]) -> tuple[Rows, Rows]:
        """Return the first entry and the number of entries of skeletons."""
        packed = np.array([_pack_skeleton(each) for each in wanted], np.uint32)
        bounds = np.concatenate([packed, packed + np.uint32(1)])
        places = self._first[np.searchsorted(self._skeletons, bounds)].astype(np.int64)
        firsts, ends = places[: len(wanted)], places[len(wanted) :]
        return firsts, ends - firsts


def open_sounds(path: Path) -> SoundIndex:
    """Map a file that ``sound_entries.create_sounds`` wrote."""
    return SoundIndex(open_arrays(path, KIND, VERSION)[1])


def _compare(queries: Sequence[Form], packed: Packed, sizes: Sequence[int]) -> NDArray[np.float64]:
    """Return what ``similarities`` returns. Neighbours that are the same, as inflected words are, are compared once."""
    ends = np.cumsum(sizes, dtype=np.int64)
    is_first = np.ones(packed.size, np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=is_first[1:])
    is_first[ends[ends < packed.size]] = True
    place = np.cumsum(is_first)
    distinct = np.diff(np.append(0, place)[ends], prepend=0)
    weights: NDArray[np.float64] = similarities(queries, packed[is_first], distinct.tolist())[place - 1]
    return weights


def _first(heard: Heard, limit: int) -> Heard:
    """Return the first different words of each word, so many at most."""
    _, first = np.unique(heard.of << np.int64(32) | heard.numbers, return_index=True)
    first.sort()
    of = heard.of[first]
    first = first[np.arange(first.size) - np.searchsorted(of, of) < limit]
    return Heard(heard.of[first], heard.numbers[first], heard.weights[first])


def _pack_skeleton(classes: str) -> int:
    """Return a skeleton as a number: three bits for each class, the first one highest."""
    number = 0
    for name in classes:
        number = number << BITS | CLASS_NUMBERS[name]
    return number << BITS * (CLASSES - len(classes))
