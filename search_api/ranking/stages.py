"""What the stages of a ranking hand on: the query's own language, the seed, and candidates on one scale."""

from dataclasses import dataclass

import numpy as np

from search_api.ranking import fusion
from search_api.ranking.arrays import Languages, Mask, Rows, Scores, Vector
from search_api.ranking.background import Background
from search_api.ranking.candidates import Pool
from search_api.ranking.names import SharedNames
from search_api.ranking.scoring import Candidates


@dataclass(frozen=True, slots=True)
class Seed:
    """The passage in the query's language that answers best: it leads to passages in other languages."""

    row: int
    relevance: float
    vector: Vector
    """Centred."""
    names: SharedNames
    """Where the names of its article stand."""

    @property
    def weight(self) -> np.float32:
        """The weight of similarity to it."""
        return np.float32(fusion.FEEDBACK * fusion.trust(self.relevance))

    @property
    def names_weight(self) -> np.float32:
        """The weight of names shared with its article."""
        return np.float32(fusion.NAMES * fusion.trust(self.relevance))


@dataclass(frozen=True, slots=True)
class Rival:
    """The scores of the article that a passage must surpass to stand out in the query's language."""

    hybrid: float
    keywords: float


@dataclass(frozen=True, slots=True)
class OwnLanguage:
    """What the passages in the query's language tell."""

    candidates: Candidates
    pool: Pool
    """How the candidates were chosen."""
    background: Background
    seed: Seed | None
    """None when no passage in the query's language may lead to others."""
    fit: np.float32
    """How well the encoder knows the query's language."""
    rival: Rival


@dataclass(frozen=True, slots=True)
class Compared:
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
    names: Scores
    """The share of the names of the seed's article."""
    named: Scores
    """The share of the names of the query."""
    by_names: Scores
    """What both shares add to the score."""

    def scores(self, hybrid: Scores, ties: Rows, own_language: OwnLanguage | None) -> Scores:
        """Return the scores that decide the order: docs/ranking.md, steps 9 to 11."""
        everywhere = self.dense + self.feedback + self.by_names
        scores = fusion.transplant(everywhere, hybrid, self.own, ties)
        if own_language is None:
            return scores
        return fusion.add_unknown(scores, hybrid, self.own, own_language.fit, own_language.background.mean)
