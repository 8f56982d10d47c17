"""Write the vocabulary of a generation. Words go to disk in sorted runs, which are merged at the end.

The words of an earlier vocabulary that the passages still hold are one more run. The same passages give the same bytes,
whether they were cut or carried over.
"""

import heapq
import itertools
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from indexer.keywords import terms
from indexer.keywords.index import KeywordIndex
from indexer.keywords.vocabulary import (
    KIND,
    MOST_COUNTED,
    VERSION,
    Vocabulary,
    frequencies_of,
    order_of_words,
    sketches_of,
)
from indexer.storage.arrays import Arrays, create_arrays
from indexer.text.atoms import find_atoms

_RUN = 2**17
"""Words in a run."""
_BLOCK = 2**18
"""Letters whose words are converted at a time."""


class VocabularyWriter:
    """Collects the words of passages, in any order, and writes the vocabulary."""

    def __init__(self, path: Path, *, run: int = _RUN, before: Vocabulary | None = None) -> None:
        """Start a vocabulary.

        Args:
            path: The file, written by ``close``.
            run: How many words are in memory at most.
            before: The vocabulary of passages of which some may be carried over.
        """
        self._path, self._run, self._before = path, run, before
        self._folder = path.with_name(f"{path.name}.runs")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._words: set[str] = set()
        self._saved = 0

    def add(self, term: str) -> None:
        """Add a word, another spelling, a pair or a run of the keyword index, unless its kind is not listed.

        Whether it is listed depends on its letters alone. So it does not matter whether the passages hold a term as a
        word or only as a pair, which the keyword index does not tell apart when passages are carried over.
        """
        word = term.removeprefix(terms.RUN)
        if word not in self._words and (word != term or _reads_as_one(word)):
            self._words.add(word)
            if len(self._words) >= self._run:
                self._save()

    def close(self, passages: KeywordIndex) -> None:
        """Merge the runs and write the vocabulary.

        Args:
            passages: The keyword index of the passages; it knows in how many of them a word occurs.

        Raises:
            OSError: The vocabulary could not be written.
        """
        self._save()
        merged = self._folder / "merged"
        with ExitStack() as files, merged.open("w", encoding="utf-8", newline="\n") as file:
            runs = [files.enter_context(_open(self._folder / str(number))) for number in range(self._saved)]
            words = heapq.merge(*map(_lines, runs), self._carried(passages), key=order_of_words)
            file.writelines(f"{word}\n" for word, _ in itertools.groupby(words))
        with _open(merged) as file:
            counted = [(*size, sum(1 for _ in words)) for size, words in itertools.groupby(_lines(file), _size)]
        sizes = np.array(counted, np.int64).reshape(-1, 3)
        arrays = self._create(sizes, passages)
        arrays["letters"][:], arrays["bytes"][:] = sizes[:, 0], sizes[:, 1]
        arrays["first_word"][1:] = np.cumsum(sizes[:, 2])
        arrays["first_byte"][1:] = np.cumsum(sizes[:, 1] * sizes[:, 2])
        with _open(merged) as file:
            _fill(arrays, _lines(file), passages)
        shutil.rmtree(self._folder)

    def _create(self, sizes: NDArray[np.int64], passages: KeywordIndex) -> Arrays:
        """Create the file. A row of ``sizes`` has letters and bytes of words, and how many words have so many."""
        count = int(sizes[:, 2].sum())
        facts = {
            "terms": terms.VERSION,
            "passages": passages.count,
            "keyword_terms": passages.arrays["hashes"].size,
        }
        layout = {
            "letters": ("<u4", sizes.shape[0]),
            "bytes": ("<u4", sizes.shape[0]),
            "first_word": ("<i8", sizes.shape[0] + 1),
            "first_byte": ("<i8", sizes.shape[0] + 1),
            "sketches": ("<u8", count),
            "frequencies": ("<u2", count),
            "text": ("<u1", int((sizes[:, 1] * sizes[:, 2]).sum())),
        }
        return create_arrays(self._path, KIND, VERSION, facts, layout)

    def _save(self) -> None:
        if self._words:
            with (self._folder / str(self._saved)).open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{word}\n" for word in sorted(self._words, key=order_of_words))
            self._words = set()
            self._saved += 1

    def _carried(self, passages: KeywordIndex) -> Iterator[str]:
        """Yield the words of the earlier vocabulary that the passages hold, in their order."""
        for words in _blocks(self._before or ()):
            yield from itertools.compress(words, frequencies_of(words, passages).tolist())


def _fill(arrays: Arrays, words: Iterable[str], passages: KeywordIndex) -> None:
    """Write the words, which are in their order, into the arrays."""
    word = byte = 0
    for block in _blocks(words):
        text, after = "".join(block).encode(), word + len(block)
        arrays["sketches"][word:after] = sketches_of(block)
        arrays["frequencies"][word:after] = np.minimum(frequencies_of(block, passages), MOST_COUNTED)
        arrays["text"][byte : byte + len(text)] = np.frombuffer(text, np.uint8)
        word, byte = after, byte + len(text)


def _blocks(words: Iterable[str]) -> Iterator[list[str]]:
    """Yield words of the same length together, but not too many at a time. The words are in their order."""
    for length, alike in itertools.groupby(words, len):
        while block := list(itertools.islice(alike, max(_BLOCK // length, 1))):
            yield block


def _size(word: str) -> tuple[int, int]:
    """Return the number of letters and of bytes of a word."""
    return order_of_words(word)[:2]


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8", newline="\n")


def _lines(file: TextIO) -> Iterator[str]:
    return (line[:-1] for line in file)


def _reads_as_one(term: str) -> bool:
    """Tell whether a term, read as a text, is one word or one number, folded."""
    if term.isascii() and (term.isdigit() or (term.islower() and term.isalpha())):
        return True
    atoms = find_atoms(term)
    return len(atoms) == 1 and atoms[0].kind in {"word", "number"} and atoms[0].text == term
