"""Decode text files: Unicode is recognised by its marks or its form, other encodings are guessed from the bytes."""

import codecs
from collections.abc import Iterator
from typing import TypeVar

from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError, reading

LINE_LIMIT = limits.LINE
"""The most bytes of a line. A line is held in memory, and no news article is that long."""
_SAMPLE = 2**16
"""Bytes by which an encoding is guessed."""
_CONTROL = bytes(range(9))
"""Bytes that no text holds."""
_LEGACY = (
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "cp874",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
"""Encodings in which news was written before Unicode, the most common first."""
_Line = TypeVar("_Line", str, bytes)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def encoding_of(sample: bytes) -> str:
    """Return the encoding of a text by its first bytes; an encoding that is not Unicode is guessed."""
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _guess(sample)
    return "utf-8"


def decode(content: bytes) -> tuple[str, str]:
    """Return a text and, if its encoding was guessed, the encoding, else an empty string.

    Bytes that are no character in the encoding become the replacement character.

    Raises:
        UnreadableError: The content is no text, because too many of its bytes occur in no text.
    """
    encoding = encoding_of(content)
    if encoding != "utf-16" and len(content) - len(content.translate(None, _CONTROL)) > max(2, len(content) / 100):
        raise UnreadableError("is no text: it holds bytes that none has")
    text = content.decode(encoding, errors="replace")
    return text, "" if encoding.startswith("utf") else encoding


def bounded_lines(document: Document) -> Iterator[bytes | None]:
    """Yield each line with its line end, or None for a line that is too long to be held in memory."""
    with reading():
        while line := document.stream.readline(LINE_LIMIT):
            if line.endswith(b"\n") or len(line) < LINE_LIMIT:
                yield line
                continue
            while (rest := document.stream.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                pass
            yield None


def text_lines(document: Document) -> tuple[Iterator[str], str]:
    """Return the lines of a text as an iterator and, if its encoding was guessed, the encoding, else an empty string.

    The iterator raises ``UnreadableError`` at a line that is too long to be held in memory.
    """
    encoding = encoding_of(document.head())
    if encoding == "utf-16":
        reader = codecs.getreader(encoding)(document.stream, "replace")
        return _short(iter(lambda: reader.readline(LINE_LIMIT), "")), ""
    lines = _short(bounded_lines(document))
    return (line.decode(encoding, errors="replace") for line in lines), "" if encoding.startswith("utf") else encoding


def _short(lines: Iterator[_Line | None]) -> Iterator[_Line]:
    for line in lines:
        if line is None or len(line) >= LINE_LIMIT:
            raise UnreadableError(f"holds a line longer than {LINE_LIMIT // 2**20} MiB")
        yield line


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = list(from_bytes(sample[:_SAMPLE], cp_isolation=list(_LEGACY)))
    alike = [
        each.encoding for each in matches if (each.chaos, each.coherence) == (matches[0].chaos, matches[0].coherence)
    ]
    return min(alike, key=_LEGACY.index, default=_LEGACY[0])
