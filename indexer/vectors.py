"""Vectors on disk and nearest neighbours among them: the only module that imports FAISS."""

import errno
import os
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.errors import IndexCorruptError
from indexer.threads import compute_threads

KIND = "Flat"
"""Exact search by inner product; vectors are of unit length, so it is cosine similarity."""


class VectorWriter:
    """Collects vectors in passage order and writes them as one FAISS index."""

    def __init__(self, dim: int) -> None:
        self._index = faiss.IndexFlatIP(dim)

    def add(self, vectors: Vectors) -> None:
        """Append rows; shape (n, dim), unit length."""
        self._index.add(vectors)

    def save(self, path: Path) -> None:
        """Write the index.

        Raises:
            OSError: The disk did not take it.
        """
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise _as_os_error(error, path) from error


class VectorIndex:
    """Nearest passages to a query vector. Any number of threads may search at once."""

    def __init__(self, path: Path) -> None:
        try:
            self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexCorruptError(f"{path} is no FAISS index: {error}", "run rebuild-index") from error

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def search(
        self, query: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows nearest to one query and their cosine similarities, best first.

        Args:
            query: Shape (dim,), unit length.
            limit: At most so many rows; fewer when fewer pass.
            allowed: Shape (count,), True for rows that may be returned; None for all. Every one that passes is
                compared, so a filter never costs recall.

        Equal similarities are ordered by row.
        """
        parameters, bits = None, None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]  # the wrapper takes the array alone
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # sets any attribute
        limit = min(limit, self.count)
        if limit < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        faiss.omp_set_num_threads(compute_threads())  # counts for the calling thread alone
        scores, rows = self._index.search(query[None, :], limit, params=parameters)
        found = rows[0] >= 0
        rows, scores = rows[0][found], scores[0][found]
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]


def _as_os_error(error: RuntimeError, path: Path) -> OSError:
    """Return what the operating system said: FAISS ends its messages with it."""
    message = str(error).removesuffix(")")
    code = next((code for code in errno.errorcode if message.endswith(os.strerror(code))), errno.EIO)
    return OSError(code, os.strerror(code), str(path))
