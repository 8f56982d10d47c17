"""Scores candidates: gathers the evidence for each and adds it up to the hybrid score of the query's language."""

from dataclasses import dataclass

import numpy as np

from indexer.generations.generation import Generation
from indexer.keywords.protocol import QueryWords, WordShares
from indexer.storage.columns import Columns
from search_api.ranking.arrays import Rows, Scores, Vector
from search_api.ranking.fusion import Evidence, own_similarity
from search_api.ranking.similarity import Similarity


@dataclass(frozen=True, slots=True)
class CentredQuery:
    """The vector of a query, with what depends on the query's language alone."""

    vector: Vector
    """Less the offset of the query's language, of unit length."""
    language: int | None
    """None when the corpus has no passage in the query's language."""
    fit: np.float32
    """How well the encoder knows the query's language; 1 when the corpus has no passage in it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages with their evidence; arrays have one value for each."""

    rows: Rows
    evidence: Evidence
    best_sentence: Rows
    """The ordinal of the sentence that is most similar to the query."""
    hybrid: Scores
    """The dense score, as far as the encoder knows the query's language, plus the keyword score."""

    def with_(self, others: "Candidates") -> "Candidates":
        """Return these candidates, followed by others."""
        return Candidates(
            np.concatenate([self.rows, others.rows]),
            self.evidence.with_(others.evidence),
            np.concatenate([self.best_sentence, others.best_sentence]),
            np.concatenate([self.hybrid, others.hybrid]),
        )


class Scorer:
    """Scores the candidates of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns, similarity: Similarity) -> None:
        self._signals, self._columns, self._similarity = generation.signals, columns, similarity

    def score(self, query: CentredQuery, rows: Rows, words: QueryWords | None = None) -> Candidates:
        """Return passages with their evidence; without keyword scores for passages in other languages."""
        articles = self._columns.article_of[rows]
        leads = self._columns.first_passage[articles]
        compared, place = np.unique(np.concatenate([rows, leads]), return_inverse=True)
        passage = self._similarity.to_vector(compared, query.vector)
        sentence, best_sentence = self._signals.best_sentences(compared, query.vector, passage)
        own = own_similarity(passage, sentence)
        distinct, article_place = np.unique(articles, return_inverse=True)
        candidate, lead = place[: rows.size], place[rows.size :]
        shares = words.shares(rows) if words else WordShares(*np.zeros((3, rows.size), np.float32))
        evidence = Evidence(
            passage[candidate],
            sentence[candidate],
            self._signals.article_vectors.dot(distinct, query.vector)[article_place],
            own[lead],
            *shares,
        )
        return Candidates(rows, evidence, best_sentence[candidate], query.fit * evidence.dense + evidence.keywords)
