"""The terms of passages and queries: words, pairs of joined atoms, and parts of words.

- A word is a word, a number or an ideograph. F-35 gives the words f and 35.
  A word may have another spelling, which is one more word at its position: see ``indexer.text.spellings``.
- A pair is two atoms that are joined. It represents f35, c++, at&t and e-mail as one word. In scripts written without
  spaces it is a character bigram.
- A run is what may be a name in a script that is written without spaces: see ``indexer.keywords.name_runs``. It makes
  the name a word of the vocabulary; a search looks for its pairs.
- A part stands in for the stem of a word; the script alone decides how it is made. In most scripts it is the first four
  letters of the word. Arabic and Hebrew write articles and prepositions in front of the stem, so there the parts are
  all runs of four characters, where a mark at each end of the word counts as a character. Hangul and Ethiopic write
  syllables; there they are all runs of two such characters.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.name_runs import UNSPACED, is_run
from indexer.text.atoms import Atom

VERSION = 3
"""Increase this whenever the terms of a text change, so that older indexes are rejected."""
IDEOGRAPH = 0.5
"""Weight of a single ideograph in a query; words and pairs have weight 1."""
_PREFIX = 4
"""Letters of a part in most scripts."""
_RUNS = {"ARABIC": (4, 0.6), "HEBREW": (4, 0.6), "HANGUL": (2, 0.6), "ETHIOPIC": (2, 0.6)}
"""By script: characters of a part, and its weight in a query."""
_EDGE = "_"
"""Marks the beginning and the end of a word."""
_PART = "~"
RUN = "="
"""Prefixes of every part and of every run; no atom contains these characters."""


class Occurrence(NamedTuple):
    """An occurrence of a word or pair."""

    term: str
    position: int
    """Index of its first atom."""
    weight: float
    """Its weight in a query."""


def occurrences(atoms: Sequence[Atom]) -> Iterator[Occurrence]:
    """Yield the words and pairs of a text, given as atoms, in order of occurrence."""
    before = None
    for position, atom in enumerate(atoms):
        if is_word(atom):
            yield Occurrence(atom.text, position, IDEOGRAPH if atom.kind == "ideograph" else 1.0)
        if before and atom.joint is not None and make_pair(before, atom):
            yield Occurrence(f"{before.text}{atom.joint}{atom.text}", position - 1, 1.0)
        before = atom


def steps(sequence: Sequence[Atom]) -> list[tuple[str, int]]:
    """Return the terms of a word or phrase that must all occur, and their distances in atoms from its beginning.

    Pairs are included only for characters and signs, because these are not terms by themselves.
    """
    needed = {i for i, atom in enumerate(sequence) if atom.kind in {"character", "sign"}}
    return [
        (found.term, found.position)
        for found in occurrences(sequence)
        if found.term == sequence[found.position].text or needed & {found.position, found.position + 1}
    ]


def parts(atom: Atom) -> tuple[list[str], float]:
    """Return the parts of a word, repeated ones included, and the weight of each in a query."""
    word = atom.text
    if atom.kind != "word":
        return [], 0.0
    size, weight = _RUNS.get(unicodedata.name(word[0], "").split(" ", 1)[0], (0, 1.0))
    if not size:
        return ([_PART + word[:_PREFIX]] if len(word) >= _PREFIX else []), weight
    padded = f"{_EDGE}{word}{_EDGE}"
    return [_PART + padded[i : i + size] for i in range(len(padded) - size + 1)], weight


def hash_of(term: str) -> int:
    """Return the 64-bit hash that represents a term on disk.

    The highest bit is set for parts, which have no positions. In an index of ten million terms, a query term collides
    with another term with a probability of about one in a million million.
    """
    number = int.from_bytes(_digest(term))
    return number >> 1 | is_part(term) << 63


def hashes_of(words: Iterable[str]) -> NDArray[np.uint64]:
    """Return the hash of each word, pair or run, shape (terms,)."""
    hashes: NDArray[np.uint64] = np.frombuffer(b"".join(map(_digest, words)), ">u8").astype(np.uint64) >> np.uint64(1)
    return hashes


def _digest(term: str) -> bytes:
    return hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def term_of(word: str) -> str:
    """Return the term of a word of the vocabulary, which holds runs without their prefix."""
    return RUN + word if is_run(word) else word


def is_part(term: str) -> bool:
    """Tell whether a term is a part of a word, and not a word or pair."""
    return term.startswith(_PART)


def is_word(atom: Atom) -> bool:
    """Tell whether an atom is a term by itself. Signs and characters of scripts without spaces occur only in pairs."""
    return atom.kind in {"word", "number", "ideograph"}


def make_pair(first: Atom, second: Atom) -> bool:
    """Tell whether two joined atoms form a pair."""
    return kinds_make_pair(first.kind, second.kind)


def kinds_make_pair(first: str, second: str) -> bool:
    """Tell whether two joined atoms of these kinds form a pair."""
    return (first in UNSPACED) == (second in UNSPACED)
