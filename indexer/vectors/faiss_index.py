"""The vectors themselves, in a flat FAISS index on disk, and how indexes of any kind are read and written."""

import errno
import os
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.errors import IndexCorruptError, IndexFormatError

_COUNT_AT = 8
"""Offset in bytes of the number of vectors in a flat index on disk; ``VectorIndex`` checks that FAISS reads it so."""

_UNKNOWN_TYPE = "not recognized"
"""FAISS's words for an index whose type it does not know."""
_INDEX = b"I"
"""What the name of every type of index begins with, which are the first four bytes of its file."""


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


class VectorIndex:
    """The vectors of passages, memory-mapped. It is safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._index = read_faiss(path)
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

    def products(self, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the inner product of the vectors in some rows with a vector, without copying them; shape (rows,)."""
        products = np.empty(rows.size, np.float32)
        if rows.size:
            if not 0 <= rows.min() <= rows.max() < self.count:
                raise IndexError(f"rows {rows.min()} to {rows.max()} of {self.count:,}")
            wanted = np.ascontiguousarray(rows, np.int64), np.ascontiguousarray(vector, np.float32)
            faiss.omp_set_num_threads(1)
            ids, query, result, all_vectors = map(_pointer, (*wanted, products, self._vectors))
            _inner_products(result, query, all_vectors, ids, self.dim, 1, rows.size)
        return products


_pointer: Any = faiss.swig_ptr
_inner_products: Any = faiss.fvec_inner_products_by_idx  # type: ignore[attr-defined]  # is not in its stubs


def read_faiss(path: Path) -> Any:
    """Map an index of any type.

    Raises:
        IndexCorruptError: The file is missing or is no index.
        IndexFormatError: The index is of a type that the installed FAISS does not have.
    """
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        if _UNKNOWN_TYPE in str(error) and _first(path).startswith(_INDEX):
            raise IndexFormatError(
                f"{path} is an index of a type that the installed FAISS {faiss.__version__} does not have",
                "install the version of faiss-cpu that built it, or run rebuild-index",
            ) from error
        raise IndexCorruptError(f"{path} is no FAISS index: {error}", "run rebuild-index") from error


def write_faiss(index: Any, path: Path) -> None:
    """Write an index of any type.

    Raises:
        OSError: The file cannot be written.
    """
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise _as_os_error(error, path) from error


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _as_os_error(error: RuntimeError, path: Path) -> OSError:
    """Return what the operating system said: FAISS ends its messages with it."""
    message = str(error).removesuffix(")")
    code = next((code for code in errno.errorcode if message.endswith(os.strerror(code))), errno.EIO)
    return OSError(code, os.strerror(code), str(path))
