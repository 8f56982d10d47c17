"""What may come out of one input, counted over all of its archives and compressed files together."""

import io
from collections.abc import Callable
from tarfile import TarError
from typing import Any
from zipfile import BadZipFile

from indexer.sources import limits
from indexer.sources.reading import UnreadableError, reading


class Budget:
    """The bytes and members that may still come out of an input."""

    def __init__(self, packed_bytes: Callable[[], int]) -> None:
        """Count from nothing.

        Args:
            packed_bytes: Returns how many bytes went in. It is asked again and again, because the size of what comes
                through a pipe is known only as far as it has been read.
        """
        self._packed_bytes, self._unpacked, self._members = packed_bytes, 0, 0
        self._spent = ""

    def unpacked(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            UnreadableError: More came out of the input than of any news.
        """
        self._unpacked += count
        if self._unpacked > limits.UNPACKED_FREE + limits.EXPANSION * self._packed_bytes():
            self._spent = f"unpacks to more than {limits.EXPANSION} times its size: no news does"
        self._check()

    def member(self) -> None:
        """Count a member of an archive.

        Raises:
            UnreadableError: The archives of the input have more members than any news.
        """
        self._members += 1
        if self._members > limits.MEMBERS:
            self._spent = f"holds more than {limits.MEMBERS:,} members"
        self._check()

    def _check(self) -> None:
        if self._spent:
            raise UnreadableError(self._spent)


class Unpacked(io.RawIOBase):
    """An unpacked stream whose bytes are counted; its errors say what is wrong with the input."""

    def __init__(self, stream: Any, budget: Budget | None) -> None:
        """Wrap a stream.

        Args:
            stream: Gives the unpacked bytes.
            budget: Where they are counted; None if as many bytes went in as come out.
        """
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer.

        Raises:
            UnreadableError: The input is damaged, or more bytes came out of it than of any news.
        """
        try:
            with reading():
                chunk = self._stream.read(len(buffer))
        except (BadZipFile, NotImplementedError, TarError) as error:
            raise UnreadableError(f"is damaged: {error}") from error
        if self._budget:
            self._budget.unpacked(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)
