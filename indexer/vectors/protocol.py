"""The interface of vector backends: what the ranking asks of the vectors of a corpus, wherever they are."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.rows import RowSet

Rows = NDArray[np.int64]
Vector = NDArray[np.float32]


class VectorBackend(Protocol):
    """The vectors of passages. It is safe to use from several threads."""

    @property
    def count(self) -> int:
        """How many vectors there are; their rows are numbered from 0."""

    @property
    def searched(self) -> int:
        """How many of them ``nearest`` looks among: all, unless a part of the backend is damaged."""

    @property
    def dim(self) -> int: ...

    def nearest(self, direction: Vector, k: int, scope: RowSet | None = None, effort: float = 1) -> Rows:
        """Return about ``k`` rows among which those nearest to a direction are, ascending.

        Vectors are compared by their cosine after the offset of their language was subtracted; see ``centring``.

        Args:
            direction: Shape (dim,), of any length.
            k: How many rows to return: fewer only where fewer are in scope or were met, more only where ``scope`` is
                so small that all of it is returned.
            scope: The rows that may be returned; None for all.
            effort: How many times as much of the index is looked through as is usual.
        """

    def rows(self, rows: Rows | slice) -> Vectors:
        """Return the vectors in these rows, of unit length as they were encoded."""

    def products(self, rows: Rows, vector: Vector) -> NDArray[np.float32]:
        """Return the inner product of the vectors in some rows with a vector, shape (rows,).

        Raises:
            IndexError: There is no such row.
        """
