"""Ranks passages for a checked query: encodes it, finds out its language, and has the best passages read again."""

import functools

from indexer.encoders.cross_encoder import Reranker
from indexer.encoders.protocol import Encoder
from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import KeywordQuery
from indexer.rows import RowSet
from search_api.query import Query
from search_api.ranking.arrays import Vector
from search_api.ranking.query_language import find_language
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.ranker import Ranker
from search_api.ranking.reranking import rerank, rereadable
from search_api.search.catalogue import Catalogue
from search_api.stages import stage

_REMEMBERED = 4
"""Queries whose vectors are remembered: one is ranked again where it is filtered otherwise."""


class QueryRanker:
    """Ranks with an encoder and, if there is one, a reranker. It is safe to use from several threads."""

    def __init__(
        self, generation: Generation, ranker: Ranker, encoder: Encoder, reranker: Reranker | None, catalogue: Catalogue
    ) -> None:
        self._generation, self._ranker, self._encoder = generation, ranker, encoder
        self._reranker, self._catalogue = reranker, catalogue
        self._encoded = functools.lru_cache(_REMEMBERED)(self._encode)

    def request(self, query: Query) -> RankingRequest:
        """Return a query as the ranking needs it."""
        vector, spoken = self._encoded(query.keywords)
        language = query.language or spoken
        return RankingRequest(
            vector,
            query.keywords,
            language if language in self._generation.manifest.languages else "",
            query.order,
        )

    def _encode(self, keywords: KeywordQuery) -> tuple[Vector, str]:
        """Return the vector of a query and the language that it is in."""
        language = find_language(keywords, self._generation.words)
        with stage("encode"):
            return self._encoder.encode_queries([keywords.text])[0], language

    def rank(self, query: Query, request: RankingRequest, among: RowSet | None, leading: RowSet | None) -> Ranking:
        """Return the candidates for an answer, best first; ``Ranker.rank`` has the sets."""
        with stage("rank"):
            ranking = self._ranker.rank(request, among, leading)
        if not self._reranker or not query.rerank:
            return ranking
        places = rereadable(ranking)
        passages = [self._catalogue.context_and_text(row) for row in ranking.rows[places].tolist()]
        with stage("rerank"):
            return rerank(ranking, places, self._reranker.score(query.keywords.text, passages), query.order)
