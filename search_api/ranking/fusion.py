"""Combines dense and keyword scores into one ranking: pure functions over the candidates of one query.

docs/ranking.md explains each step and what it gains. Arrays have one value for each candidate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indexer.keywords.protocol import WordShares, WordWeights
from search_api.ranking.arrays import Mask, Places, Rows, Scores
from search_api.ranking.ordering import in_digits

SENTENCE = 0.5
"""Weight of the best sentence in a passage's own dense score; the passage as a whole has the rest."""
ARTICLE, LEAD = 0.5, 0.2
"""Weights of the article's mean vector and of its first passage in the dense score; the passage's own weight is 1."""
DENSE = 1 + ARTICLE + LEAD
"""Sum of the weights of the dense score: its value when all four similarities are 1."""
WORDS, ARTICLE_WORDS, LEAD_WORDS = 0.4, 1.0, 0.3
"""Weights of the BM25 scores of the passage, the whole article and its first passage in the keyword score."""
FEEDBACK = 4.0
"""Weight of the similarity to the seed when it is certain that the seed answers the query."""
NAMES = 12.0
"""Weight of the names that a passage in another language shares with the seed's article, when the seed is certain."""
NAMED, NAMED_UNKNOWN = 0.25, 4.0
"""Weights of the names of the query itself, where the encoder knows the query's language and where it does not."""
ORDER = 0.5
"""Weight of the logit of the relevance in the order of the hits of a long query, beside their scores."""
KNOWN = 0.9
"""With this fit or more in every language of the corpus, vectors find what names would."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts of which the scores of candidates are made."""

    passage: Scores
    """Similarity of query and passage."""
    sentence: Scores
    """Similarity of query and best sentence."""
    article: Scores
    """Similarity of query and mean vector of the article."""
    lead: Scores
    """Similarity of query and the article's first passage: the mean of its own and of its best sentence's."""
    words: Scores
    """BM25 score of the passage. This and the next two are 0 for candidates in other languages than the query's."""
    article_words: Scores
    """BM25 score of the whole article."""
    lead_words: Scores
    """BM25 score of the article's first passage."""

    def take(self, places: Places) -> "Evidence":
        """Return the evidence for some candidates, in this order."""
        return Evidence(*(getattr(self, name)[places] for name in self.__slots__))

    def with_(self, others: "Evidence") -> "Evidence":
        """Return the evidence for these candidates, followed by that for others."""
        return Evidence(*(np.concatenate([values, getattr(others, name)]) for name, values in self.items()))

    def items(self) -> Iterator[tuple[str, Scores]]:
        """Yield the name and the values of each part."""
        for name in self.__slots__:
            yield name, getattr(self, name)

    @property
    def dense(self) -> Scores:
        """The dense score: similarity of passage and best sentence, in the context of the article."""
        own = own_similarity(self.passage, self.sentence)
        dense: Scores = own + np.float32(ARTICLE) * self.article + np.float32(LEAD) * self.lead
        return dense

    @property
    def keywords(self) -> Scores:
        """The keyword score."""
        return keyword_weights().score(WordShares(self.words, self.article_words, self.lead_words))


def own_similarity(passage: Scores, sentence: Scores) -> Scores:
    """Return the dense score of passages without their articles."""
    own: Scores = np.float32(1 - SENTENCE) * passage + np.float32(SENTENCE) * sentence
    return own


def keyword_weights() -> WordWeights:
    """Return what the BM25 scores of the passage, the whole article and its first passage count."""
    return WordWeights(WORDS, ARTICLE_WORDS, LEAD_WORDS)


def trust(relevance: float) -> float:
    """Return how far a seed that has this relevance is trusted, 0 to 1.

    It rises steeply about the middle: a wrong seed leads the search in all other languages astray, and a right one is
    rarely certain.
    """
    right, wrong = relevance**2, (1 - relevance) ** 2
    return right / (right + wrong)


def named_weight(fit: float) -> float:
    """Return the weight of the query's own names: most where the encoder does not know the query's language."""
    return NAMED * fit + NAMED_UNKNOWN * (1 - fit)


def transplant(everywhere: Scores, hybrid: Scores, own: Mask, ties: Rows) -> Scores:
    """Order candidates in the query's language by their hybrid scores, on the scale that all languages share.

    Their scores on that scale are sorted and handed out in the order of the hybrid scores. So words and vectors
    together decide among them, and they still compare with candidates in other languages.

    Args:
        everywhere: Scores on the shared scale.
        hybrid: Hybrid scores; only those of the query's language count.
        own: Whether a candidate is in the query's language.
        ties: Equal hybrid scores are ordered by this.
    """
    result = everywhere.copy()
    places = np.flatnonzero(own)
    order = places[np.lexsort((ties[places], -in_digits(hybrid[places])))]
    result[order] = -np.sort(-everywhere[places])
    return result


def add_unknown(scores: Scores, hybrid: Scores, own: Mask, fit: np.float32, mean: float) -> Scores:
    """Add to scores on the shared scale what vectors cannot tell in the query's language.

    On that scale, a language counts as far as the encoder knows it. Where it knows the query's language badly or not at
    all, nearly all scores would be 0, although words tell which passages stand out. So these gain how far their hybrid
    score is above the mean of the language, as far as the encoder does not know it.

    Args:
        scores: After ``transplant``.
        hybrid: Hybrid scores.
        own: Whether a candidate is in the query's language.
        fit: How well the encoder knows the query's language.
        mean: Mean of the hybrid scores of the query's language.
    """
    raised: Scores = np.where(own, scores + (1 - fit) * (hybrid - np.float32(mean)), scores)
    return raised
