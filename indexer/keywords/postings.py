"""Runs of postings: sorted posting lists on disk, made from postings in memory or from an existing index."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.cutter import CutText
from indexer.keywords.occurrences import MOST_COUNTED, occurrences_of
from indexer.storage.arrays import Arrays, spread

MOST_POSITIONS: Final = 2**16 - 1
"""Larger positions, and more of them, are stored as this maximum."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """Postings sorted by the hash of their term, then by language, then by row.

    A key is a term in a language. Key ``i`` has the hash ``hashes[i]`` and the language ``languages[i]`` (see
    ``cutter.language_number``). Its posting list is the next ``postings[i]`` postings. Posting ``j`` says that the term
    occurs ``counts[j]`` times in row ``rows[j]``; its positions are the next ``placed[j]`` of ``positions``.
    """

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    postings: Ints
    rows: NDArray[np.uint32]
    counts: NDArray[np.uint8]
    placed: NDArray[np.uint16]
    positions: NDArray[np.uint16]

    @classmethod
    def load(cls, folder: Path) -> "Run":
        """Map a saved run."""
        return cls(*(_map(folder / name, dtype) for name, dtype in _DTYPES.items()))

    def save(self, folder: Path) -> None:
        """Append the run to the files of a folder."""
        folder.mkdir(exist_ok=True)
        for name, dtype in _DTYPES.items():
            with (folder / name).open("ab") as file:
                np.ascontiguousarray(getattr(self, name), dtype).tofile(file)


_DTYPES: Final = {
    "hashes": "<u8",
    "languages": "<u2",
    "postings": "<i8",
    "rows": "<u4",
    "counts": "<u1",
    "placed": "<u2",
    "positions": "<u2",
}


def blocks(first: Ints, at_once: int) -> Iterator[slice]:
    """Yield slices of adjacent keys that have about ``at_once`` postings together.

    ``first[i]`` is the index of the first posting of key ``i``; the last element is the number of postings.
    """
    begin = 0
    while begin < first.size - 1:
        end = max(begin + 1, int(np.searchsorted(first, first[begin] + at_once, "right")) - 1)
        yield slice(begin, end)
        begin = end


class KeptPostings(NamedTuple):
    """Those postings of a block of an index's keys whose rows are kept."""

    block: slice
    """The keys of the block."""
    some: slice
    """Their postings."""
    mask: NDArray[np.bool_]
    """Which of these are kept."""
    keys: Ints
    """The keys that have a posting which is kept."""
    entries: Ints
    """The place of the hash of each of these keys."""
    postings: Ints
    """How many of its postings are kept."""
    rows: Ints
    """The new number of the row of each posting that is kept."""


def kept_postings(arrays: Arrays, row_of: Ints, at_once: int) -> Iterator[KeptPostings]:
    """Yield the postings of the rows of an index that are kept, in consecutive blocks of keys.

    Args:
        arrays: The arrays of the index.
        row_of: The new number of each row of the index, -1 for rows that are not kept.
        at_once: About how many postings each block has.
    """
    for block in blocks(arrays["first_posting"], at_once):
        first = np.asarray(arrays["first_posting"][block.start : block.stop + 1])
        some = slice(int(first[0]), int(first[-1]))
        rows = row_of[arrays["rows"][some]]
        mask = rows >= 0
        of_key = np.repeat(np.arange(first.size - 1), np.diff(first))
        postings = np.bincount(of_key[mask], minlength=first.size - 1)
        keys = np.flatnonzero(postings)
        first_entry = arrays["first_entry"]
        entries = np.searchsorted(first_entry, (keys + block.start).astype(first_entry.dtype), "right") - 1
        yield KeptPostings(block, some, mask, keys + block.start, entries, postings[keys], rows[mask])


def runs_of_index(arrays: Arrays, languages: Ints, row_of: Ints, at_once: int) -> Iterator[Run]:
    """Yield the postings of the rows of an index that are carried over, as consecutive runs.

    Args:
        arrays: The arrays of the index.
        languages: The language numbers of the index.
        row_of: The new number of each row of the index, -1 for rows that are not carried over.
        at_once: About how many postings each run covers.
    """
    words = arrays["first_position"].size - 1
    for kept in kept_postings(arrays, row_of, at_once):
        sizes = np.diff(arrays["first_posting"][kept.block.start : kept.block.stop + 1])
        of_key = np.repeat(arrays["languages"][kept.block], sizes)
        occurrences = occurrences_of(arrays, kept.some, of_key)
        placed = occurrences.copy()
        placed[max(0, int(arrays["first_posting"][words]) - kept.some.start) :] = 0  # parts of words have no positions
        spots = slice(*(arrays["first_position"][min(key, words)] for key in (kept.block.start, kept.block.stop)))
        yield Run(
            arrays["hashes"][kept.entries],
            languages[arrays["languages"][kept.keys]].astype(np.uint16),
            kept.postings,
            kept.rows.astype(np.uint32),
            _clipped(occurrences[kept.mask], MOST_COUNTED).astype(np.uint8),
            placed[kept.mask],
            arrays["positions"][spots][np.repeat(kept.mask, placed)],
        )


def _map(path: Path, dtype: str) -> NDArray[Any]:
    return np.memmap(path, dtype, "r").view(np.ndarray) if path.stat().st_size else np.empty(0, dtype)


class Postings:
    """Collects the occurrences of terms in memory, row by row."""

    def __init__(self) -> None:
        self._words, self._parts = _Column(), _Column()
        self._places = array("I")

    def __len__(self) -> int:
        return len(self._words.hashes) + len(self._parts.hashes)

    def add(self, row: int, language: int, text: CutText, offset: int) -> None:
        """Append a text. Its positions begin at ``offset``, in atoms, in the row."""
        self._words.add(text.words, row, language)
        self._places.extend([place + offset for place in text.places] if offset else text.places)
        self._parts.add(text.parts, row, language)

    def sorted(self, *, positions: bool) -> Run:
        """Return the collected occurrences as a sorted run, without positions if ``positions`` is false."""
        words, parts = self._words.grouped(), self._parts.grouped()
        placed = np.minimum(words.occurrences, MOST_POSITIONS) if positions else np.zeros_like(words.occurrences)
        first = np.cumsum(words.occurrences) - words.occurrences
        places = np.frombuffer(self._places, np.uint32)[words.order][spread(first, placed)]
        return Run(
            np.concatenate([words.hashes, parts.hashes]),
            np.concatenate([words.languages, parts.languages]),
            np.concatenate([words.postings, parts.postings]),
            np.concatenate([words.rows, parts.rows]),
            _clipped(np.concatenate([words.occurrences, parts.occurrences]), MOST_COUNTED).astype(np.uint8),
            np.concatenate([placed, np.zeros_like(parts.occurrences)]).astype(np.uint16),
            _clipped(places, MOST_POSITIONS).astype(np.uint16),
        )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The sorted postings of one kind of term (words and pairs, or parts); fields as in ``Run``."""

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    postings: Ints
    rows: NDArray[np.uint32]
    occurrences: Ints
    """How often the term of each posting occurs in its row."""
    order: Ints
    """The index of each occurrence before sorting."""


class _Column:
    """The occurrences of one kind of term, and their number in each text."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self._counts, self._rows, self._languages = array("I"), array("I"), array("H")

    def add(self, hashes: list[int], row: int, language: int) -> None:
        self.hashes.extend(hashes)
        self._counts.append(len(hashes))
        self._rows.append(row)
        self._languages.append(language)

    def grouped(self) -> _Grouped:
        counts = np.frombuffer(self._counts, np.uint32)
        languages = np.repeat(np.frombuffer(self._languages, np.uint16), counts)
        hashes = np.frombuffer(self.hashes, np.uint64)
        order = np.argsort(languages, kind="stable")
        order = order[np.argsort(hashes[order], kind="stable")]
        hashes, languages = hashes[order], languages[order]
        rows = np.repeat(np.frombuffer(self._rows, np.uint32), counts)[order]
        new_key = _changes(hashes) | _changes(languages)
        begin = np.flatnonzero(new_key | _changes(rows))
        keys = np.flatnonzero(new_key)
        return _Grouped(
            hashes[keys],
            languages[keys],
            np.diff(np.searchsorted(begin, keys), append=begin.size),
            rows[begin],
            np.diff(begin, append=rows.size),
            order,
        )


def _changes(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell which values differ from the value before; the first one always counts as different."""
    changed = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def _clipped(values: NDArray[np.integer], most: int) -> NDArray[np.integer]:
    clipped: NDArray[np.integer] = np.minimum(values, most)
    return clipped
