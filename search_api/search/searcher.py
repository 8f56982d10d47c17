"""Answers queries from one generation of the index."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from indexer.encoders.choose import open_encoder
from indexer.encoders.cross_encoder import Reranker, open_reranker
from indexer.encoders.options import canonical_name
from indexer.encoders.protocol import Encoder
from indexer.errors import EncoderMismatchError
from indexer.generations.generation import Generation
from indexer.generations.manifest import EncoderRecord
from indexer.generations.store import open_current
from search_api.answer import Answer, Explanation, Hit, Stats, StoredArticle
from search_api.query import Order, Query
from search_api.ranking.arrays import Mask
from search_api.ranking.candidates import Limits
from search_api.ranking.columns import Columns
from search_api.ranking.query_language import find_language
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.ranker import Ranker
from search_api.ranking.relevance import FLOOR, NEAR, SHOWN, in_order
from search_api.ranking.reranking import rerank, rereadable
from search_api.ranking.results import Results, Row
from search_api.search.catalogue import Catalogue, PassageScore
from search_api.search.filtering import PassageFilter
from search_api.search.reasons import Reasons, did_you_mean, searched_forms
from search_api.stages import stage


class Searcher(Protocol):
    """What the routes and commands need of an index. It is safe to use from several threads."""

    problem: str
    """Why what is on disk is not what answers; empty while it is."""

    def search(self, query: Query) -> Answer: ...

    def article(self, article_id: str) -> StoredArticle: ...

    def stats(self) -> Stats: ...


_MOST_NEAR = 3
"""Passages that are named as near where nothing is likely to answer, at most."""


class IndexSearcher:
    """Answers from one generation, with the encoder it was built with and, if there is one, a reranker."""

    problem = ""

    def __init__(
        self, generation: Generation, encoder: Encoder, reranker: Reranker | None = None, limits: Limits | None = None
    ) -> None:
        self.generation = generation
        self.encoder = encoder
        self.reranker = reranker
        self.columns = Columns.of(generation)
        self._filter = PassageFilter(generation, self.columns)
        self._catalogue = Catalogue(generation, self.columns)
        self._ranker = Ranker(generation, limits, self.columns)
        self._results = Results(generation, self.columns)

    def search(self, query: Query) -> Answer:
        """Return the hits for a query, best first."""
        manifest = self.generation.manifest
        language = query.language or find_language(query.keywords, self.generation.keywords)
        with stage("encode"):
            vector = self.encoder.encode_queries([query.keywords.text])[0]
        request = RankingRequest(
            vector,
            query.keywords,
            language if language in manifest.languages else "",
            query.order,
            query.limit,
        )
        conditions = self.generation.keywords.matches(query.keywords)
        among = _both(self._filter.allowed(query.filters), conditions)
        with stage("rank"):
            ranking = self._ranker.rank(request, among, conditions)
        reranker = self.reranker if query.rerank else None
        if reranker:
            ranking = self._rerank(ranking, query, reranker)
        best = float(ranking.relevance.max(initial=0))
        answerable = best >= max(FLOOR, query.min_relevance or 0)
        floor = (
            query.min_relevance if query.min_relevance is not None else min(FLOOR, SHOWN * best) if answerable else 1.0
        )
        rows = self._results.pick(ranking, query, floor)
        near = [] if answerable or query.min_relevance is not None else self._nearest(ranking, query)
        if query.order == Order.BEST_ANYWHERE and query.half_life is None:
            ranking = _with_relevance_in_order(ranking, [*rows, *near])
        reasons = Reasons(query.keywords, ranking.words, self.generation.keywords)
        hits, near_hits = ([self._hit(row, ranking, reasons, query.explain) for row in some] for some in (rows, near))
        searched = manifest.passages if among is None else int(np.count_nonzero(among))
        name = reranker.name if reranker else ""
        answers = ranking.rows[ranking.relevance >= floor]
        forms = searched_forms(query.keywords, ranking.words, answers)
        meant = did_you_mean(query.keywords, ranking.words, self._catalogue.contexts_and_languages)
        return Answer(hits, answerable, request.language, searched, manifest.generation, name, forms, meant, near_hits)

    def _nearest(self, ranking: Ranking, query: Query) -> list[Row]:
        """Return the few rows that come nearest to an answer."""
        return self._results.pick(ranking, replace(query, limit=min(query.limit, _MOST_NEAR)), NEAR)

    def _rerank(self, ranking: Ranking, query: Query, reranker: Reranker) -> Ranking:
        places = rereadable(ranking, query.limit)
        passages = [self._catalogue.context_and_text(row) for row in ranking.rows[places].tolist()]
        return rerank(ranking, places, reranker.score(query.keywords.text, passages), query.order)

    def _hit(self, row: Row, ranking: Ranking, reasons: Reasons, explain: bool) -> Hit:
        others = tuple(
            self._catalogue.passage_hit(int(ranking.rows[place]), _score(ranking, place)) for place in row.others
        )
        explanation = self._explain(ranking, row.place) if explain else None
        passage = int(ranking.rows[row.place])
        why = reasons.of(self._catalogue.context_and_text(passage), self._catalogue.language(passage))
        return self._catalogue.hit(passage, _score(ranking, row.place), others, row.copies, explanation, why)

    def _explain(self, ranking: Ranking, place: int) -> Explanation:
        evidence = {name: round(float(values[place]), 6) for name, values in ranking.evidence.items()}
        return Explanation(
            **evidence,
            feedback=round(float(ranking.feedback[place]), 6),
            seed=None if ranking.seed is None else self._catalogue.passage_id(ranking.seed),
            rank_score=round(float(ranking.scores[place]), 6),
        )

    def article(self, article_id: str) -> StoredArticle:
        """Return an article with its passages."""
        return self._catalogue.article(article_id)

    def stats(self) -> Stats:
        """Return counts of what the generation holds."""
        return self._catalogue.stats


def _both(some: Mask | None, others: Mask | None) -> Mask | None:
    """Return a mask of the passages that pass two masks; None stands for all."""
    if some is None or others is None:
        return others if some is None else some
    return some & others


def _with_relevance_in_order(ranking: Ranking, rows: Sequence[Row]) -> Ranking:
    """Return a ranking in which no row of the answer has a lower relevance than the next."""
    places = [row.place for row in rows]
    relevance = ranking.relevance.copy()
    relevance[places] = in_order(relevance[places].tolist())
    return replace(ranking, relevance=relevance)


def _score(ranking: Ranking, place: int) -> PassageScore:
    return PassageScore(
        round(float(ranking.cosine[place]), 6),
        round(float(ranking.relevance[place]), 6),
        int(ranking.best_sentence[place]),
    )


def open_searcher(index: Path, encoder: str = "", device: str = "", reranker: str = "") -> IndexSearcher:
    """Open the current generation of an index, with the encoder that it was built with.

    Args:
        index: Folder of the index.
        encoder: Name of the encoder with which the index must have been built; empty: any.
        device: Device of the encoder and the reranker; empty: the best one available.
        reranker: Name or folder of a cross encoder; empty: none.

    Raises:
        IndexUnavailableError: There is no index, or it cannot be used.
        EncoderError: The encoder or the reranker cannot be loaded.
    """
    generation = open_current(index)
    opened = open_encoder_of(generation.manifest.encoder, encoder, device)
    return IndexSearcher(generation, opened, open_reranker(reranker, device) if reranker else None)


def open_encoder_of(record: EncoderRecord, wanted: str = "", device: str = "") -> Encoder:
    """Open the encoder that a manifest records.

    Raises:
        EncoderMismatchError: Another one is wanted, or it has changed since; the message has both names.
    """
    if wanted and canonical_name(wanted) != record.name:
        raise EncoderMismatchError(
            f"the index was built with the encoder {record.name}, and {canonical_name(wanted)} is asked for",
            f"drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder {wanted}",
        )
    encoder = open_encoder(record.name, record.options(device))
    if encoder.identity != record.identity:
        raise EncoderMismatchError(
            f"the index was built with {record.identity}, and the encoder is now {encoder.identity}",
            f"run {record.command}",
        )
    return encoder
