"""How similar passages are to a vector when both are centred, and how far the encoder is to be believed in a language.

Centring subtracts from a vector the offset of its language; see ``indexer.vectors.centring``.
"""

import numpy as np

from indexer.generations.generation import Generation
from search_api.ranking.arrays import Rows, Scores, Vector, Vectors
from search_api.ranking.background import shrunk_chance
from search_api.ranking.columns import Columns


class Similarity:
    """Compares passages with vectors. It is safe to use from several threads."""

    def __init__(self, generation: Generation, columns: Columns) -> None:
        self._vectors, self._signals = generation.vectors, generation.signals
        self._language_of = columns.language_of
        records = [generation.manifest.languages[language] for language in columns.languages]
        self.fit: Scores = np.array([record.known for record in records], np.float32)
        """How well the encoder knows each language, 0 to 1, shape (languages,)."""
        self.chance: Scores = np.array([shrunk_chance(each.passages, each.chance) for each in records], np.float32)
        """Standard deviation of the similarity of unrelated passages in each language, shape (languages,)."""
        self.means: Vectors = generation.signals.means
        """The mean of the centred passages of each language, shape (languages, dim)."""

    def centre(self, vector: Vector, language: int) -> Vector:
        """Return a vector less the offset of its language, of unit length."""
        shifted = vector - self._signals.centring.offsets[language]
        centred: Vector = shifted / np.float32(max(float(np.linalg.norm(shifted)), 1e-9))
        return centred

    def to_vector(self, rows: Rows, vector: Vector) -> Scores:
        """Return the inner product of each passage, centred and of unit length, with a vector; shape (rows,)."""
        products: Scores = self._vectors.rows(rows) @ vector
        products -= (self._signals.centring.offsets @ vector)[self._language_of[rows]]
        products /= self._signals.norms[rows]
        return products

    def beyond_mean(self, rows: Rows, vector: Vector) -> Scores:
        """Return ``to_vector`` less what the mean of the passage's language has, shape (rows,)."""
        beyond: Scores = self.to_vector(rows, vector) - (self.means @ vector)[self._language_of[rows]]
        return beyond
