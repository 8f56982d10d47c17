"""What scores are like among passages that do not answer: without it, a score says nothing about relevance."""

import math
from dataclasses import dataclass

import numpy as np

from indexer.keywords.protocol import Moments
from search_api.ranking.arrays import Scores
from search_api.ranking.estimates import from_hybrid

PRIOR = 50
"""Prior weight in passages: the statistics of a language are shrunk to the usual values below, as if this many more
passages with these values had been seen."""
USUAL_CHANCE, USUAL_WORDS = 0.1, 0.12
"""Standard deviations of similarities and of keyword scores among unrelated passages that are usual in news."""


def shrunk_chance(passages: int, chance: float) -> float:
    """Return the standard deviation of similarities in a language, shrunk to the usual one if it has few passages."""
    return (passages * chance + PRIOR * USUAL_CHANCE) / (passages + PRIOR)


@dataclass(frozen=True, slots=True)
class Background:
    """The hybrid scores of the passages in the query's language, except those of the best article."""

    mean: float
    spread: float
    """Standard deviation."""
    passages: int

    @classmethod
    def measure(cls, keywords: Moments, dense_mean: float, dense_spread: float) -> "Background":
        """Return the background of a query.

        Args:
            keywords: Of the passages in the query's language, without those of the best article, which stands out.
            dense_mean: Mean of the dense scores, as far as they count in this language.
            dense_spread: Their standard deviation.
        """
        weight = keywords.passages + PRIOR
        mean = keywords.total / weight
        variance = (keywords.squares + PRIOR * USUAL_WORDS**2) / weight - mean**2
        return cls(dense_mean + mean, math.hypot(dense_spread, math.sqrt(variance)), keywords.passages)

    def relevance(self, hybrid: Scores, keywords: Scores) -> Scores:
        """Return how likely passages with these hybrid and keyword scores are to answer."""
        above = (hybrid - np.float32(self.mean)) / np.float32(self.spread)
        return from_hybrid(above, keywords, self.passages)
