"""The vectors of a generation in files of this machine, behind the interface that the ranking sees."""

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.rows import RowSet
from indexer.vectors.faiss_index import VectorIndex
from indexer.vectors.nomination.index import NominationIndex


class LocalVectors:
    """A ``VectorBackend`` of two files: the vectors, and a nomination index of the same."""

    def __init__(self, vectors: VectorIndex, nominations: NominationIndex) -> None:
        self._vectors = vectors
        self._nominations = nominations

    @property
    def count(self) -> int:
        return self._vectors.count

    @property
    def searched(self) -> int:
        return self._nominations.count

    @property
    def dim(self) -> int:
        return self._vectors.dim

    def nearest(
        self, direction: NDArray[np.float32], k: int, scope: RowSet | None = None, effort: float = 1
    ) -> NDArray[np.int64]:
        """Return about ``k`` rows among which the nearest are; see ``VectorBackend``."""
        return self._nominations.nearest(direction, k, scope, effort)

    def rows(self, rows: NDArray[np.int64] | slice) -> Vectors:
        """Return the vectors in these rows, of unit length as they were encoded."""
        return self._vectors.rows(rows)

    def products(self, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the inner product of the vectors in some rows with a vector, shape (rows,)."""
        return self._vectors.products(rows, vector)
