"""A keyword index in one memory-mapped file: BM25 scores, phrases, and required and excluded words, in every script.

The posting list of a term is a numpy array. A query adds up the postings of its terms over all rows of a language, so
it knows the score of every row, and a filter costs no recall. A row is a passage or an article, whichever the index is
over.

A term's idf is computed within each language. Otherwise a common word of one language would count as rare, because
the other languages lack it. In languages with few rows, document frequencies are shrunk towards the whole corpus's.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.keywords import terms
from indexer.keywords.occurrences import FULL_WEIGHT, K1
from indexer.keywords.phrases import rows_with
from indexer.keywords.query_syntax import KeywordQuery
from indexer.keywords.term_lists import TermList, add_up
from indexer.rows import RowSet
from indexer.storage.arrays import open_arrays
from indexer.text.atoms import Atom

KIND, VERSION = "dateline keywords", 4
PRIOR = 1000
"""Shrinkage in rows: a language's document frequencies and average length are computed as if this many rows with the
corpus's averages were added to its own."""
MOST_TERMS = 64
"""Distinct words and pairs of a query that are looked up at most; of a longer query, those with the highest tf-idf.
The parts of these words are looked up in addition and do not count towards this limit."""
ORDINARY = 0.01
"""Share of a language's rows that hold an ordinary word, and not the abbreviation that is spelt alike, at least."""
_MOST_SPELLINGS = 64
"""Spellings of a phrase that are looked up at most: two for each word that has two."""

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _QueryTerms:
    """The terms of a query, looked up in the index."""

    names: Sequence[str]
    weights: _Floats
    """What each term counts in the query, shape (terms,)."""
    places: Rows
    """Its index in the vocabulary, -1 if no row holds it, shape (terms,)."""
    idf: _Floats
    """Its idf in each language, shape (terms, languages)."""


class KeywordIndex:
    """A keyword index over the passages, or the articles, of a generation. It is safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        facts, self.arrays = open_arrays(path, KIND, VERSION)
        if facts.get("terms") != terms.VERSION:
            raise IndexFormatError(
                f"{path} holds terms of version {facts.get('terms')}, this version of Dateline makes {terms.VERSION}",
                "run rebuild-index",
            )
        self.count = int(facts["passages"])
        self.languages: tuple[str, ...] = tuple(facts["languages"])
        self._language_sizes = np.array(list(facts["languages"].values()), np.int64)
        """Number of rows of each language, shape (languages,)."""
        if (
            int(self._language_sizes.sum()) != self.count
            or self.arrays["first_posting"][-1] != self.arrays["rows"].size
        ):
            raise IndexCorruptError(f"{path} is damaged: its passages or postings do not add up", "run rebuild-index")

    def shares(self, query: KeywordQuery, language: str) -> Scores:
        """Return the normalised BM25 score of each row in a language, shape (count,); 0 for rows in other languages.

        The score is BM25 divided by the sum of the idf of all query terms. So it is 1 for a row of average length that
        holds each term once, however long the query is. The idf of a term that n of N rows hold is
        ``log(1 + (N - n + 0.5) / (n + 0.5))``; a term that no row holds has the largest idf and lowers all scores.
        Phrases, required and excluded words are not checked here: see ``matches``.
        """
        return add_up(self.lists(query, language), self.count)

    def lists(self, query: KeywordQuery, language: str) -> list[TermList]:
        """Return the posting lists, in a language, of the query's terms, whose gains add up to ``shares``."""
        if language not in self.languages:
            return []
        number = self.languages.index(language)
        found = self._look_up(query, number)
        idf = found.idf[:, number]
        scale = (1 + K1) / (FULL_WEIGHT * max(float(found.weights @ idf), 1e-9))
        gains = (found.weights * (idf * scale)).astype(np.float32)
        first, rows, weights, most = (self.arrays[name] for name in ("first_posting", "rows", "weights", "most"))
        lists = []
        for term, entry in self._entries(found.places):
            if self.arrays["languages"][entry] == number:
                some = slice(first[entry], first[entry + 1])
                lists.append(TermList(found.names[term], rows[some], weights[some], gains[term], int(most[entry])))
        return lists

    def held(self, query: KeywordQuery) -> dict[str, float]:
        """Return for each language the share of the query's words and pairs that occur in its rows.

        Each word or pair is weighted by its length in characters. A word occurs also in another spelling.
        """
        spelt = {atom.text: self.spellings(atom) for atom in query.atoms if atom.others}
        names = list(dict.fromkeys(found.term for found in terms.occurrences(query.atoms)))
        lengths = np.array([len(name) for name in names], np.float64)
        held = np.zeros((len(names), len(self.languages)), np.bool_)
        for word, name in enumerate(names):
            for _, entry in self._entries(self._find(spelt.get(name, [name]))):
                held[word, self.arrays["languages"][entry]] = True
        shares = lengths @ held / max(float(lengths.sum()), 1)
        return dict(zip(self.languages, shares.tolist(), strict=True))

    def matches(self, query: KeywordQuery) -> RowSet | None:
        """Return the rows that hold all phrases and required words and nothing excluded.

        None means that the query has no condition. A required or excluded word that is a single kana, Thai, Lao, Khmer
        or Burmese letter is ignored, because such letters are indexed in pairs only.
        """
        conditions = [sequence for sequence in query.wanted + query.excluded if terms.steps(sequence)]
        if not conditions:
            return None
        held: Rows | None = None
        for sequence in conditions:
            if sequence in query.wanted:
                held = self.rows_holding(sequence, held)
        found = RowSet.between(0, self.count) if held is None else RowSet.of(held)
        return found - RowSet.union(RowSet.of(self.rows_holding(sequence, held)) for sequence in query.excluded)

    def rows_holding(self, sequence: Sequence[Atom], among: Rows | None = None) -> Rows:
        """Return the rows that hold a word or phrase, ascending; none for what is not indexed by itself.

        Args:
            sequence: The word or phrase.
            among: Rows, ascending, that are returned at most; None for all.
        """
        steps = terms.steps(sequence)
        spellings = [self.spellings(sequence[i]) if term == sequence[i].text else [term] for term, i in steps]
        distances = [distance for _, distance in steps]
        found = [np.empty(0, np.int64)]
        for chosen in itertools.islice(itertools.product(*spellings), _MOST_SPELLINGS) if steps else ():
            places = self._find(chosen).tolist()
            if -1 not in places:
                found.append(rows_with(self.arrays, places, distances, among))
        return found[-1] if len(found) < 3 else np.unique(np.concatenate(found))

    def frequency(self, sequence: Sequence[Atom]) -> int:
        """Return how many rows hold each term of a word or phrase at most: the least frequent term decides.

        Of the spellings of a word the most frequent counts, because most rows that hold a spelling hold it too.
        """
        frequencies = [
            self._frequencies(self._find(self.spellings(sequence[i]) if term == sequence[i].text else [term]))
            for term, i in terms.steps(sequence)
        ]
        return min((int(each.sum(axis=1).max()) for each in frequencies), default=0)

    def frequencies(self, names: Sequence[str]) -> Rows:
        """Return how many rows hold each term, shape (names,), 0 for a term that none holds."""
        places = self._find(names)
        first, posting = self.arrays["first_entry"], self.arrays["first_posting"]
        held = np.zeros(places.size, np.int64)
        some = places >= 0
        held[some] = posting[first[places[some] + 1]] - posting[first[places[some]]]
        return held

    def _look_up(self, query: KeywordQuery, language: int) -> _QueryTerms:
        """Look up the terms of a query. A word shares its weight equally with its spellings in the language's rows."""
        weights = self._choose(query)
        for atom in {atom.text: atom for atom in query.atoms if atom.text in weights}.values():
            names, weight = terms.parts(atom)
            weights |= dict.fromkeys(names, weight)
            if atom.others:
                names, weight = self.spellings(atom), weights.pop(atom.text)
                held = self._frequencies(self._find(names))[:, language] > 0
                names = [name for name, is_held in zip(names, held, strict=True) if is_held] or names[:1]
                weights |= dict.fromkeys(names, weight / len(names))
        places = self._find(list(weights))
        return _QueryTerms(
            list(weights), np.array(list(weights.values()), np.float64), places, self._idf(places)[:, :-1]
        )

    def _choose(self, query: KeywordQuery) -> dict[str, float]:
        """Return the words and pairs to look up with the weight of each: at most ``MOST_TERMS``, by tf-idf."""
        weights = {found.term: found.weight for found in terms.occurrences(query.atoms)}
        if len(weights) <= MOST_TERMS:
            return weights
        frequencies = Counter(found.term for found in terms.occurrences(query.atoms))
        places = self._find(list(weights))
        tf_idf = self._idf(places)[:, -1] * (1 + np.log([frequencies[name] for name in weights])) * (places >= 0)
        names = list(weights)
        return {names[i]: weights[names[i]] for i in np.argsort(-tf_idf, kind="stable")[:MOST_TERMS].tolist()}

    def spellings(self, atom: Atom) -> list[str]:
        """Return the terms by which a word is looked up.

        An abbreviation is looked up as such only if the index holds it, and the same letters are an ordinary word in a
        language: as UN, but not un (French). Otherwise Nasa and NASA would be two words.
        """
        if not any(other.isupper() for other in atom.others):
            return [atom.text, *atom.others]
        plain, capitals = self._frequencies(self._find([atom.text, atom.others[0]]))
        ordinary = plain - capitals > ORDINARY * self._language_sizes
        return [atom.others[0] if capitals.any() and ordinary.any() else atom.text]

    def _find(self, names: Sequence[str]) -> Rows:
        """Return the index of each term in the vocabulary, shape (names,); -1 if no row holds it."""
        hashes = self.arrays["hashes"]
        wanted = np.array([terms.hash_of(name) for name in names], np.uint64)
        places = np.searchsorted(hashes, wanted)
        places[places == hashes.size] = -1
        return np.where(hashes[places] == wanted, places, -1) if hashes.size else places

    def _idf(self, places: Rows) -> _Floats:
        """Return the idf of terms in each language and, last, in the whole corpus, shape (terms, languages + 1)."""
        rows_with_term = self._frequencies(places)
        total = rows_with_term.sum(axis=1, keepdims=True)
        shrunk_share = (rows_with_term + PRIOR * total / max(self.count, 1)) / (self._language_sizes + PRIOR)
        frequency = np.hstack([shrunk_share * self.count, total])
        return np.log1p((self.count - frequency + 0.5) / (frequency + 0.5))

    def _frequencies(self, places: Rows) -> _Floats:
        """Return how many rows of each language hold each term, shape (terms, languages)."""
        frequencies = np.zeros((places.size, len(self.languages)))
        for term, entry in self._entries(places):
            frequencies[term, self.arrays["languages"][entry]] += self._size(entry)
        return frequencies

    def _entries(self, places: Rows) -> Iterator[tuple[int, int]]:
        """Yield (term, entry) pairs: an entry is one term in one language, and ``term`` is an index into ``places``."""
        first = self.arrays["first_entry"]
        for term in np.flatnonzero(places >= 0).tolist():
            for entry in range(first[places[term]], first[places[term] + 1]):
                yield term, entry

    def _size(self, entry: int) -> int:
        """Return the length of an entry's posting list."""
        return int(self.arrays["first_posting"][entry + 1] - self.arrays["first_posting"][entry])
