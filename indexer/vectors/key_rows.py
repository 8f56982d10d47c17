"""A map from keys to rows that takes 12 bytes a key; a Python dict takes some 180."""

import numpy as np
from numpy.typing import NDArray

_RECENT = 2**16
"""Keys that are held in a dict before they are merged into the sorted arrays."""


class KeyRows:
    """Finds rows by a 64-bit number that stands for their key. If several rows have one number, the last is found."""

    def __init__(self) -> None:
        self._numbers, self._rows = np.empty(0, np.uint64), np.empty(0, np.uint32)
        self._recent: dict[int, int] = {}
        self._count = 0

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def extend(self, numbers: NDArray[np.uint64]) -> None:
        """Append rows with these numbers."""
        rows = np.arange(self._count, self._count + numbers.size, dtype=np.uint32)
        self._count += numbers.size
        if numbers.size + len(self._recent) <= _RECENT:
            self._recent.update(zip(numbers.tolist(), rows.tolist(), strict=True))
            return
        recent = np.fromiter(self._recent.keys(), np.uint64), np.fromiter(self._recent.values(), np.uint32)
        numbers = np.concatenate([self._numbers, recent[0], numbers])
        order = np.argsort(numbers, kind="stable")
        self._numbers, self._rows = numbers[order], np.concatenate([self._rows, recent[1], rows])[order]
        self._recent = {}

    def find(self, numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the row of each number, shape (n,); -1 for numbers that are not present."""
        found = np.full(numbers.size, -1, np.int64)
        if self._numbers.size:
            places = np.searchsorted(self._numbers, numbers, "right") - 1
            there = self._numbers[places] == numbers
            found[there] = self._rows[places[there]]
        for place, number in enumerate(numbers.tolist()):
            if (row := self._recent.get(number)) is not None:
                found[place] = row
        return found
