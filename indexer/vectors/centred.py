"""Passage vectors as they are compared: less the offset of their language, at unit length."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.vectors.centring import Centring, whole_blocks
from indexer.vectors.faiss_index import VectorIndex


@dataclass(frozen=True, slots=True, eq=False)
class CentredVectors:
    """The vectors of a generation, centred when they are asked for."""

    vectors: VectorIndex
    centring: Centring
    language_of: NDArray[np.int64]
    """The language of each passage."""
    article_of: NDArray[np.int64]
    """The article of each passage, ascending."""

    @property
    def count(self) -> int:
        return self.vectors.count

    @property
    def dim(self) -> int:
        return self.vectors.dim

    def rows(self, rows: NDArray[np.int64] | slice) -> Vectors:
        """Return the vectors in these rows."""
        return self.with_norms(rows)[0]

    def with_norms(self, rows: NDArray[np.int64] | slice) -> tuple[Vectors, NDArray[np.float32]]:
        """Return the vectors in these rows, and their lengths before they were brought to unit length."""
        return self.centring.centre(self.vectors.rows(rows), self.language_of[rows])

    def blocks(self) -> Iterator[slice]:
        """Yield slices that cover all rows, none of which divides an article."""
        return whole_blocks(self.article_of)
