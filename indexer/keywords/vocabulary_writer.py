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

from indexer.keywords import terms
from indexer.keywords.index import KeywordIndex
from indexer.keywords.vocabulary import KIND, VERSION, Vocabulary, frequencies_of, sketches_of
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
        """Add a word, another spelling or a pair of the keyword index, unless it is of a kind that is not listed.

        Whether it is listed depends on its letters alone. So it does not matter whether the passages hold a term as a
        word or only as a pair, which the keyword index does not tell apart when passages are carried over.
        """
        if term not in self._words and _reads_as_one(term):
            self._words.add(term)
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
            words = heapq.merge(*map(_lines, runs), self._carried(passages), key=_order)
            file.writelines(f"{word}\n" for word, _ in itertools.groupby(words))
        with _open(merged) as file:
            lengths = [(length, sum(1 for _ in words)) for length, words in itertools.groupby(_lines(file), len)]
        sizes = np.array(lengths, np.int64).reshape(-1, 2)
        count = int(sizes[:, 1].sum())
        arrays = self._create(merged.stat().st_size - count, sizes.shape[0], count, passages)
        arrays["lengths"][:] = sizes[:, 0]
        arrays["first_word"][1:] = np.cumsum(sizes[:, 1])
        with _open(merged) as file:
            _fill(arrays, _lines(file), passages)
        shutil.rmtree(self._folder)

    def _create(self, text: int, lengths: int, count: int, passages: KeywordIndex) -> Arrays:
        """Create the file for ``count`` words of so many different lengths, in ``text`` bytes of UTF-8."""
        facts = {
            "terms": terms.VERSION,
            "passages": passages.count,
            "keyword_terms": passages.arrays["hashes"].size,
        }
        layout = {
            "lengths": ("<u4", lengths),
            "first_word": ("<i8", lengths + 1),
            "sketches": ("<u8", count),
            "frequencies": ("<u4", count),
            "first_byte": ("<u4" if text < 2**32 else "<u8", count + 1),
            "text": ("<u1", text),
        }
        return create_arrays(self._path, KIND, VERSION, facts, layout)

    def _save(self) -> None:
        if self._words:
            with (self._folder / str(self._saved)).open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{word}\n" for word in sorted(self._words, key=_order))
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
        encoded = [each.encode() for each in block]
        text, after = b"".join(encoded), word + len(block)
        arrays["sketches"][word:after] = sketches_of(block)
        arrays["frequencies"][word:after] = frequencies_of(block, passages)
        arrays["first_byte"][word + 1 : after + 1] = byte + np.cumsum([len(each) for each in encoded])
        arrays["text"][byte : byte + len(text)] = np.frombuffer(text, np.uint8)
        word, byte = after, byte + len(text)


def _blocks(words: Iterable[str]) -> Iterator[list[str]]:
    """Yield words of the same length together, but not too many at a time. The words are in their order."""
    for length, alike in itertools.groupby(words, len):
        while block := list(itertools.islice(alike, max(_BLOCK // length, 1))):
            yield block


def _order(word: str) -> tuple[int, str]:
    return len(word), word


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8", newline="\n")


def _lines(file: TextIO) -> Iterator[str]:
    return (line[:-1] for line in file)


def _reads_as_one(term: str) -> bool:
    """Tell whether a term, read as a text, is one word or one number, folded."""
    if term.isascii() and term.islower() and term.isalpha():
        return True
    atoms = find_atoms(term)
    return len(atoms) == 1 and atoms[0].kind in {"word", "number"} and atoms[0].text == term
