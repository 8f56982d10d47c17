"""The distance of words by their sounds: a weighted edit distance, computed for many words at once.

Costs are small whole numbers, so that it is computed in bytes: a consonant that is missing or of another class costs 5.
Sounds that languages write for one another cost less, vowels least, and those that Arabic and Hebrew leave out still
less. They should not be free: those scripts write the long ones, and words with few consonants would all be alike. The
costs were set by hand and checked on names of news in 18 languages; see ``benchmarks/sounds.py``.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.sound_forms import ABJAD, CODES, FIXED, LETTERS, STRIP, Codes, Form, Packed, codes_of, unpack

LEAST: Final = 0.7
"""Similarities below this have the weight 0."""
_FULL: Final = 0.95
"""Similarities of different spellings have the weight ``_ALMOST`` from this upwards."""
_ALMOST: Final = 0.9
_STRIPPED: Final = 0.9
"""Factor of the weight of a word of which a first letter is left out as a preposition."""

_Floats = NDArray[np.float64]
_Mask = NDArray[np.bool_]
_CONSONANT, _WEAK, _NEVER = 5, 2, 100
"""Costs of a consonant, of a vowel or h that is added or left out, and of what is never replaced."""
_CLASS, _VOWEL = 2, 1
"""Costs of a consonant for another of its class, and of a vowel for another."""
_CHEAP = {
    0: "kq ky gq l{ r{",
    1: "qc cx cs cy cj qj jx xs sz zj td pb bv fv vw kg lr mn kh ji wu cz uv",
    2: "yj ck hg hy hq tc dj ts wb wo dz zt jh jg iy ci fh",
}
"""Pairs of sounds by what it costs to replace one by the other."""
_VOWELS = "aeiou"


def _substitutions() -> Codes:
    """Return the cost of replacing each letter by each other, shape (28, 28); 0 is the end of a word."""
    costs = np.full((CODES, CODES), _CONSONANT, np.uint8)
    for sounds in ("bpfvw", "kgqy", "szxcj", "td", "lr", "mn", _VOWELS):
        numbers = np.array([ord(letter) - 96 for letter in sounds])
        costs[np.ix_(numbers, numbers)] = _VOWEL if sounds == _VOWELS else _CLASS
    for cost, pairs in _CHEAP.items():
        for pair in pairs.split():
            one, other = (ord(letter) - 96 for letter in pair)
            costs[one, other] = costs[other, one] = cost
    np.fill_diagonal(costs, 0)
    costs[:, 0] = costs[0, :] = _NEVER
    return costs


def _gaps() -> Codes:
    """Return the cost of adding or leaving out each letter, shape (28,); the end of a word costs nothing."""
    costs = np.full(CODES, _CONSONANT, np.uint8)
    costs[[ord(letter) - 96 for letter in _VOWELS]] = _WEAK
    costs[ord("h") - 96] = _WEAK
    costs[0] = 0
    return costs


COSTS: Final = _substitutions()
"""Costs of replacing a letter (row) by another."""
GAPS: Final = _gaps()
"""Costs of adding or leaving out a letter."""
_GAP_OF = GAPS.tobytes().ljust(256, b"\0")
"""The same as a table for ``bytes.translate``, which is the fastest look-up of bytes."""
_HALVED = 32
"""Added to the number of a letter where one of two words lacks vowels and the other does not."""


def _gains(abjad: bool) -> list[bytes]:
    """Return what each letter of a spelling gains beside each of another one, as parts of a table for ``translate``.

    Two letters that stand side by side cost the replacement instead of both gaps, so that they gain the difference.
    ``abjad`` tells whether the spelling lacks vowels. Vowels that only the other one has cost half.
    """
    gains = np.zeros((CODES, 2 * _HALVED), np.uint8)
    halves = (GAPS == _WEAK).astype(np.uint8)
    halved = (GAPS, GAPS - halves) if abjad else (GAPS - halves, GAPS)
    for first, (mine, theirs) in ((0, (GAPS, GAPS)), (_HALVED, halved)):
        both = mine[:, None] + theirs
        gains[:, first : first + CODES] = both - np.minimum(both, COSTS)
    return [row.tobytes() for row in gains]


_GAINS = _gains(False), _gains(True)
_TOGETHER = 256 // (2 * _HALVED)
"""Spellings whose gains are in one table."""


def similarities(queries: Sequence[Form], packed: Packed, sizes: Sequence[int]) -> _Floats:
    """Return how alike forms and packed forms sound, from 0 to 1, shape (packed,).

    It is 1 for the same spelling, and at most 0.9 for others and where a script does not write vowels.

    Args:
        queries: The forms. They are compared together: one by one would take three times as long. It is quickest if
            those of most letters come first.
        packed: What the first form is compared with, then what the next one is compared with, and so on.
        sizes: How many packed forms each form is compared with.
    """
    if not packed.size:
        return np.zeros(0)
    codes = codes_of(queries)
    own = np.repeat(GAPS[codes].sum(axis=1, dtype=np.uint8), sizes)
    abjad = np.array([query.abjad for query in queries])
    distances, theirs = _distances(codes, abjad, packed, sizes)
    longer = np.maximum(own, theirs)
    near = np.flatnonzero(distances <= longer * np.float32(1.01 - LEAST))  # the weights of others are 0
    distances, flags = distances[near], packed[near]
    alike = 1 - distances / longer[near]
    weights = _ALMOST * ((alike - LEAST) / (_FULL - LEAST)).clip(0, 1)
    weights[(distances == 0) & (theirs[near] == own[near]) & (flags & ABJAD == 0) & ~np.repeat(abjad, sizes)[near]] = 1
    weights[flags & STRIP != 0] *= _STRIPPED
    found: _Floats = np.zeros(packed.size)
    found[near] = weights
    return found


def _distances(queries: Codes, abjad: _Mask, packed: Packed, sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Return the distances of spellings and packed ones, and the distances of the latter from an empty one.

    The distance of two beginnings is what all their letters cost as gaps, less the most that letters of one gain beside
    letters of the other.

    Args:
        queries: The codes of the spellings, shape (queries, 12).
        abjad: Whether they lack vowels. Vowels that only one of two has cost half.
        packed: The packed ones, as for ``similarities``.
        sizes: How many belong to each spelling.
    """
    letters = unpack(packed)
    gaps = np.frombuffer(bytearray(letters.tobytes()).translate(_GAP_OF), np.uint8).reshape(letters.shape)
    theirs = _running_sums(gaps)
    whole, tails = theirs[-1], _tails(theirs[-1] - theirs, packed)
    lacks = np.repeat(abjad, sizes)
    halved = (packed & ABJAD != 0) != lacks
    if abjad.any():
        theirs = _running_sums(gaps - ((gaps == _WEAK) & halved & lacks))
    costs, vowels = _running_sums(GAPS[queries].T), _running_sums((GAPS[queries] == _WEAK).T.view(np.uint8))
    mine = np.repeat(costs, sizes, axis=1) - np.repeat(vowels, sizes, axis=1) * (halved & ~lacks)
    cut = mine + np.repeat((costs[-1] - costs) // 2, sizes, axis=1) + theirs[-1]
    nearest = np.full(packed.size, 255, np.uint8)
    gains = np.zeros((LETTERS + 1, packed.size), np.uint8)
    letters += np.uint8(_HALVED) * halved
    for place, size in enumerate(_gain_by_letter(queries, abjad, letters, sizes, gains), start=1):
        np.minimum(nearest[:size], cut[place, :size] - gains[-1, :size], out=nearest[:size])
    return np.minimum(nearest, (mine[-1] + theirs + tails - gains).min(axis=0)), whole


def _gain_by_letter(queries: Codes, abjad: _Mask, letters: Codes, sizes: Sequence[int], gains: Codes) -> Iterator[int]:
    """Raise the most that the first letters of spellings gain beside the first ones of others, by one letter each time.

    Args:
        queries: The codes of the spellings, shape (queries, 12).
        abjad: Whether they lack vowels.
        letters: Those of the others, shape (12, others), with ``_HALVED`` added where it applies.
        sizes: How many of the others belong to each spelling.
        gains: What no letters gain: 0, shape (13, others).

    Yields:
        How many of the others were looked at; the spellings of the rest have no such letter.
    """
    part = np.arange(len(queries)) % _TOGETHER
    letters = letters + np.repeat((2 * _HALVED * part).astype(np.uint8), sizes)
    bounds = np.append(0, np.cumsum(sizes))[[*range(0, len(queries), _TOGETHER), len(queries)]].tolist()
    blocks = [bytearray(letters[:, start:end].tobytes()) for start, end in pairwise(bounds)]
    for codes in queries.T:
        parts = [_GAINS[lacks][code] for lacks, code in zip(abjad.tolist(), codes.tolist(), strict=True)]
        count = -(-(np.flatnonzero(codes).max(initial=-1) + 1) // _TOGETHER)
        size = bounds[count]
        paired = np.empty((LETTERS, size), np.uint8)
        for number, (start, end) in enumerate(pairwise(bounds[: count + 1])):
            table = b"".join(parts[_TOGETHER * number : _TOGETHER * (number + 1)]).ljust(256)
            paired[:, start:end] = np.frombuffer(blocks[number].translate(table), np.uint8).reshape(LETTERS, -1)
        paired += gains[:-1, :size]
        np.maximum(gains[1:, :size], paired, out=gains[1:, :size])
        for before, after in pairwise(gains[:, :size]):
            np.maximum(before, after, out=after)
        yield size


def _running_sums(rows: Codes) -> Codes:
    """Return the sums of no row, of the first one, and so on to all: in a tenth of the time of ``np.cumsum``."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]), np.uint8)
    for row, (before, after) in zip(rows, pairwise(sums), strict=True):
        np.add(before, row, out=after)
    return sums


def _tails(rest: Codes, packed: Packed) -> Codes:
    """Return what the letters after each place cost where the query ends.

    They cost half, because words are inflected at their end, and all in a fixed one.
    """
    shifts = np.where(packed & FIXED != 0, 0, 1).astype(np.uint8)
    tails: Codes = rest >> shifts
    return tails
