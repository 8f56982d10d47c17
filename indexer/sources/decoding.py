"""Decode text files: Unicode is recognised by its marks or its form, other encodings are guessed from the bytes."""

import codecs
from collections.abc import Iterable, Iterator

from indexer.article import Article
from indexer.notice import Notice, flagged
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError, reading

LINE_LIMIT = limits.LINE
"""The most characters of a line. A line is held in memory, and no news article is that long."""
_SAMPLE = 2**16
"""Bytes by which an encoding is guessed, and that are decoded at a time."""
_CONTROL = bytes(range(9))
"""Bytes that no text holds."""
_LEGACY = (
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "cp874",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
"""Encodings in which news was written before Unicode, the most common first."""
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The marks at the beginning of a text. Those of UTF-32 come first because one begins with a mark of UTF-16."""
_WIDE = ("utf-16", "utf-32")
"""Beginnings of the names of encodings in which a line end is more than one byte."""
_PLAIN_SHARE = 0.1
"""UTF-16 without a mark is recognised if more than this share of its characters are of Latin-1."""
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def encoding_of(sample: bytes) -> str:
    """Return the encoding of a text by its first bytes; an encoding that is not Unicode is guessed."""
    if encoding := marked_encoding(sample):
        return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _guess(sample)
    return "utf-8"


def marked_encoding(sample: bytes) -> str:
    """Return the encoding of a text that begins with a mark, or that can only be UTF-16; else an empty string."""
    marked = next((encoding for mark, encoding in _MARKS.items() if sample.startswith(mark)), "")
    return marked or _unmarked_utf16(sample)


def decode(content: bytes) -> tuple[str, str]:
    """Return a text and, if its encoding was guessed, the encoding, else an empty string.

    Bytes that are no character in the encoding become the replacement character.

    Raises:
        UnreadableError: The content is no text, because too many of its bytes occur in no text.
    """
    encoding = encoding_of(content)
    few = max(2, len(content) / 100)
    if not encoding.startswith(_WIDE) and len(content) - len(content.translate(None, _CONTROL)) > few:
        raise UnreadableError("is no text: it holds bytes that none has")
    text = content.decode(encoding, errors="replace")
    return text, "" if encoding.startswith("utf") else encoding


class TextStream:
    """The text of a document, decoded piece by piece while it is read.

    A line that is not UTF-8 is decoded in an encoding that is guessed once, or, if it holds more characters of UTF-8
    than other bytes, with the replacement character for these bytes.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._guessed: codecs.IncrementalDecoder | None = None
        self._notes: list[str] = []

    def __iter__(self) -> Iterator[str]:
        """Yield the text, in pieces of any length.

        Raises:
            UnreadableError: The document cannot be read to its end.
        """
        head = self._document.head()
        encoding = marked_encoding(head)
        pieces = self._wide(encoding) if encoding.startswith(_WIDE) else self._narrow()
        first = True
        for piece in pieces:
            if text := piece.removeprefix(_MARK) if first else piece:
                yield text
            first = False

    def read_by(self, items: Iterator[Article | Notice]) -> Iterator[Article | Notice]:
        """Yield what a reader makes of this text, and then what people should know about its encoding."""
        try:
            yield from items
        except UnreadableError:
            yield from self._said()
            raise
        yield from self._said()

    def _said(self) -> Iterator[Notice]:
        yield from (flagged(self._document.origin, note) for note in self._notes)

    def _wide(self, encoding: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for content in self._bytes():
            yield decoder.decode(content)
        yield decoder.decode(b"", final=True)

    def _narrow(self) -> Iterator[str]:
        """Yield the text of a document in which a line end is one byte: it is decoded in whole lines, if it has any."""
        rest = b""
        for content in self._bytes():
            rest += content
            end = rest.rfind(b"\n") + 1 or len(rest) - _incomplete(rest)
            yield self._decoded(rest[:end])
            rest = rest[end:]
        yield self._decoded(rest)

    def _decoded(self, content: bytes) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError:
            lines = content.splitlines(keepends=True)
        bad = [line for line in lines if not _is_utf8(line)]
        return "".join(line.decode() if _is_utf8(line) else self._mended(line, bad) for line in lines)

    def _mended(self, line: bytes, bad: list[bytes]) -> str:
        """Return the text of a line that is not UTF-8; ``bad`` are all such lines that are known."""
        text = line.decode(errors="replace")
        others = text.count("\N{REPLACEMENT CHARACTER}")
        if sum(not character.isascii() for character in text) > 2 * others:
            self._note("some bytes are no UTF-8; each is shown as \N{REPLACEMENT CHARACTER}")
            return text
        if self._guessed is None:
            encoding = _guess(b"".join(bad))
            self._note(f"not Unicode, read as {encoding}")
            self._guessed = codecs.getincrementaldecoder(encoding)("replace")
        return self._guessed.decode(line)

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)

    def _bytes(self) -> Iterator[bytes]:
        while True:
            with reading():
                content = self._document.stream.read1(_SAMPLE)
            if not content:
                return
            yield content


def text_lines(text: Iterable[str]) -> Iterator[str | None]:
    """Yield each line with its line end, or None for a line that is too long to be held in memory.

    A line ends at a line feed, or at a carriage return in a file that has no line feed at its beginning; all other
    characters that Python takes for line ends are ordinary ones in a table or in JSON.
    """
    parts: list[str] = []
    length, end = 0, ""
    for piece in text:
        end = end or ("\r" if "\r" in piece[:-1] and "\n" not in piece else "\n" if "\n" in piece else "")
        *whole, rest = _split(piece, end) if end else [piece]
        for line in whole:
            yield "".join((*parts, line)) if length + len(line) <= LINE_LIMIT else None
            parts, length = [], 0
        length += len(rest)
        if rest and length <= LINE_LIMIT:
            parts.append(rest)
    if length:
        yield "".join(parts) if length <= LINE_LIMIT else None


def _split(piece: str, end: str) -> list[str]:
    """Return the lines of a text with their ends, and what follows the last line end."""
    *lines, rest = piece.split(end)
    return [*(line + end for line in lines), rest]


def _incomplete(content: bytes) -> int:
    """Return how many bytes at the end are the beginning of a character of UTF-8."""
    for length in range(1, min(4, len(content) + 1)):
        byte = content[-length]
        if byte >= 0xC0:
            return length if length < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(sample: bytes) -> str:
    """Return the name of UTF-16 if the bytes are that without a mark, else an empty string.

    The upper byte of each Latin letter, digit, space and punctuation mark is 0; the lower byte never is.
    """
    even, odd = sample[0:_SAMPLE:2], sample[1:_SAMPLE:2]
    if not odd:
        return ""
    upper_first, lower_first = even.count(0) / len(even), odd.count(0) / len(odd)
    if min(upper_first, lower_first) > 0.01 or max(upper_first, lower_first) < _PLAIN_SHARE:
        return ""
    return "utf-16-be" if upper_first > lower_first else "utf-16-le"


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = sample[:_SAMPLE]
    matches = list(from_bytes(sample, cp_isolation=list(_LEGACY)))
    alike = [
        each.encoding for each in matches if (each.chaos, each.coherence) == (matches[0].chaos, matches[0].coherence)
    ]
    likely = min(alike, key=_LEGACY.index, default=_LEGACY[0])
    return next(each for each in _LEGACY if _decodes_alike(sample, each, likely))


def _decodes_alike(sample: bytes, encoding: str, other: str) -> bool:
    return sample.decode(encoding, errors="replace") == sample.decode(other, errors="replace")
