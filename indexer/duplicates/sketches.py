"""Sketches of texts, of small and bounded size, and the candidate pairs of near-duplicates that they give.

MinHash signatures and their bands: Broder et al., "Min-wise independent permutations", 1998; Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", chapter 3. datasketch computes the signatures. Its index of bands is made of
Python sets and takes some 20 kB a text, so here the bands are sorted instead.
"""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from indexer.duplicates.shingles import Hashes, Shingles, sample
from indexer.storage.arrays import create_arrays, open_arrays

_KIND, _VERSION = "dateline sketches", 1
_TYPES = {"I": "u4", "q": "i8", "i": "i4", "Q": "u8"}
PERMUTATIONS = 128
"""Hashes in a signature."""
_BAND = 2
"""Hashes in a band. Two texts with a Jaccard index of one third share at least one of the 64 bands with probability
.999."""
_SHINGLES = 192
"""Shingle hashes kept of a text at most; each takes four bytes."""
NUMBERS = 24
"""Number hashes kept of a text at most; each takes four bytes."""
_NEIGHBOURS = 16
"""In each band, a text is paired with at most this many of the texts that follow it with the same hashes. Larger groups
are connected through other bands."""
_MIN_CONTAINED = 0.25
"""Least share of the shorter text that occurs in the other, estimated from the signatures, for a pair to become a
candidate."""
_PAIRS_AT_ONCE = 2**16
"""Pairs whose signatures are compared at a time."""


class Sketch(NamedTuple):
    """The samples of a text's shingles and numbers."""

    hashes: Hashes
    """Hashes of its shingles in the order of the text; for a long text, a sample of them (see ``shingles.sample``)."""
    numbers: Hashes
    size: int
    """Number of shingles in the whole text."""


class KeptSketch(NamedTuple):
    """A text's sketch, MinHash signature and hash."""

    sketch: Sketch
    signature: Hashes
    whole: int
    """64-bit hash of the sequence of all its atoms; 0 if it has none."""


class Sketches:
    """The sketches of texts in the order of adding, in flat arrays."""

    def __init__(self) -> None:
        self._empty = MinHash(PERMUTATIONS, hashfunc=int, scheme="affine32")
        self._signatures, self._hashes, self._numbers = array("I"), array("I"), array("I")
        self._hash_ends, self._number_ends = array("q", [0]), array("q", [0])
        self._sizes, self._wholes = array("i"), array("Q")

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def nbytes(self) -> int:
        """Memory used, in bytes."""
        return sum(each.itemsize * len(each) for each in self._arrays().values())

    def add(self, shingles: Shingles) -> None:
        """Compute and append the sketch of a text."""
        signature = self._empty.copy()
        signature.update_batch(shingles.hashes.tolist())
        samples = sample(shingles.hashes, _SHINGLES), sample(shingles.numbers, NUMBERS)
        sketch = Sketch(*samples, shingles.hashes.size)
        self.append(KeptSketch(sketch, signature.hashvalues, shingles.whole))

    def append(self, kept: KeptSketch) -> None:
        """Append a text whose sketch is already computed."""
        self._signatures.frombytes(kept.signature.tobytes())
        self._hashes.frombytes(kept.sketch.hashes.tobytes())
        self._numbers.frombytes(kept.sketch.numbers.tobytes())
        self._hash_ends.append(len(self._hashes))
        self._number_ends.append(len(self._numbers))
        self._sizes.append(kept.sketch.size)
        self._wholes.append(kept.whole)

    def kept(self, row: int) -> KeptSketch:
        """Return a text's sketch, signature and hash."""
        signature = np.frombuffer(self._signatures, np.uint32)[PERMUTATIONS * row : PERMUTATIONS * (row + 1)]
        return KeptSketch(self[row], signature, self._wholes[row])

    def save(self, path: Path) -> None:
        """Write the sketches to a file."""
        arrays = self._arrays()
        layout = {name: (f"<{_TYPES[each.typecode]}", len(each)) for name, each in arrays.items()}
        written = create_arrays(path, _KIND, _VERSION, {}, layout)
        for name, each in arrays.items():
            written[name][:] = each

    @staticmethod
    def check(path: Path) -> None:
        """Raise the error that ``open`` would raise, without reading everything."""
        open_arrays(path, _KIND, _VERSION)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises:
            IndexUnavailableError: The file cannot be read, or its format is of another version.
        """
        _, found = open_arrays(path, _KIND, _VERSION)
        sketches = cls()
        for name, each in sketches._arrays().items():
            del each[:]
            each.frombytes(found[name].tobytes())
        return sketches

    def _arrays(self) -> dict[str, "array[int]"]:
        return {
            "signatures": self._signatures,
            "hashes": self._hashes,
            "numbers": self._numbers,
            "hash_ends": self._hash_ends,
            "number_ends": self._number_ends,
            "sizes": self._sizes,
            "wholes": self._wholes,
        }

    def __getitem__(self, row: int) -> Sketch:
        hashes = np.frombuffer(self._hashes, np.uint32)[self._hash_ends[row] : self._hash_ends[row + 1]]
        numbers = np.frombuffer(self._numbers, np.uint32)[self._number_ends[row] : self._number_ends[row + 1]]
        return Sketch(hashes, numbers, self._sizes[row])

    def first_identical(self) -> NDArray[np.int64]:
        """Return for each text the row of the first text with the same atoms; its own row if it has no atoms."""
        wholes = np.array(self._wholes, np.uint64)
        _, first, group = np.unique(wholes, return_index=True, return_inverse=True)
        return np.where(wholes == 0, np.arange(wholes.size), first[group]).astype(np.int64)

    def candidates(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pairs of these rows that may be copies, shape (pairs, 2), sorted, the lower row of each first."""
        signatures = np.frombuffer(self._signatures, np.uint32).reshape(-1, PERMUTATIONS)[rows]
        sizes = np.frombuffer(self._sizes, np.int32).astype(np.int64)[rows]
        codes = np.zeros(0, np.int64)
        for band in range(0, PERMUTATIONS, _BAND):
            keys = np.ascontiguousarray(signatures[:, band : band + _BAND]).view(np.uint64)[:, 0]
            found = np.concatenate([np.zeros(0, np.int64), *_sharing(keys)])
            codes = np.union1d(codes, found[_promising(found, signatures, sizes)])
        pairs: NDArray[np.int64] = rows[np.stack(np.divmod(codes, max(rows.size, 1)), axis=1)]
        return pairs


def _sharing(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of indices with equal keys, each encoded as ``first * keys.size + second``."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for distance in range(1, min(_NEIGHBOURS + 1, keys.size)):
        same = np.flatnonzero(ordered[:-distance] == ordered[distance:])
        if not same.size:
            return
        yield order[same] * keys.size + order[same + distance]


def _promising(codes: NDArray[np.int64], signatures: NDArray[np.uint32], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which pairs have enough shingles in common, estimated from their signatures."""
    kept = np.zeros(codes.size, np.bool_)
    for start in range(0, codes.size, _PAIRS_AT_ONCE):
        one, other = np.divmod(codes[start : start + _PAIRS_AT_ONCE], sizes.size)
        jaccard = (signatures[one] == signatures[other]).mean(axis=1)
        common = jaccard / (1 + jaccard) * (sizes[one] + sizes[other])
        kept[start : start + _PAIRS_AT_ONCE] = common >= _MIN_CONTAINED * np.minimum(sizes[one], sizes[other])
    return kept
