"""Gathers what the ranking knows about its candidates, and has it weighed: how likely does each answer the query?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.generations.generation import Generation
from indexer.storage.columns import Columns
from search_api.ranking import fusion
from search_api.ranking.arrays import Scores
from search_api.ranking.estimates import from_seed, from_vectors
from search_api.ranking.literal import LiteralMatches, WordMatch
from search_api.ranking.ranked import RankingRequest
from search_api.ranking.relevance import Clues, Standing, is_short, relevance
from search_api.ranking.scoring import Candidates, CentredQuery
from search_api.ranking.similarity import Similarity
from search_api.ranking.stages import Compared, OwnLanguage

_LEAST_SPREAD = 1e-3


class Assessed(NamedTuple):
    """How relevant the candidates are."""

    relevance: Scores
    short: bool
    """Whether the query was taken for a name or a few words."""
    words: Sequence[WordMatch]
    """The words of a query of few words, as they were found in the corpus."""


class Assessor:
    """Assesses the candidates of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns, similarity: Similarity) -> None:
        self._keywords, self._passages = generation.keywords, generation.manifest.passages
        self._columns, self._similarity = columns, similarity

    def assess(
        self,
        request: RankingRequest,
        query: CentredQuery,
        candidates: Candidates,
        compared: Compared,
        own_language: OwnLanguage | None,
        literal: LiteralMatches,
    ) -> Assessed:
        """Return how relevant each candidate is."""
        short = is_short(request.keywords.text, len(literal.words))
        held = literal.shares(candidates.rows, self._keywords, self._columns.article_of) if short else None
        chance = self._similarity.chance[compared.languages]
        mean, spread = self._similarity.spread(query.vector)
        dense, like_seed = compared.dense / np.float32(fusion.DENSE), compared.like_seed / chance
        seed = own_language.seed.relevance if own_language and own_language.seed else 0.0
        clues = Clues(
            own=compared.own,
            estimate=np.maximum(
                from_vectors(dense / chance, self._passages), from_seed(like_seed, seed, self._passages)
            ),
            vectors=(dense - query.fit * mean) / max(query.fit * spread, np.float32(_LEAST_SPREAD)),
            like_seed=like_seed,
            keywords=candidates.evidence.keywords,
            own_language=_standing(candidates, own_language),
            names=compared.names,
            named=compared.named,
            held=held,
            words=len(literal.words),
            seed=seed,
            fit=float(query.fit),
            fits=self._similarity.fit[compared.languages],
            passages=self._passages,
        )
        return Assessed(literal.lift(candidates.rows, relevance(clues)), short, literal.words)


def _standing(candidates: Candidates, own: OwnLanguage | None) -> Standing | None:
    """Return how candidates stand out among the passages in the query's language."""
    if own is None:
        return None
    return Standing(
        above=(candidates.hybrid - np.float32(own.background.mean)) / np.float32(own.background.spread),
        ahead=candidates.hybrid - np.float32(own.rival.hybrid),
        words_ahead=candidates.evidence.keywords - np.float32(own.rival.keywords),
        passages=own.background.passages,
    )
