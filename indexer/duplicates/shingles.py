"""Cut texts into shingles (overlapping runs of atoms) and numbers, by which near-duplicates are recognised.

A shingle begins at every atom, and the kind of this first atom decides its length: three words or numbers, five
ideographs, or eight characters of another script without spaces. In each case that is two to three words. So any
script and any mixture of scripts can be cut without knowing the language. Case, width and accents are folded, and
punctuation is left out.

Shingles: Broder, "On the resemblance and containment of documents", 1997.
"""

import functools
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.text.atoms import AtomColumns

Hashes = NDArray[np.uint32]

_LENGTHS = {"word": 3, "number": 3, "sign": 3, "ideograph": 5, "character": 8}
"""Atoms of a shingle, by the kind of its first atom."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of the polynomial hash that combines the atoms of a shingle."""
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
"""Steele et al., "Fast splittable pseudorandom number generators", 2014: the finalizer of SplitMix64."""


class Shingles(NamedTuple):
    """The hashes by which a text is compared. They are the same on every machine and in every process."""

    hashes: Hashes
    """Distinct hashes of its shingles, in the order of the text. 32 bits suffice: among 40,000 articles,
    two rarely share a hash by chance."""
    numbers: Hashes
    """Distinct hashes of its numbers, in the order of the text."""
    whole: int
    """64-bit hash of the sequence of all its atoms; 0 if it has none."""


def cut_shingles(atoms: AtomColumns) -> Shingles:
    """Return the shingles of a text, given as its atoms. A text shorter than one shingle becomes a single shingle."""
    texts, kinds = atoms.texts, atoms.kinds
    if not texts:
        return Shingles(np.zeros(0, np.uint32), np.zeros(0, np.uint32), 0)
    values = np.fromiter(map(_hash, texts), np.uint64, len(texts))
    numbers = values[[kind == "number" for kind in kinds]] if "number" in kinds else values[:0]
    whole = hashlib.blake2b(values.astype("<u8").tobytes(), digest_size=8).digest()
    return Shingles(_runs(kinds, values), _distinct(numbers), int.from_bytes(whole, "little") | 1)


def sample(hashes: Hashes, most: int) -> Hashes:
    """Return the ``most`` lowest of some distinct hashes, in their original order.

    Samples of two texts taken in this way are comparable, because both hold the lowest hashes (bottom-k sketches:
    Broder, see above).
    """
    if hashes.size <= most:
        return hashes
    lowest: Hashes = hashes[hashes <= np.partition(hashes, most - 1)[most - 1]]
    return lowest


def _runs(kinds: Sequence[str], values: NDArray[np.uint64]) -> Hashes:
    lengths = np.fromiter(map(_LENGTHS.__getitem__, kinds), np.int64, len(kinds))
    places = np.arange(len(kinds))
    whole = places + lengths <= len(kinds)
    if not whole.any():
        lengths, whole = np.minimum(lengths, len(kinds)), places == 0
    starts, lengths = places[whole], lengths[whole]
    mixed = np.zeros(starts.size, np.uint64)
    for offset in range(int(lengths.max())):
        longer = lengths > offset
        mixed[longer] = mixed[longer] * _FACTOR + values[starts[longer] + offset]
    return _distinct(mixed)


def _distinct(values: NDArray[np.uint64]) -> Hashes:
    """Return the distinct 32-bit hashes of the values, in order of first occurrence."""
    for shift, factor in zip(_SHIFTS, (*_MIX, None), strict=True):
        values = values ^ (values >> shift)
        if factor is not None:
            values = values * factor
    found, first = np.unique((values >> np.uint64(32)).astype(np.uint32), return_index=True)
    return found[np.argsort(first)]


@functools.lru_cache(2**16)
def _hash(atom: str) -> int:
    return int.from_bytes(hashlib.blake2b(atom.encode(errors="surrogatepass"), digest_size=8).digest(), "little")
