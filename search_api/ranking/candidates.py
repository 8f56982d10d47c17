"""Which passages are worth weighing: those that a leg puts near the top. All others keep out of the ranking."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import KeywordQuery
from search_api.ranking import fusion
from search_api.ranking.fusion import Scores

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many passages are nominated at least."""

    by_vector: int = 200
    by_words: int = 200
    everywhere: int = 400
    for_each_row: int = 4
    """And so many for each row that is wanted."""
    rougher: float = 2.5
    """So many times as many by one bit a dimension, to be compared exactly."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the keyword leg says of all passages and articles: which share of the query they hold."""

    passage: Scores
    article: Scores
    score: Scores
    """The keyword score of each passage in the context of its article; see ``fusion``."""


class Nominator:
    """Looks through all passages of a generation; safe for any number of threads."""

    def __init__(self, generation: Generation, limits: Limits) -> None:
        self._generation, self._limits = generation, limits
        tables, self._signals = generation.tables, generation.signals
        self.article_of: Rows = tables.passage_column("article")
        self.lead_of: Rows = tables.article_column("first_passage")
        """The first passage of each article."""
        self.language_of: Rows = self._signals.language_numbers(tables.passage_languages().tolist())
        records = [generation.manifest.languages[language] for language in self._signals.languages]
        self.known: Vector = np.array([record.known for record in records], np.float32)
        """How well the encoder knows each language."""
        self.lanes = [self.language_of == number for number in range(len(records))]
        """The passages in each language, as masks."""
        self._heard = self.known[self.language_of] > 0

    def words(self, keywords: KeywordQuery, language: str) -> Words:
        """Return what the keyword leg says, 0 outside a language."""
        passage = self._generation.keywords.shares(keywords, language)
        article = self._generation.article_keywords.shares(keywords, language)
        of_article = np.float32(fusion.ARTICLE_WORDS) * article + np.float32(fusion.LEAD_WORDS) * passage[self.lead_of]
        return Words(passage, article, np.float32(fusion.WORDS) * passage + of_article[self.article_of])

    def by_both_legs(self, query: Vector, words: Words, among: Mask, wanted: int) -> Rows:
        """Return the rows among which the best of one language are, ascending."""
        limits, least = self._limits, self._limits.for_each_row * wanted
        dense = self._nearest(query, among, max(limits.by_vector, least))
        scores = np.where(among, words.score, 0)
        count = min(max(limits.by_words, least), scores.size)
        worded = np.argpartition(-scores, count - 1)[:count]
        return np.union1d(dense, worded[scores[worded] > 0])

    def by_vector(self, direction: Vector, among: Mask, wanted: int) -> Rows:
        """Return the rows nearest to a direction in the languages that the encoder knows, ascending."""
        count = max(self._limits.everywhere, self._limits.for_each_row * wanted)
        return self._nearest(direction, among & self._heard, count)

    def by_vector_in_each_language(self, direction: Vector, among: Mask, wanted: int) -> Rows:
        """Return the rows nearest to a direction in each language, ascending."""
        count = max(self._limits.by_vector, self._limits.for_each_row * wanted)
        return np.sort(np.concatenate([self._nearest(direction, lane & among, count) for lane in self.lanes]))

    def similar(self, rows: Rows, directions: Vector) -> Scores:
        """Return inner products of centred passages with directions, (k, dim), shape (k, rows)."""
        languages, signals = self.language_of[rows], self._signals
        products = directions @ self._generation.vectors.rows(rows).T
        products -= (directions @ signals.centring.offsets.T)[:, languages]
        products /= signals.norms[rows]
        return products

    def _nearest(self, direction: Vector, among: Mask, count: int) -> Rows:
        rows = self._generation.nominations.nominate(direction, round(self._limits.rougher * count), among)
        if rows.size <= count:
            return rows
        languages = self.language_of[rows]
        beyond = self.similar(rows, direction[None, :])[0] - (self._signals.means @ direction)[languages]
        return np.sort(rows[np.argpartition(-self.known[languages] * beyond, count - 1)[:count]])
