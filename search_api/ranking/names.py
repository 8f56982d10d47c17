"""The names that an article shares with articles in other languages, which the encoder may not know.

An encoder says nothing about a language that it was not trained on. But the people, places and firms of a story are
written in all languages alike, or sound alike across scripts. So the rare names of the article that answers best in the
query's language point to articles about the same story.
"""

import functools
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Self

import numpy as np

from indexer.generations.generation import Generation
from indexer.keywords.word_rows import WordRows
from indexer.storage.columns import Columns
from indexer.text.atoms import Atom, find_atoms
from indexer.text.capitals import without_small_words
from search_api.ranking.arrays import Mask, Rows, Scores
from search_api.ranking.forms import OtherForms
from search_api.ranking.literal import RARE, Form

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
"""Names whose passages are remembered, and articles whose names are."""


class _Gains(NamedTuple):
    """What holding a name gains: numbers of passages or articles, ascending, and a value for each."""

    numbers: Rows
    gains: Scores

    @classmethod
    def highest(cls, numbers: Rows, gains: Scores) -> Self:
        """Keep the highest gain of each number, of which there are some, ascending."""
        first = np.flatnonzero(_differs(numbers))
        return cls(numbers[first], np.maximum.reduceat(gains, first))


class _Name(NamedTuple):
    passages: _Gains
    articles: _Gains
    most: float
    """The highest gain; 0 if nothing holds the name, or too many passages."""


_NOWHERE: Final = _Name(
    _Gains(np.empty(0, np.int64), np.empty(0, np.float32)), _Gains(np.empty(0, np.int64), np.empty(0, np.float32)), 0.0
)


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
        self._names_of: Callable[[int], Sequence[str]] = functools.lru_cache(_REMEMBERED)(self._rarest)
        self._known: OrderedDict[str, _Name] = OrderedDict()
        """The names that were looked up last."""
        self._lock = threading.Lock()

    def of_article(self, article: int) -> SharedNames:
        """Return the passages that share the rarest names of an article, its own among them."""
        names = self._names_of(article)
        return self._share(names, [0.0] * len(names))

    def of_query(self, text: str) -> SharedNames:
        """Return the passages that share the names of a query. A name that stands nowhere lowers all shares.

        The first word may have its capital because it is the first; it counts only if it stands somewhere.
        """
        atoms = find_atoms(text)
        names = list(dict.fromkeys(_names(text, atoms, numbers=True)))[:MOST_NAMES]
        return self._share(names, [0.0 if name == atoms[0].text else self._least for name in names])

    def _share(self, names: Sequence[str], least: Sequence[float]) -> SharedNames:
        """Return the passages that share names, each of which counts its highest gain, and at least as much."""
        found = self._look_up(names)
        held = [name for name in found if name.most]
        if not held:
            return NO_NAMES
        total = sum(max(name.most, lowest) for name, lowest in zip(found, least, strict=True))
        rows, by_passage = _sum([name.passages for name in held])
        _, by_article = _sum([name.articles for name in held])
        of_article = by_article[np.cumsum(_differs(self._article_of[rows])) - 1]
        gains = np.float32(_ARTICLE) * of_article + np.float32(1 - _ARTICLE) * by_passage
        return SharedNames(rows, (gains / np.float32(total)).astype(np.float32))

    def _texts(self, article: int) -> Iterator[str]:
        """Yield the title and the passages of an article, as far as they are searched for names."""
        tables, passages, left = self._generation.tables, self._passages_of(article), _MOST_CHARACTERS
        texts = tables.passages.column("text")  # a whole row of the table takes ten times as long
        yield tables.articles.column("title")[article].as_py()
        for row in range(passages.start, passages.stop):
            text: str = texts[row].as_py()[:left]
            yield text
            left -= len(text)
            if not left:
                break

    def _rarest(self, article: int) -> list[str]:
        """Return the rarest names of an article, rarest first."""
        text = without_small_words("\n".join(self._texts(article)))
        words = list(dict.fromkeys(_names(text, find_atoms(text))))
        held = self._generation.keywords.frequencies(words).tolist()
        rare = sorted((number, word) for number, word in zip(held, words, strict=True) if 0 < number <= self._most_rows)
        return [word for _, word in rare[:MOST_NAMES]]

    def _look_up(self, names: Sequence[str]) -> list[_Name]:
        """Return the passages that hold each of some different names, which are remembered or looked up together."""
        with self._lock:
            known = {name: self._known.pop(name) for name in names if name in self._known}
            self._known |= known
        missing = [name for name in names if name not in known]
        if not missing:
            return [known[name] for name in names]
        found = self._find(missing)
        known |= found
        with self._lock:
            self._known |= found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return [known[name] for name in names]

    def _find(self, names: Sequence[str]) -> dict[str, _Name]:
        """Look up the passages that hold names, or words of other scripts that sound like them."""
        words = WordRows(names, self._generation.keywords)
        held = {name: words[name] for name in names}
        rare = [name for name, rows in held.items() if rows.size <= self._most_rows]
        heard = self._forms.heard_all(rare)
        words = WordRows((form.text for forms in heard for form in forms), self._generation.keywords)
        return dict.fromkeys(names, _NOWHERE) | {
            name: self._weigh(held[name], forms, words) for name, forms in zip(rare, heard, strict=True)
        }

    def _weigh(self, rows: Rows, forms: Sequence[Form], words: WordRows) -> _Name:
        """Return what it gains to hold a name, which stands in some passages, or one of its forms.

        A form counts by how rare it is together with all forms that are as likely, so that noise dilutes itself.
        """
        count, held = self._generation.keywords.count, rows.size
        found, gains = [rows], [math.log((count + 1) / max(held, 1))]
        for form in forms:
            rows = words[form.text]
            held += rows.size
            if held > self._most_rows:
                break
            found.append(rows)
            gains.append(form.weight * math.log((count + 1) / max(held, 1)))
        numbers, of_each = np.concatenate(found), np.repeat(np.array(gains, np.float32), list(map(len, found)))
        if not numbers.size:
            return _NOWHERE
        passages = _Gains(numbers, of_each)
        if len(found) > 1:
            order = np.argsort(numbers, kind="stable")
            passages = _Gains.highest(numbers[order], of_each[order])
        articles = _Gains.highest(self._article_of[passages.numbers], passages.gains)
        return _Name(passages, articles, float(passages.gains.max()))


def _names(text: str, atoms: Sequence[Atom], *, numbers: bool = False) -> Iterator[str]:
    """Yield what may be a name in a text: words with a capital or in a script without capitals, and long numbers."""
    for atom in atoms:
        first = text[atom.start]
        if atom.kind == "number":
            named = numbers and sum(map(str.isdigit, atom.text)) >= _FEWEST_DIGITS
        else:
            named = len(atom.text) >= _SHORTEST and (first.isupper() or first.upper() == first.lower())
        if named and atom.kind in {"word", "number"}:
            yield atom.text


def _sum(parts: list[_Gains]) -> _Gains:
    """Add up gains."""
    numbers, gains = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(numbers, kind="stable")  # which is quick, because each part is in order
    numbers = numbers[order]
    is_first = _differs(numbers)
    return _Gains(numbers[is_first], np.bincount(np.cumsum(is_first) - 1, gains[order]).astype(np.float32))


def _differs(numbers: Rows) -> Mask:
    """Tell which of some numbers differ from the one before."""
    differs = np.empty(numbers.size, np.bool_)
    differs[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=differs[1:])
    return differs
