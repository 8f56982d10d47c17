"""The text of an e-mail, of whose parts some are the same text in another form."""

import re
from collections.abc import Iterator
from email.message import Message

from indexer.sources import limits
from indexer.sources.charsets import known_charset
from indexer.sources.decoding import decode
from indexer.sources.reading import UnreadableError
from indexer.sources.web.markup import plain_text

_STUB = 0.5
"""The text of HTML is taken unless it has less than this share of the letters of the plain text beside it."""
_SIGN = re.compile(r"\w")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200d\u2060\ufeff]+")
"""Characters by which newsletters fill the preview that a mail program shows."""


def text_of_parts(message: Message) -> str:
    """Return the text of an e-mail: of alternatives the best one, and all others one after the other."""
    return "\n\n".join(text for text in _texts(message) if text)


def _texts(part: Message) -> Iterator[str]:
    kind = part.get_content_type()
    if part.get_content_disposition() == "attachment" or kind == "message/rfc822":
        return
    if kind == "multipart/alternative":
        yield _best(part)
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _texts(inner)
    elif kind in {"text/plain", "text/html"}:
        yield _text(part)


def _best(part: Message) -> str:
    """Return the most complete of several forms of one text; HTML has whole paragraphs where plain text has lines."""
    plain, rich = "", ""
    for inner in part.get_payload():
        if isinstance(inner, Message):
            text = "\n\n".join(each for each in _texts(inner) if each)
            if inner.get_content_type() == "text/plain":
                plain = text
            else:
                rich = text or rich
    return rich if len(_SIGN.findall(rich)) >= _STUB * len(_SIGN.findall(plain)) else plain


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    text = _decoded(content[: limits.PAGE], part.get_content_charset() or "")
    if part.get_content_type() == "text/html":
        text = plain_text(text)
    elif part.get_param("format") == "flowed":
        text = _unflowed(text, delete_space=part.get_param("delsp") == "yes")
    paragraphs = (_INVISIBLE.sub("", each).strip() for each in text.replace("\r\n", "\n").split("\n\n"))
    return "\n\n".join(each for each in paragraphs if _SIGN.search(each))


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(known_charset(charset or "utf-8") or "utf-8")
    except UnicodeError:
        try:
            return decode(content)[0]
        except UnreadableError:
            return content.decode("utf-8", "replace")


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Return a text with its lines joined that a mail program broke (RFC 3676)."""
    lines: list[str] = []
    broken = False
    for line in text.splitlines():
        if broken and line:
            lines[-1] += line
        else:
            lines.append(line)
        broken = line.endswith(" ") and line != "-- "
        if broken and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
