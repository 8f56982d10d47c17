"""Writes the keyword index. Postings go to disk in runs and are merged by term at the end, so memory stays bounded.

What stays in memory is the vocabulary and, of each passage, its length and language. The same passages in the same
order make the same bytes.
"""

import shutil
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import terms
from indexer.analysis import Atom, find_atoms
from indexer.array_file import Arrays, create_arrays, spread
from indexer.lexical import FULL_WEIGHT, K1, KIND, PRIOR, VERSION, B

_RUN = 2**22
_MOST = 2**16 - 1
"""Occurrences, positions and languages take 16 bits; what lies beyond counts as the last."""
_Ints = NDArray[np.int64]


class LexicalWriter:
    """Collects passages in row order and writes the index over them."""

    def __init__(self, path: Path, *, run: int = _RUN, positions: bool = True) -> None:
        """Begin the index that will be at ``path``.

        Args:
            path: The file.
            run: About so many postings are in memory at most.
            positions: Keep where words stand; without, it cannot tell phrases.
        """
        self._path, self._run, self._positions = path, run, positions
        self._folder = path.with_name(f"{path.name}.runs")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._vocabulary, self._languages = _Vocabulary(), dict[str, int]()
        self._lengths, self._language_of = array("I"), array("H")
        self._postings = _Postings()
        self._saved = 0

    def add(self, texts: Iterable[str], languages: Iterable[str]) -> None:
        """Append passages and the language of each; what a word tells is reckoned among passages of one language."""
        for text, language in zip(texts, languages, strict=True):
            self.add_atoms(find_atoms(text), language)

    def add_atoms(self, atoms: Sequence[Atom], language: str) -> None:
        """Append one passage that is cut into atoms already."""
        number = min(self._languages.setdefault(language, len(self._languages)), _MOST)
        self._postings.add(len(self._lengths), number, atoms, self._vocabulary, self._positions)
        self._lengths.append(terms.length(atoms))
        self._language_of.append(number)
        if len(self._postings.keys) >= self._run:
            self._save()

    def close(self) -> None:
        """Merge the runs into the index.

        Raises:
            OSError: The disk did not take it.
        """
        self._save()
        runs = [_Run.load(self._folder / str(number)) for number in range(self._saved)]
        language_of = np.frombuffer(self._language_of, np.uint16)
        passages = np.bincount(language_of, minlength=len(self._languages))
        facts = {
            "terms": terms.VERSION,
            "passages": len(self._lengths),
            "languages": dict(zip(self._languages, passages.tolist(), strict=True)),
        }
        layout = _Layout.of(runs, np.frombuffer(self._vocabulary.hashes, np.uint64))
        arrays = layout.create(self._path, facts)
        _fill(arrays, runs, layout, _discounts(np.frombuffer(self._lengths, np.uint32), language_of))
        shutil.rmtree(self._folder)

    def _save(self) -> None:
        if len(self._postings.keys):
            self._postings.save(self._folder / str(self._saved))
            self._postings = _Postings()
            self._saved += 1


class _Vocabulary(dict[str, int]):
    """Terms numbered as they come, and their hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes = array("Q")

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        self.hashes.append(terms.hash_of(term))
        return number


class _Postings:
    """Postings as passages come: a key of term and language, row, occurrences and, but for parts, their positions."""

    def __init__(self) -> None:
        self.keys, self.rows, self.counts = array("Q"), array("I"), array("H")
        self.placed, self.positions = array("H"), array("H")

    def add(self, row: int, language: int, atoms: Sequence[Atom], vocabulary: _Vocabulary, placed: bool) -> None:
        places: dict[str, list[int]] = {}
        for term, position, _ in terms.occurrences(atoms):
            places.setdefault(term, []).append(min(position, _MOST))
        for term, positions in places.items():
            self._append(vocabulary[term] << 16 | language, row, len(positions))
            kept = positions[:_MOST] if placed else []
            self.placed.append(len(kept))
            self.positions.extend(kept)
        for term, count in terms.count_parts(atoms).items():
            self._append(vocabulary[term] << 16 | language, row, count)
            self.placed.append(0)

    def _append(self, key: int, row: int, count: int) -> None:
        self.keys.append(key)
        self.rows.append(row)
        self.counts.append(min(count, _MOST))

    def save(self, folder: Path) -> None:
        """Write them by key and, in each key, by row."""
        keys = np.frombuffer(self.keys, np.uint64).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        placed = np.frombuffer(self.placed, np.uint16).astype(np.int64)
        picked = spread((np.cumsum(placed) - placed)[order], placed[order])
        unique, begin, postings = np.unique(keys[order], return_index=True, return_counts=True)
        folder.mkdir()
        np.save(folder / "keys.npy", unique)
        np.save(folder / "postings.npy", postings)
        np.save(folder / "spots.npy", np.add.reduceat(placed[order], begin))
        np.save(folder / "rows.npy", np.frombuffer(self.rows, np.uint32)[order])
        np.save(folder / "counts.npy", np.frombuffer(self.counts, np.uint16)[order])
        np.save(folder / "placed.npy", placed[order].astype(np.uint16))
        np.save(folder / "positions.npy", np.frombuffer(self.positions, np.uint16)[picked])


@dataclass(frozen=True, slots=True)
class _Run:
    """Saved postings, memory-mapped: ``keys[i]`` has the next ``postings[i]`` of them and ``spots[i]`` positions."""

    keys: _Ints
    postings: _Ints
    spots: _Ints
    rows: NDArray[np.uint32]
    counts: NDArray[np.uint16]
    placed: NDArray[np.uint16]
    positions: NDArray[np.uint16]

    @classmethod
    def load(cls, folder: Path) -> "_Run":
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class _Layout:
    """The order on disk: keys by the hash of their term, then by language; those of parts come last."""

    order: _Ints
    """The keys, sorted by themselves, in the order on disk."""
    keys: _Ints
    """Sorted by themselves."""
    hashes: NDArray[np.uint64]
    """Of each key, in the order on disk."""
    postings: _Ints
    spots: _Ints
    """How many of each a key has, in the order on disk."""

    @classmethod
    def of(cls, runs: list[_Run], hashes: NDArray[np.uint64]) -> "_Layout":
        keys = np.unique(np.concatenate([np.empty(0, np.int64), *(run.keys for run in runs)]))
        postings, spots = np.zeros_like(keys), np.zeros_like(keys)
        for run in runs:
            places = np.searchsorted(keys, run.keys)
            postings[places] += run.postings
            spots[places] += run.spots
        of_key = hashes[keys >> 16]
        order = np.lexsort((keys & _MOST, of_key))
        return cls(order, keys, of_key[order], postings[order], spots[order])

    @property
    def words(self) -> int:
        """How many keys are of words or pairs, not of parts."""
        return int(np.count_nonzero(self.hashes < 2**63))

    def create(self, path: Path, facts: dict[str, Any]) -> Arrays:
        """Make the file, with everything in it that is known before the postings."""
        hashes, first = np.unique(self.hashes, return_index=True)
        postings = int(self.postings.sum())
        layout = {
            "hashes": ("<u8", hashes.size),
            "first_entry": ("<i8", hashes.size + 1),
            "languages": ("<u2", self.keys.size),
            "first_posting": ("<i8", self.keys.size + 1),
            "first_position": ("<i8", self.words + 1),
            "rows": ("<u4", postings),
            "weights": ("<u2", postings),
            "placed": ("<u2", int(self.postings[: self.words].sum())),
            "positions": ("<u2", int(self.spots.sum())),
        }
        arrays = create_arrays(path, KIND, VERSION, facts, layout)
        arrays["hashes"][:] = hashes
        arrays["first_entry"][:] = [*first, self.keys.size]
        arrays["languages"][:] = self.keys[self.order] & _MOST
        np.cumsum(self.postings, out=arrays["first_posting"][1:])
        np.cumsum(self.spots[: self.words], out=arrays["first_position"][1:])
        return arrays


def _discounts(lengths: NDArray[np.uint32], language_of: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Return the part of BM25 that tells how long each passage is beside an average one of its language."""
    passages = np.bincount(language_of)
    average = max(float(lengths.mean()), 1.0) if lengths.size else 1.0
    averages = (np.bincount(language_of, lengths) + PRIOR * average) / (passages + PRIOR)
    return K1 * (1 - B + B * lengths / averages[language_of])


def _fill(arrays: Arrays, runs: list[_Run], layout: _Layout, discounts: NDArray[np.float64]) -> None:
    """Copy postings run by run; those of a key go behind those that it has of earlier runs, so rows stay in order."""
    place = np.empty_like(layout.order)
    place[layout.order] = np.arange(place.size)
    next_posting, next_position = arrays["first_posting"].copy(), arrays["first_position"].copy()
    for run in runs:
        entries = place[np.searchsorted(layout.keys, run.keys)]
        target = spread(next_posting[entries], run.postings)
        arrays["rows"][target] = run.rows
        share = run.counts / (run.counts + discounts[run.rows])
        arrays["weights"][target] = np.rint(share * FULL_WEIGHT)
        next_posting[entries] += run.postings
        words = entries < layout.words
        of_word = np.repeat(words, run.postings)
        arrays["placed"][target[of_word]] = run.placed[of_word]
        arrays["positions"][spread(next_position[entries[words]], run.spots[words])] = run.positions
        next_position[entries[words]] += run.spots[words]
