"""Ranks the passages of a generation for one query: nominate, weigh the evidence, carry it into other languages."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from search_api.query import Order
from search_api.ranking import fusion
from search_api.ranking.candidates import Limits, Mask, Nominator, Rows, Vector, Words
from search_api.ranking.fusion import Evidence, Scores
from search_api.ranking.ranked import Asked, Ranking
from search_api.ranking.relevance import from_both_legs, from_seed, from_vectors

_PRIOR = 50
"""So many passages count beside a language's own that are as usual: a few passages tell no background."""
_USUAL_CHANCE, _USUAL_WORDS = 0.1, 0.12
"""Standard deviations of similarities and of keyword scores among unrelated passages, as news usually has them."""
_DIGITS = 6
"""Decimals of a score: what lies below is noise of the order in which a processor adds."""


@dataclass(frozen=True, slots=True)
class _Seed:
    row: int
    relevance: float
    vector: Vector
    """Centred."""

    @property
    def weight(self) -> np.float32:
        """What similarity to it adds."""
        return np.float32(fusion.seed_weight(self.relevance))


@dataclass(frozen=True, slots=True)
class _Background:
    """The hybrid scores of all passages in the query's language."""

    mean: float
    spread: float
    passages: int

    def relevance(self, weighed: "_Weighed") -> Scores:
        """Return how likely passages are to answer, beside all the others."""
        above = (weighed.hybrid - np.float32(self.mean)) / np.float32(self.spread)
        return from_both_legs(above, weighed.evidence.keywords, self.passages)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Candidates with what both legs say of them."""

    rows: Rows
    evidence: Evidence
    best_sentence: Rows
    hybrid: Scores
    """Dense and keyword score, the dense one as far as the encoder knows the query's language."""

    def with_(self, others: "_Weighed") -> "_Weighed":
        """Return these candidates and others."""
        return _Weighed(
            np.concatenate([self.rows, others.rows]),
            self.evidence.with_(others.evidence),
            np.concatenate([self.best_sentence, others.best_sentence]),
            np.concatenate([self.hybrid, others.hybrid]),
        )


class Ranker:
    """Ranks for one generation; safe for any number of threads."""

    def __init__(self, generation: Generation, limits: Limits | None = None) -> None:
        self._generation, self._signals = generation, generation.signals
        self._nominator = Nominator(generation, limits or Limits())
        records = [generation.manifest.languages[language] for language in self._signals.languages]
        self._known = self._nominator.known
        chances = [
            (record.passages * record.chance + _PRIOR * _USUAL_CHANCE) / (record.passages + _PRIOR)
            for record in records
        ]
        self._chance = np.array(chances, np.float32)
        self._everything = np.ones(self._nominator.language_of.size, np.bool_)
        names = generation.tables.article_column("id").astype(str)
        self._place_of_id = np.empty(len(names), np.int64)
        self._place_of_id[np.argsort(names, kind="stable")] = np.arange(len(names))

    def rank(self, asked: Asked, among: Mask | None = None, seeds: Mask | None = None) -> Ranking:
        """Return the passages worth showing.

        Args:
            asked: The query.
            among: Shape (passages,), True for those that may be returned; None for all.
            seeds: The same for those that may lead to others, which a filter does not narrow down.

        Equal scores are ordered by the article's id, then by the passage's place in it.
        """
        languages, nominator = self._signals.languages, self._nominator
        number = languages.index(asked.language) if asked.language in languages else None
        query = self._centre(asked.vector, number)
        words, mine, seed, background = None, None, None, None
        others = self._everything if among is None else among
        if number is not None:
            words = nominator.words(asked.keywords, asked.language)
            own = nominator.lanes[number]
            leading = own if seeds is None else own & seeds
            mine = self._weigh(nominator.by_both_legs(query, words, leading, asked.limit), query, words, number)
            background = self._background(query, words, number, leading, mine)
            seed = self._seed(mine, number, background)
            if among is not None:
                rows = nominator.by_both_legs(query, words, own & among, asked.limit)
                mine = self._weigh(rows, query, words, number)
            others = others & ~own
        lanes = asked.order == Order.ONE_LANE_PER_LANGUAGE
        nominate = nominator.by_vector_in_each_language if lanes else nominator.by_vector
        theirs = self._weigh(nominate(self._direction(query, seed), others, asked.limit), query, None, number)
        return self._fuse(asked, mine.with_(theirs) if mine else theirs, query, number, seed, background)

    def _centre(self, vector: Vector, number: int | None) -> Vector:
        if number is None:
            return vector
        shifted = vector - self._signals.centring.offsets[number]
        centred: Vector = shifted / np.float32(max(float(np.linalg.norm(shifted)), 1e-9))
        return centred

    def _direction(self, query: Vector, seed: _Seed | None) -> Vector:
        """Return what all parts of a score together look for, but for the sentences."""
        direction: Vector = np.float32(fusion.DENSE) * query
        return direction + seed.weight * seed.vector if seed else direction

    def _weigh(self, rows: Rows, query: Vector, words: Words | None, number: int | None) -> _Weighed:
        nominator, signals = self._nominator, self._signals
        articles = nominator.article_of[rows]
        leads = nominator.lead_of[articles]
        whole, place = np.unique(np.concatenate([rows, leads]), return_inverse=True)
        passage = nominator.similar(whole, query[None, :])[0]
        sentence, best = signals.best_sentences(whole, query, passage)
        own = (1 - fusion.SENTENCE) * passage + fusion.SENTENCE * sentence
        some, article_place = np.unique(articles, return_inverse=True)
        here, lead = place[: rows.size], place[rows.size :]
        nothing = np.zeros(rows.size, np.float32)
        evidence = Evidence(
            passage[here],
            sentence[here],
            signals.article_vectors.dot(some, query)[article_place],
            own[lead],
            words.passage[rows] if words else nothing,
            words.article[articles] if words else nothing,
            words.passage[leads] if words else nothing,
        )
        known = 1 if number is None else self._known[number]
        return _Weighed(rows, evidence, best[here], known * evidence.dense + evidence.keywords)

    def _seed(self, weighed: _Weighed, number: int, background: _Background) -> _Seed | None:
        """Return the passage in the query's language that answers best."""
        if not weighed.rows.size:
            return None
        best = int(np.argmax(weighed.hybrid))
        row = weighed.rows[best : best + 1]
        relevance = float(background.relevance(weighed)[best])
        centred = self._signals.centring.centre(self._generation.vectors.rows(row), np.array([number]))[0][0]
        return _Seed(int(row[0]), relevance, centred)

    def _background(self, query: Vector, words: Words, number: int, among: Mask, weighed: _Weighed) -> _Background:
        """Return the scores of the language's passages, but for those of the best article: it is what stands out."""
        known, others = float(self._known[number]), among
        if weighed.rows.size:
            best = weighed.rows[np.argmax(weighed.hybrid)]
            others = among & (self._nominator.article_of != self._nominator.article_of[best])
        worded = words.score[others]
        passages = worded.size + _PRIOR
        words_mean = float(worded.sum()) / passages
        words_variance = (float(worded @ worded) + _PRIOR * _USUAL_WORDS**2) / passages - words_mean**2
        mean = known * fusion.DENSE * float(query @ self._signals.means[number]) + words_mean
        spread = math.hypot(known * fusion.DENSE * float(self._chance[number]), math.sqrt(words_variance))
        return _Background(mean, spread, worded.size)

    def _fuse(
        self,
        asked: Asked,
        weighed: _Weighed,
        query: Vector,
        number: int | None,
        seed: _Seed | None,
        mine: _Background | None,
    ) -> Ranking:
        rows, evidence = weighed.rows, weighed.evidence
        languages = self._nominator.language_of[rows]
        own = languages == (-1 if number is None else number)
        known = self._known[languages] * (np.float32(1) if number is None else self._known[number])
        dense = known * (evidence.dense - np.float32(fusion.DENSE) * (self._signals.means @ query)[languages])
        like_seed: Scores = known * self._beyond_mean(rows, seed.vector) if seed else np.zeros(rows.size, np.float32)
        feedback = seed.weight * like_seed if seed else like_seed
        scores = fusion.transplant(dense + feedback, np.round(weighed.hybrid, _DIGITS), own, self._id_of(rows))
        chance = self._chance[languages]
        passages = self._generation.manifest.passages
        by_vectors = from_vectors(dense / (np.float32(fusion.DENSE) * chance), passages)
        relevance = np.maximum(by_vectors, from_seed(like_seed / chance, seed.relevance if seed else 0.0, passages))
        if number is not None and mine is not None and own.any():
            scores[own] += (1 - self._known[number]) * (weighed.hybrid[own] - mine.mean)
            relevance[own] = np.maximum(by_vectors, mine.relevance(weighed))[own]
        cosine = self._generation.vectors.rows(rows) @ asked.vector
        order = self._order(asked.order, rows, np.round(scores, _DIGITS), own, weighed.hybrid)
        ranking = Ranking(
            rows,
            scores,
            relevance,
            cosine,
            weighed.best_sentence,
            languages,
            own,
            evidence,
            feedback,
            seed.row if seed else None,
            seed.relevance if seed else 0.0,
        )
        return ranking.take(order)

    def _beyond_mean(self, rows: Rows, vector: Vector) -> Scores:
        """Return how much more similar passages are to a vector than their language is."""
        means = self._signals.means @ vector
        beyond: Scores = self._nominator.similar(rows, vector[None, :])[0] - means[self._nominator.language_of[rows]]
        return beyond

    def _order(self, wanted: Order, rows: Rows, scores: Scores, own: Mask, hybrid: Scores) -> NDArray[np.intp]:
        if wanted == Order.MY_LANGUAGE_FIRST:
            scores = np.where(own, np.round(hybrid, _DIGITS), scores)
            return np.lexsort((rows, self._id_of(rows), -scores, ~own))
        if wanted == Order.ONE_LANE_PER_LANGUAGE:
            languages = self._nominator.language_of[rows]
            best = np.full(len(self._nominator.lanes), -np.inf)
            np.maximum.at(best, languages, scores)
            return np.lexsort((rows, self._id_of(rows), -scores, languages, -best[languages]))
        return np.lexsort((rows, self._id_of(rows), -scores))

    def _id_of(self, rows: Rows) -> Rows:
        return self._place_of_id[self._nominator.article_of[rows]]
