"""BM25 over passages in every script, and what must or must not occur in them, from one memory-mapped file.

The postings of a term are numpy arrays, which a query adds up for all passages of a language. So the score of any
passage is known, and a filter costs no recall.

What a term tells, its idf, is reckoned within the language of the passage, so a common word of one language does not
count as a rare one because other languages lack it. Languages with few passages lean on the whole corpus.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.keywords import terms
from indexer.keywords.phrases import rows_with
from indexer.keywords.query_syntax import KeywordQuery
from indexer.storage.arrays import open_arrays

KIND, VERSION = "dateline keywords", 2
FULL_WEIGHT = 2**16 - 1
"""The weight on disk of a term that fills a passage: what BM25 makes of occurrences and length lies between 0 and 1."""
PRIOR = 1000
"""So many passages as the whole corpus has on average are added to those of each language."""
K1, B = 1.2, 0.75
"""Of BM25 (Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019): how soon more occurrences stop counting,
and how much more a long passage needs."""
MOST_TERMS = 64
"""Different words and pairs of a query that are looked up; of a pasted article, those that tell most."""

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Found:
    """The terms of a query: what each counts, where it lies (-1: nowhere), and its idf in each language."""

    weights: _Floats
    places: Rows
    idf: _Floats
    """Shape (terms, languages)."""


class LexicalIndex:
    """The keyword index over the passages of a generation. Any number of threads may ask at once."""

    def __init__(self, path: Path) -> None:
        facts, self.arrays = open_arrays(path, KIND, VERSION)
        if facts.get("terms") != terms.VERSION:
            raise IndexFormatError(
                f"{path} holds terms of version {facts.get('terms')}, this version of Dateline makes {terms.VERSION}",
                "run rebuild-index",
            )
        self.count = int(facts["passages"])
        self.languages: tuple[str, ...] = tuple(facts["languages"])
        self._passages = np.array(list(facts["languages"].values()), np.int64)
        if int(self._passages.sum()) != self.count or self.arrays["first_posting"][-1] != self.arrays["rows"].size:
            raise IndexCorruptError(f"{path} is damaged: its passages or postings do not add up", "run rebuild-index")

    def shares(self, query: KeywordQuery, language: str) -> Scores:
        """Return how much of the query each row in a language holds, shape (count,); 0 in other languages.

        BM25 over the sum of the idf of all terms of the query, so it is 1 for a row of average length that holds each
        of them once, whatever the query's length. A term that no row holds weighs most of all, and the idf of one that
        n of N passages hold is ``log(1 + (N - n + 0.5) / (n + 0.5))``. The conditions of the query do not count here:
        see ``matches``.
        """
        scores = np.zeros(self.count, np.float32)
        if language not in self.languages:
            return scores
        rows, weights = self.arrays["rows"], self.arrays["weights"]
        number, found = self.languages.index(language), self._look_up(query)
        idf = found.idf[:, number]
        scale = (1 + K1) / (FULL_WEIGHT * max(float(found.weights @ idf), 1e-9))
        for postings, gain in self._postings(found, idf * scale, number):
            np.add.at(scores, rows[postings], weights[postings] * gain)
        return scores

    def held(self, query: KeywordQuery) -> dict[str, float]:
        """Return for each language the share of the query's words, weighed by their length, that its rows hold."""
        names = list(dict.fromkeys(found.term for found in terms.occurrences(query.atoms)))
        lengths = np.array([len(name) for name in names], np.float64)
        held = np.zeros((len(names), len(self.languages)), np.bool_)
        for term, entry in self._entries(self._find(names)):
            held[term, self.arrays["languages"][entry]] = True
        shares = lengths @ held / max(float(lengths.sum()), 1)
        return dict(zip(self.languages, shares.tolist(), strict=True))

    def matches(self, query: KeywordQuery) -> Mask | None:
        """Return which rows hold everything required and nothing excluded, shape (count,); None when all do.

        A lone kana, Thai, Lao, Khmer or Burmese letter is no condition.
        """
        mask: Mask | None = None
        for sequence in query.wanted + query.excluded:
            steps = terms.steps(sequence)
            if not steps:
                continue
            held = np.zeros(self.count, np.bool_)
            places = self._find([term for term, _ in steps]).tolist()
            if -1 not in places:
                held[rows_with(self.arrays, places, [distance for _, distance in steps], self.count)] = True
            held ^= sequence in query.excluded
            mask = held if mask is None else mask & held
        return mask

    def _look_up(self, query: KeywordQuery) -> _Found:
        weights = self._choose(query)
        for atom in query.atoms:
            if atom.text in weights:
                names, weight = terms.parts(atom)
                weights |= dict.fromkeys(names, weight)
        places = self._find(list(weights))
        return _Found(np.array(list(weights.values()), np.float64), places, self._idf(places)[:, :-1])

    def _choose(self, query: KeywordQuery) -> dict[str, float]:
        """Return the words and pairs to look up and what each counts: all, or those of a long text that tell most."""
        weights = {found.term: found.weight for found in terms.occurrences(query.atoms)}
        if len(weights) <= MOST_TERMS:
            return weights
        often = Counter(found.term for found in terms.occurrences(query.atoms))
        places = self._find(list(weights))
        worth = self._idf(places)[:, -1] * (1 + np.log([often[name] for name in weights])) * (places >= 0)
        names = list(weights)
        return {names[i]: weights[names[i]] for i in np.argsort(-worth, kind="stable")[:MOST_TERMS].tolist()}

    def _find(self, names: Sequence[str]) -> Rows:
        """Return where terms lie in the vocabulary, -1 for those that no passage holds."""
        hashes = self.arrays["hashes"]
        wanted = np.array([terms.hash_of(name) for name in names], np.uint64)
        places = np.searchsorted(hashes, wanted)
        places[places == hashes.size] = -1
        return np.where(hashes[places] == wanted, places, -1) if hashes.size else places

    def _idf(self, places: Rows) -> _Floats:
        """Return the idf of terms in each language and, last, in the whole corpus, shape (terms, languages + 1)."""
        held = np.zeros((places.size, len(self.languages)))
        for term, entry in self._entries(places):
            held[term, self.arrays["languages"][entry]] += self._size(entry)
        everywhere = held.sum(axis=1, keepdims=True)
        share = (held + PRIOR * everywhere / max(self.count, 1)) / (self._passages + PRIOR)
        held = np.hstack([share * self.count, everywhere])
        return np.log1p((self.count - held + 0.5) / (held + 0.5))

    def _entries(self, places: Rows) -> Iterator[tuple[int, int]]:
        """Yield the number of each term with each of its entries, one for each language that holds it."""
        first = self.arrays["first_entry"]
        for term in np.flatnonzero(places >= 0).tolist():
            for entry in range(first[places[term]], first[places[term] + 1]):
                yield term, entry

    def _size(self, entry: int) -> int:
        return int(self.arrays["first_posting"][entry + 1] - self.arrays["first_posting"][entry])

    def _postings(self, found: _Found, gains: _Floats, language: int) -> Iterator[tuple[slice, np.float32]]:
        """Yield the postings of each term in a language, and what one of them adds."""
        first = self.arrays["first_posting"]
        for term, entry in self._entries(found.places):
            if self.arrays["languages"][entry] == language:
                yield slice(first[entry], first[entry + 1]), np.float32(found.weights[term] * gains[term])
