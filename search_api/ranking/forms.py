"""Other forms of a query's word: words that differ from it by a letter or two, and names in other scripts.

A word that stands nowhere in the corpus may be misspelt. Any word may be a name that is written in other scripts too.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.keywords.name_runs import is_run, names_of
from indexer.keywords.romanise import script_of
from indexer.keywords.sound_index import SoundIndex
from indexer.keywords.sounds import similarity, strength
from indexer.keywords.vocabulary import Vocabulary, count_typos
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
LEAST_ALIKE_RUN, RUN = 0.3, 0.65
"""The same of a run of katakana or transliterating characters, which is likely a name, and what it counts at least."""
BY_EAR, PER_SOUND = 0.75, 0.85
"""How much a word in the word's own script must sound like it, and by what its weight is multiplied."""
MOST_BY_EAR: Final = 2
"""Typos that would make such a word of it at most."""
_APART = 0.1
"""How much less the next such word must sound like it."""
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
        return [*spelled, *(form for name in names_of(word)[:1] for form in self.heard(name))]

    def _misspelt(self, word: str) -> list[Form]:
        near = self._vocabulary.near(word, limit=MOST_SPELLINGS)
        nearest = [text for text, typos in near if typos == near[0][1]]
        alike = len(nearest) == 1 and similarity(word, nearest[0]) >= LEAST_ALIKE
        forms = [
            Form(text, PER_TYPO**typos * sureness(word, typos, len(nearest), alike), "spelling") for text, typos in near
        ]
        return forms or self._spelt_by_ear(word)

    def _spelt_by_ear(self, word: str) -> list[Form]:
        """Return the word that sounds like one of its script, if it is the only one: Zelensky of Selenskyj."""
        near = self._sounds.near_all([word], MOST_HEARD, least=BY_EAR - 2 * _APART)
        heard = [
            (alike, text)
            for alike, text in zip(near.weights.tolist(), self._vocabulary.words(near.numbers), strict=True)
            if script_of(text) == script_of(word) and count_typos(word, text) <= MOST_BY_EAR
        ]
        if not heard or heard[0][0] < BY_EAR or (len(heard) > 1 and heard[1][0] > heard[0][0] - _APART):
            return []
        return [Form(heard[0][1], PER_SOUND * heard[0][0] * strength(word), "spelling")]

    def heard(self, name: str) -> list[Form]:
        """Return the words of other scripts that sound like a name, likeliest first.

        Args:
            name: A folded word, or a run of a script that is written without spaces.
        """
        return self.heard_all([name], of_its_skeletons=False)[0]

    def heard_all(self, names: Sequence[str], *, of_its_skeletons: bool = True) -> list[list[Form]]:
        """Return for each name what ``heard`` returns.

        Args:
            names: The names.
            of_its_skeletons: Leave out words of neighbouring skeletons; see ``SoundIndex.near_all``.
        """
        near = self._sounds.near_all(names, MOST_HEARD, least=LEAST_ALIKE_RUN, of_its_skeletons=of_its_skeletons)
        scripts = [script_of(name) for name in names]
        latin = np.array([script == "LATIN" for script in scripts], np.bool_)
        foreign = np.flatnonzero(~(latin[near.of] & self._vocabulary.begin_with_a_to_z(near.numbers)))
        found: list[list[Form]] = [[] for _ in names]
        texts = self._vocabulary.words(near.numbers[foreign])
        for number, alike, text in zip(near.of[foreign].tolist(), near.weights[foreign].tolist(), texts, strict=True):
            if script_of(text) != scripts[number] and (weight := _as_a_name(text, alike)):
                found[number].append(Form(text, weight * strength(names[number]), "sound"))
        return [sorted(forms, key=lambda form: -form.weight)[:MOST_SOUNDS] for forms in found]


def _as_a_name(text: str, alike: float) -> float:
    """Return how likely a word is a name, given how alike they sound; 0 if they sound too different."""
    if is_run(text):
        return max(alike, RUN) if alike >= LEAST_ALIKE_RUN else 0.0
    return alike if alike >= LEAST_ALIKE else 0.0


def sureness(word: str, typos: int, nearest: int, sounds_alike: bool = False) -> float:
    """Return how surely a word with this many typos is the other word: short words resemble many others.

    Args:
        word: The word of the query.
        typos: How many it may have.
        nearest: How many words are as near as the nearest one; where there is only one, it is as sure as if the word
            had a letter more.
        sounds_alike: Whether that one sounds like the word; then it is as sure as if the word had two letters more.
    """
    letters = len(word) - _UNSURE - 2 * (typos - 1)
    if nearest == 1:
        letters += 1 + sounds_alike
    return min(max(letters / (_SURE - _UNSURE), _LEAST_SURE), 1.0)
