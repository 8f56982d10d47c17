"""Ranks the passages of a generation for one query. docs/ranking.md explains the steps."""

from dataclasses import dataclass

import numpy as np

from indexer.generations.generation import Generation
from search_api.query import Order
from search_api.ranking import fusion
from search_api.ranking.arrays import Languages, Mask, Rows, Scores, Vector
from search_api.ranking.background import Background
from search_api.ranking.candidates import CandidateFinder, Limits
from search_api.ranking.columns import Columns
from search_api.ranking.forms import OtherForms
from search_api.ranking.keyword_scores import KeywordScores
from search_api.ranking.literal import LiteralMatches, find_literal
from search_api.ranking.ordering import Keys, best_first, in_digits
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.relevance import from_seed, from_vectors
from search_api.ranking.scoring import Candidates, CentredQuery, Scorer
from search_api.ranking.similarity import Similarity


@dataclass(frozen=True, slots=True)
class _Seed:
    """The passage in the query's language that answers best: it leads to passages in other languages."""

    row: int
    relevance: float
    vector: Vector
    """Centred."""

    @property
    def weight(self) -> np.float32:
        """The weight of similarity to it."""
        return np.float32(fusion.seed_weight(self.relevance))


@dataclass(frozen=True, slots=True)
class _OwnLanguage:
    """What the passages in the query's language tell."""

    candidates: Candidates
    background: Background
    seed: _Seed | None
    """None when no passage in the query's language may lead to others."""
    fit: np.float32
    """How well the encoder knows the query's language."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """Candidates on the scale that all languages share; every array has one value for each."""

    languages: Languages
    own: Mask
    """Whether the candidate is in the query's language."""
    dense: Scores
    """Dense score less its mean in the candidate's language, as far as the encoder knows both languages."""
    like_seed: Scores
    """The same for the similarity to the seed."""
    feedback: Scores
    """What similarity to the seed adds to the score."""

    def scores(self, hybrid: Scores, ties: Rows, own_language: _OwnLanguage | None) -> Scores:
        """Return the scores that decide the order: docs/ranking.md, steps 9 and 10."""
        scores = fusion.transplant(self.dense + self.feedback, hybrid, self.own, ties)
        if own_language is None:
            return scores
        return fusion.add_unknown(scores, hybrid, self.own, own_language.fit, own_language.background.mean)


class Ranker:
    """Ranks the passages of one generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, limits: Limits | None = None, columns: Columns | None = None) -> None:
        self._generation = generation
        self._columns = columns or Columns.of(generation)
        self._similarity = Similarity(generation, self._columns)
        self._finder = CandidateFinder(generation, self._columns, self._similarity, limits or Limits())
        self._lookup = OtherForms(generation.vocabulary, generation.sounds)
        self._scorer = Scorer(generation, self._columns, self._similarity)

    def rank(self, request: RankingRequest, among: Mask | None = None, leading: Mask | None = None) -> Ranking:
        """Return the candidates for an answer, best first.

        Args:
            request: The query.
            among: Shape (passages,), True for passages that may be returned; None for all.
            leading: Shape (passages,), True for passages that may be the seed, returned or not; None for all.

        Equal scores are ordered by the id of the article, then by the position of the passage in it.
        """
        query = self._centred(request)
        literal = self._literal(request).within(among)
        own_language, seed = None, None
        direction = np.float32(fusion.DENSE) * query.vector
        if query.language is not None:
            own_language = self._own_language(request, query, query.language, literal.rows, among, leading)
            seed = own_language.seed
        if seed:
            direction = direction + seed.weight * seed.vector
        lanes = request.order == Order.ONE_LANE_PER_LANGUAGE
        find = self._finder.in_each_other_language if lanes else self._finder.in_other_languages
        languages = self._columns.language_of[literal.rows]
        elsewhere = literal.rows[languages != (-1 if query.language is None else query.language)]
        found = np.union1d(
            find(direction, query.language, among, request.limit),
            self._finder.holding_the_words(direction, elsewhere, request.limit),
        )
        others = self._scorer.score(query, found)
        candidates = own_language.candidates.with_(others) if own_language else others
        return self._ranking(request, candidates, self._compared(query, candidates, seed), own_language, literal)

    def _literal(self, request: RankingRequest) -> LiteralMatches:
        return find_literal(request.keywords, self._generation.keywords, self._columns.article_of, self._lookup)

    def _centred(self, request: RankingRequest) -> CentredQuery:
        if request.language not in self._columns.languages:
            return CentredQuery(request.vector, None, np.float32(1))
        language = self._columns.languages.index(request.language)
        vector = self._similarity.centre(request.vector, language)
        return CentredQuery(vector, language, self._similarity.fit[language])

    def _own_language(
        self,
        request: RankingRequest,
        query: CentredQuery,
        language: int,
        literal: Rows,
        among: Mask | None,
        leading: Mask | None,
    ) -> _OwnLanguage:
        """Choose and score candidates in the query's language.

        This is done once, unless a filter keeps some of the passages that may lead from being returned.
        """
        words = KeywordScores.of(self._generation, self._columns, request.keywords, request.language)

        def candidates_among(rows: Rows, keywords: Scores) -> Candidates:
            found = self._finder.in_own_language(query.vector, rows, keywords, request.limit)
            holding = np.intersect1d(literal, rows, assume_unique=True)
            holding = self._finder.holding_the_words(query.vector, holding, request.limit)
            return self._scorer.score(query, np.union1d(found, holding), words)

        rows = self._columns.rows_in(language, leading)
        keywords = words.of_rows(rows, self._columns.article_of[rows])
        candidates = candidates_among(rows, keywords)
        background = self._background(query, language, rows, keywords, candidates)
        seed = self._seed(candidates, background)
        returnable = rows if among is leading else self._columns.rows_in(language, among)
        if not np.array_equal(returnable, rows):
            candidates = candidates_among(returnable, words.of_rows(returnable, self._columns.article_of[returnable]))
        return _OwnLanguage(candidates, background, seed, query.fit)

    def _background(
        self, query: CentredQuery, language: int, rows: Rows, keywords: Scores, candidates: Candidates
    ) -> Background:
        """Return the background among the passages ``rows``, whose keyword scores are ``keywords``."""
        best = slice(0, 0)
        if candidates.rows.size:
            row = candidates.rows[np.argmax(candidates.hybrid)]
            passages = self._columns.passages_of(int(self._columns.article_of[row]))
            best = slice(*np.searchsorted(rows, [passages.start, passages.stop]).tolist())
        weight = float(query.fit) * fusion.DENSE
        mean = weight * float(query.vector @ self._similarity.means[language])
        return Background.measure(keywords, best, mean, weight * float(self._similarity.chance[language]))

    def _seed(self, candidates: Candidates, background: Background) -> _Seed | None:
        """Return the candidate with the highest hybrid score."""
        if not candidates.rows.size:
            return None
        best = int(np.argmax(candidates.hybrid))
        row = int(candidates.rows[best])
        relevance = background.relevance(candidates.hybrid, candidates.evidence.keywords)[best]
        vector = self._generation.vectors.rows(np.array([row]))[0]
        return _Seed(row, float(relevance), self._similarity.centre(vector, int(self._columns.language_of[row])))

    def _compared(self, query: CentredQuery, candidates: Candidates, seed: _Seed | None) -> _Compared:
        """Put candidates in all languages on one scale."""
        rows = candidates.rows
        languages = self._columns.language_of[rows]
        fit = self._similarity.fit[languages] * query.fit
        means = np.float32(fusion.DENSE) * (self._similarity.means @ query.vector)
        like_seed = fit * self._similarity.beyond_mean(rows, seed.vector) if seed else np.zeros(rows.size, np.float32)
        return _Compared(
            languages,
            languages == (-1 if query.language is None else query.language),
            fit * (candidates.evidence.dense - means[languages]),
            like_seed,
            seed.weight * like_seed if seed else like_seed,
        )

    def _relevance(self, candidates: Candidates, compared: _Compared, own_language: _OwnLanguage | None) -> Scores:
        """Return how likely each candidate is to answer: as far as vectors tell, and its own language or the seed."""
        chance, passages = self._similarity.chance[compared.languages], self._generation.manifest.passages
        by_vectors = from_vectors(compared.dense / (np.float32(fusion.DENSE) * chance), passages)
        if own_language is None:
            return by_vectors
        seed_relevance = own_language.seed.relevance if own_language.seed else 0.0
        by_seed = from_seed(compared.like_seed / chance, seed_relevance, passages)
        by_hybrid = own_language.background.relevance(candidates.hybrid, candidates.evidence.keywords)
        return np.maximum(by_vectors, np.where(compared.own, by_hybrid, by_seed))

    def _ranking(
        self,
        request: RankingRequest,
        candidates: Candidates,
        compared: _Compared,
        own_language: _OwnLanguage | None,
        literal: LiteralMatches,
    ) -> Ranking:
        """Return the candidates in the order that the request wants.

        Where passages hold the words of a short query, the order is that of the relevance.
        """
        seed = own_language.seed if own_language else None
        ids = self._columns.id_rank[self._columns.article_of[candidates.rows]]
        scores = compared.scores(candidates.hybrid, ids, own_language)
        ranking = Ranking(
            candidates.rows,
            scores,
            literal.lift(candidates.rows, self._relevance(candidates, compared, own_language)),
            self._generation.vectors.rows(candidates.rows) @ request.vector,
            candidates.best_sentence,
            compared.languages,
            compared.own,
            candidates.evidence,
            compared.feedback,
            seed.row if seed else None,
            seed.relevance if seed else 0.0,
            literal.words,
        )
        if request.order == Order.MY_LANGUAGE_FIRST:
            scores = np.where(compared.own, candidates.hybrid, scores)
        ties: Keys = [candidates.rows, ids]
        if literal.rows.size:
            scores, ties = ranking.relevance, [*ties, -in_digits(scores)]
        return ranking.take(best_first(request.order, scores, compared.own, compared.languages, ties))
