"""The forms of words by which their sounds are compared, packed into 64 bits each."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LETTERS: Final = 12
"""Letters of a plain spelling that are compared."""
LIQUID: Final = "{"
"""The letter, next to z, of a sound that is both l and r, as in Japanese, and in names that Chinese transliterates."""
CODES: Final = ord(LIQUID) - 95
"""Numbers of letters; 0 is the end of a word."""

Codes = NDArray[np.uint8]
Packed = NDArray[np.uint64]
_SHIFTS = np.arange(5 * (LETTERS - 1), -1, -5, dtype=np.uint64)[:, None]
FIXED, STRIP, ABJAD = (np.uint64(1 << bit) for bit in (62, 61, 60))


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
    for flag, of_form in ((FIXED, 3), (STRIP, 2), (ABJAD, 1)):
        packed |= np.fromiter((form[of_form] for form in forms), np.bool_, len(forms)) * flag
    return packed


def codes_of(forms: Sequence[Form]) -> Codes:
    """Return the numbers of the letters of each form, 1 for an a and 0 behind the last one, shape (forms, 12)."""
    letters = "".join(form.letters.ljust(LETTERS, "`") for form in forms)
    codes: Codes = np.frombuffer(letters.encode(), np.uint8).reshape(-1, LETTERS) - np.uint8(96)
    return codes


def unpack(packed: Packed) -> Codes:
    """Return the codes of the letters of packed forms, shape (12, forms)."""
    letters = np.empty((LETTERS, packed.size), np.uint8)
    for half, shift in zip((letters[: LETTERS // 2], letters[LETTERS // 2 :]), _SHIFTS[[5, 11], 0], strict=True):
        some = (packed >> shift).astype(np.uint32)  # shifted in half the time
        for row, right in zip(half, range(25, -1, -5), strict=True):
            row[:] = some >> np.uint32(right)
    letters &= 31
    return letters
