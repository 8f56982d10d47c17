"""Sets of passages, compressed: what a filter lets pass, or a language consists of, however large the corpus is."""

from array import array
from collections.abc import Iterable
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap, FrozenBitMap

Rows = NDArray[np.int64]


class RowSet:
    """An immutable set of rows, as a Roaring bitmap (Lemire et al. 2018, https://doi.org/10.1002/spe.2560).

    It takes some bytes for a run of neighbours, and never more than a bit for each row of the corpus, or two bytes for
    each row of the set. It is safe to use from several threads.
    """

    __slots__ = ("_bitmap",)

    def __init__(self, bitmap: FrozenBitMap) -> None:
        self._bitmap = bitmap

    @classmethod
    def of(cls, rows: NDArray[np.integer]) -> Self:
        """Return the set of some rows, in any order."""
        return cls(FrozenBitMap(array("I", np.ascontiguousarray(rows, np.uint32).tobytes())))

    @classmethod
    def between(cls, first: int, after: int) -> Self:
        """Return the set of the rows from ``first`` to ``after - 1``."""
        return cls(FrozenBitMap(range(first, after)))

    @classmethod
    def union(cls, sets: Iterable["RowSet"]) -> Self:
        """Return the rows that are in any of some sets."""
        return cls(FrozenBitMap.union(FrozenBitMap(), *map(_bitmap_of, sets)))

    @classmethod
    def deserialize(cls, data: bytes) -> Self:
        """Return the set that ``serialize`` wrote.

        Raises:
            ValueError: The bytes are no set.
        """
        return cls(FrozenBitMap.deserialize(data))

    def serialize(self) -> bytes:
        """Return the set in the portable format of Roaring bitmaps."""
        bitmap = BitMap(self._bitmap)
        bitmap.run_optimize()
        return bytes(bitmap.serialize())

    def __len__(self) -> int:
        return len(self._bitmap)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowSet) and self._bitmap == other._bitmap

    def __hash__(self) -> int:
        return hash(self._bitmap)

    def __and__(self, other: "RowSet") -> "RowSet":
        return RowSet(self._bitmap & other._bitmap)

    def __sub__(self, other: "RowSet") -> "RowSet":
        return RowSet(self._bitmap - other._bitmap)

    def rows(self) -> Rows:
        """Return the rows, ascending."""
        return np.frombuffer(self._bitmap.to_array(), np.uint32).astype(np.int64)

    def holds(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell for each of some rows, in any order, whether the set has it, shape (rows,)."""
        common = (self & RowSet.of(rows)).rows()
        if not common.size:
            return np.zeros(rows.size, np.bool_)
        places = np.minimum(np.searchsorted(common, rows), common.size - 1)
        held: NDArray[np.bool_] = common[places] == rows
        return held

    def bits(self, count: int) -> NDArray[np.uint8]:
        """Return one bit for each of ``count`` rows, the lowest of a byte first, as FAISS wants them."""
        mask = np.zeros(count, np.bool_)
        mask[np.frombuffer(self._bitmap.to_array(), np.uint32)] = True
        return np.packbits(mask, bitorder="little")


def _bitmap_of(rows: RowSet) -> FrozenBitMap:
    return rows._bitmap  # noqa: SLF001  the union of many is ten times as quick at once
