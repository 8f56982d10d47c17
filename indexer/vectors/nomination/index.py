"""Finds candidates for the passages nearest to a vector, in an index of any kind."""

from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.errors import IndexFormatError
from indexer.rows import RowSet
from indexer.vectors.faiss_index import read_faiss
from indexer.vectors.nomination.selectors import Selectors

EXACT_UP_TO: Final = 2000
"""Up to this many rows in scope are all candidates, since comparing them exactly takes no longer than a scan."""
_EXACT_OF_MANY: Final = 10_000
"""The same where there are too many rows for a scan: comparing so many takes 3 ms, as long as a search."""
_USUAL: Final = 1000
"""Candidates up to which the depth of the index is enough; a ranking that reaches further wants more."""
_LIST, _TEST, _ROW = 2.4e-6, 2e-9, 1.2e-8
"""Seconds of a core for a list beside its rows, to see whether a row is in scope, and to compare one."""


class NominationIndex:
    """A nomination index, memory-mapped. It is safe to use from several threads."""

    def __init__(self, index: Any, exact_up_to: int | None = None) -> None:
        """Search an index of FAISS.

        Args:
            index: One of the types that ``NominationWriter`` makes.
            exact_up_to: All rows in scope are returned, without a search, if they are at most this many; None for as
                many as pays.

        Raises:
            KeyError: The index is of another type.
        """
        self._whole, self._index = index, searched_in(index)
        self._parameters = _PARAMETERS[type(self._index)]
        usual = EXACT_UP_TO if isinstance(self._index, faiss.IndexRaBitQ) else _EXACT_OF_MANY
        self._exact_up_to = usual if exact_up_to is None else exact_up_to
        self._selectors = Selectors(self.count)

    @classmethod
    def open(cls, path: Path, exact_up_to: int | None = None) -> Self:
        """Open an index that ``NominationWriter`` wrote.

        Raises:
            IndexCorruptError: The file is missing or is no index.
            IndexFormatError: The index is of a type that is not searched here.
        """
        index = read_faiss(path)
        found = type(searched_in(index))
        if found not in _PARAMETERS:
            raise IndexFormatError(
                f"{path} is a FAISS index of the type {found.__name__}, which this version of Dateline does not search",
                "run rebuild-index",
            )
        return cls(index, exact_up_to)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    @property
    def depth(self) -> int:
        """How deep a search goes: the lists that are probed, or the breadth of a walk along links; 0 for a scan."""
        if isinstance(self._index, faiss.IndexIVF):
            return int(self._index.nprobe)
        return int(self._index.hnsw.efSearch) if isinstance(self._index, faiss.IndexHNSW) else 0

    @property
    def deepest(self) -> int:
        """The depth at which everything is looked through; 0 for a scan, which always does."""
        if isinstance(self._index, faiss.IndexIVF):
            return int(self._index.nlist)
        return self.count if isinstance(self._index, faiss.IndexHNSW) else 0

    def nearest(
        self, direction: NDArray[np.float32], k: int, scope: RowSet | None = None, effort: float = 1
    ) -> NDArray[np.int64]:
        """Return about ``k`` rows among which the nearest are; see ``VectorBackend``."""
        size = self.count if scope is None else len(scope)
        if size <= max(k, self._exact_up_to):
            return np.arange(self.count) if scope is None else scope.rows()
        faiss.omp_set_num_threads(1)  # of this thread only: threads that share a scan of a few milliseconds take longer
        selector = None if scope is None else self._selectors.of(scope)
        parameters = self._parameters(self._index, k, size / self.count, selector, effort)
        if self._index.metric_type == faiss.METRIC_L2:
            direction = _unit(direction)
        _, rows = self._index.search(self._rotated(direction[None, :]), k, params=parameters)
        return np.sort(rows[0][rows[0] >= 0])

    def _rotated(self, directions: Vectors) -> Vectors:
        """Turn directions as the vectors were turned before they were coded, if they were."""
        if self._index is self._whole:
            return directions
        turned: Vectors = self._whole.chain.at(0).apply(directions)
        return turned


def searched_in(index: Any) -> Any:
    """Return the part of an index that is searched, which follows a rotation in some."""
    return faiss.downcast_index(index.index) if isinstance(index, faiss.IndexPreTransform) else index


def _unit(direction: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a direction at unit length, so that the order of distances to it is that of cosines."""
    unit: NDArray[np.float32] = direction / np.float32(max(float(np.linalg.norm(direction)), 1e-9))
    return unit


def _flat(_index: Any, _k: int, _share: float, selector: Any, _effort: float) -> Any:
    return selector and faiss.RaBitQSearchParameters(sel=selector)  # type: ignore[call-arg]  # sets any attribute


def _ivf(index: Any, k: int, share: float, selector: Any, effort: float) -> Any:
    """Probe more lists the fewer of their rows are in scope, so that the search takes as long as without a scope."""
    rows = index.ntotal / index.nlist
    more = (_LIST + rows * _ROW) / (_LIST + rows * (_TEST + share * _ROW)) if selector else 1
    probes = min(index.nlist, max(1, round(effort * max(1, more) * max(1, k / _USUAL) * index.nprobe)))
    kind = faiss.IVFRaBitQSearchParameters if isinstance(index, faiss.IndexIVFRaBitQ) else faiss.SearchParametersIVF
    return kind(nprobe=probes, **({"sel": selector} if selector else {}))  # type: ignore[call-arg]  # sets any attribute


def _hnsw(index: Any, k: int, share: float, selector: Any, effort: float) -> Any:
    """Follow more links the fewer rows are in scope: those out of scope lead on, and count as met."""
    breadth = min(index.ntotal, round(max(effort * index.hnsw.efSearch, k) / share))
    parameters: Any = faiss.SearchParametersHNSW  # type: ignore[attr-defined]  # is not in its stubs
    return parameters(efSearch=breadth, **({"sel": selector} if selector else {}))


_PARAMETERS: Final = {
    faiss.IndexRaBitQ: _flat,
    faiss.IndexIVFRaBitQ: _ivf,
    faiss.IndexIVFScalarQuantizer: _ivf,
    faiss.IndexHNSWSQ: _hnsw,
    faiss.IndexHNSWRaBitQ: _hnsw,
}
"""The types that are searched, and what makes the parameters of a search in each."""
