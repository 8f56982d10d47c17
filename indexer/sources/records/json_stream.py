"""Cut a stream of JSON into values that are small enough to be held in memory, without knowing what they are.

A file may hold one value or many, one after the other. A list at the outermost level is opened: its entries are the
values. So is any list or object that is larger than memory should hold, and one that is cut short by the end of the
file: what is whole in it is found. A value is found by its brackets and strings alone, so that a mistake within one
does not cost the others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.sources import limits
from indexer.sources.reading import UnreadableError

WHOLE = limits.JSON_OBJECT
"""The most characters of a value; a larger one is opened."""
_OPENED = 12
"""The most values that are opened one within the other."""
_PIECE = 2**16
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_REST_OF_STRING = re.compile(_STRING.pattern[1:], re.DOTALL)
_TOKEN = re.compile(rf'{_STRING.pattern}|["\[\]{{}}]', re.DOTALL)
"""A whole string, a bracket, or a quotation mark whose string does not end in what was read so far."""
_SPACE = re.compile(r"[\s\0\ufeff]*")
_BETWEEN = re.compile(r"[\s\0\ufeff,:]*")
_SCALAR = re.compile(r"[^\s,:\[\]{}\"]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A value in a stream of JSON."""

    text: str
    within: str
    """The bracket that opens the list or object around it; empty at the outermost level."""


class JsonStream:
    """The values of a stream of JSON."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._buffer, self._at = "", 0
        self._is_large = False
        """Whether the list or object that was looked at last is larger than ``WHOLE``."""
        self._open: list[str] = []
        """The brackets that opened the values around the current place."""
        self.is_cut_short = False
        """Whether the stream ended within a value; known once all pieces were read."""
        self.has_list = False
        """Whether there is a list at the outermost level."""

    def pieces(self) -> Iterator[Piece]:
        """Yield all values in order, without the names of members of objects that were opened.

        Raises:
            UnreadableError: Too many values that are too large lie within one another.
        """
        while start := self._skip(_BETWEEN):
            within = self._open[-1] if self._open else ""
            if start in "]}":
                self._open = self._open[:-1]
                self._at += 1
            elif start in "[{":
                end = None if start == "[" and not within else self._value_end()
                if end is not None:
                    yield Piece(self._take(end), within)
                elif not self._enter(start):
                    break
            else:
                length = self._string_end() if start == '"' else self._scalar_end()
                if not length:
                    break
                text = self._take(length)
                if not (within == "{" and start == '"' and self._skip(_SPACE) == ":"):
                    yield Piece(text, within)
        self.is_cut_short = self.is_cut_short or bool(self._open)

    def _enter(self, start: str) -> bool:
        """Open the value at the current place; return False if the stream has ended too deep within values."""
        if len(self._open) == _OPENED and not self._is_large:
            return False
        if len(self._open) == _OPENED:
            raise UnreadableError(f"holds values of more than {WHOLE // 2**20} MiB more than {_OPENED} deep")
        self.has_list = self.has_list or start == "["
        self._open.append(start)
        self._at += 1
        return True

    def _take(self, length: int) -> str:
        """Return as many characters, and go on behind them."""
        text = self._buffer[self._at : self._at + length]
        self._at += length
        return text

    def _skip(self, signs: re.Pattern[str]) -> str:
        """Go on behind the signs that a pattern matches; return the character there, or nothing at the end."""
        while True:
            match = signs.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._read():
                return ""

    def _value_end(self) -> int | None:
        """Return the length of the list or object at the current place, or None if it is too large or cut short."""
        length = depth = 0
        while True:
            for token in _TOKEN.finditer(self._buffer, self._at + length):
                sign = self._buffer[token.start()]
                if sign == '"' and token.end() - token.start() == 1:
                    length = token.start() - self._at
                    break
                length = token.end() - self._at
                depth += 0 if sign == '"' else 1 if sign in "[{" else -1
                if depth == 0:
                    self._is_large = length > WHOLE
                    return None if self._is_large else length
            self._is_large = len(self._buffer) - self._at > WHOLE
            if self._is_large or not self._read():
                return None

    def _string_end(self) -> int:
        """Return the length of the string at the current place; 0 if it is cut short."""
        while True:
            if match := _STRING.match(self._buffer, self._at):
                return match.end() - self._at
            if len(self._buffer) - self._at > WHOLE:
                self._pass_over_string()
            if not self._read():
                self.is_cut_short = True
                return 0

    def _pass_over_string(self) -> None:
        """Read to the end of the stream or of a string that is too large to be held.

        Raises:
            UnreadableError: The string has an end: what it belongs to cannot be read.
        """
        self._at += 1
        while not (ended := _REST_OF_STRING.match(self._buffer, self._at)):
            escapes = len(self._buffer) - len(self._buffer.rstrip("\\"))
            self._at = len(self._buffer) - escapes % 2
            if not self._read():
                break
        if ended:
            raise UnreadableError(f"holds a string of more than {WHOLE // 2**20} MiB")

    def _scalar_end(self) -> int:
        """Return the length of the number or word at the current place, as far as one piece of the stream has it."""
        match = _SCALAR.match(self._buffer, self._at)
        return match.end() - self._at if match else 1

    def _read(self) -> bool:
        """Read at least as much as is still to be looked at, so that looking at it again takes linear time."""
        rest = self._buffer[self._at :]
        parts, wanted = [rest], max(_PIECE, len(rest))
        while wanted > 0 and (piece := next(self._text, "")):
            parts.append(piece)
            wanted -= len(piece)
        self._buffer, self._at = "".join(parts), 0
        return len(parts) > 1


class UntilDamage(Iterator[str]):
    """A text that ends where it cannot be read on, so that all whole values before that place are read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self.damage: UnreadableError | None = None
        """The error at which the text ended, if there was one."""

    def __next__(self) -> str:
        try:
            return next(self._pieces)
        except UnreadableError as error:
            self.damage = error
            raise StopIteration from error
