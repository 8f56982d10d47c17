"""Measure how fast and how completely misspelt words are found in a vocabulary of a million words.

    python benchmarks/vocabulary.py [--json] [--quick]

The words are those of ../shared/data (or of seeds/ if it is missing), and of noise as archives hold it: pages read by
a machine that mistakes letters, base64, and lines of logs.
"""

import argparse
import base64
import random
import string
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from figures import Figures, figure, print_figures
from news import DATA, multilingual_passages, read_records
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from indexer.keywords.pair import KeywordPaths, KeywordWriter
from indexer.keywords.vocabulary import Vocabulary, typos_allowed
from indexer.text.atoms import find_atoms, split_atoms

_WORDS = 1_000_000
_SETS = ("ntrex_headline30/corpus", "reuters21578_en/articles", "masakhane_news/articles")
_ASKED = 4000
"""Misspelt words that are looked up for each number of typos."""
_MISTAKES = 0.03
"""Share of letters that are mistaken in a page read by a machine."""


def real_texts(quick: bool) -> Iterator[str]:
    """Yield the texts of all sets; with ``quick``, of every 20th article of the first."""
    paths = [DATA / f"{name}.jsonl.gz" for name in _SETS]
    if not all(path.exists() for path in paths):
        yield from multilingual_passages(frozenset())
        return
    for path in paths[:1] if quick else paths:
        for number, record in enumerate(read_records(path)):
            if number % (20 if quick else 1) == 0:
                yield str(record["text"])


def noise_texts(texts: Sequence[str], chance: random.Random) -> Iterator[str]:
    """Yield passages of noise without end."""
    while True:
        letters = list(chance.choice(texts))
        for place in range(len(letters)):
            if letters[place].isalpha() and chance.random() < _MISTAKES:
                letters[place] = chance.choice(letters)
        yield "".join(letters)
        yield f"data:image/png;base64,{base64.b64encode(chance.randbytes(600)).decode()}"
        yield "\n".join(_line_of_log(chance) for _ in range(12))


def _line_of_log(chance: random.Random) -> str:
    name = "".join(chance.choices(string.ascii_lowercase, k=chance.randint(4, 12)))
    host, process = f"host-{chance.randrange(2**32):x}", chance.randrange(2**16)
    return f"2025-05-16T12:{chance.randrange(60)}Z {host} {name}[{process}]: /var/{name}"


def write_vocabulary(folder: Path, *, quick: bool) -> list[str]:
    """Write the keyword indexes and the vocabulary of the texts and the noise; return the words of the texts alone.

    There is a quarter as much noise as there are words in all, or more if the texts have too few words.
    """
    words: set[str] = set()
    texts: list[str] = []
    writer = KeywordWriter(_paths(folder), 2**22)

    def add(text: str) -> None:
        atoms = find_atoms(text)
        words.update(atom.text for atom in atoms if atom.kind in {"word", "number"})
        writer.add("", [split_atoms(text)], "und", ["und"])

    for text in real_texts(quick):
        add(text)
        texts.append(text)
    real, noise = sorted(words), noise_texts(texts[::50], random.Random(0))
    while len(words) < (2 * len(real) if quick else _WORDS):
        add(next(noise))
    writer.close()
    return real


def misspelt(word: str, typos: int, chance: random.Random) -> str:
    """Return a word with letters dropped, added, exchanged and swapped, at any place, so far away from the word."""
    letters = sorted(set(word))
    while True:
        wrong = word
        for _ in range(typos):
            place, letter = chance.randrange(len(wrong)), chance.choice(letters)
            head, here, tail = wrong[:place], wrong[place], wrong[place + 1 :]
            tails = [tail, letter + here + tail, letter + tail, tail[:1] + here + tail[1:]]
            wrong = head + chance.choice(tails)
        if OSA.distance(wrong, word) == typos <= typos_allowed(wrong):
            return wrong


def look_up(vocabulary: Vocabulary, pairs: Sequence[tuple[str, str]]) -> tuple[NDArray[np.float64], list[int]]:
    """Look up misspelt words, each given with the right one.

    Returns:
        The milliseconds of processor time of each look-up, and the rank of each right word, -1 where it was not found.
    """
    took, ranks = [], []
    for wrong, right in pairs:
        began = time.thread_time()
        found = [word for word, _ in vocabulary.near(wrong, limit=1000)]
        took.append(1000 * (time.thread_time() - began))
        ranks.append(found.index(right) if right in found else -1)
    return np.array(took), ranks


def measure(folder: Path, *, quick: bool) -> Figures:
    """Write a vocabulary, and look misspelt words up in it."""
    real, chance = write_vocabulary(folder, quick=quick), random.Random(1)
    paths = _paths(folder)
    vocabulary, size = Vocabulary(paths.vocabulary), paths.vocabulary.stat().st_size
    heard, indexed = paths.sounds.stat().st_size, paths.passages.stat().st_size
    how = f"{len(real):,} of news, the others of noise"
    figures = {
        "words": figure(len(vocabulary), None, "higher", how),
        "size / keyword index of passages": figure(size / indexed, None, "lower", f"{size / 1e6:.1f} MB"),
        "the same with sounds": figure((size + heard) / indexed, 0.2, "lower", f"{(size + heard) / 1e6:.1f} MB"),
    }
    times = []
    for typos, name, shortest in ((1, "one typo", 5), (2, "two typos", 10)):
        words = [word for word in real if len(word) >= shortest and typos_allowed(word)]
        asked = [(misspelt(word, typos, chance), word) for word in chance.choices(words, k=_ASKED)]
        took, ranks = look_up(vocabulary, asked)
        times.append(took)
        found, first = (float(np.mean([0 <= rank < most for rank in ranks])) for most in (1000, 10))
        how = f"{_ASKED:,} words of {shortest} letters or more"
        figures[f"{name}: right word found"] = figure(found, 1, "higher", how)
        figures[f"{name}: among the first ten"] = figure(first, None, "higher", how)
    for percentile in (50, 95, 99, 100):
        value, target = float(np.percentile(np.concatenate(times), percentile)), 5.0 if percentile == 99 else None
        figures[f"look-up, p{percentile}, ms"] = figure(value, target, "lower", "processor time of one thread")
    return figures


def _paths(folder: Path) -> KeywordPaths:
    return KeywordPaths(folder / "passages", folder / "articles", folder / "vocabulary", folder / "sounds")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="fewer texts: within a minute")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print_figures(measure(Path(name), quick=arguments.quick), "vocabulary", arguments.json)
