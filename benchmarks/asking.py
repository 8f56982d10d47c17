"""Run the queries of a labelled set against a generation in the same way as the search does, and evaluate them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from figures import Figure, figure
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import parse_keywords
from indexer.rows import RowSet
from search_api.choices import Order
from search_api.ranking.query_language import find_language
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.ranker import Ranker

DEPTH = 100
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Relevant = dict[str, set[str]]
Measure = Callable[[list[bool], int], float]


@dataclass(frozen=True, slots=True)
class Twins:
    """Two rankings for one query."""

    present: Ranking
    """Of all passages."""
    absent: Ranking
    """Of the passages that are in no relevant document. The others may not be the seed either."""
    kept: Mask
    """Which passages those are, shape (passages,)."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The queries of a labelled set, and the generation in which they are searched."""

    ids: list[str]
    texts: list[str]
    vectors: NDArray[np.float32]
    generation: Generation
    documents: list[str]
    """For each passage, the document id that the relevance judgements use."""

    def ranked(self, order: Order = Order.BEST_ANYWHERE) -> list[Rows]:
        """Return a ranking of passages for each query, whose language is determined as in the search."""
        ranker = Ranker(self.generation)
        return [self.ranking(ranker, number, order=order).rows for number in range(len(self.ids))]

    def ranking(
        self, ranker: Ranker, number: int, among: RowSet | None = None, order: Order = Order.BEST_ANYWHERE
    ) -> Ranking:
        """Rank the passages in ``among`` (None: all) for one query. Only these can be the seed for other languages."""
        keywords = parse_keywords(self.texts[number])
        language = find_language(keywords, self.generation.keywords)
        return ranker.rank(RankingRequest(self.vectors[number], keywords, language, order), among, among)

    def twins(self, relevant: Relevant) -> Iterator[Twins]:
        """Rank the passages for each query twice: as they are, and as if no relevant document were in the index."""
        ranker, (held, document_of) = Ranker(self.generation), np.unique(self.documents, return_inverse=True)
        for number, query in enumerate(self.ids):
            kept = ~np.isin(held, list(relevant[query]))[document_of]
            absent = self.ranking(ranker, number, RowSet.of(np.flatnonzero(kept)))
            yield Twins(self.ranking(ranker, number), absent, kept)

    def by_vectors(self) -> list[Rows]:
        """Return rankings by the cosine of query and passage only."""
        passages = self.generation.vectors.rows(slice(None))
        return [np.argsort(-(passages @ vector), kind="stable")[:DEPTH] for vector in self.vectors]

    def by_words(self) -> list[Rows]:
        """Return rankings by BM25 of passages only. The corpus must be in one language."""
        (language,), keywords = self.generation.keywords.languages, self.generation.keywords
        scores = (keywords.shares(parse_keywords(text), language) for text in self.texts)
        return [np.argsort(-each, kind="stable")[:DEPTH] for each in scores]

    def values(self, rankings: list[Rows], relevant: Relevant, measure: Measure) -> NDArray[np.float64]:
        """Return the measure of each query's ranking. A document has the rank of its best passage."""
        held, values = set(self.documents), []
        for query, rows in zip(self.ids, rankings, strict=True):
            wanted = relevant[query] & held
            names = dict.fromkeys(self.documents[row] for row in rows)
            values.append(measure([name in wanted for name in names], len(wanted)))
        return np.array(values)

    def figure(self, rankings: list[Rows], relevant: Relevant, measure: Measure, target: float | None = None) -> Figure:
        """Return the mean of the measure over all queries, and over each half of them."""
        values = self.values(rankings, relevant, measure)
        return in_halves(self.ids, lambda chosen: float(values[chosen].mean()), target)


def in_halves(
    queries: Sequence[str], measure: Callable[[Mask], float], target: float | None = None, better: str = "higher"
) -> Figure:
    """Return a measure of all queries and, in ``how``, of each half of them.

    Args:
        queries: Their ids.
        measure: Returns the value over those queries that a mask of shape (queries,) chooses.
        target: What is wanted.
        better: ``higher`` or ``lower``.
    """
    dev = np.array([half_of(query) % 2 == 0 for query in queries])
    halves = (f"{name} {measure(half):.3f}" for name, half in (("dev", dev), ("test", ~dev)) if half.any())
    value = round(measure(np.ones(dev.size, np.bool_)), 4)
    return figure(value, target, better, f"{len(queries):,} queries ({', '.join(halves)})")


def ndcg(right: list[bool], relevant: int) -> float:
    """Return nDCG@10 of a ranking with binary relevance."""
    gains = 1 / np.log2(np.arange(2, 12))
    return float(gains[: len(right)] @ np.array(right[:10], float) / max(gains[: min(relevant, 10)].sum(), 1e-9))


def ap(right: list[bool], relevant: int) -> float:
    """Return the average precision of a ranking with binary relevance."""
    found = np.array(right, float)
    return float((np.cumsum(found) / np.arange(1, len(found) + 1)) @ found / max(relevant, 1))


def auc(above: NDArray[Any], below: NDArray[Any]) -> float:
    """Return the probability that a value of ``above`` exceeds a value of ``below``; ties count one half."""
    each, other = above[:, None], below[None, :]
    return float((each > other).mean() + (each == other).mean() / 2)


def half_of(query: str) -> int:
    """Return a hash of a query id; whether it is even decides the half. It is the same in every run."""
    return hashlib.sha1(query.encode(), usedforsecurity=False).digest()[0]
