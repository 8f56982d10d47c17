"""How similar passages are to a vector when both are centred, and how far the encoder is to be believed in a language.

Centring subtracts from a vector the offset of its language; see ``indexer.vectors.centring``.
"""

import functools

import numpy as np

from indexer.generations.generation import Generation
from indexer.storage.columns import Columns
from search_api.ranking.arrays import Rows, Scores, Vector, Vectors
from search_api.ranking.background import shrunk_chance

_SAMPLE = 2000
"""Passages whose similarity to a query tells how similar unrelated passages are."""
_KNOWN = 0.5
"""They are in languages of at least this fit, if there are any."""


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
        products: Scores = self._vectors.products(rows, vector)
        products -= (self._signals.centring.offsets @ vector)[self._language_of[rows]]
        products /= self._signals.norms[rows]
        return products

    def beyond_mean(self, rows: Rows, vector: Vector) -> Scores:
        """Return ``to_vector`` less what the mean of the passage's language has, shape (rows,)."""
        beyond: Scores = self.to_vector(rows, vector) - (self.means @ vector)[self._language_of[rows]]
        return beyond

    def spread(self, vector: Vector) -> tuple[np.float32, np.float32]:
        """Return the mean and the standard deviation of ``beyond_mean`` over a sample of all passages.

        The deviation is shrunk to the usual one, so that it is not tiny where a few passages are nearly the same.
        """
        similarities = self._sample @ vector
        deviation = shrunk_chance(similarities.size, float(similarities.std()))
        return similarities.mean(), np.float32(deviation)

    @functools.cached_property
    def _sample(self) -> Vectors:
        """Passages, centred and less the means of their languages, shape (at most ``_SAMPLE``, dim)."""
        known = np.flatnonzero((self.fit >= _KNOWN)[self._language_of])
        rows = known if known.size else np.arange(self._language_of.size)
        rows = rows[:: max(1, rows.size // _SAMPLE)][:_SAMPLE]
        languages = self._language_of[rows]
        centred = self._vectors.rows(rows) - self._signals.centring.offsets[languages]
        sample: Vectors = centred / self._signals.norms[rows][:, None] - self.means[languages]
        return sample
