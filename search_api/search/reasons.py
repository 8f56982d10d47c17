"""Why a hit is there: the query's words that the passage holds, the forms it holds in their place, or its meaning."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import KeywordQuery
from indexer.text.atoms import Atom, find_atoms
from search_api.answer import Reason, SearchedForms
from search_api.ranking.arrays import Rows
from search_api.ranking.literal import MOST_ATOMS, WordMatch, split_words

COMMON: Final = 0.1
"""A word that more than this share of the passages hold is no reason, unless the query has no other."""
MOST_WORDS: Final = 64
"""Words of a query that are looked for in a passage at most."""
MOST_READ: Final = 32
"""Passages that are read at most to see how they write a word."""


class Reasons:
    """Finds the reasons for the hits of one query."""

    def __init__(self, query: KeywordQuery, matches: Sequence[WordMatch], index: KeywordIndex) -> None:
        self._text = query.text
        self._forms = {id(match.atoms[0]): match.forms for match in matches if match.forms}
        words = [match.atoms for match in matches] or list(_words(query))
        telling = [word for word in words if index.frequency(word) <= COMMON * index.count]
        self._words = [(word, [index.spellings(atom) for atom in word]) for word in telling or words]

    def of(self, text: str, language: str) -> tuple[Reason, ...]:
        """Return the reasons for a passage, given its text in its context, and its language; never empty."""
        return tuple(self._found(_AtomsOfText(text, language))) or (Reason("meaning", "", ""),)

    def _found(self, passage: "_AtomsOfText") -> Iterator[Reason]:
        for word, spellings in self._words:
            typed = self._text[word[0].start : word[-1].end]
            if found := passage.find(spellings):
                yield Reason("words", typed, found)
                continue
            for form in self._forms.get(id(word[0]), ()):
                if found := passage.find([[atom.text] for atom in find_atoms(form.text)]):
                    yield Reason(form.kind, typed, found)
                    break


class _AtomsOfText:
    """The atoms of a passage, in which words are looked up."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._atoms = text, find_atoms(text, language)
        self._spellings = [(atom.text, *atom.others) for atom in self._atoms]
        self._places: dict[str, list[int]] = {}
        for place, spellings in enumerate(self._spellings):
            for spelling in spellings:
                self._places.setdefault(spelling, []).append(place)

    def find(self, word: Sequence[Sequence[str]]) -> str:
        """Return how the text writes a word where it first stands, empty if it does not stand in it.

        Args:
            word: The spellings of each of its atoms.
        """
        for place in sorted(place for spelling in word[0] for place in self._places.get(spelling, ())):
            here = self._spellings[place : place + len(word)]
            if len(here) == len(word) and not any(map(set.isdisjoint, map(set, word), here)):
                return self._text[self._atoms[place].start : self._atoms[place + len(word) - 1].end]
        return ""


def _words(query: KeywordQuery) -> Iterator[Sequence[Atom]]:
    """Yield the words of a query that are looked for, except very long ones, which are no words."""
    words = itertools.islice(split_words(query.atoms), MOST_WORDS)
    return (word for word in words if len(word) <= MOST_ATOMS)


def searched_forms(query: KeywordQuery, matches: Sequence[WordMatch], answers: Rows) -> tuple[SearchedForms, ...]:
    """Return the words for which other forms were searched too, each with the forms that led to an answer.

    Args:
        query: The query.
        matches: Its words, as they were found.
        answers: The passages that are likely to answer.
    """
    found = []
    for match in matches:
        forms = tuple(
            form.text for form, rows in zip(match.forms, match.found, strict=True) if np.isin(rows, answers).any()
        )
        if forms:
            found.append(SearchedForms(query.text[match.atoms[0].start : match.atoms[-1].end], forms))
    return tuple(found)


Passages = Callable[[Rows], Iterable[tuple[str, str]]]
"""Reads passages: the text of each in its context, and its language."""


def did_you_mean(query: KeywordQuery, matches: Sequence[WordMatch], read: Passages) -> str:
    """Return the query with the likeliest spelling of each word that stands nowhere; empty if there is none.

    A word is spelt as the passages spell it, with its capitals and accents; ``read`` reads some of them.
    """
    text, end = "", 0
    for match in matches:
        if match.forms and match.forms[0].kind == "spelling":
            written = _usual_spelling(match.forms[0].text, read(match.found[0][:MOST_READ]))
            text += query.text[end : match.atoms[0].start] + written
            end = match.atoms[-1].end
    return text + query.text[end:] if text else ""


def _usual_spelling(word: str, passages: Iterable[tuple[str, str]]) -> str:
    """Return how most of some passages write a folded word."""
    written = Counter(found for text, language in passages if (found := _AtomsOfText(text, language).find([[word]])))
    return written.most_common(1)[0][0] if written else word
