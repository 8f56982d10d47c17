"""Other forms of a query's word: words that differ from it by a letter or two, and names in other scripts.

A word that stands nowhere in the corpus may be misspelt. Any word may be a name that is written in other scripts too.
"""

from collections.abc import Sequence
from typing import Final

from indexer.keywords.romanise import script_of
from indexer.keywords.sound_index import SoundIndex
from indexer.keywords.sound_words import query_words
from indexer.keywords.sounds import strength
from indexer.keywords.vocabulary import Vocabulary
from indexer.text.atoms import Atom
from search_api.ranking.literal import Form

PER_TYPO: Final = 0.8
"""The weight of a form is multiplied by this number for each typo."""
MOST_SPELLINGS: Final = 8
"""Misspellings of a word that are searched at most: those with the fewest typos, of these the most frequent."""
MOST_HEARD: Final = 60
"""Words that sound alike and are looked at; most of them may be in the word's own script."""
MOST_SOUNDS: Final = 12
"""Forms in other scripts that are searched at most."""
LEAST_ALIKE: Final = 0.6
"""How much a word in another script must sound like the query's, 0 to 1."""
_UNSURE, _SURE = 2, 7
"""Letters of a word from which on a typo tells something, and with which it leaves no doubt about the word. A second
typo needs two letters more."""
_LEAST_SURE = 0.3


class OtherForms:
    """Finds the forms of words in the vocabulary of a generation."""

    def __init__(self, vocabulary: Vocabulary, sounds: SoundIndex) -> None:
        self._vocabulary, self._sounds = vocabulary, sounds

    def __call__(self, word: Sequence[Atom], stands: bool) -> Sequence[Form]:
        """Return the forms of a word of a query, likeliest first.

        Args:
            word: Its folded atoms.
            stands: Whether the corpus holds it as it is; then it is taken to be spelt right.
        """
        spelled = [] if stands or len(word) != 1 or word[0].kind != "word" else self._misspelt(word[0].text)
        return [*spelled, *self._heard(word)]

    def _misspelt(self, word: str) -> list[Form]:
        near = self._vocabulary.near(word, limit=MOST_SPELLINGS)
        return [Form(text, PER_TYPO**typos * sureness(word, typos), "spelling") for text, typos in near]

    def _heard(self, word: Sequence[Atom]) -> list[Form]:
        """Return the words of other scripts that sound like a word."""
        found: list[Form] = []
        for name in query_words(word)[:1]:
            sure = strength(name)
            for number, alike in self._sounds.near(name, MOST_HEARD):
                text = self._vocabulary.word(number)
                if alike >= LEAST_ALIKE and script_of(text) != script_of(name):
                    found.append(Form(text, alike * sure, "sound"))
        return found[:MOST_SOUNDS]


def sureness(word: str, typos: int) -> float:
    """Return how surely a word with this many typos is the other word: short words resemble many others."""
    letters = len(word) - _UNSURE - 2 * (typos - 1)
    return min(max(letters / (_SURE - _UNSURE), _LEAST_SURE), 1.0)
