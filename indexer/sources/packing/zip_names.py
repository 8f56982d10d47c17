"""Zip archives with names that claim to be UTF-8 and are not: Python refuses a whole archive for one of them."""

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_END_SIZE = 22
_COMMENT = 2**16
"""The most bytes that may follow the end of the list of members."""
_HEADER = struct.Struct("<4s4sH18sHHH8sI")
"""An entry in the list of members: flags, the lengths of its name, extra fields and comment, and its place."""
_FLAGS, _OWN_FLAGS = 9, 7
"""Where in an entry, and in what stands before a member, the byte lies whose bit says that the name is UTF-8."""
_UTF8 = 0x08


class Mended(io.RawIOBase):
    """An archive as a file in which names that are no UTF-8 do not claim to be: they are read in the old encoding."""

    def __init__(self, file: Any) -> None:
        """Look for such names.

        Raises:
            zipfile.BadZipFile: There is no list of members.
        """
        self._file = file
        self._changed = {place: flags & ~_UTF8 for entry, start, flags in _wrong(file) for place in (entry, start)}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        place: int = self._file.seek(offset, whence)
        return place

    def tell(self) -> int:
        """Return the place."""
        place: int = self._file.tell()
        return place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer."""
        start = self._file.tell()
        content = bytearray(self._file.read(len(buffer)))
        for place, byte in self._changed.items():
            if start <= place < start + len(content):
                content[place - start] = byte
        buffer[: len(content)] = content
        return len(content)


def _wrong(file: Any) -> Iterator[tuple[int, int, int]]:
    """Yield for each name that is not the UTF-8 that it claims to be where its flags stand twice, and the flags."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - _END_SIZE - _COMMENT)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_SIZE:
        raise zipfile.BadZipFile("it has no list of members")
    length, _ = struct.unpack_from("<II", tail, end + 12)
    place = start + end - length
    file.seek(max(0, place))
    entries = file.read(length)
    at = 0
    while entries.startswith(_ENTRY, at) and at + _HEADER.size <= len(entries):
        _, _, flags, _, name, extra, comment, _, member = _HEADER.unpack_from(entries, at)
        if flags >> 8 & _UTF8 and not _is_utf8(entries[at + _HEADER.size : at + _HEADER.size + name]):
            yield place + at + _FLAGS, member + _OWN_FLAGS, flags >> 8
        at += _HEADER.size + name + extra + comment


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
