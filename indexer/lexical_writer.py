"""Writes the keyword index. Postings go to disk in runs and are merged by term at the end, so memory stays bounded.

Rows of an index that was written before can be carried over: it is one more run. The same rows in the same order make
the same bytes, whichever way they came.
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
from indexer.array_file import Arrays, create_arrays, spread
from indexer.lexical import FULL_WEIGHT, K1, KIND, PRIOR, VERSION, B, LexicalIndex
from indexer.postings import Ints, Postings, Run
from indexer.term_cutter import CutText, TermCutter, language_number, language_tag

_RUN = 2**22
_PARTS_FROM = 2**63
"""Hashes of parts of words begin here, see ``terms.hash_of``."""


class LexicalWriter:
    """Collects passages in row order and writes the index over them."""

    def __init__(
        self, path: Path, *, run: int = _RUN, positions: bool = True, before: LexicalIndex | None = None
    ) -> None:
        """Begin the index that will be at ``path``.

        Args:
            path: The file.
            run: About so many occurrences are in memory at most.
            positions: Keep where words stand; without, it cannot tell phrases.
            before: An index of the same kind, of which rows can be carried over.
        """
        self._path, self._run, self._positions, self._before = path, run, positions, before
        self._folder = path.with_name(f"{path.name}.runs")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._lengths, self._language_of = array("I"), array("H")
        self._row_of = np.full(before.count if before else 0, -1, np.int64)
        self._postings = Postings()
        self._saved = 0

    def add(self, texts: Iterable[str], languages: Iterable[str]) -> None:
        """Append passages and the language of each; what a word tells is reckoned among passages of one language."""
        cutter = TermCutter()
        for text, language in zip(texts, languages, strict=True):
            self.add_row([cutter.cut_text(text)], language)

    def add_row(self, texts: Sequence[CutText], language: str) -> None:
        """Append one row, of texts one after the other."""
        number, offset = language_number(language), 0
        for text in texts:
            self._postings.add(len(self._lengths), number, text, offset)
            offset += text.atoms
        self._lengths.append(sum(text.length for text in texts))
        self._language_of.append(number)
        if len(self._postings) >= self._run:
            self._save()

    def carry(self, row: int, language: str) -> None:
        """Append a row of the index before as it was."""
        if self._before is None:
            raise ValueError("there is no index to carry a row over from")
        self._row_of[row] = len(self._lengths)
        self._lengths.append(int(self._before.arrays["lengths"][row]))
        self._language_of.append(language_number(language))

    def close(self) -> None:
        """Merge the runs into the index.

        Raises:
            OSError: The disk did not take it.
        """
        self._save()
        runs = [Run.load(self._folder / str(number)) for number in range(self._saved)]
        if self._before is not None and (self._row_of >= 0).any():
            numbers = np.array([language_number(tag) for tag in self._before.languages], np.int64)
            runs.insert(0, Run.of_index(self._before.arrays, numbers, self._row_of))
        codes, language_of = np.unique(np.frombuffer(self._language_of, np.uint16), return_inverse=True)
        lengths = np.frombuffer(self._lengths, np.uint32)
        tags = [language_tag(code) for code in codes.tolist()]
        facts = {
            "terms": terms.VERSION,
            "passages": lengths.size,
            "languages": dict(zip(tags, np.bincount(language_of, minlength=len(tags)).tolist(), strict=True)),
        }
        layout = _Layout.of(runs)
        arrays = layout.create(self._path, facts, codes, lengths)
        _fill(arrays, runs, layout, _discounts(lengths, language_of), self._run)
        shutil.rmtree(self._folder)

    def _save(self) -> None:
        if len(self._postings):
            self._postings.sorted(positions=self._positions).save(self._folder / str(self._saved))
            self._postings = Postings()
            self._saved += 1


@dataclass(frozen=True, slots=True)
class _Layout:
    """The keys of all runs in the order on disk: by hash, then by language."""

    hashes: NDArray[np.uint64]
    languages: NDArray[np.uint16]
    postings: Ints
    spots: Ints
    """How many postings and positions each key has."""
    places: list[Ints]
    """For each run, where its keys are among all."""

    @classmethod
    def of(cls, runs: Sequence[Run]) -> "_Layout":
        hashes = np.concatenate([np.empty(0, np.uint64), *(run.hashes for run in runs)])
        languages = np.concatenate([np.empty(0, np.uint16), *(run.languages for run in runs)])
        order = np.lexsort((languages, hashes))
        new = np.ones(order.size, np.bool_)
        new[1:] = (np.diff(hashes[order]) != 0) | (np.diff(languages[order].astype(np.int64)) != 0)
        place = np.empty_like(order)
        place[order] = np.cumsum(new) - 1
        places = np.split(place, np.cumsum([run.hashes.size for run in runs])[:-1]) if runs else []
        first = order[new]
        postings, spots = np.zeros(first.size, np.int64), np.zeros(first.size, np.int64)
        for run, of_run in zip(runs, places, strict=True):
            postings[of_run] += run.postings
            spots[of_run] += _sums(run.placed, run.postings)
        return cls(hashes[first], languages[first], postings, spots, places)

    @property
    def words(self) -> int:
        """How many keys are of words or pairs, not of parts; those of parts come last."""
        return int(np.searchsorted(self.hashes, np.uint64(_PARTS_FROM)))

    def create(
        self, path: Path, facts: dict[str, Any], codes: NDArray[np.uint16], lengths: NDArray[np.uint32]
    ) -> Arrays:
        """Make the file, with everything in it that is known before the postings."""
        hashes, first = np.unique(self.hashes, return_index=True)
        postings = int(self.postings.sum())
        layout = {
            "hashes": ("<u8", hashes.size),
            "first_entry": ("<i8", hashes.size + 1),
            "languages": ("<u2", self.hashes.size),
            "first_posting": ("<i8", self.hashes.size + 1),
            "first_position": ("<i8", self.words + 1),
            "rows": ("<u4", postings),
            "weights": ("<u2", postings),
            "counts": ("<u1", postings),
            "placed": ("<u2", int(self.postings[: self.words].sum())),
            "positions": ("<u2", int(self.spots.sum())),
            "lengths": ("<u4", lengths.size),
        }
        arrays = create_arrays(path, KIND, VERSION, facts, layout)
        arrays["hashes"][:] = hashes
        arrays["first_entry"][:] = [*first, self.hashes.size]
        arrays["languages"][:] = np.searchsorted(codes, self.languages)
        arrays["lengths"][:] = lengths
        np.cumsum(self.postings, out=arrays["first_posting"][1:])
        np.cumsum(self.spots[: self.words], out=arrays["first_position"][1:])
        return arrays


def _discounts(lengths: NDArray[np.uint32], language_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the part of BM25 that tells how long each passage is beside an average one of its language."""
    passages = np.bincount(language_of)
    average = max(float(lengths.mean()), 1.0) if lengths.size else 1.0
    averages = (np.bincount(language_of, lengths) + PRIOR * average) / (passages + PRIOR)
    return K1 * (1 - B + B * lengths / averages[language_of])


def _fill(arrays: Arrays, runs: Sequence[Run], layout: _Layout, discounts: NDArray[np.float64], at_once: int) -> None:
    """Copy the postings of all runs, about so many at once, those of each key in the order of their rows."""
    first = arrays["first_posting"]
    runs_first = [np.concatenate([[0], np.cumsum(run.postings)]) for run in runs]
    spot_of = [np.concatenate([[0], np.cumsum(run.placed, dtype=np.int64)]) for run in runs]
    written, spots, begin = 0, 0, 0
    while begin < layout.postings.size:
        end = max(begin + 1, int(np.searchsorted(first, first[begin] + at_once, "right")) - 1)
        slices = []
        for run, places, run_first, spot in zip(runs, layout.places, runs_first, spot_of, strict=True):
            low, high = np.searchsorted(places, (begin, end))
            postings = slice(run_first[low], run_first[high])
            positions = slice(spot[postings.start], spot[postings.stop])
            keys = np.repeat(places[low:high] - begin, run.postings[low:high])
            slices.append(
                (keys, run.rows[postings], run.counts[postings], run.placed[postings], run.positions[positions])
            )
        keys, rows, counts, placed, found = (np.concatenate(each) for each in zip(*slices, strict=True))
        order = np.argsort(keys << 32 | rows, kind="stable")
        after = written + order.size
        arrays["rows"][written:after] = rows = rows[order]
        arrays["counts"][written:after] = counts = counts[order]
        arrays["weights"][written:after] = np.rint(counts / (counts + discounts[rows]) * FULL_WEIGHT)
        of_words = slice(*np.minimum((written, after), arrays["placed"].size))
        arrays["placed"][of_words] = placed[order][: of_words.stop - of_words.start]
        placed = placed.astype(np.int64)
        picked = spread((np.cumsum(placed) - placed)[order], placed[order])
        arrays["positions"][spots : spots + picked.size] = found[picked]
        written, spots, begin = after, spots + picked.size, end


def _sums(values: NDArray[np.integer], counts: Ints) -> Ints:
    """Return the sums of the first ``counts[0]`` values, of the next ``counts[1]``, and so on."""
    ends = np.cumsum(counts)
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[ends] - total[ends - counts], np.int64)
