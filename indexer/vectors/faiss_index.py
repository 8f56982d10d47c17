"""Vectors on disk and nearest neighbours among them: the only module that imports FAISS.

The vectors themselves lie in a flat file. Beside it, one bit a dimension of the centred vectors (RaBitQ, Gao and Long
2024, https://arxiv.org/abs/2405.12497) nominates rows, which are then compared exactly.
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
from indexer.threads import compute_threads

KIND = "Flat+RaBitQ"
"""Nominated by one bit a dimension, compared exactly."""
_FEW = 2000
"""So many rows are all nominated."""
_TRAINED_ON = 65536
_COUNT_AT = 8
"""Where a flat index on disk says how many vectors it holds; ``VectorIndex`` checks that FAISS reads it so."""


class VectorWriter:
    """Writes vectors in passage order as one flat FAISS index, of which none stays in memory; a context manager."""

    def __init__(self, path: Path, dim: int) -> None:
        """Begin the index that will be at ``path``.

        Raises:
            OSError: The disk did not take it.
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
        """End the file: FAISS counts vectors in its header, and just before the first their numbers."""
        for place, number in ((_COUNT_AT, self._count), (self._begin - 8, self._count * self._dim)):
            self._file.seek(place)
            self._file.write(number.to_bytes(8, "little"))
        self._file.close()


class NominationWriter:
    """Collects centred vectors in passage order and writes one bit a dimension of each."""

    def __init__(self, dim: int) -> None:
        self._index = faiss.IndexRaBitQ(dim, faiss.METRIC_INNER_PRODUCT)

    def add(self, vectors: Vectors) -> None:
        """Append rows; shape (n, dim). Their mean is taken from the first ones."""
        if not self._index.is_trained or not self._index.ntotal:
            self._index.train(vectors[:_TRAINED_ON])
        self._index.add(vectors)

    def save(self, path: Path) -> None:
        """Write the index.

        Raises:
            OSError: The disk did not take it.
        """
        _write(self._index, path)


class VectorIndex:
    """The vectors of passages, memory-mapped. Any number of threads may read at once."""

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
    """Nominates the passages that a vector may be nearest to. Any number of threads may search at once."""

    def __init__(self, path: Path) -> None:
        self._index = _read(path)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def nominate(
        self, query: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return rows among which the nearest to the query are, in ascending order.

        Args:
            query: Shape (dim,), of any length.
            limit: About so many rows; all that pass where they are few.
            allowed: Shape (count,), True for rows that may be returned; None for all.
        """
        passing = np.arange(self.count) if allowed is None else np.flatnonzero(allowed)
        if passing.size <= max(limit, _FEW):
            return passing
        parameters: Any = None
        if allowed is not None and passing.size < self.count:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]  # the wrapper takes the array alone
            parameters = faiss.RaBitQSearchParameters(sel=selector)  # type: ignore[call-arg]  # sets any attribute
        faiss.omp_set_num_threads(compute_threads())  # counts for the calling thread alone
        _, rows = self._index.search(query[None, :], limit, params=parameters)
        return np.sort(rows[0][rows[0] >= 0])


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
