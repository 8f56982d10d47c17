"""What is indexed of a passage and looked up for a query: words, pairs that stood together, and parts of words.

- word: a word, a number, an ideograph. F-35 is f and 35.
- pair: two atoms that stood together. It makes one word of f35, c++, at&t and e-mail, and in scripts written without
  spaces it is the character bigram.
- part: what stands for the stem of a word, told by its script alone. In most, a word's first four letters. Arabic and
  Hebrew write articles and prepositions before it: all runs of three letters. Hangul and Ethiopic write syllables: all
  runs of two.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.text.atoms import Atom

VERSION = 1
"""Raised whenever a text would be cut into other terms than before."""
IDEOGRAPH = 0.5
"""What an ideograph of a query counts; words and pairs count 1."""
_PREFIX = 4
_RUNS = {"ARABIC": (4, 0.6), "HEBREW": (4, 0.6), "HANGUL": (2, 0.6), "ETHIOPIC": (2, 0.6)}
"""By script: letters in a run, and what one of a query counts."""
_EDGE = "_"
_PART = "~"
"""Before the text of every part: no atom holds it."""


class Occurrence(NamedTuple):
    """A word or pair, and the position of its first atom."""

    term: str
    position: int
    weight: float
    """What it counts in a query."""


def occurrences(atoms: Sequence[Atom]) -> Iterator[Occurrence]:
    """Yield the words and pairs of a text, in order."""
    before = None
    for position, atom in enumerate(atoms):
        if is_word(atom):
            yield Occurrence(atom.text, position, IDEOGRAPH if atom.kind == "ideograph" else 1.0)
        if before and atom.joint is not None and make_pair(before, atom):
            yield Occurrence(f"{before.text}{atom.joint}{atom.text}", position - 1, 1.0)
        before = atom


def steps(sequence: Sequence[Atom]) -> list[tuple[str, int]]:
    """Return the words and pairs that make up a word or phrase, and how far from its beginning each stands.

    Pairs are needed only for characters and signs, which are no terms by themselves.
    """
    needed = {i for i, atom in enumerate(sequence) if atom.kind in {"character", "sign"}}
    return [
        (found.term, found.position)
        for found in occurrences(sequence)
        if found.term == sequence[found.position].text or needed & {found.position, found.position + 1}
    ]


def parts(atom: Atom) -> tuple[list[str], float]:
    """Return the parts of a word, one that it holds twice twice, and what each counts in a query."""
    word = atom.text
    if atom.kind != "word":
        return [], 0.0
    size, weight = _RUNS.get(unicodedata.name(word[0], "").split(" ", 1)[0], (0, 1.0))
    if not size:
        return ([_PART + word[:_PREFIX]] if len(word) >= _PREFIX else []), weight
    padded = f"{_EDGE}{word}{_EDGE}"
    return [_PART + padded[i : i + size] for i in range(len(padded) - size + 1)], weight


def hash_of(term: str) -> int:
    """Return the 64 bits that stand for a term on disk; the highest tells parts, which have no positions, from others.

    In an index of ten million terms, one query term in a million million meets the number of another.
    """
    number = int.from_bytes(hashlib.blake2b(term.encode(errors="surrogatepass"), digest_size=8).digest())
    return number >> 1 | is_part(term) << 63


def is_part(term: str) -> bool:
    """Tell a part of a word from a word or pair."""
    return term.startswith(_PART)


def is_word(atom: Atom) -> bool:
    """Tell whether an atom is a term by itself: letters of scripts without spaces and signs are only in pairs."""
    return atom.kind in {"word", "number", "ideograph"}


def make_pair(first: Atom, second: Atom) -> bool:
    """Tell whether two atoms that stand together make one word."""
    return _unspaced(first) == _unspaced(second)


def _unspaced(atom: Atom) -> bool:
    return atom.kind in {"character", "ideograph"}
