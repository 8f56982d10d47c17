"""Why a hit is there: the query's words that the passage holds, the forms it holds in their place, or its meaning."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import KeywordQuery
from indexer.text.atoms import Atom, find_atoms
from search_api.answer import Reason, SearchedForms
from search_api.ranking.literal import WordMatch, split_words

COMMON: Final = 0.1
"""A word that more than this share of the passages hold is no reason, unless the query has no other."""
MOST_WORDS: Final = 64
"""Words of a query that are looked for in a passage at most."""


class Reasons:
    """Finds the reasons for the hits of one query."""

    def __init__(self, query: KeywordQuery, matches: Sequence[WordMatch], index: KeywordIndex) -> None:
        self._text = query.text
        self._forms = {id(match.atoms[0]): match.forms for match in matches if match.forms}
        words = [match.atoms for match in matches] or list(split_words(query.atoms))[:MOST_WORDS]
        telling = [word for word in words if index.frequency(word) <= COMMON * index.count]
        self._words = telling or words

    def of(self, text: str) -> tuple[Reason, ...]:
        """Return the reasons for a passage, given its text in its context; never empty."""
        atoms = find_atoms(text)
        places: dict[str, list[int]] = {}
        for place, atom in enumerate(atoms):
            places.setdefault(atom.text, []).append(place)
        return tuple(self._found(text, atoms, places)) or (Reason("meaning", "", ""),)

    def _found(self, text: str, atoms: Sequence[Atom], places: Mapping[str, Sequence[int]]) -> Iterator[Reason]:
        for word in self._words:
            typed = self._text[word[0].start : word[-1].end]
            if found := _occurrence([atom.text for atom in word], atoms, places):
                yield Reason("words", typed, text[slice(*found)])
                continue
            for form in self._forms.get(id(word[0]), ()):
                if found := _occurrence([form.text], atoms, places):
                    yield Reason(form.kind, typed, text[slice(*found)])
                    break


def searched_forms(query: KeywordQuery, matches: Sequence[WordMatch]) -> tuple[SearchedForms, ...]:
    """Return the words that were searched in other forms too, each with these forms."""
    typed = (query.text[match.atoms[0].start : match.atoms[-1].end] for match in matches)
    return tuple(
        SearchedForms(word, tuple(form.text for form in match.forms))
        for word, match in zip(typed, matches, strict=True)
        if match.forms
    )


def did_you_mean(query: KeywordQuery, matches: Sequence[WordMatch]) -> str:
    """Return the query with the likeliest spelling of each word that stands nowhere; empty if there is none."""
    text, end = "", 0
    for match in matches:
        if match.forms and match.forms[0].kind == "spelling":
            text += query.text[end : match.atoms[0].start] + match.forms[0].text
            end = match.atoms[-1].end
    return text + query.text[end:] if text else ""


def _occurrence(
    word: Sequence[str], atoms: Sequence[Atom], places: Mapping[str, Sequence[int]]
) -> tuple[int, int] | None:
    """Return the offsets at which a word first stands in a text, given as the texts of its atoms."""
    for place in places.get(word[0], ()):
        if [atom.text for atom in atoms[place : place + len(word)]] == list(word):
            return atoms[place].start, atoms[place + len(word) - 1].end
    return None
