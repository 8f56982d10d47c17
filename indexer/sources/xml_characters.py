"""Replace what no XML may hold, so that one wrong character costs only itself: parsers give up a document for it.

That is halves of characters, control characters, bytes that are no UTF-8, and references to any of these.
"""

import codecs
import io
import re
from typing import BinaryIO

_REFERENCE = re.compile(rb"&#(?:[xX](?P<hexadecimal>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));?")
_LONGEST_REFERENCE = 8
_REPLACEMENT = b"&#xFFFD;"
_WHITE_SPACE = frozenset([9, 10, 13])
_CONTROL = bytes.maketrans(bytes(set(range(32)) - _WHITE_SPACE), b" " * (32 - len(_WHITE_SPACE)))
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_OTHER_ENCODING = re.compile(
    rb"""\xff\xfe|\xfe\xff|\x00|<\?xml[^<>]{0,200}\bencoding\s*+=\s*+["'](?!utf-?8["'])""", re.IGNORECASE
)
"""How XML begins that is not in UTF-8."""
_CHUNK = 2**16
_LONGEST_TAIL = 16
"""Bytes at the end of a piece that may be the beginning of a reference."""


def existing_references(content: bytes) -> bytes:
    """Return XML with each reference to a character that does not exist as one to the replacement character."""
    return _REFERENCE.sub(_existing, content) if b"&#" in content else content


def whole_xml(content: bytes) -> bytes:
    """Return XML without characters that no XML may hold. XML in other encodings than UTF-8 keeps its bytes."""
    return existing_references(content) if _OTHER_ENCODING.match(content) else _mended(content)


class WholeXml(io.RawIOBase):
    """A stream of XML without characters that no XML may hold, see ``whole_xml``."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._rest, self._ready = stream, b"", b""
        self._is_utf8: bool | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with mended bytes."""
        while not self._ready:
            chunk = self._stream.read(_CHUNK)
            if not chunk and not self._rest:
                return 0
            self._ready = self._take(chunk)
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _take(self, chunk: bytes) -> bytes:
        """Return the next bytes, mended; what may go on in the following chunk is kept back."""
        content = self._rest + chunk
        if self._is_utf8 is None:
            self._is_utf8 = not _OTHER_ENCODING.match(content)
        end = _end_of_whole(content) if chunk else len(content)
        self._rest = content[end:]
        return _mended(content[:end]) if self._is_utf8 else existing_references(content[:end])


def _mended(content: bytes) -> bytes:
    try:
        content.decode()
    except UnicodeDecodeError:
        content = content.decode(errors="replace").encode()
    content = content.translate(_CONTROL)
    for each in _NO_CHARACTERS:
        content = content.replace(each, b"\xef\xbf\xbd")
    return existing_references(content)


def _end_of_whole(content: bytes) -> int:
    """Return where a piece ends without the beginning of a character or of a reference."""
    reference = content.rfind(b"&", max(0, len(content) - _LONGEST_TAIL))
    if reference >= 0 and b";" not in content[reference:]:
        return reference
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(content[-4:])
    return len(content) - len(decoder.getstate()[0])


def _existing(reference: re.Match[bytes]) -> bytes:
    digits = reference["hexadecimal"] or reference["decimal"]
    if len(digits) > _LONGEST_REFERENCE:
        return _REPLACEMENT
    number = int(digits, 16 if reference["hexadecimal"] else 10)
    exists = 31 < number < 0xD800 or 0xDFFF < number < 0xFFFE or 0xFFFF < number <= 0x10FFFF or number in _WHITE_SPACE
    return reference[0] if exists else _REPLACEMENT
