"""What the ranking is asked for, and what it returns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from indexer.keywords.query_syntax import KeywordQuery
from search_api.choices import Order
from search_api.ranking.arrays import Languages, Mask, Places, Rows, Scores, Vector
from search_api.ranking.fusion import Evidence
from search_api.ranking.literal import WordMatch


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """A query as the ranking needs it."""

    vector: Vector
    """The encoded query, of unit length and not centred."""
    keywords: KeywordQuery
    language: str
    """The query's language; empty when the corpus has no passage in it."""
    order: Order = Order.BEST_ANYWHERE
    reach: int = 1
    """How many times the usual number of candidates is chosen."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first. Every array has one value for each."""

    rows: Rows
    scores: Scores
    """They decide the order; see docs/ranking.md, steps 9 to 14."""
    relevance: Scores
    """How likely each is to answer the query, 0 to 1."""
    cosine: Scores
    """Cosine of query and passage as they were encoded, not centred."""
    best_sentence: Rows
    """The ordinal of the sentence that is most similar to the query."""
    languages: Languages
    own: Mask
    """Whether the passage is in the query's language."""
    evidence: Evidence
    feedback: Scores
    """The part of the score that similarity to the seed gave."""
    tail: Mask
    """Whether a candidate was among the last of those that were chosen, where there are more passages."""
    seed: int | None
    """Row of the passage in the query's language that answers best; it led to those in other languages."""
    seed_relevance: float
    words: Sequence[WordMatch] = ()
    """The words of a short query, as they were found in the corpus; empty for a longer query."""

    def take(self, order: Places) -> "Ranking":
        """Return the candidates at these places, in this order."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        taken: dict[str, Any] = {name: value[order] for name, value in values.items() if isinstance(value, np.ndarray)}
        return replace(self, **taken, evidence=self.evidence.take(order))
