"""Compressed files, told by their first bytes, as streams of what is in them."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from typing import Any

from backports import zstd

from indexer.sources import limits

_CHUNK = 2**16
_ZSTD = {int(zstd.DecompressionParameter.window_log_max): limits.DICTIONARY.bit_length() - 1}


class _Xz(io.RawIOBase):
    """What is in an .xz file; unlike ``lzma.LZMAFile`` it does not take the gigabytes that a file may ask for."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._packed, self._open = stream, b"", _xz_decompressor()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what the next bytes of the file unpack to."""
        while True:
            if self._open.eof:
                self._packed = (self._open.unused_data or self._stream.read(_CHUNK)).lstrip(b"\0")
                if not self._packed:
                    return 0
                self._open = _xz_decompressor()
            elif self._open.needs_input:
                self._packed = self._stream.read(_CHUNK)
                if not self._packed:
                    raise EOFError
            chunk = self._open.decompress(self._packed, len(buffer))
            self._packed = b""
            if chunk:
                buffer[: len(chunk)] = chunk
                return len(chunk)


def _xz_decompressor() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * limits.DICTIONARY)


_COMPRESSED: dict[bytes, tuple[str, Callable[[Any], Any]]] = {
    b"\x1f\x8b": (".gz", lambda stream: gzip.GzipFile(fileobj=stream)),
    b"BZh": (".bz2", bz2.BZ2File),
    b"\xfd7zXZ\x00": (".xz", _Xz),
    b"\x28\xb5\x2f\xfd": (".zst", lambda stream: zstd.ZstdFile(stream, options=_ZSTD)),
}
"""Maps the first bytes of a compressed file to the usual ending of its name and to the function that unpacks it."""
PACKED = tuple(ending for ending, _ in _COMPRESSED.values())
"""The endings of the names of compressed files."""
_SHORT = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".tzst": ".tar"}
"""Endings that stand for an archive that is compressed."""


def opener_of(head: bytes) -> tuple[str, Callable[[Any], Any]] | None:
    """Return the usual ending of a compressed file and the function that unpacks it; None if it is not compressed."""
    return next((found for magic, found in _COMPRESSED.items() if head.startswith(magic)), None)


def unpacked_name(name: str, ending: str) -> str:
    """Return the name of what is in a compressed file, by the name of the file and its usual ending."""
    stem, _, last = name.rpartition(".")
    if f".{last}".casefold() == ending:
        return stem
    return f"{stem}{_SHORT[f'.{last}']}" if f".{last}" in _SHORT else name
