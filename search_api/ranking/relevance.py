"""How likely a passage is to answer the query, 0 to 1, so that a value means the same in every language and corpus.

Four logistic functions weigh the evidence: for passages in the query's language and in others, and for short queries
and long ones, because a name and a question are answered by different evidence. A passage that stands out from all
others weighs more than one that is merely similar: news is full of similar stories.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search_api.ranking.arrays import Mask, Rows, Scores
from search_api.ranking.estimates import logistic
from search_api.ranking.fusion import trust

FLOOR: Final = 0.2
"""Nothing is shown for a query to which no passage is as relevant as this, unless the query sets another limit."""
SHOWN: Final = 0.25
"""Where a passage reaches the floor, others are shown that reach it too, or this share of the highest relevance."""
NEAR: Final = 0.03
"""Where none does, the few nearest are named, as such, from this relevance on."""
SHORT: Final = 36
"""Letters of a short query at most."""
_WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "own, long": {
        "vectors": 0.43, "hybrid": 0.48, "ahead": 1.93, "words": 1.31, "words ahead": 3.29, "passages": -0.05,
        "hybrid, few": 0.44, "words ahead, few": -1.15, "": -4.76,
    },
    "own, short": {
        "hybrid": 0.22, "words ahead": 1.11, "hybrid, few": 0.16, "words ahead, few": -0.18, "held": 6.26,
        "one of the words": 2.31, "": -6.27,
    },
    "others, long": {
        "estimate": 0.46, "vectors": 0.74, "beyond chance": 0.26, "seed": 0.41, "like seed": 0.51, "names": 2.13,
        "names, unknown query": 5.50, "names, unknown passage": 4.08, "named": 1.59, "named, unknown query": 3.51,
        "all passages": -0.20, "": -0.08,
    },
    "others, short": {
        "estimate": 0.54, "vectors": 1.06, "beyond chance": 2.37, "like seed": 1.28, "names": 1.99,
        "names, unknown query": 6.70, "names, unknown passage": 1.11, "held": 4.33, "held, all": 3.30,
        "one of the words": 0.32, "only word": 0.26, "only word, held": -1.86, "all passages": -0.42, "": 1.15,
    },
}  # fmt: skip
"""Weights of the features that ``_features`` computes; the constant has no name. They were fitted on half of the
queries of the benchmarks' corpora, with the story in the corpus and without it, whole and a few articles of them."""
_FEW = 6.0
"""Logarithm of the number of passages below which a corpus is small."""
_STANDS_OUT = 0.8
"""How far above the mean the best of all unrelated passages is found at most, in what chance makes one expect."""
_DOUBTFUL, _LIKELY = 0.62, 0.75
"""How surely a form of the only word of a query is that word, from which on it counts, and counts in full."""
_FARTHEST, _MOST_AHEAD = 5.0, 0.5
"""Values of features are limited to these."""
_RIVAL = 3
"""Articles that may stand before the one with which the best is compared."""
_FEWEST = 20
"""A smaller corpus or language counts as one of this many passages."""
_LEAST = 0.002
"""A relevance is at least this and at most 1 less this when its logit is taken."""
_LETTERS = {"CJK": 3.0, "HIRAGANA": 3.0, "KATAKANA": 3.0, "HANGUL": 3.0, "THAI": 1.6, "LAO": 1.6}


@dataclass(frozen=True, slots=True)
class Standing:
    """How candidates stand out among the passages in the query's language; arrays have one value for each."""

    above: Scores
    """How many standard deviations the hybrid score is above the mean."""
    ahead: Scores
    """How far the hybrid score is above that of the fourth best article."""
    words_ahead: Scores
    """The same of the keyword score."""
    passages: int
    """Passages in the query's language."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What the ranking knows about candidates; arrays have one value for each."""

    own: Mask
    """Whether the candidate is in the query's language."""
    own_language: Standing | None
    """None when the corpus has no passage in the query's language."""
    estimate: Scores
    """The first estimate from vectors, and from the similarity to the seed."""
    keywords: Scores
    """Keyword score; 0 in other languages."""
    vectors: Scores
    """Dense score, in standard deviations of this query's scores above their mean."""
    like_seed: Scores
    """Similarity to the seed, in standard deviations of chance."""
    names: Scores
    """Share of the names of the seed's article."""
    named: Scores
    """Share of the names of the query."""
    held: Scores | None
    """Share of the words of a short query, weighted by idf, that it or its article holds in any form; None if long."""
    words: int
    """How many words a short query has."""
    seed: float
    """The estimate for the seed; 0 when there is none."""
    fit: float
    """How well the encoder knows the query's language."""
    fits: Scores
    """How well it knows the candidate's."""
    passages: int
    """Passages in all languages."""


def is_short(text: str, words: int) -> bool:
    """Tell whether a query of so many words is a name or a few words, and not a question or a headline.

    A letter counts more in scripts that write a word with fewer.
    """
    if not words:
        return False
    letters = (unicodedata.name(letter, "").split(" ", 1)[0] for letter in text if letter.isalnum())
    return sum(_LETTERS.get(script, 1.0) for script in letters) <= SHORT


def relevance(clues: Clues) -> Scores:
    """Return how likely each candidate is to answer."""
    length = "long" if clues.held is None else "short"
    features = _features(clues)
    own, others = _weighted(features, f"own, {length}"), _weighted(features, f"others, {length}")
    return logistic(np.where(clues.own, own, others))


def logit(relevance: Scores) -> Scores:
    """Return the argument of the logistic function that gives a relevance."""
    bounded = np.clip(relevance, _LEAST, 1 - _LEAST)
    result: Scores = np.log(bounded / (1 - bounded)).astype(np.float32)
    return result


def _weighted(features: Mapping[str, Scores | float], which: str) -> Scores:
    total = np.zeros(1, np.float32)
    for name, weight in _WEIGHTS[which].items():
        total = total + np.float32(weight) * np.asarray(features[name], np.float32)
    return total


def _features(clues: Clues) -> Mapping[str, Scores | float]:
    """Return the features that ``_WEIGHTS`` names."""
    everywhere = math.log(max(clues.passages, _FEWEST))
    by_chance = np.float32(math.sqrt(2 * everywhere))
    vectors, like_seed = clues.vectors / by_chance, np.maximum(clues.like_seed / by_chance, 0)
    held = np.zeros(clues.own.size, np.float32) if clues.held is None else clues.held
    trusted, strangeness = trust(clues.seed), 1 - clues.fit
    named, alone = np.sqrt(clues.names), float(clues.words == 1)
    return _own_features(clues) | {
        "": 1.0,
        "estimate": logit(clues.estimate),
        "vectors": vectors,
        "beyond chance": np.maximum(vectors - _STANDS_OUT, 0),
        "seed": clues.seed,
        "like seed": clues.seed * like_seed,
        "names": trusted * clues.names,
        "names, unknown query": trusted * strangeness * named,
        "names, unknown passage": trusted * (1 - clues.fits) * named,
        "named": clues.named,
        "named, unknown query": strangeness * clues.named,
        "held": held,
        "held, all": held**4,
        "one of the words": 1 / max(clues.words, 1),
        "only word": alone * np.clip((held - _DOUBTFUL) / (_LIKELY - _DOUBTFUL), 0, 1),
        "only word, held": alone * held,
        "all passages": everywhere,
    }


def _own_features(clues: Clues) -> dict[str, Scores | float]:
    """Return the features of passages in the query's language."""
    nothing = np.zeros(clues.own.size, np.float32)
    standing = clues.own_language or Standing(nothing, nothing, nothing, 0)
    size = math.log(max(standing.passages, _FEWEST))
    few = max(_FEW - size, 0.0)
    hybrid = np.minimum(standing.above / np.float32(math.sqrt(2 * size)), _FARTHEST)
    words_ahead = np.clip(standing.words_ahead, -_MOST_AHEAD, _MOST_AHEAD)
    return {
        "hybrid": hybrid,
        "hybrid, few": few * hybrid,
        "ahead": np.clip(standing.ahead, -_MOST_AHEAD, _MOST_AHEAD),
        "words": clues.keywords,
        "words ahead": words_ahead,
        "words ahead, few": few * words_ahead,
        "passages": size,
    }


def fourth_best(scores: Scores, articles: Rows, otherwise: float) -> float:
    """Return the score of the fourth best article, or another value if there are fewer.

    An article has the score of its best passage. Three versions of a story may answer; the fourth rarely does.
    """
    order = np.lexsort((-scores, articles))
    best = scores[order[np.unique(articles[order], return_index=True)[1]]]
    return float(-np.partition(-best, _RIVAL)[_RIVAL]) if best.size > _RIVAL else otherwise


def in_order(relevance: Sequence[float]) -> list[float]:
    """Return relevances that fall, or stay, from each row to the next, as close to the given ones as can be.

    Where a row is less relevant than one below it, both get their mean (pool adjacent violators; Ayer et al. 1955,
    https://doi.org/10.1214/aoms/1177728423). Values stay between the lowest and the highest.
    """
    pools: list[tuple[float, int]] = []
    for value in relevance:
        total, count = value, 1
        while pools and pools[-1][0] * count < total * pools[-1][1]:
            before, rows = pools.pop()
            total, count = total + before, count + rows
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
