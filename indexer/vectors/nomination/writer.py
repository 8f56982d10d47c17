"""Builds a nomination index of any kind in blocks: trained on a sample, with only the codes in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.threads import compute_threads
from indexer.vectors.faiss_index import write_faiss
from indexer.vectors.nomination.index import NominationIndex, searched_in
from indexer.vectors.nomination.kinds import FLAT, ROUNDS, Codes, IndexKind, Structure

_SEED: Final = 1234
_SCALAR: Final = {Codes.SQ4: faiss.ScalarQuantizer.QT_4bit, Codes.SQ8: faiss.ScalarQuantizer.QT_8bit}


def training_rows(kind: IndexKind, count: int) -> NDArray[np.int64]:
    """Return the rows that an index of ``count`` vectors is trained on, ascending: the same in every call."""
    return np.sort(np.random.default_rng(_SEED).permutation(count)[: kind.trained_on(count)])


class NominationWriter:
    """Collects centred vectors in passage order and writes an index of them. The same vectors give the same bytes."""

    def __init__(self, dim: int, kind: IndexKind = FLAT) -> None:
        self._kind = kind
        self._index = _MAKERS[kind.structure](dim, kind)

    def train(self, sample: Vectors) -> None:
        """Prepare the index for vectors like those of a sample, shape (n, dim); see ``training_rows``.

        Raises:
            ValueError: The index is to have more lists than the sample has vectors.
        """
        if len(sample) < self._kind.lists:
            raise ValueError(
                f"{self._kind.name} is trained on {self._kind.lists:,} vectors at least, not {len(sample):,}"
            )
        faiss.omp_set_num_threads(compute_threads())
        self._index.train(sample[: self._kind.trained_on(len(sample))])

    def add(self, vectors: Vectors) -> None:
        """Append rows, shape (n, dim)."""
        # Several threads link the rows of HNSW in any order, and the bytes would differ from build to build.
        faiss.omp_set_num_threads(1 if self._kind.structure == Structure.HNSW else compute_threads())
        self._index.add(vectors)

    def opened(self, depth: int, exact_up_to: int | None = None) -> NominationIndex:
        """Return what was added so far, to be searched so deep from now on; see ``NominationIndex``."""
        if self._kind.structure == Structure.IVF:
            searched_in(self._index).nprobe = depth
        if self._kind.structure == Structure.HNSW:
            self._index.hnsw.efSearch = depth
        return NominationIndex(self._index, exact_up_to)

    def save(self, path: Path) -> None:
        """Write the index.

        Raises:
            OSError: The file cannot be written.
        """
        write_faiss(self._index, path)


def _flat(dim: int, kind: IndexKind) -> Any:
    if kind.codes != Codes.RABITQ:
        raise ValueError(f"a flat index has RaBitQ codes, not {kind.codes}")
    return faiss.IndexRaBitQ(dim, faiss.METRIC_INNER_PRODUCT)


def _ivf(dim: int, kind: IndexKind) -> Any:
    centroids: Any = faiss.IndexFlatL2(dim)  # of means, not of unit length: what is left of the vectors is smaller
    index: Any
    if kind.codes == Codes.RABITQ:
        index = faiss.IndexIVFRaBitQ(centroids, dim, kind.lists, faiss.METRIC_INNER_PRODUCT)
    else:
        codes, metric = _SCALAR[kind.codes], faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexIVFScalarQuantizer(
            centroids, dim, kind.lists, codes, metric, False
        )  # residuals take inner products for granted
    centroids.this.disown()
    index.own_fields = True
    index.cp.niter, index.cp.seed = ROUNDS, _SEED
    index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, 2**18  # neither warn nor draw again
    return _rotating(index, dim) if kind.codes == Codes.RABITQ else index


def _rotating(index: Any, dim: int) -> Any:
    """Return an index that turns vectors at random first: of what centroids leave of them, raw bits tell little."""
    rotation: Any = faiss.RandomRotationMatrix(dim, dim)
    rotation.init(_SEED)
    for part in (rotation, index):
        part.this.disown()
    turning: Any = faiss.IndexPreTransform(rotation, index)
    turning.own_fields = True
    return turning


def _hnsw(dim: int, kind: IndexKind) -> Any:
    index: Any
    if kind.codes == Codes.RABITQ:  # which has no inner product; of unit vectors the nearest are the same
        index = faiss.IndexHNSWRaBitQ(dim, kind.links, 1, faiss.METRIC_L2)
    else:
        index = faiss.IndexHNSWSQ(dim, _SCALAR[kind.codes], kind.links, faiss.METRIC_INNER_PRODUCT)  # type: ignore[arg-type]
    index.hnsw.efConstruction = kind.build_breadth
    return index


_MAKERS: Final[dict[Structure, Callable[[int, IndexKind], Any]]] = {
    Structure.FLAT: _flat,
    Structure.IVF: _ivf,
    Structure.HNSW: _hnsw,
}
