"""What is compared of two texts to tell whether one is a copy of the other: overlapping runs of words, and numbers.

A run, or shingle, begins at every atom, and the atom says how long it is: three words or numbers, five ideographs,
eight characters of another script without spaces, which is two to three words in each. So every script and any
mixture of scripts is cut alike, without knowing the language. Case, width and accents are folded, punctuation is left
out.

Shingles: Broder, "On the resemblance and containment of documents", 1997.
"""

import functools
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.text.atoms import Atom

Hashes = NDArray[np.uint32]

_LENGTHS = {"word": 3, "number": 3, "sign": 3, "ideograph": 5, "character": 8}
"""Atoms of a shingle, by the kind of its first."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
"""Steele et al., "Fast splittable pseudorandom number generators", 2014: the finalizer of SplitMix64."""


class Shingles(NamedTuple):
    """What a text is compared by; the same on every machine and in every process."""

    hashes: Hashes
    """Of its shingles, each once, in the order of the text. Two of 40,000 articles seldom have the same by chance."""
    numbers: Hashes
    """Of its numbers, each once."""
    whole: int
    """64 bits of all its atoms in order; 0 for a text without any."""


def cut_shingles(atoms: Sequence[Atom]) -> Shingles:
    """Return the shingles of a text that is cut into atoms; one that is shorter than a shingle is one shingle."""
    if not atoms:
        return Shingles(np.zeros(0, np.uint32), np.zeros(0, np.uint32), 0)
    values = np.fromiter((_hash(atom.text) for atom in atoms), np.uint64, len(atoms))
    numbers = values[[atom.kind == "number" for atom in atoms]]
    whole = hashlib.blake2b(values.astype("<u8").tobytes(), digest_size=8).digest()
    return Shingles(_runs(atoms, values), _distinct(numbers), int.from_bytes(whole, "little") | 1)


def sample(hashes: Hashes, most: int) -> Hashes:
    """Return at most so many of the distinct hashes of a set, the lowest, in the order they came in.

    The lowest of two sets are samples of both that agree (bottom-k sketches: Broder, see above).
    """
    if hashes.size <= most:
        return hashes
    lowest: Hashes = hashes[hashes <= np.partition(hashes, most - 1)[most - 1]]
    return lowest


def _runs(atoms: Sequence[Atom], values: NDArray[np.uint64]) -> Hashes:
    lengths = np.fromiter((_LENGTHS[atom.kind] for atom in atoms), np.int64, len(atoms))
    places = np.arange(len(atoms))
    whole = places + lengths <= len(atoms)
    if not whole.any():
        lengths, whole = np.minimum(lengths, len(atoms)), places == 0
    starts, lengths = places[whole], lengths[whole]
    mixed = np.zeros(starts.size, np.uint64)
    for offset in range(int(lengths.max())):
        longer = lengths > offset
        mixed[longer] = mixed[longer] * _FACTOR + values[starts[longer] + offset]
    return _distinct(mixed)


def _distinct(values: NDArray[np.uint64]) -> Hashes:
    """Return 32 mixed bits of each value, each once, in order."""
    for shift, factor in zip(_SHIFTS, (*_MIX, None), strict=True):
        values = values ^ (values >> shift)
        if factor is not None:
            values = values * factor
    found, first = np.unique((values >> np.uint64(32)).astype(np.uint32), return_index=True)
    return found[np.argsort(first)]


@functools.lru_cache(2**16)
def _hash(atom: str) -> int:
    return int.from_bytes(hashlib.blake2b(atom.encode(errors="surrogatepass"), digest_size=8).digest(), "little")
