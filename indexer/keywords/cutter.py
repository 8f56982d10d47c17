"""Convert texts to the hashed terms of the keyword index. The terms of each distinct atom are computed only once."""

import re
from collections.abc import Callable
from typing import NamedTuple

from indexer.keywords import terms
from indexer.keywords.name_runs import UNSPACED, find_runs
from indexer.text.atoms import Atom, AtomColumns, split_atoms

_CACHE_SIZE = 2**18
"""Entries of each cache; a full cache is emptied."""
_TAG = re.compile("[a-z]{1,3}")


class CutText(NamedTuple):
    """The terms of a text, as the keyword index stores them."""

    words: list[int]
    """Hashes of its words and pairs, in order of occurrence, and then of its runs."""
    places: list[int]
    """The position, in atoms, at which each of them begins."""
    parts: list[int]
    """Hashes of the parts of its words."""
    atoms: int
    """Number of its atoms."""
    length: int
    """Its length for BM25: the number of its atoms except signs."""


class TermCutter:
    """Computes the terms that ``terms`` and ``name_runs`` define, with a cache for frequent atoms."""

    def __init__(self, seen: Callable[[str], None] | None = None) -> None:
        """Start with empty caches.

        Args:
            seen: Called with each word, each of its other spellings, each pair and each run, at least once.
        """
        self._seen = seen
        self._terms_of_atom: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
        self._hash_of_pieces: dict[tuple[str, ...], int] = {}

    def cut_text(self, text: str) -> CutText:
        """Return the terms of a text."""
        return self.cut(split_atoms(text))

    def cut(self, atoms: AtomColumns) -> CutText:
        """Return the terms of a text that is given as the columns of its atoms."""
        words: list[int] = []
        places: list[int] = []
        parts: list[int] = []
        terms_of_atom, signs, unspaced = self._terms_of_atom, 0, False
        before, kind_before = "", ""
        for position, (text, kind, joint, others) in enumerate(zip(*atoms, strict=True)):
            word, parts_of_word = terms_of_atom.get((text, kind)) or self._cache_atom(text, kind)
            if word:
                words.append(word)
                places.append(position)
                for other in others:
                    spelling, parts_of_spelling = terms_of_atom.get((other, kind)) or self._cache_atom(other, kind)
                    words.append(spelling)
                    places.append(position)
                    parts += (part for part in parts_of_spelling if part not in parts_of_word)
            if parts_of_word:
                parts += parts_of_word
            elif kind == "sign":
                signs += 1
            if joint is not None and before and terms.kinds_make_pair(kind_before, kind):
                words.append(self._joined(before, joint, text))
                places.append(position - 1)
                unspaced = unspaced or kind in UNSPACED
            before, kind_before = text, kind
        for run, position in find_runs(atoms.atoms()) if unspaced else ():
            words.append(self._joined(terms.RUN, run))
            places.append(position)
        return CutText(words, places, parts, len(atoms.texts), len(atoms.texts) - signs)

    def _cache_atom(self, text: str, kind: str) -> tuple[int, tuple[int, ...]]:
        if len(self._terms_of_atom) >= _CACHE_SIZE:
            self._terms_of_atom.clear()
        atom = Atom(text, 0, 0, kind, None)
        word = self._hash(text) if terms.is_word(atom) else 0
        known = word, tuple(terms.hash_of(part) for part in terms.parts(atom)[0])
        self._terms_of_atom[text, kind] = known
        return known

    def _joined(self, *pieces: str) -> int:
        """Return the hash of the term that the pieces make."""
        found = self._hash_of_pieces.get(pieces)
        if found is None:
            if len(self._hash_of_pieces) >= _CACHE_SIZE:
                self._hash_of_pieces.clear()
            found = self._hash_of_pieces[pieces] = self._hash("".join(pieces))
        return found

    def _hash(self, term: str) -> int:
        """Return the hash of a word, another spelling, a pair or a run, and say that it was seen."""
        if self._seen:
            self._seen(term)
        return terms.hash_of(term)


def language_number(tag: str) -> int:
    """Return the 16-bit number of an ISO 639 code. Numbers sort like the codes do."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"wanted a language of one to three letters, got {tag!r}")
    first, second, third = (ord(letter) - 96 for letter in tag.ljust(3, "`"))
    return (first * 27 + second) * 27 + third


def language_tag(number: int) -> str:
    """Return the ISO 639 code of a number; the inverse of ``language_number``."""
    letters = (number // 729, number // 27 % 27, number % 27)
    return "".join(chr(96 + letter) for letter in letters if letter)
