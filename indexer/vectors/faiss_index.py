"""Vectors on disk and candidates for the nearest among them: the only module that imports FAISS.

The vectors themselves are in a flat file. A second file has one bit for each dimension of the centred vectors (RaBitQ,
Gao and Long 2024, https://arxiv.org/abs/2405.12497). Scanning it gives candidates, whose vectors are then compared
exactly.
"""

import errno
import os
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.errors import IndexCorruptError
from indexer.rows import RowSet

KIND = "Flat+RaBitQ"
"""Candidates come from a scan of one bit a dimension, and are compared exactly."""
_TRAINED_ON = 65536
"""Vectors at most from which the mean is computed that RaBitQ subtracts."""
_COUNT_AT = 8
"""Offset in bytes of the number of vectors in a flat index on disk; ``VectorIndex`` checks that FAISS reads it so."""


class VectorWriter:
    """Writes vectors in passage order as one flat FAISS index, without keeping them in memory; a context manager."""

    def __init__(self, path: Path, dim: int) -> None:
        """Create the file at ``path``.

        Raises:
            OSError: The file cannot be written.
        """
        self._dim, self._count = dim, 0
        self._file = path.open("w+b")
        header: bytes = faiss.serialize_index(faiss.IndexFlatIP(dim)).tobytes()
        self._begin = len(header)
        self._file.write(header)

    def add(self, vectors: Vectors) -> None:
        """Append rows; shape (n, dim), unit length."""
        self._file.write(np.ascontiguousarray(vectors, np.float32).tobytes())
        self._count += len(vectors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Complete the file: the header has the number of vectors and, just before the first, that of values."""
        for place, number in ((_COUNT_AT, self._count), (self._begin - 8, self._count * self._dim)):
            self._file.seek(place)
            self._file.write(number.to_bytes(8, "little"))
        self._file.close()


class NominationWriter:
    """Collects one bit for each dimension of centred vectors, in passage order, and writes them."""

    def __init__(self, dim: int) -> None:
        self._index = faiss.IndexRaBitQ(dim, faiss.METRIC_INNER_PRODUCT)

    def add(self, vectors: Vectors) -> None:
        """Append rows, shape (n, dim). The mean that RaBitQ subtracts is that of the rows of the first call."""
        if not self._index.is_trained or not self._index.ntotal:
            self._index.train(vectors[:_TRAINED_ON])
        self._index.add(vectors)

    def save(self, path: Path) -> None:
        """Write the index.

        Raises:
            OSError: The file cannot be written.
        """
        _write(self._index, path)


class VectorIndex:
    """The vectors of passages, memory-mapped. It is safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._index = _read(path)
        shape = (self.count, self.dim)
        start = path.stat().st_size - 4 * self.count * self.dim  # the vectors are the last that FAISS writes
        mapped = np.memmap(path, "<f4", "r", start, shape) if self.count else np.empty(shape, np.float32)
        self._vectors: Vectors = mapped.view(np.ndarray)  # keeps the file mapped as long as anybody looks at it

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def rows(self, rows: NDArray[np.int64] | slice) -> Vectors:
        """Return the vectors in these rows, of unit length as they were encoded."""
        return self._vectors[rows]


class NominationIndex:
    """Finds candidates for the passages nearest to a vector. It is safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._index = _read(path)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def candidates(
        self,
        direction: NDArray[np.float32],
        count: int,
        among: RowSet | None = None,
        exact_up_to: int = 0,
    ) -> NDArray[np.int64]:
        """Return about ``count`` rows among which are those nearest to a direction, ascending.

        Args:
            direction: Shape (dim,), of any length.
            count: How many rows to return; all that are in scope where there are no more.
            among: The rows in scope; None for all.
            exact_up_to: All rows in scope are returned, without a scan, if they are at most this many.
        """
        few = self._if_few(among, max(count, exact_up_to))
        if few is not None:
            return few
        faiss.omp_set_num_threads(1)  # of this thread only: threads that share a scan of a few milliseconds take longer
        parameters = None if among is None else self._only(among)
        _, rows = self._index.search(direction[None, :], count, params=parameters)
        return np.sort(rows[0][rows[0] >= 0])

    def _if_few(self, among: RowSet | None, most: int) -> NDArray[np.int64] | None:
        """Return the rows in scope, or None when they are more than ``most``."""
        if among is None:
            return np.arange(self.count) if self.count <= most else None
        return among.rows() if len(among) <= most else None

    def _only(self, among: RowSet) -> Any:
        """Return search parameters that restrict a scan to some rows."""
        selector = faiss.IDSelectorBitmap(among.bits(self.count))  # type: ignore[call-arg,arg-type]  # the wrapper takes the array alone
        return faiss.RaBitQSearchParameters(sel=selector)  # type: ignore[call-arg]  # sets any attribute


def _read(path: Path) -> Any:
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise IndexCorruptError(f"{path} is no FAISS index: {error}", "run rebuild-index") from error


def _write(index: Any, path: Path) -> None:
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise _as_os_error(error, path) from error


def _as_os_error(error: RuntimeError, path: Path) -> OSError:
    """Return what the operating system said: FAISS ends its messages with it."""
    message = str(error).removesuffix(")")
    code = next((code for code in errno.errorcode if message.endswith(os.strerror(code))), errno.EIO)
    return OSError(code, os.strerror(code), str(path))
