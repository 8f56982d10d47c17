"""The terms of a text as numbers, for the keyword index. Every atom is looked at once, however often it comes."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from indexer.keywords import terms
from indexer.text.atoms import Atom, find_atoms

_REMEMBERED = 2**18
_TAG = re.compile("[a-z]{1,3}")


class CutText(NamedTuple):
    """What a text adds to a keyword index."""

    words: list[int]
    """Hashes of its words and pairs, in order."""
    places: list[int]
    """The atom at which each begins."""
    parts: list[int]
    """Hashes of the parts of its words."""
    atoms: int
    length: int
    """For BM25: its words, numbers and characters."""


class TermCutter:
    """Cuts atoms into the terms of ``terms.occurrences`` and ``terms.parts``; remembers those of common words."""

    def __init__(self) -> None:
        self._of_atom: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
        self._of_pair: dict[tuple[str, str, str], int] = {}

    def cut_text(self, text: str) -> CutText:
        """Return the terms of a text."""
        return self.cut(find_atoms(text))

    def cut(self, atoms: Sequence[Atom]) -> CutText:
        """Return the terms of a text that is cut into atoms already."""
        words: list[int] = []
        places: list[int] = []
        parts: list[int] = []
        of_atom, before, signs = self._of_atom, None, 0
        for position, atom in enumerate(atoms):
            text, _, _, kind, joint = atom
            known = of_atom.get((text, kind))
            word, of_word = known or self._remember(atom)
            if word:
                words.append(word)
                places.append(position)
            if of_word:
                parts += of_word
            elif kind == "sign":
                signs += 1
            if joint is not None and before and terms.make_pair(before, atom):
                words.append(self._pair(before.text, joint, text))
                places.append(position - 1)
            before = atom
        return CutText(words, places, parts, len(atoms), len(atoms) - signs)

    def _remember(self, atom: Atom) -> tuple[int, tuple[int, ...]]:
        if len(self._of_atom) >= _REMEMBERED:
            self._of_atom.clear()
        word = terms.hash_of(atom.text) if terms.is_word(atom) else 0
        known = word, tuple(terms.hash_of(part) for part in terms.parts(atom)[0])
        self._of_atom[atom.text, atom.kind] = known
        return known

    def _pair(self, first: str, joint: str, second: str) -> int:
        if len(self._of_pair) >= _REMEMBERED:
            self._of_pair.clear()
        key = first, joint, second
        found = self._of_pair.get(key)
        if found is None:
            found = self._of_pair[key] = terms.hash_of("".join((first, joint, second)))
        return found


def language_number(tag: str) -> int:
    """Return 16 bits for an ISO 639 code, in the order of the alphabet."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"wanted a language of one to three letters, got {tag!r}")
    first, second, third = (ord(letter) - 96 for letter in tag.ljust(3, "`"))
    return (first * 27 + second) * 27 + third


def language_tag(number: int) -> str:
    """Return the code that a number stands for."""
    letters = (number // 729, number // 27 % 27, number % 27)
    return "".join(chr(96 + letter) for letter in letters if letter)
