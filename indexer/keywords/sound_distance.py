"""The distance of words by their sounds: a weighted edit distance, computed for many words at once.

Costs are small whole numbers, so that it is computed in bytes: a consonant that is missing or of another class costs 5.
Sounds that languages write for one another cost less, vowels least, and those that Arabic and Hebrew leave out still
less. They should not be free: those scripts write the long ones, and words with few consonants would all be alike. The
costs were set by hand and checked on names of news in 18 languages; see ``benchmarks/sounds.py``.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LETTERS: Final = 12
"""Letters of a plain spelling that are compared."""
LEAST: Final = 0.7
"""Similarities below this have the weight 0."""
_FULL: Final = 0.95
"""Similarities of different spellings have the weight ``_ALMOST`` from this upwards."""
_ALMOST: Final = 0.9
_STRIPPED: Final = 0.9
"""Factor of the weight of a word of which a first letter is left out as a preposition."""

Codes = NDArray[np.uint8]
_Floats = NDArray[np.float64]
Packed = NDArray[np.uint64]
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


LIQUID: Final = "{"
"""The letter, next to z, of a sound that is both l and r, as in Japanese, and in names that Chinese transliterates."""
_CODES = ord(LIQUID) - 95


def _substitutions() -> Codes:
    """Return the cost of replacing each letter by each other, shape (28, 28); 0 is the end of a word."""
    costs = np.full((_CODES, _CODES), _CONSONANT, np.uint8)
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
    costs = np.full(_CODES, _CONSONANT, np.uint8)
    costs[[ord(letter) - 96 for letter in _VOWELS]] = _WEAK
    costs[ord("h") - 96] = _WEAK
    costs[0] = 0
    return costs


COSTS: Final = _substitutions()
"""Costs of replacing a letter (row) by another."""
GAPS: Final = _gaps()
"""Costs of adding or leaving out a letter."""
_COSTS_OF = [costs.tobytes().ljust(256, b"\0") for costs in COSTS]
_GAP_OF = GAPS.tobytes().ljust(256, b"\0")
"""The same as tables for ``bytes.translate``, which is the fastest look-up of bytes."""
_SHIFTS = np.arange(5 * (LETTERS - 1), -1, -5, dtype=np.uint64)[:, None]
_FIXED, _STRIP, _ABJAD = (np.uint64(1 << bit) for bit in (62, 61, 60))


class Form(NamedTuple):
    """One way to hear a word."""

    letters: str
    """The first letters of its plain spelling."""
    abjad: bool = False
    """Whether its script leaves out vowels, as Arabic and Hebrew do."""
    stripped: bool = False
    """Whether a first letter is left out, because it may be a preposition."""
    fixed: bool = False
    """Whether words of its script are not inflected, as in Chinese."""


def pack(form: Form) -> int:
    """Return a form as a number of 64 bits: five for each letter, the first one highest, below three flags."""
    return int(pack_all([form])[0])


def pack_all(forms: Sequence[Form]) -> Packed:
    """Return each of some forms as ``pack`` does, shape (forms,)."""
    packed: Packed = np.bitwise_or.reduce(codes_of(forms).T.astype(np.uint64) << _SHIFTS, axis=0)
    for flag, of_form in ((_FIXED, 3), (_STRIP, 2), (_ABJAD, 1)):
        packed |= np.fromiter((form[of_form] for form in forms), np.bool_, len(forms)) * flag
    return packed


def codes_of(forms: Sequence[Form]) -> Codes:
    """Return the numbers of the letters of each form, 1 for an a and 0 behind the last one, shape (forms, 12)."""
    letters = "".join(form.letters.ljust(LETTERS, "`") for form in forms)
    codes: Codes = np.frombuffer(letters.encode(), np.uint8).reshape(-1, LETTERS) - np.uint8(96)
    return codes


def similarities(query: Form, packed: Packed) -> _Floats:
    """Return how alike a form and each of several packed forms sound, from 0 to 1, shape (forms,).

    It is 1 for the same spelling, and at most 0.9 for others and where a script does not write vowels.
    """
    mine = np.array([ord(letter) - 96 for letter in query.letters], np.uint8)
    own = int(GAPS[mine].sum())
    distances, theirs = _distances(mine, packed, query.abjad)
    alike = 1 - distances / np.maximum(own, theirs).clip(1)
    weights: _Floats = _ALMOST * ((alike - LEAST) / (_FULL - LEAST)).clip(0, 1)
    weights[(distances == 0) & (theirs == own) & (packed & _ABJAD == 0) & (not query.abjad)] = 1
    weights[packed & _STRIP != 0] *= _STRIPPED
    return weights


def _distances(query: Codes, packed: Packed, abjad: bool) -> tuple[Codes, Codes]:
    """Return the distances of a spelling and packed ones, and the distances of the latter from an empty one.

    ``abjad`` tells whether the spelling lacks vowels. Vowels that only the other one has cost half.
    """
    letters = (packed >> _SHIFTS & np.uint64(31)).astype(np.uint8)
    flat = letters.tobytes()
    gaps = np.frombuffer(flat.translate(_GAP_OF), np.uint8).reshape(letters.shape)
    row = np.zeros((LETTERS + 1, packed.size), np.uint8)
    np.cumsum(gaps, axis=0, dtype=np.uint8, out=row[1:])
    whole = row[-1].copy()
    tails = _tails(whole - row, packed)
    missing = ((packed & _ABJAD != 0) != abjad).astype(np.uint8)
    if abjad:
        gaps = gaps - (gaps == _WEAK) * missing
        np.cumsum(gaps, axis=0, dtype=np.uint8, out=row[1:])
    rest = int(GAPS[query].sum())
    nearest = np.full(packed.size, 255, np.uint8)
    for code in query.tolist():
        moved = np.frombuffer(flat.translate(_COSTS_OF[code]), np.uint8).reshape(letters.shape) + row[:-1]
        row += GAPS[code] - missing if GAPS[code] == _WEAK and not abjad else GAPS[code]
        rest -= int(GAPS[code])
        np.minimum(row[1:], moved, out=row[1:])
        for column in range(LETTERS):
            np.minimum(row[column + 1], row[column] + gaps[column], out=row[column + 1])
        np.minimum(nearest, row[-1] + np.uint8(rest // 2), out=nearest)
    return np.minimum(nearest, (row + tails).min(axis=0)), whole


def _tails(rest: Codes, packed: Packed) -> Codes:
    """Return what the letters after each place cost where the query ends.

    They cost half, because words are inflected at their end, and all in a fixed one.
    """
    shifts = np.where(packed & _FIXED != 0, 0, 1).astype(np.uint8)
    tails: Codes = rest >> shifts
    return tails
