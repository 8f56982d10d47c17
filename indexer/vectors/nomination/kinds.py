"""The kinds of nomination index, and what each takes of memory and disk."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Structure(StrEnum):
    """How rows are reached."""

    FLAT = "flat"
    """All are scanned."""
    IVF = "ivf"
    """They lie in lists around centroids, and the lists of the nearest centroids are scanned."""
    HNSW = "hnsw"
    """They are linked to neighbours, and the links are followed from near to nearer ones."""


class Codes(StrEnum):
    """How a vector is kept."""

    RABITQ = "rabitq"
    """One bit a dimension, and corrections: Gao and Long 2024, https://arxiv.org/abs/2405.12497."""
    SQ4 = "sq4"
    """Four bits a dimension."""
    SQ8 = "sq8"
    """A byte a dimension."""


ROUNDS: Final = 6
"""Iterations of k-means."""
_PER_LIST: Final = 64
"""Vectors of a list from which its centroid is computed, where there are as many."""
_MOST_TRAINED_ON: Final = 2**18
"""Vectors at most from which all centroids are computed: half a gigabyte of 512 dimensions."""
_RANGES_FROM: Final = 2**16
"""Vectors at most from which the ranges of scalar codes, and the mean that RaBitQ subtracts, are computed."""
_BITS: Final = {Codes.RABITQ: 1, Codes.SQ4: 4, Codes.SQ8: 8}
_CORRECTIONS: Final = 8
"""Bytes beside the bits of a RaBitQ code."""
_ID = 8
"""Bytes of a row's number in an inverted list."""
_LINK = 4
"""Bytes of a link of HNSW."""
_NODE = 12
"""Bytes that HNSW keeps of a node beside its links."""
_NAMES: Final = {Codes.RABITQ: "RaBitQ", Codes.SQ4: "SQ4", Codes.SQ8: "SQ8"}


@dataclass(frozen=True, slots=True)
class IndexKind:
    """A kind of nomination index with the parameters that decide how it is built."""

    structure: Structure = Structure.FLAT
    codes: Codes = Codes.RABITQ
    lists: int = 0
    """Of IVF: the number of inverted lists."""
    links: int = 0
    """Of HNSW: the number of links of a row, twice as many on the lowest level."""
    build_breadth: int = 0
    """Of HNSW: efConstruction, how many neighbours are considered while a row is linked."""

    @property
    def name(self) -> str:
        """What the manifest calls it, after FAISS's own names: "Flat+RaBitQ", "IVF4096+RaBitQ", "HNSW16+SQ8"."""
        parts = {Structure.FLAT: "Flat", Structure.IVF: f"IVF{self.lists}", Structure.HNSW: f"HNSW{self.links}"}
        return f"{parts[self.structure]}+{_NAMES[self.codes]}"

    def trained_on(self, rows: int) -> int:
        """Return how many of so many vectors an index is trained on."""
        wanted = min(self.lists * _PER_LIST, _MOST_TRAINED_ON) if self.structure == Structure.IVF else _RANGES_FROM
        return min(wanted, rows)

    def bytes_for(self, rows: int, dim: int) -> int:
        """Return the bytes of an index of so many rows, on disk and, once all of it was read, in memory."""
        code = -(-dim * _BITS[self.codes] // 8) + (_CORRECTIONS if self.codes == Codes.RABITQ else 0)
        if self.structure == Structure.IVF:
            rotation = 4 * dim * dim if self.codes == Codes.RABITQ else 0
            return rows * (code + _ID) + self.lists * 4 * dim + rotation
        if self.structure == Structure.HNSW:
            return rows * (code + 2 * self.links * _LINK + self.links * _LINK // max(self.links - 1, 1) + _NODE)
        return rows * code


FLAT: Final = IndexKind()
"""The kind of small corpora."""
