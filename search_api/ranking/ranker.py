"""Ranks the passages of a generation for one query. docs/ranking.md explains the steps."""

import functools

import numpy as np

from indexer.generations.generation import Generation
from indexer.keywords.protocol import QueryWords
from indexer.keywords.query_syntax import KeywordQuery
from indexer.rows import RowSet
from search_api.choices import Order
from search_api.ranking import fusion
from search_api.ranking.arrays import Rows
from search_api.ranking.assessing import Assessed, Assessor
from search_api.ranking.background import Background
from search_api.ranking.candidates import CandidateFinder, Limits, Pool, union
from search_api.ranking.forms import OtherForms
from search_api.ranking.literal import LiteralMatches, find_literal
from search_api.ranking.names import NO_NAMES, NameFinder, SharedNames
from search_api.ranking.ordering import Keys, best_first, in_digits
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.relevance import fourth_best, logit
from search_api.ranking.scoring import Candidates, CentredQuery, Scorer
from search_api.ranking.similarity import Similarity
from search_api.ranking.stages import Compared, OwnLanguage, Rival, Seed

_PLACES = 4
"""Decimals of a relevance that decide an order."""
_REMEMBERED = 4
"""Queries whose words are remembered: one is ranked again where it is filtered otherwise, or looked for deeper."""


class Ranker:
    """Ranks the passages of one generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, limits: Limits | None = None) -> None:
        self._generation = generation
        self._columns = generation.columns
        self._similarity = Similarity(generation, self._columns)
        self._finder = CandidateFinder(generation, self._columns, self._similarity, limits or Limits())
        self._lookup = OtherForms(generation.vocabulary, generation.sounds)
        self._scorer = Scorer(generation, self._columns, self._similarity)
        self._assessor = Assessor(generation, self._columns, self._similarity)
        self._names = NameFinder(generation, self._columns, self._lookup)
        self._literal = functools.lru_cache(_REMEMBERED)(self._find_literal)
        self._words = functools.lru_cache(_REMEMBERED)(self._look_up_words)
        fit = self._similarity.fit
        self._named: bool = fit.size > 1 and bool((fit < fusion.KNOWN).any())
        """Whether the corpus has a language in which names tell more than vectors."""

    def rank(self, request: RankingRequest, among: RowSet | None = None, leading: RowSet | None = None) -> Ranking:
        """Return the candidates for an answer, best first.

        Args:
            request: The query.
            among: The passages that may be returned; None for all.
            leading: The passages that may be the seed, returned or not; None for all.

        Equal scores are ordered by the id of the article, then by the position of the passage in it.
        """
        query = self._centred(request)
        literal = self._literal(request.keywords).within(among)
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
        named = self._names.of_query(request.keywords.text) if self._named else NO_NAMES
        found = union(
            [
                find(direction, query.language, among, request.reach),
                self._finder.holding_the_words(direction, elsewhere, request.reach),
                *(
                    self._finder.sharing_names(names, query.language, among, request.reach)
                    for names in (named, seed.names if seed else NO_NAMES)
                ),
            ]
        )
        others = self._scorer.score(query, found.rows)
        candidates = own_language.candidates.with_(others) if own_language else others
        tail = union([found, own_language.pool] if own_language else [found]).tail
        compared = self._compared(query, candidates, seed, named)
        assessed = self._assessor.assess(request, query, candidates, compared, own_language, literal)
        return self._ranking(request, candidates, compared, own_language, assessed, tail)

    def _find_literal(self, keywords: KeywordQuery) -> LiteralMatches:
        return find_literal(keywords, self._generation.keywords, self._columns.article_of, self._lookup)

    def _look_up_words(self, keywords: KeywordQuery, language: str) -> QueryWords:
        return self._generation.words.of_query(keywords, language, fusion.keyword_weights())

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
        among: RowSet | None,
        leading: RowSet | None,
    ) -> OwnLanguage:
        """Choose and score candidates in the query's language.

        This is done once, unless a filter keeps some of the passages that may lead from being returned.
        """
        words = self._words(request.keywords, request.language)

        def pool_among(scope: RowSet) -> Pool:
            found = self._finder.in_own_language(query.vector, scope, words, request.reach)
            holding = literal[scope.holds(literal)]
            return union([found, self._finder.holding_the_words(query.vector, holding, request.reach)])

        spoken = self._columns.in_language(language)
        may_lead = spoken if leading is None else spoken & leading
        pool = pool_among(may_lead)
        candidates = self._scorer.score(query, pool.rows, words)
        background = self._background(query, language, may_lead, words, candidates)
        seed, rival = self._seed(candidates, background), self._rival(candidates, background)
        returnable = spoken if among is None else spoken & among
        if returnable != may_lead:
            pool = pool_among(returnable)
            candidates = self._scorer.score(query, pool.rows, words)
        return OwnLanguage(candidates, pool, background, seed, query.fit, rival)

    def _background(
        self, query: CentredQuery, language: int, scope: RowSet, words: QueryWords, candidates: Candidates
    ) -> Background:
        """Return the background among some passages in the query's language."""
        best = None
        if candidates.rows.size:
            best = int(self._columns.article_of[candidates.rows[np.argmax(candidates.hybrid)]])
        weight = float(query.fit) * fusion.DENSE
        mean = weight * float(query.vector @ self._similarity.means[language])
        spread = weight * float(self._similarity.chance[language])
        return Background.measure(words.moments(scope, best), mean, spread)

    def _rival(self, candidates: Candidates, background: Background) -> Rival:
        """Return the scores of the fourth best article, or of the background where there are fewer."""
        articles = self._columns.article_of[candidates.rows]
        return Rival(
            fourth_best(candidates.hybrid, articles, background.mean),
            fourth_best(candidates.evidence.keywords, articles, 0.0),
        )

    def _seed(self, candidates: Candidates, background: Background) -> Seed | None:
        """Return the candidate with the highest hybrid score."""
        if not candidates.rows.size:
            return None
        best = int(np.argmax(candidates.hybrid))
        row = int(candidates.rows[best])
        relevance = background.relevance(candidates.hybrid, candidates.evidence.keywords)[best]
        vector = self._generation.vectors.rows(np.array([row]))[0]
        vector = self._similarity.centre(vector, int(self._columns.language_of[row]))
        article = int(self._columns.article_of[row])
        names = self._names.of_article(article) if self._named else NO_NAMES
        return Seed(row, float(relevance), vector, names)

    def _compared(self, query: CentredQuery, candidates: Candidates, seed: Seed | None, named: SharedNames) -> Compared:
        """Put candidates in all languages on one scale."""
        rows = candidates.rows
        languages = self._columns.language_of[rows]
        fit = self._similarity.fit[languages] * query.fit
        means = np.float32(fusion.DENSE) * (self._similarity.means @ query.vector)
        own = languages == (-1 if query.language is None else query.language)
        nothing = np.zeros(rows.size, np.float32)
        like_seed = fit * self._similarity.beyond_mean(rows, seed.vector) if seed else nothing
        shared, of_query = seed.names.of(rows) if seed else nothing, named.of(rows)
        by_names = np.float32(fusion.named_weight(float(query.fit))) * of_query
        by_names = by_names + seed.names_weight * shared if seed else by_names
        of_seed = own & (self._columns.article_of[rows] == (self._columns.article_of[seed.row] if seed else -1))
        return Compared(
            languages,
            own,
            fit * (candidates.evidence.dense - means[languages]),
            like_seed,
            seed.weight * like_seed if seed else nothing,
            shared,
            of_query,
            np.where(own, of_seed * by_names[~own].max(initial=0), by_names),
        )

    def _ranking(
        self,
        request: RankingRequest,
        candidates: Candidates,
        compared: Compared,
        own_language: OwnLanguage | None,
        assessed: Assessed,
        tail: Rows,
    ) -> Ranking:
        """Return the candidates in the order that the request wants. That of a short query is the relevance alone."""
        seed = own_language.seed if own_language else None
        ids = self._columns.id_rank[self._columns.article_of[candidates.rows]]
        weighed = np.float32(fusion.ORDER) * logit(assessed.relevance)
        scores = compared.scores(candidates.hybrid, ids, own_language) + weighed
        ranking = Ranking(
            candidates.rows,
            scores,
            assessed.relevance,
            self._generation.vectors.products(candidates.rows, request.vector),
            candidates.best_sentence,
            compared.languages,
            compared.own,
            candidates.evidence,
            compared.feedback,
            np.isin(candidates.rows, tail),
            seed.row if seed else None,
            seed.relevance if seed else 0.0,
            assessed.words,
        )
        if request.order == Order.MY_LANGUAGE_FIRST:
            scores = np.where(compared.own, candidates.hybrid + weighed, scores)
        ties: Keys = [candidates.rows, ids]
        if assessed.short:
            scores, ties = np.round(ranking.relevance, _PLACES), [*ties, -in_digits(scores)]
        return ranking.take(best_first(request.order, scores, compared.own, compared.languages, ties))
