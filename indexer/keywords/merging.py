"""Merge runs of postings into the arrays of a keyword index.

The hashes of terms are divided into ranges, which are merged one after the other. So only the keys of one range, a
bounded number, are in memory at a time. A key is a term in a language; it has a posting list.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.occurrences import guess_occurrences, weigh
from indexer.keywords.postings import Ints, Run, blocks
from indexer.storage.arrays import Arrays, spread

_HASHES: Final = 2**64
"""Number of different hashes. Parts of words have the upper half of them, words and pairs the lower; see
``terms.hash_of``."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a run that belongs to a range: slices of the run's keys, postings and positions."""

    run: Run
    keys: slice
    postings: slice
    positions: slice


@dataclass(frozen=True, slots=True)
class _Range:
    """The merged keys of a range, sorted by hash, then by language, and the parts of the runs that hold them."""

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    pieces: Sequence[_Piece]
    places: Sequence[Ints]
    """For each piece, the index of each of its keys among the range's keys."""

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
        """Return the number of postings and the number of positions of each key."""
        postings, positions = np.zeros(self.hashes.size, np.int64), np.zeros(self.hashes.size, np.int64)
        for piece, places in zip(self.pieces, self.places, strict=True):
            of_piece = piece.run.postings[piece.keys]
            postings[places] += of_piece
            positions[places] += _sums(piece.run.placed[piece.postings], of_piece)
        return postings, positions


@dataclass(frozen=True, slots=True)
class Merge:
    """A planned merge of runs into one index; see ``plan_merge``."""

    runs: Sequence[Run]
    discounts: NDArray[np.float64]
    """BM25's length term of each row."""
    at_once: int
    """About how many keys, or postings, are in memory at a time."""
    ranges: int
    """Number of ranges of hashes; an even number."""
    hashes: int
    """Number of different terms."""
    keys: int
    """Number of keys: one for each term and language that holds it."""
    word_keys: int
    """Keys of words and pairs, which precede those of parts of words."""
    listed: int
    """Postings whose number of occurrences does not follow from their weight."""

    def layout(self) -> dict[str, tuple[str, int]]:
        """Return the dtype and length of each array that ``write`` fills."""
        postings, positions = sum(run.rows.size for run in self.runs), sum(run.positions.size for run in self.runs)
        return {
            "hashes": ("<u8", self.hashes),
            "first_entry": ("<u4", self.hashes + 1),
            "languages": ("<u2", self.keys),
            "most": ("<u2", self.keys),
            "first_posting": ("<i8", self.keys + 1),
            "first_position": ("<i8", (self.word_keys if positions else 0) + 1),
            "rows": ("<u4", postings),
            "weights": ("<u2", postings),
            "listed": ("<i8", self.listed),
            "listed_occurrences": ("<u2", self.listed),
            "positions": ("<u2", positions),
        }

    def write(self, arrays: Arrays, codes: NDArray[np.uint16]) -> None:
        """Merge the runs into arrays of the planned layout.

        Args:
            arrays: The arrays to fill.
            codes: The language numbers of the index, ascending; a language is stored as its index among them.
        """
        hash_, key = 0, 0
        cursor = _Cursor(arrays, self.discounts)
        for each in _ranges(self.runs, self.ranges):
            postings, positions = each.counts()
            hashes, first = np.unique(each.hashes, return_index=True)
            keys = slice(key, key + each.hashes.size)
            arrays["hashes"][hash_ : hash_ + hashes.size] = hashes
            arrays["first_entry"][hash_ : hash_ + hashes.size] = first + key
            arrays["languages"][keys] = np.searchsorted(codes, each.languages)
            arrays["first_posting"][keys] = cursor.postings + np.cumsum(postings) - postings
            if keys.stop < arrays["first_position"].size:
                arrays["first_position"][keys] = cursor.positions + np.cumsum(positions) - positions
            for block in blocks(np.concatenate([[0], np.cumsum(postings)]), self.at_once):
                cursor.write(each, block, key)
            hash_, key = hash_ + hashes.size, keys.stop
        for name, total in (
            ("first_entry", key),
            ("first_posting", cursor.postings),
            ("first_position", cursor.positions),
        ):
            arrays[name][-1] = total


def plan_merge(runs: Sequence[Run], discounts: NDArray[np.float64], at_once: int) -> Merge:
    """Count what a merge will write, by going through all keys once.

    Args:
        runs: The runs to merge.
        discounts: BM25's length term, ``k1 (1 - b + b length / average)``, of each row, shape (rows,).
        at_once: About how many keys, or postings, may be in memory at a time.
    """
    # Enough ranges that each has at most ``at_once`` keys if hashes are evenly spread. Their number is even, so that no
    # range has both words and parts of words: those divide the hashes in two halves.
    ranges = 2 * max(1, math.ceil(sum(run.hashes.size for run in runs) / (2 * at_once)))
    hashes = keys = word_keys = 0
    for number, each in enumerate(_ranges(runs, ranges)):
        hashes += int(np.unique(each.hashes).size)
        keys += each.hashes.size
        if number < ranges // 2:
            word_keys += each.hashes.size
    listed = sum(
        _listed(_occurrences(run, some), discounts[run.rows[some]]).size
        for run in runs
        for some in (slice(begin, begin + at_once) for begin in range(0, run.rows.size, at_once))
    )
    return Merge(runs, discounts, at_once, ranges, hashes, keys, word_keys, listed)


def _listed(occurrences: NDArray[np.uint16], discount: NDArray[np.float64]) -> Ints:
    """Return which of some numbers of occurrences do not follow from the weights."""
    return np.flatnonzero(guess_occurrences(weigh(occurrences, discount), discount) != occurrences)


def _ranges(runs: Sequence[Run], count: int) -> Iterator[_Range]:
    """Yield ``count`` ranges of hashes, ascending and equally wide."""
    bounds = np.array([number * _HASHES // count for number in range(1, count)], np.uint64)
    cuts = [[0, *np.searchsorted(run.hashes, bounds).tolist(), run.hashes.size] for run in runs]
    next_posting, next_position = [0] * len(runs), [0] * len(runs)
    for number in range(count):
        pieces = []
        for place, (run, cuts_of_run) in enumerate(zip(runs, cuts, strict=True)):
            keys = slice(cuts_of_run[number], cuts_of_run[number + 1])
            first = next_posting[place]
            postings = slice(first, first + int(run.postings[keys].sum()))
            first = next_position[place]
            positions = slice(first, first + int(run.placed[postings].sum(dtype=np.int64)))
            pieces.append(_Piece(run, keys, postings, positions))
            next_posting[place], next_position[place] = postings.stop, positions.stop
        yield _Range.of(pieces)


class _Cursor:
    """Appends postings and their positions to the arrays of an index."""

    def __init__(self, arrays: Arrays, discounts: NDArray[np.float64]) -> None:
        self._arrays, self._discounts = arrays, discounts
        self.postings = self.positions = self.listed = 0
        """How many postings, positions and listed numbers of occurrences have been written."""

    def write(self, each: _Range, block: slice, first_key: int) -> None:
        """Append the postings of a block of a range's keys, those of one key in the order of their rows.

        ``first_key`` is the number of the range's first key in the index.
        """
        slices = [_postings_of(*of_run, block) for of_run in zip(each.pieces, each.places, strict=True)]
        keys, rows, occurrences, placed, found = (np.concatenate(column) for column in zip(*slices, strict=True))
        order = np.argsort(keys << 32 | rows, kind="stable")
        arrays, after = self._arrays, self.postings + order.size
        arrays["rows"][self.postings : after] = rows = rows[order]
        occurrences, discount = occurrences[order], self._discounts[rows]
        arrays["weights"][self.postings : after] = weights = weigh(occurrences, discount)
        begin, key_of = _begins(keys[order])
        arrays["most"][first_key + key_of] = np.maximum.reduceat(weights, begin)
        listed = _listed(occurrences, discount)
        arrays["listed"][self.listed : self.listed + listed.size] = listed + self.postings
        arrays["listed_occurrences"][self.listed : self.listed + listed.size] = occurrences[listed]
        self.listed += listed.size
        placed = placed.astype(np.int64)
        sorted_positions = spread((np.cumsum(placed) - placed)[order], placed[order])
        arrays["positions"][self.positions : self.positions + sorted_positions.size] = found[sorted_positions]
        self.postings, self.positions = after, self.positions + sorted_positions.size


def _postings_of(piece: _Piece, places: Ints, block: slice) -> tuple[NDArray[np.integer], ...]:
    """Return a run's postings of a block of a range's keys.

    They are five arrays: key, row, occurrences and number of positions of each posting; and the positions of all.
    """
    run = piece.run
    low, high = np.searchsorted(places, (block.start, block.stop))
    of_key = run.postings[piece.keys]
    first = piece.postings.start + int(of_key[:low].sum())
    postings = slice(first, first + int(of_key[low:high].sum()))
    placed = run.placed[postings]
    first = piece.positions.start + int(run.placed[piece.postings.start : postings.start].sum(dtype=np.int64))
    positions = run.positions[first : first + int(placed.sum(dtype=np.int64))]
    keys = np.repeat(places[low:high], of_key[low:high])
    return keys, run.rows[postings], _occurrences(run, postings), placed, positions


def _occurrences(run: Run, postings: slice) -> NDArray[np.uint16]:
    """Return how often the term of each of a run's postings occurs in its row."""
    return np.maximum(run.counts[postings], run.placed[postings])


def _begins(keys: Ints) -> tuple[Ints, Ints]:
    """Return where each of some keys, of which equal ones are neighbours, begins, and the keys."""
    begin = np.flatnonzero(np.diff(keys, prepend=-1))
    return begin, keys[begin]


def _sums(values: NDArray[np.integer], counts: Ints) -> Ints:
    """Return the sums of the first ``counts[0]`` values, of the next ``counts[1]``, and so on."""
    ends = np.cumsum(counts)
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[ends] - total[ends - counts], np.int64)
