"""What is kept of each text while copies are looked for: little and of bounded size; and the pairs worth a comparison.

MinHash signatures and their bands: Broder et al., "Min-wise independent permutations", 1998; Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", chapter 3. The signatures are those of datasketch. Its index of bands in Python
sets takes some 20 kB a text, so that the bands are sorted here.
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
"""Hashes in a signature..."""
_BAND = 2
"""...so many in a band: texts with a third of their shingles in common share one of 64 bands in 999 cases of 1,000."""
_SHINGLES = 192
"""Hashes of shingles kept of a text..."""
NUMBERS = 24
"""...and of numbers, each of four bytes."""
_NEIGHBOURS = 16
"""With so many of those that share a band with it a text is paired; larger crowds hang together by several bands."""
_LEAST_CONTAINED = 0.25
"""Share of the shorter text, guessed from the signatures, below which a pair is not worth a comparison."""
_CHUNK = 2**16
"""Pairs whose signatures are compared at once."""


class Sketch(NamedTuple):
    """What is kept of a text but its signature."""

    hashes: Hashes
    """Of its shingles in the order of the text; of a long text the lowest, see ``shingles.sample``."""
    numbers: Hashes
    size: int
    """The shingles of the whole text."""


class Kept(NamedTuple):
    """All that is kept of a text."""

    sketch: Sketch
    signature: Hashes
    whole: int
    """Of all its atoms in order; 0 for a text without any."""


class Sketches:
    """The sketches of texts in the order they came in, in flat arrays."""

    def __init__(self) -> None:
        self._empty = MinHash(PERMUTATIONS, hashfunc=int, scheme="affine32")
        self._signatures, self._hashes, self._numbers = array("I"), array("I"), array("I")
        self._hash_ends, self._number_ends = array("q", [0]), array("q", [0])
        self._sizes, self._wholes = array("i"), array("Q")

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return sum(each.itemsize * len(each) for each in self._arrays().values())

    def add(self, shingles: Shingles) -> None:
        """Keep what is needed of a text."""
        signature = self._empty.copy()
        signature.update_batch(shingles.hashes.tolist())
        kept = sample(shingles.hashes, _SHINGLES), sample(shingles.numbers, NUMBERS)
        self.keep(Kept(Sketch(*kept, shingles.hashes.size), signature.hashvalues, shingles.whole))

    def keep(self, kept: Kept) -> None:
        """Keep a text as other sketches kept it."""
        self._signatures.frombytes(kept.signature.tobytes())
        self._hashes.frombytes(kept.sketch.hashes.tobytes())
        self._numbers.frombytes(kept.sketch.numbers.tobytes())
        self._hash_ends.append(len(self._hashes))
        self._number_ends.append(len(self._numbers))
        self._sizes.append(kept.sketch.size)
        self._wholes.append(kept.whole)

    def kept(self, row: int) -> Kept:
        """Return all that is kept of a text."""
        signature = np.frombuffer(self._signatures, np.uint32)[PERMUTATIONS * row : PERMUTATIONS * (row + 1)]
        return Kept(self[row], signature, self._wholes[row])

    def save(self, path: Path) -> None:
        """Write them to a file."""
        arrays = self._arrays()
        layout = {name: (f"<{_TYPES[each.typecode]}", len(each)) for name, each in arrays.items()}
        written = create_arrays(path, _KIND, _VERSION, {}, layout)
        for name, each in arrays.items():
            written[name][:] = each

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises:
            IndexUnavailableError: It cannot be read, or is of another version.
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
        """Return, for each text, the row of the first with the same words; its own for a text without any."""
        wholes = np.array(self._wholes, np.uint64)
        _, first, group = np.unique(wholes, return_index=True, return_inverse=True)
        return np.where(wholes == 0, np.arange(wholes.size), first[group]).astype(np.int64)

    def candidates(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return pairs of these rows that may be copies, shape (pairs, 2), in order, the lower row first."""
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
    """Yield the pairs of places with the same key, as the first times their number plus the second."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for distance in range(1, min(_NEIGHBOURS + 1, keys.size)):
        same = np.flatnonzero(ordered[:-distance] == ordered[distance:])
        if not same.size:
            return
        yield order[same] * keys.size + order[same + distance]


def _promising(codes: NDArray[np.int64], signatures: NDArray[np.uint32], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which pairs have enough in common by their signatures."""
    kept = np.zeros(codes.size, np.bool_)
    for start in range(0, codes.size, _CHUNK):
        one, other = np.divmod(codes[start : start + _CHUNK], sizes.size)
        jaccard = (signatures[one] == signatures[other]).mean(axis=1)
        common = jaccard / (1 + jaccard) * (sizes[one] + sizes[other])
        kept[start : start + _CHUNK] = common >= _LEAST_CONTAINED * np.minimum(sizes[one], sizes[other])
    return kept
