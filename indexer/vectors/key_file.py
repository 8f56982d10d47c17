"""The keys of a vector cache in a file of their own, so that opening the cache does not read its vectors.

A header of two numbers (the version, and the inode of the cache file that the keys belong to), then eight bytes for
each record of the cache, in order. The file follows from the cache and is written anew where it does not fit. A wrong
number in it loses a vector at most and never gives a wrong one: each record holds its whole key, which is compared.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_VERSION = 1
_HEADER = 16
_KEY = 8

Numbers = NDArray[np.uint64]


class KeyFile:
    """The first eight bytes of each record's key, as little-endian numbers. Whoever writes holds the cache's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def count(self, inode: int) -> int:
        """Return how many keys the file holds of the cache file with this inode; 0 if it belongs to another."""
        try:
            with self._path.open("rb") as file:
                header = file.read(_HEADER)
            size = self._path.stat().st_size
        except FileNotFoundError:
            return 0
        return (size - _HEADER) // _KEY if header == _header(inode) else 0

    def read(self, first: int, count: int) -> Numbers:
        """Return up to ``count`` keys from number ``first`` on, fewer where the file has become shorter."""
        with self._path.open("rb", buffering=0) as file:
            file.seek(_HEADER + first * _KEY)
            found = file.read(count * _KEY)
        return np.frombuffer(found, "<u8", len(found) // _KEY)

    def write(self, inode: int, first: int, numbers: Numbers) -> None:
        """Put keys at number ``first`` and end the file behind them; with ``first`` 0 the file is begun anew."""
        mode = "r+b" if first else "wb"
        with self._path.open(mode) as file:
            file.write(_header(inode))
            file.truncate(_HEADER + first * _KEY)
            file.seek(_HEADER + first * _KEY)
            file.write(numbers.astype("<u8").tobytes())


def _header(inode: int) -> bytes:
    return np.array([_VERSION, inode], "<u8").tobytes()
