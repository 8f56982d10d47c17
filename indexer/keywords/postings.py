"""Runs of postings: what occurs in which rows, sorted, on disk. A run is written from memory or taken from an index."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.cutter import CutText
from indexer.storage.arrays import Arrays, spread

MOST_OCCURRENCES: Final = 2**8 - 1
MOST_POSITIONS: Final = 2**16 - 1
"""What is beyond counts as the last."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """Postings by the hash of their term, then language, then row.

    Key ``i`` (``hashes[i]`` in ``languages[i]``, see ``term_cutter.language_number``) has the next ``postings[i]`` of
    them. A posting is of ``rows[j]``, where the term occurs ``counts[j]`` times and at the next ``placed[j]`` of
    ``positions``.
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
        """Write it into a folder, after what is there already."""
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
    """Yield neighbouring keys that have about so many postings together; those of key ``i`` begin at ``first[i]``."""
    begin = 0
    while begin < first.size - 1:
        end = max(begin + 1, int(np.searchsorted(first, first[begin] + at_once, "right")) - 1)
        yield slice(begin, end)
        begin = end


def runs_of_index(arrays: Arrays, languages: Ints, row_of: Ints, at_once: int) -> Iterator[Run]:
    """Yield what an index holds of rows that are kept, in runs of about so many postings that follow each other.

    Args:
        arrays: Of the index.
        languages: The numbers of its languages.
        row_of: The new number of each of its rows, -1 for one that is not kept.
        at_once: Postings of a run.
    """
    words = arrays["first_position"].size - 1
    for block in blocks(arrays["first_posting"], at_once):
        first = np.asarray(arrays["first_posting"][block.start : block.stop + 1])
        some = slice(first[0], first[-1])
        rows = row_of[arrays["rows"][some]]
        kept = rows >= 0
        of_key = np.repeat(np.arange(first.size - 1), np.diff(first))
        postings = np.bincount(of_key[kept], minlength=first.size - 1)
        keys = np.flatnonzero(postings)
        entries = np.searchsorted(arrays["first_entry"], keys + block.start, "right") - 1
        placed = np.zeros(rows.size, np.uint16)
        of_words = arrays["placed"][some]
        placed[: of_words.size] = of_words
        spots = slice(*(arrays["first_position"][min(key, words)] for key in (block.start, block.stop)))
        yield Run(
            arrays["hashes"][entries],
            languages[arrays["languages"][keys + block.start]].astype(np.uint16),
            postings[keys],
            rows[kept].astype(np.uint32),
            arrays["counts"][some][kept],
            placed[kept],
            arrays["positions"][spots][np.repeat(kept, placed)],
        )


def _map(path: Path, dtype: str) -> NDArray[Any]:
    return np.memmap(path, dtype, "r").view(np.ndarray) if path.stat().st_size else np.empty(0, dtype)


class Postings:
    """Texts in the order of their rows, as they come, in memory."""

    def __init__(self) -> None:
        self._words, self._parts = _Column(), _Column()
        self._places = array("I")

    def __len__(self) -> int:
        return len(self._words.hashes) + len(self._parts.hashes)

    def add(self, row: int, language: int, text: CutText, offset: int) -> None:
        """Append a text that begins at atom ``offset`` of its row."""
        self._words.add(text.words, row, language)
        self._places.extend([place + offset for place in text.places] if offset else text.places)
        self._parts.add(text.parts, row, language)

    def sorted(self, *, positions: bool) -> Run:
        """Return them as a run; no text has a position unless they are wanted."""
        words, parts = self._words.grouped(), self._parts.grouped()
        placed = np.minimum(words.occurrences, MOST_POSITIONS) if positions else np.zeros_like(words.occurrences)
        first = np.cumsum(words.occurrences) - words.occurrences
        places = np.frombuffer(self._places, np.uint32)[words.order][spread(first, placed)]
        return Run(
            np.concatenate([words.hashes, parts.hashes]),
            np.concatenate([words.languages, parts.languages]),
            np.concatenate([words.postings, parts.postings]),
            np.concatenate([words.rows, parts.rows]),
            _clipped(np.concatenate([words.occurrences, parts.occurrences]), MOST_OCCURRENCES).astype(np.uint8),
            np.concatenate([placed, np.zeros_like(parts.occurrences)]).astype(np.uint16),
            _clipped(places, MOST_POSITIONS).astype(np.uint16),
        )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """One kind of term: keys as in ``Run``, and how often each occurs in each of its rows."""

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    postings: Ints
    rows: NDArray[np.uint32]
    occurrences: Ints
    order: Ints
    """Where each occurrence was before they were sorted."""


class _Column:
    """Occurrences of one kind of term, and for each text how many are its."""

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
    """Tell which values are another than the one before; the first is."""
    changed = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


def _clipped(values: NDArray[np.integer], most: int) -> NDArray[np.integer]:
    clipped: NDArray[np.integer] = np.minimum(values, most)
    return clipped
