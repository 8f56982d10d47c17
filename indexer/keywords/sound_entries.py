"""Write how the words of a vocabulary sound, for ``sound_index`` to look them up."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.sound_forms import Codes, codes_of, pack_all
from indexer.keywords.sound_index import BITS, KIND, VERSION
from indexer.keywords.sounds import CLASS_NUMBERS, CLASSES, READINGS, forms_of_all
from indexer.storage.arrays import Arrays, create_arrays

_AT_ONCE = 2**15
"""Words that are heard together."""


class SoundEntries:
    """The entries of a vocabulary, ready to be written into a file of arrays."""

    def __init__(self, words: Iterable[str]) -> None:
        """Hear the words, whose numbers are their places in ``words``. Takes some 3 µs a word, and 25 bytes."""
        columns = array("I"), array("Q"), array("I")
        for first, some in _blocks(words):
            for column, values in zip(columns, _entries(first, some), strict=True):
                column.frombytes(values)
        skeletons_of, letters_of, words_of = (np.frombuffer(each, each.typecode) for each in columns)
        order = np.lexsort((words_of, letters_of, skeletons_of))
        order = order[_differs(skeletons_of[order]) | _differs(letters_of[order]) | _differs(words_of[order])]
        distinct, first_of = np.unique(skeletons_of[order], return_index=True)
        self._columns = {
            "sound_skeletons": distinct.astype("<u4"),
            "sound_first": np.append(first_of, order.size).astype("<u4"),
            "sound_letters": letters_of[order].astype("<u8"),
            "sound_words": words_of[order].astype("<u4"),
        }

    def layout(self) -> dict[str, tuple[str, int]]:
        """Return the dtype and length of each array, for ``create_arrays``.

        There are the skeletons, sorted; the first entry of each, and the number of entries; then the letters and the
        word of each entry, sorted by skeleton, then by letters.
        """
        return {name: (column.dtype.str, column.size) for name, column in self._columns.items()}

    def write(self, arrays: Arrays) -> None:
        """Write the entries into arrays of this layout."""
        for name, column in self._columns.items():
            arrays[name][:] = column


def create_sounds(path: Path, words: Iterable[str]) -> None:
    """Write the entries of a vocabulary into a file of their own."""
    entries = SoundEntries(words)
    entries.write(create_arrays(path, KIND, VERSION, {}, entries.layout()))


def _blocks(words: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the words block by block, each with the number of its first word."""
    rest, first = iter(words), 0
    while block := list(islice(rest, _AT_ONCE)):
        yield first, block
        first += len(block)


def _entries(first: int, words: Sequence[str]) -> Sequence[bytes]:
    """Return the skeletons, packed letters and numbers of the entries of some words, which are numbered from ``first``.

    Each is given as the bytes of its column.
    """
    heard = list(forms_of_all(words))
    forms = [form for _, form in heard]
    numbers = np.fromiter((first + number for number, _ in heard), np.uint32, len(heard))
    codes, letters = codes_of(forms), pack_all(forms)
    one, other = (_skeletons(codes, class_of) for class_of in READINGS)
    second = one != other
    columns = (one, other), (letters, letters), (numbers, numbers)
    return [np.concatenate([of_one, of_other[second]]).tobytes() for of_one, of_other in columns]


def _differs(values: NDArray[np.unsignedinteger]) -> NDArray[np.bool_]:
    """Tell which values differ from the one before."""
    different: NDArray[np.bool_] = np.diff(values, prepend=~values[:1]) != 0
    return different


def _skeletons(codes: Codes, class_of: Mapping[str, str]) -> NDArray[np.uint32]:
    """Return the packed skeleton of each row of letters in one reading, as ``sounds.skeletons`` defines it."""
    table = np.zeros(32, np.uint8)
    for letter, name in class_of.items():
        table[ord(letter) - 96] = CLASS_NUMBERS[name] if name else 0
    classes = table[codes]
    begins_with_vowel = classes[:, 0] == 0
    kept = classes != 0
    kept[:, 1:] &= classes[:, 1:] != classes[:, :-1]
    place = np.cumsum(kept, axis=1) - 1 + begins_with_vowel[:, None]
    shift = (BITS * np.maximum(CLASSES - 1 - place, 0)).astype(np.uint32)
    packed = np.where(kept & (place < CLASSES), classes.astype(np.uint32) << shift, np.uint32(0))
    vowel = np.uint32(CLASS_NUMBERS["V"] << BITS * (CLASSES - 1))
    skeletons: NDArray[np.uint32] = np.bitwise_or.reduce(packed, axis=1) | begins_with_vowel * vowel
    return skeletons
