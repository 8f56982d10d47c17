"""The names that an article shares with articles in other languages, which the encoder may not know.

An encoder says nothing about a language that it was not trained on. But the people, places and firms of a story are
written in all languages alike, or sound alike across scripts. So the rare names of the article that answers best in the
query's language point to articles about the same story.
"""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Self

import numpy as np

from indexer.generations.generation import Generation
from indexer.storage.columns import Columns
from indexer.text.atoms import find_atoms
from search_api.ranking.arrays import Rows, Scores
from search_api.ranking.forms import OtherForms
from search_api.ranking.literal import RARE

MOST_NAMES: Final = 24
"""Names of an article that are looked up at most: the rarest."""
MOST_ROWS: Final = 5000
"""How many passages hold a name at most, and no larger share than ``literal.RARE``."""
_SHORTEST = 4
"""Letters of a name at least."""
_FEWEST_DIGITS = 3
"""Digits of a number that tells one story from another."""
_MOST_CHARACTERS = 8000
"""Characters of an article that are searched for names: the names of a story stand at its beginning."""
_ARTICLE = 0.8
"""What the names of a whole article count; those of the passage itself count the rest."""
_REMEMBERED = 4096
"""Names whose passages are remembered."""


class _Gains(NamedTuple):
    """What holding a name gains: numbers of passages or articles, ascending, and a value for each."""

    numbers: Rows
    gains: Scores

    @classmethod
    def highest(cls, numbers: Rows, gains: Scores) -> Self:
        """Keep the highest gain of each number."""
        order = np.argsort(numbers, kind="stable")
        distinct, first = np.unique(numbers[order], return_index=True)
        return cls(distinct, np.maximum.reduceat(gains[order], first) if distinct.size else gains)


class _Name(NamedTuple):
    passages: _Gains
    articles: _Gains
    most: float
    """The highest gain."""


class SharedNames(NamedTuple):
    """How much of the names of an article others share."""

    rows: Rows
    """The passages that hold some of them, ascending."""
    share: Scores
    """The share of the names that each of these and its article hold, each name weighted by its idf; 0 to 1."""

    def of(self, rows: Rows) -> Scores:
        """Return the share of passages, 0 for those that hold no name."""
        found = np.zeros(rows.size, np.float32)
        if self.rows.size:
            places = np.minimum(np.searchsorted(self.rows, rows), self.rows.size - 1)
            held = self.rows[places] == rows
            found[held] = self.share[places[held]]
        return found


NO_NAMES: Final = SharedNames(np.empty(0, np.int64), np.empty(0, np.float32))


class NameFinder:
    """Finds the articles of a generation that share names with one of them. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns, forms: OtherForms) -> None:
        self._forms = forms
        self._generation, self._article_of = generation, columns.article_of
        self._passages_of = columns.passages_of
        self._most_rows = min(max(RARE * generation.keywords.count, _SHORTEST), MOST_ROWS)
        self._least = math.log(generation.keywords.count + 1) / 2
        """What a name of a query counts at least, although no passage may hold it."""
        self._look_up: Callable[[str], _Name] = functools.lru_cache(_REMEMBERED)(self._find)

    def of_article(self, article: int) -> SharedNames:
        """Return the passages that share the rarest names of an article, its own among them."""
        names = self._rarest(self._texts(article))
        return self._share(names, [0.0] * len(names))

    def of_query(self, text: str) -> SharedNames:
        """Return the passages that share the names of a query. A name that stands nowhere lowers all shares.

        The first word may have its capital because it is the first; it counts only if it stands somewhere.
        """
        names = list(dict.fromkeys(_names(text, numbers=True)))[:MOST_NAMES]
        first = next((atom.text for atom in find_atoms(text)), "")
        return self._share(names, [0.0 if name == first else self._least for name in names])

    def _share(self, names: Sequence[str], least: Sequence[float]) -> SharedNames:
        """Return the passages that share names, each of which counts its highest gain, and at least as much."""
        found = [self._look_up(name) for name in names]
        held = [name for name in found if name.most]
        if not held:
            return NO_NAMES
        total = sum(max(name.most, lowest) for name, lowest in zip(found, least, strict=True))
        rows, by_passage = _sum([name.passages for name in held])
        articles, by_article = _sum([name.articles for name in held])
        of_article = by_article[np.searchsorted(articles, self._article_of[rows])]
        gains = np.float32(_ARTICLE) * of_article + np.float32(1 - _ARTICLE) * by_passage
        return SharedNames(rows, (gains / np.float32(total)).astype(np.float32))

    def _texts(self, article: int) -> Iterator[str]:
        """Yield the title and the passages of an article, as far as they are searched for names."""
        tables, passages, left = self._generation.tables, self._passages_of(article), _MOST_CHARACTERS
        yield tables.article_row(article)["title"]
        for row in range(passages.start, passages.stop):
            text: str = tables.passage_row(row)["text"][:left]
            yield text
            left -= len(text)
            if not left:
                break

    def _rarest(self, texts: Iterable[str]) -> list[str]:
        words = list(dict.fromkeys(word for text in texts for word in _names(text)))
        held = self._generation.keywords.frequencies(words).tolist()
        rare = sorted((number, word) for number, word in zip(held, words, strict=True) if 0 < number <= self._most_rows)
        return [word for _, word in rare[:MOST_NAMES]]

    def _find(self, name: str) -> _Name:
        """Look up the passages that hold a name, or a word of another script that sounds like it.

        A form counts by how rare it is together with all forms that are as likely, so that noise dilutes itself.
        """
        count, held = self._generation.keywords.count, 0
        found, gains = [], []
        heard = [(form.text, form.weight) for form in self._forms.heard(name, of_its_skeletons=True)]
        for form, weight in [(name, 1.0), *heard]:
            rows = self._generation.keywords.rows_holding(find_atoms(form))
            held += rows.size
            if held > self._most_rows:
                break
            found.append(rows)
            gains.append(np.full(rows.size, weight * math.log((count + 1) / max(held, 1)), np.float32))
        rows = np.concatenate([np.empty(0, np.int64), *found])
        passages = _Gains.highest(rows, np.concatenate([np.empty(0, np.float32), *gains]))
        articles = _Gains.highest(self._article_of[passages.numbers], passages.gains)
        return _Name(passages, articles, float(passages.gains.max(initial=0)))


def _names(text: str, *, numbers: bool = False) -> Iterator[str]:
    """Yield what may be a name in a text: words with a capital or in a script without capitals, and long numbers."""
    for atom in find_atoms(text):
        first = text[atom.start]
        if atom.kind == "number":
            named = numbers and sum(map(str.isdigit, atom.text)) >= _FEWEST_DIGITS
        else:
            named = len(atom.text) >= _SHORTEST and (first.isupper() or first.upper() == first.lower())
        if named and atom.kind in {"word", "number"}:
            yield atom.text


def _sum(parts: list[_Gains]) -> _Gains:
    """Add up gains."""
    numbers = np.concatenate([each.numbers for each in parts])
    distinct, places = np.unique(numbers, return_inverse=True)
    gains = np.concatenate([each.gains for each in parts])
    return _Gains(distinct, np.bincount(places, gains, distinct.size).astype(np.float32))
