"""Write a keyword index. Postings go to disk in sorted runs, which are merged at the end, so memory is bounded.

Rows can be carried over from an earlier index, whose postings become one more run. The same rows in the same order
give the same bytes, whether they were added or carried over.
"""

import shutil
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.keywords import terms
from indexer.keywords.cutter import CutText, TermCutter, language_number, language_tag
from indexer.keywords.index import KIND, PRIOR, VERSION, KeywordIndex
from indexer.keywords.merging import plan_merge
from indexer.keywords.occurrences import discounts
from indexer.keywords.postings import Postings, Run, runs_of_index
from indexer.storage.arrays import create_arrays

_RUN = 2**22
"""Occurrences of terms in a run."""


class KeywordIndexWriter:
    """Collects rows (passages or articles) in order and writes the index over them."""

    def __init__(
        self, path: Path, *, run: int = _RUN, positions: bool = True, before: KeywordIndex | None = None
    ) -> None:
        """Start an index.

        Args:
            path: The file, written by ``close``.
            run: About how many occurrences of terms are in memory at most.
            positions: Whether to store positions, without which phrases cannot be searched.
            before: An index of the same kind from which rows can be carried over.
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
        """Append one row for each text, with its language."""
        cutter = TermCutter()
        for text, language in zip(texts, languages, strict=True):
            self.add_row([cutter.cut_text(text)], language)

    def add_row(self, texts: Sequence[CutText], language: str) -> None:
        """Append one row that consists of several texts in this order."""
        number, offset = language_number(language), 0
        for text in texts:
            self._postings.add(len(self._lengths), number, text, offset)
            offset += text.atoms
        self._lengths.append(sum(text.length for text in texts))
        self._language_of.append(number)
        if len(self._postings) >= self._run:
            self._save()

    def carry(self, row: int, language: str) -> None:
        """Append a row of the earlier index unchanged."""
        if self._before is None:
            raise ValueError("there is no index to carry a row over from")
        self._row_of[row] = len(self._lengths)
        self._lengths.append(int(self._before.arrays["lengths"][row]))
        self._language_of.append(language_number(language))

    def close(self) -> None:
        """Merge the runs and write the index.

        Raises:
            OSError: The index could not be written.
        """
        self._save()
        if self._before is not None and (self._row_of >= 0).any():
            numbers = np.array([language_number(tag) for tag in self._before.languages], np.int64)
            folder = self._folder / str(self._saved)
            for run in runs_of_index(self._before.arrays, numbers, self._row_of, self._run):
                run.save(folder)
            if folder.exists():  # an earlier index without any term has no runs
                self._saved += 1
        codes, language_of = np.unique(np.frombuffer(self._language_of, np.uint16), return_inverse=True)
        lengths = np.frombuffer(self._lengths, np.uint32)
        tags = [language_tag(code) for code in codes.tolist()]
        facts = {
            "terms": terms.VERSION,
            "passages": lengths.size,
            "languages": dict(zip(tags, np.bincount(language_of, minlength=len(tags)).tolist(), strict=True)),
        }
        averages = _averages(lengths, language_of)
        runs = [Run.load(self._folder / str(number)) for number in range(self._saved)]
        merge = plan_merge(runs, discounts(lengths, averages[language_of]), self._run)
        layout = merge.layout() | {"lengths": ("<u4", lengths.size), "averages": ("<f8", averages.size)}
        arrays = create_arrays(self._path, KIND, VERSION, facts, layout)
        arrays["lengths"][:], arrays["averages"][:] = lengths, averages
        merge.write(arrays, codes)
        shutil.rmtree(self._folder)

    def _save(self) -> None:
        if len(self._postings):
            self._postings.sorted(positions=self._positions).save(self._folder / str(self._saved))
            self._postings = Postings()
            self._saved += 1


def _averages(lengths: NDArray[np.uint32], language_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the average length of the rows of each language, shrunk towards the corpus's; see ``PRIOR``."""
    rows = np.bincount(language_of)
    average = max(float(lengths.mean()), 1.0) if lengths.size else 1.0
    averages: NDArray[np.float64] = (np.bincount(language_of, lengths) + PRIOR * average) / (rows + PRIOR)
    return averages
