"""How the two legs become one ranking: pure functions over the candidates of one query, with one set of constants.

docs/ranking.md explains each step and what it gains. Shapes: n candidates, each a passage.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

SENTENCE = 0.5
"""Of a passage's own dense score; the rest is the whole passage's."""
ARTICLE, LEAD = 0.5, 0.2
"""What the article's mean vector and its first passage add to the dense score."""
DENSE = 1 + ARTICLE + LEAD
"""What the whole dense score is of, as a multiple of one similarity."""
WORDS, ARTICLE_WORDS, LEAD_WORDS = 0.4, 1.0, 0.3
"""What the words of the passage, of the whole article and of its first passage add to the keyword score."""
FEEDBACK = 4.0
"""What similarity to the seed adds, when it is certain that the seed answers."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each leg says of n candidates."""

    passage: Scores
    sentence: Scores
    """Of the best sentence."""
    article: Scores
    lead: Scores
    """The same mean of passage and sentence for the article's first passage."""
    words: Scores
    article_words: Scores
    lead_words: Scores

    def take(self, places: NDArray[np.intp]) -> "Evidence":
        """Return the evidence of some candidates, in this order."""
        return Evidence(*(getattr(self, name)[places] for name in self.__slots__))

    def with_(self, others: "Evidence") -> "Evidence":
        """Return the evidence of these candidates and of others."""
        return Evidence(*(np.concatenate([values, getattr(others, name)]) for name, values in self.items()))

    def items(self) -> Iterator[tuple[str, Scores]]:
        """Yield the name and the values of each part."""
        for name in self.__slots__:
            yield name, getattr(self, name)

    @property
    def dense(self) -> Scores:
        """The dense leg: similarity of passage and best sentence, in the context of the article."""
        own = np.float32(1 - SENTENCE) * self.passage + np.float32(SENTENCE) * self.sentence
        dense: Scores = own + np.float32(ARTICLE) * self.article + np.float32(LEAD) * self.lead
        return dense

    @property
    def keywords(self) -> Scores:
        """The keyword leg: 0 where the candidate is in another language than the query."""
        keywords: Scores = (
            np.float32(WORDS) * self.words
            + np.float32(ARTICLE_WORDS) * self.article_words
            + np.float32(LEAD_WORDS) * self.lead_words
        )
        return keywords


def seed_weight(relevance: float) -> float:
    """Return what similarity to a seed of this relevance adds.

    Rises steeply about the middle: a wrong seed leads everybody astray, a right one need not be certain.
    """
    right, wrong = relevance**2, (1 - relevance) ** 2
    return FEEDBACK * right / (right + wrong)


def transplant(everywhere: Scores, hybrid: Scores, own: Mask, ties: NDArray[np.int64]) -> Scores:
    """Let candidates in the query's language keep their hybrid order, at the scores that language has everywhere.

    Their scores everywhere are sorted and handed out in hybrid order: so both legs decide among them, and they meet
    those in other languages on the one scale that all have. Equal hybrid scores are ordered by ``ties``.
    """
    result = everywhere.copy()
    places = np.flatnonzero(own)
    order = places[np.lexsort((ties[places], -hybrid[places]))]
    result[order] = -np.sort(-everywhere[places])
    return result
