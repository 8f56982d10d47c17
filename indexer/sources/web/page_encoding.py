"""Decode the bytes of a web page, even if the page declares a wrong encoding."""

import codecs
import re

from indexer.sources.charsets import known_charset

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # it comes before UTF-16, because its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*+=\s*+["']?\s*+([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_DECLARATION_BYTES = 8192
"""The beginning of a page in which a declaration is looked for."""
_WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
"""The encoding that browsers use for a name: one with more characters, see https://encoding.spec.whatwg.org."""
_MARKUP = re.compile(rb"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
_SAMPLE = 20_000
"""Bytes of text by which an encoding is guessed."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decode_page(content: bytes) -> str:
    """Return the characters of a page without those that HTML forbids.

    The encoding is decided by the first of these that applies: a byte order mark; the NUL bytes of UTF-16; nearly all
    bytes are valid UTF-8; the declaration; the encoding in which the text looks most like a language; Windows-1252.
    """
    return _ILLEGAL.sub("", _decode(content))


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if wide := _wide(content[:256]):
        return content.decode(wide, "replace")
    utf8 = content.decode("utf-8", "replace")
    wrong = utf8.count("\N{REPLACEMENT CHARACTER}")
    if wrong * 20 <= len(_NOT_ASCII.findall(content)):
        return utf8
    declared = _declared(content)
    if declared not in {"", "utf-8"}:
        return content.decode(declared, "replace")
    return content.decode(_guess(content) or "cp1252", "replace")


def _wide(beginning: bytes) -> str:
    """Return the kind of UTF-16, or an empty string; the ASCII characters at the beginning have NUL bytes in it."""
    if beginning[1::2].count(0) * 4 > len(beginning) and not beginning[::2].count(0):
        return "utf-16-le"
    if beginning[::2].count(0) * 4 > len(beginning) and not beginning[1::2].count(0):
        return "utf-16-be"
    return ""


def _declared(content: bytes) -> str:
    """Return Python's name of the encoding that a page declares; empty if Python knows no such encoding."""
    match = _DECLARED.search(content, 0, _DECLARATION_BYTES)
    name = known_charset(match[1].decode("ascii")) if match else ""
    return _WIDER.get(name, name)


def _guess(content: bytes) -> str:
    """Return the most likely encoding of the text between the tags; empty if there is none."""
    import charset_normalizer

    text = _MARKUP.sub(b" ", content[: 20 * _SAMPLE])
    best = charset_normalizer.from_bytes(b" ".join(text.split())[:_SAMPLE]).best()
    return best.encoding if best else ""
