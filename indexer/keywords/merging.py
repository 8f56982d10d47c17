"""Merge runs of postings into the arrays of a keyword index.

It is done range by range of the hashes of terms, as many ranges as it takes to hold only about so many keys in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.index import FULL_WEIGHT
from indexer.keywords.postings import Ints, Run, blocks
from indexer.storage.arrays import Arrays, spread

_HASHES: Final = 2**64
"""Hashes of parts of words are the upper half, see ``terms.hash_of``: a range of an even number has no words beside."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run's share of a range: some keys with their postings and positions, as slices of its arrays."""

    run: Run
    keys: slice
    postings: slice
    positions: slice


@dataclass(frozen=True, slots=True)
class _Range:
    """Keys in the order on disk, by hash, then by language, and what the runs have of them."""

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    pieces: Sequence[_Piece]
    places: Sequence[Ints]
    """For each piece, where its keys are in the range."""

    @classmethod
    def of(cls, pieces: Sequence[_Piece]) -> "_Range":
        hashes = np.concatenate([np.empty(0, np.uint64), *(piece.run.hashes[piece.keys] for piece in pieces)])
        languages = np.concatenate([np.empty(0, np.uint16), *(piece.run.languages[piece.keys] for piece in pieces)])
        order = np.lexsort((languages, hashes))
        new = np.ones(order.size, np.bool_)
        new[1:] = (np.diff(hashes[order]) != 0) | (np.diff(languages[order].astype(np.int64)) != 0)
        place = np.empty_like(order)
        place[order] = np.cumsum(new) - 1
        sizes = [piece.keys.stop - piece.keys.start for piece in pieces]
        places = np.split(place, np.cumsum(sizes)[:-1]) if pieces else []
        return cls(hashes[order[new]], languages[order[new]], pieces, places)

    def counts(self) -> tuple[Ints, Ints]:
        """Return how many postings and how many positions each key has."""
        postings, spots = np.zeros(self.hashes.size, np.int64), np.zeros(self.hashes.size, np.int64)
        for piece, places in zip(self.pieces, self.places, strict=True):
            of_piece = piece.run.postings[piece.keys]
            postings[places] += of_piece
            spots[places] += _sums(piece.run.placed[piece.postings], of_piece)
        return postings, spots


class Merge:
    """The merge of some runs. What is to be written is known before it is."""

    def __init__(self, runs: Sequence[Run], at_once: int) -> None:
        """Prepare the merge; about ``at_once`` keys, or postings, are in memory."""
        self._runs, self._at_once = runs, at_once
        keys = sum(run.hashes.size for run in runs)
        self._ranges = 2 * max(1, -(-keys // (2 * at_once)))
        self._hashes = self._keys = self._words = self._word_postings = 0
        for number, each in enumerate(self._each()):
            self._hashes += int(np.unique(each.hashes).size)
            self._keys += each.hashes.size
            if number < self._ranges // 2:
                self._words += each.hashes.size
                self._word_postings += sum(piece.postings.stop - piece.postings.start for piece in each.pieces)

    def layout(self) -> dict[str, tuple[str, int]]:
        """Return dtype and length of each array."""
        postings = sum(run.rows.size for run in self._runs)
        return {
            "hashes": ("<u8", self._hashes),
            "first_entry": ("<i8", self._hashes + 1),
            "languages": ("<u2", self._keys),
            "first_posting": ("<i8", self._keys + 1),
            "first_position": ("<i8", self._words + 1),
            "rows": ("<u4", postings),
            "weights": ("<u2", postings),
            "counts": ("<u1", postings),
            "placed": ("<u2", self._word_postings),
            "positions": ("<u2", sum(run.positions.size for run in self._runs)),
        }

    def write(self, arrays: Arrays, codes: NDArray[np.uint16], discounts: NDArray[np.float64]) -> None:
        """Fill arrays of that layout.

        Args:
            arrays: To be filled.
            codes: The numbers of the index's languages, ascending; they are written as places among these.
            discounts: What BM25 adds to the count of a term in each row, shape (rows,).
        """
        hash_, key = 0, 0
        filling = _Filling(arrays, discounts)
        for each in self._each():
            postings, spots = each.counts()
            hashes, first = np.unique(each.hashes, return_index=True)
            keys = slice(key, key + each.hashes.size)
            arrays["hashes"][hash_ : hash_ + hashes.size] = hashes
            arrays["first_entry"][hash_ : hash_ + hashes.size] = first + key
            arrays["languages"][keys] = np.searchsorted(codes, each.languages)
            arrays["first_posting"][keys] = filling.written + np.cumsum(postings) - postings
            if keys.stop <= self._words:
                arrays["first_position"][keys] = filling.spots + np.cumsum(spots) - spots
            for block in blocks(np.concatenate([[0], np.cumsum(postings)]), self._at_once):
                filling.fill(each, block)
            hash_, key = hash_ + hashes.size, keys.stop
        for name, total in (
            ("first_entry", key),
            ("first_posting", filling.written),
            ("first_position", filling.spots),
        ):
            arrays[name][-1] = total

    def _each(self) -> Iterator[_Range]:
        """Yield the ranges in order."""
        bounds = np.array([number * _HASHES // self._ranges for number in range(1, self._ranges)], np.uint64)
        cuts = [[0, *np.searchsorted(run.hashes, bounds).tolist(), run.hashes.size] for run in self._runs]
        postings, positions = [0] * len(self._runs), [0] * len(self._runs)
        for number in range(self._ranges):
            pieces = []
            for place, (run, of_run) in enumerate(zip(self._runs, cuts, strict=True)):
                keys = slice(of_run[number], of_run[number + 1])
                after = postings[place] + int(run.postings[keys].sum())
                some = slice(postings[place], after)
                spots = slice(positions[place], positions[place] + int(run.placed[some].sum(dtype=np.int64)))
                pieces.append(_Piece(run, keys, some, spots))
                postings[place], positions[place] = some.stop, spots.stop
            yield _Range.of(pieces)


class _Filling:
    """Copies postings, those of each key in the order of their rows."""

    def __init__(self, arrays: Arrays, discounts: NDArray[np.float64]) -> None:
        self._arrays, self._discounts = arrays, discounts
        self.written = self.spots = 0
        """How many postings and positions are written."""

    def fill(self, each: _Range, block: slice) -> None:
        """Copy the postings of some keys of a range."""
        slices = [_postings_of(*of_run, block) for of_run in zip(each.pieces, each.places, strict=True)]
        keys, rows, counts, placed, found = (np.concatenate(column) for column in zip(*slices, strict=True))
        order = np.argsort(keys << 32 | rows, kind="stable")
        arrays, after = self._arrays, self.written + order.size
        arrays["rows"][self.written : after] = rows = rows[order]
        arrays["counts"][self.written : after] = counts = counts[order]
        arrays["weights"][self.written : after] = np.rint(counts / (counts + self._discounts[rows]) * FULL_WEIGHT)
        of_words = slice(*np.minimum((self.written, after), arrays["placed"].size))
        arrays["placed"][of_words] = placed[order][: of_words.stop - of_words.start]
        placed = placed.astype(np.int64)
        picked = spread((np.cumsum(placed) - placed)[order], placed[order])
        arrays["positions"][self.spots : self.spots + picked.size] = found[picked]
        self.written, self.spots = after, self.spots + picked.size


def _postings_of(piece: _Piece, places: Ints, block: slice) -> tuple[NDArray[np.integer], ...]:
    """Return what a run has of some keys: for each posting its key, row, count and positions, then the positions."""
    run = piece.run
    low, high = np.searchsorted(places, (block.start, block.stop))
    of_key = run.postings[piece.keys]
    start = piece.postings.start + int(of_key[:low].sum())
    some = slice(start, start + int(of_key[low:high].sum()))
    before = int(run.placed[piece.postings.start : some.start].sum(dtype=np.int64))
    placed = run.placed[some]
    spot = piece.positions.start + before
    positions = run.positions[spot : spot + int(placed.sum(dtype=np.int64))]
    return np.repeat(places[low:high], of_key[low:high]), run.rows[some], run.counts[some], placed, positions


def _sums(values: NDArray[np.integer], counts: Ints) -> Ints:
    """Return the sums of the first ``counts[0]`` values, of the next ``counts[1]``, and so on."""
    ends = np.cumsum(counts)
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[ends] - total[ends - counts], np.int64)
