"""Which names of one corpus do not stand in another corpus in any form: nothing should be shown for them there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from indexer.generations.generation import Generation
from indexer.text.atoms import find_atoms

_ALIKE = str.maketrans({"c": "k", "q": "k", "w": "v", "y": "i", "j": "i", "z": "s"})
"""Letters that spellings of one name interchange."""
_LETTERS = 5
"""Words that begin with as many equal letters count as forms of one word."""


@dataclass(frozen=True, slots=True)
class CorpusWords:
    """The words of a corpus, folded as in the keyword index."""

    words: frozenset[str]
    beginnings: frozenset[str]
    """The first letters of all words, in one spelling."""
    lower: frozenset[str]
    """The words that occur in lower case."""

    @classmethod
    def of(cls, generation: Generation) -> Self:
        """Collect the words of all passages."""
        words, lower = set(), set()
        for text in generation.tables.passage_column("text").tolist():
            for atom in find_atoms(text):
                words.add(atom.text)
                if text[atom.start].islower():
                    lower.add(atom.text)
        return cls(frozenset(words), frozenset(map(_beginning, words)) - {""}, frozenset(lower))

    def has_form_of(self, word: str) -> bool:
        """Tell whether a word stands in the corpus, or one that begins alike: Algérie for Algeria, Victor for Viktor.

        Words of fewer than five letters only have the form that they are written in.
        """
        return word in self.words or _beginning(word) in self.beginnings


def is_unheard(forms: Iterable[str], there: CorpusWords, home: CorpusWords | None = None) -> bool:
    """Tell whether a name does not stand in a corpus.

    Args:
        forms: The name as it is written, in as many languages as are known.
        there: The corpus in which no word of any form may have a form.
        home: The corpus that the name is from. A word that it also writes in lower case, such as Trials at the
            beginning of a sentence, is no name; then the answer is False.
    """
    words = {atom.text for form in forms for atom in find_atoms(form)}
    if home and not words.isdisjoint(home.lower):
        return False
    return bool(words) and not any(there.has_form_of(word) for word in words)


def _beginning(word: str) -> str:
    """Return the first letters of a word in one spelling; empty when it has fewer."""
    return word.replace("ph", "f").translate(_ALIKE)[:_LETTERS] if len(word) >= _LETTERS else ""
