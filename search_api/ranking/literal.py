"""The passages that hold the words of a short query: a name that stands in the corpus is never withheld.

Vectors say little about a name, and one word more or less is much of a short query. So a passage that holds all its
words, at least one of which is rare, answers, whatever its similarity is. A word that stands nowhere is looked up in
other forms (see ``Lookup``); a passage that holds such a form may answer too, with less certainty.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import numpy as np

from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import KeywordQuery
from indexer.keywords.terms import make_pair, steps
from indexer.rows import RowSet
from indexer.text.atoms import Atom, find_atoms
from search_api.ranking.arrays import Mask, Rows, Scores

MAX_WORDS: Final = 4
"""A query of more words is a question or a headline, whose words need not all be in its answer."""
MOST_ATOMS: Final = 40
"""The same in atoms: in a script without spaces, a whole question is one word."""
RARE: Final = 0.03
"""Share of the passages that hold a rare word at most."""
MIN_RARE: Final = 30
"""In a small corpus, a word is rare if at most this many passages hold it."""
HELD: Final = 0.9
"""Share of the query's words, weighted by idf, that a passage must hold as they are: a function word may be missing."""
HELD_IN_OTHER_FORMS: Final = 0.6
"""The same where a form counts with its own weight, and a word elsewhere in the article with ``ELSEWHERE``."""
ONE_WORD: Final = 0.72
"""The weight that a form of the only word of a query needs: no other word confirms it."""
ELSEWHERE: Final = 0.7
"""What a word counts that another passage of the same article holds."""
LEAST: Final = 0.25
"""Relevance of a passage that holds the words as they are, and is otherwise unlike the query."""

Kind = Literal["words", "spelling", "sound"]


class Form(NamedTuple):
    """A word of the corpus that stands for a word of a query."""

    text: str
    weight: float
    """How surely it is the same word, 0 to 1."""
    kind: Kind


Lookup = Callable[[Sequence[Atom], bool], Sequence[Form]]
"""Finds other forms of a word of a query, given whether the corpus holds the word as it is."""


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A word of the query, and the passages that hold it in one of its forms."""

    atoms: Sequence[Atom]
    forms: Sequence[Form]
    """Likeliest first; those that stand only where the word itself stands are left out."""
    found: Sequence[Rows]
    """The passages that hold each form and not the word as it is, ascending."""
    frequency: int
    """In how many passages it stands."""
    rows: Rows
    """Those of a rare word, ascending; of a common one, those that are in articles which hold the query's rarest."""
    weights: Scores
    """The weight of the best form that each passage holds."""

    def among(self, rows: Rows, index: KeywordIndex) -> "WordMatch":
        """Return the match of a common word with its passages, as far as they are among these rows."""
        held = index.rows_holding(self.atoms, rows)
        return replace(self, rows=held, weights=np.ones(held.size, np.float32))


@dataclass(frozen=True, slots=True)
class LiteralMatches:
    """The passages that hold the words of a short query."""

    words: Sequence[WordMatch]
    rows: Rows
    """Ascending; empty for a longer query, and for one without a rare word."""
    whole: Mask
    """Whether they hold the words as they are, and not in other forms or with the help of their articles."""

    def within(self, allowed: RowSet | None) -> "LiteralMatches":
        """Return the matches among some passages; None leaves all."""
        if allowed is None:
            return self
        kept = allowed.holds(self.rows)
        return LiteralMatches(self.words, self.rows[kept], self.whole[kept])

    def lift(self, rows: Rows, relevance: Scores) -> Scores:
        """Return the relevance of candidates in these rows, raised where they hold the words as they are."""
        least = np.where(np.isin(rows, self.rows[self.whole]), np.float32(LEAST), np.float32(0))
        raised: Scores = least + (1 - least) * relevance
        return raised

    def shares(self, rows: Rows, index: KeywordIndex, article_of: Rows) -> Scores:
        """Return the share of the words that each candidate holds in any form, each word weighted by its idf.

        A form counts with its own weight, and a word elsewhere in the article with ``ELSEWHERE``.

        Args:
            rows: The candidates.
            index: The keyword index of the passages.
            article_of: The article of each passage.
        """
        nearby = _passages_of_same_articles(rows, article_of)
        words = [word.among(nearby, index) if word.frequency > _most_rows(index) else word for word in self.words]
        idf = np.array([_idf(word, index) for word in words], np.float32)
        shares: Scores = _helped_weights(words, rows, article_of).T @ idf / idf.sum()
        return shares


def find_literal(query: KeywordQuery, index: KeywordIndex, article_of: Rows, lookup: Lookup) -> LiteralMatches:
    """Return the passages that hold the words of a short query; ``article_of`` is the article of each passage.

    The atoms of F-35 are one word: they must stand together.
    """
    atoms = list(split_words(query.atoms[: MOST_ATOMS + 1]))
    nothing = LiteralMatches((), np.empty(0, np.int64), np.empty(0, np.bool_))
    if not 0 < len(atoms) <= MAX_WORDS or len(query.atoms) > MOST_ATOMS:
        return nothing
    words = [match_word(word, index, lookup) for word in atoms]
    rarest = min(words, key=lambda word: word.frequency)
    if not 0 < rarest.frequency <= _most_rows(index):
        return LiteralMatches(words, nothing.rows, nothing.whole)
    nearby = _passages_of_same_articles(rarest.rows, article_of)
    words = [word.among(nearby, index) if word.frequency > _most_rows(index) else word for word in words]
    idf = [_idf(word, index) for word in words]
    weights = np.stack([_best_weights(word.rows, word.weights, rarest.rows) for word in words])
    helped = _helped_weights(words, rarest.rows, article_of)
    as_they_are = (weights >= 1).T @ np.array(idf) >= HELD * sum(idf)
    needed = HELD_IN_OTHER_FORMS if len(words) > 1 else ONE_WORD
    in_forms = (helped > 0).all(axis=0) & (helped.T @ np.array(idf) >= needed * sum(idf))
    kept = as_they_are | in_forms
    return LiteralMatches(words, rarest.rows[kept], as_they_are[kept])


def match_word(atoms: Sequence[Atom], index: KeywordIndex, lookup: Lookup) -> WordMatch:
    """Return the passages that hold a word, as it is or in another form; those of a common word are not looked up."""
    frequency = index.frequency(atoms)
    if frequency > _most_rows(index) and len(steps(atoms)) == 1:
        return WordMatch(atoms, (), (), frequency, np.empty(0, np.int64), np.empty(0, np.float32))
    as_it_is = index.rows_holding(atoms)
    if as_it_is.size > _most_rows(index):
        return WordMatch(atoms, (), (), as_it_is.size, as_it_is, np.ones(as_it_is.size, np.float32))
    forms, found = [], [as_it_is]
    for form in lookup(atoms, bool(as_it_is.size)):
        rows = np.setdiff1d(index.rows_holding(find_atoms(form.text)), as_it_is, assume_unique=True)
        if rows.size:
            forms.append(form)
            found.append(rows)
    together = np.concatenate(found)
    weights = np.repeat(np.array([1.0, *(form.weight for form in forms)], np.float32), [len(each) for each in found])
    order = np.lexsort((-weights, together))
    distinct, first = np.unique(together[order], return_index=True)
    return WordMatch(atoms, forms, found[1:], distinct.size, distinct, weights[order][first])


def _idf(word: WordMatch, index: KeywordIndex) -> float:
    return math.log((index.count + 1) / max(word.frequency, 0.5))


def _helped_weights(words: Sequence[WordMatch], rows: Rows, article_of: Rows) -> Scores:
    """Return the weight of each word in each passage with the help of its article, shape (words, rows)."""
    weights = np.stack([_best_weights(word.rows, word.weights, rows) for word in words])
    articles = np.stack([_best_weights(article_of[word.rows], word.weights, article_of[rows]) for word in words])
    helped: Scores = np.maximum(weights, np.float32(ELSEWHERE) * articles)
    return helped


def _most_rows(index: KeywordIndex) -> float:
    """Return how many passages hold a rare word at most."""
    return max(RARE * index.count, MIN_RARE)


def _passages_of_same_articles(rows: Rows, article_of: Rows) -> Rows:
    """Return all passages of the articles of some passages; articles and their passages are in ascending order."""
    articles = np.unique(article_of[rows])
    firsts, ends = np.searchsorted(article_of, [articles, articles + 1]).tolist()
    ranges = (np.arange(first, end) for first, end in zip(firsts, ends, strict=True))
    return np.concatenate([np.empty(0, np.int64), *ranges])


def split_words(atoms: Sequence[Atom]) -> Iterator[Sequence[Atom]]:
    """Yield the words of a query: atoms that stand together and make a pair are one word."""
    start = 0
    for place in range(1, len(atoms) + 1):
        apart = place == len(atoms) or atoms[place].joint is None or not make_pair(atoms[place - 1], atoms[place])
        if apart:
            yield atoms[start:place]
            start = place


def _best_weights(numbers: Rows, weights: Scores, wanted: Rows) -> Scores:
    """Return the highest weight of each wanted number, 0 where it is missing; numbers are ascending and may repeat."""
    best = np.zeros(wanted.size, np.float32)
    if numbers.size:
        distinct, first = np.unique(numbers, return_index=True)
        highest = np.maximum.reduceat(weights, first)
        places = np.minimum(np.searchsorted(distinct, wanted), distinct.size - 1)
        held = distinct[places] == wanted
        best[held] = highest[places[held]]
    return best
