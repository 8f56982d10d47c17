"""What is ranked for, and what comes out."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.query_syntax import KeywordQuery
from search_api.query import Order
from search_api.ranking.candidates import Mask, Rows, Vector
from search_api.ranking.fusion import Evidence, Scores


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is ranked."""

    vector: Vector
    """Shape (dim,), unit length, as encoded."""
    keywords: KeywordQuery
    language: str
    """The query's; empty when the corpus has no passage in it."""
    order: Order = Order.BEST_ANYWHERE
    limit: int = 10
    """So many rows are wanted."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages, best first; every array has one row for each, but for the seed's."""

    rows: Rows
    scores: Scores
    relevance: Scores
    cosine: Scores
    """Of query and passage as they were encoded."""
    best_sentence: Rows
    languages: Rows
    """Numbers of the passages' languages."""
    own: Mask
    """Whether the passage is in the query's language."""
    evidence: Evidence
    feedback: Scores
    """What similarity to the seed added."""
    seed: int | None
    """Row of the passage in the query's language that answers best."""
    seed_relevance: float

    def take(self, order: NDArray[np.intp]) -> "Ranking":
        """Return the passages at these places, in this order."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        taken: dict[str, Any] = {name: value[order] for name, value in values.items() if isinstance(value, np.ndarray)}
        return replace(self, **taken, evidence=self.evidence.take(order))
