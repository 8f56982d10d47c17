"""Read an e-mail (RFC 5322, MIME): it is an article, and so is each e-mail that is attached to it."""

import contextlib
import re
from collections.abc import Iterator
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.context import ReadingContext
from indexer.sources.document import Document
from indexer.sources.mail.body import text_of_parts
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record
from indexer.sources.records.values import domain_of

_HEADERS = re.compile(rb"(?im)^(?:from|date|subject|message-id|received|return-path|mime-version|to|delivered-to): ?\S")
_FEWEST_HEADERS = 3
_LONGEST_KIND = 2**11
"""The most characters of a header that says what a part is and how it is written."""
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_EMLX_LENGTH = re.compile(rb"\d{1,12}\s*\n")
"""The first line of a message of Apple Mail: the bytes of the message, behind which its state is kept."""


def is_message(head: bytes) -> bool:
    """Return whether a document that begins with these bytes is an e-mail, by its headers."""
    headers = head.partition(b"\r\n\r\n" if b"\r\n" in head else b"\n\n")[0]
    return len(_HEADERS.findall(headers)) >= _FEWEST_HEADERS


def read_eml(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file that is one e-mail, and of those attached to it."""
    content = document.content(limits.MESSAGE)
    if length := _EMLX_LENGTH.match(content):
        content = content[length.end() : length.end() + int(length[0])]
    yield from read_message(content, document.origin, document.context, document.article_id)


def read_message(
    content: bytes, origin: str, context: ReadingContext, default_id: str = ""
) -> Iterator[Article | Notice]:
    """Yield the article of an e-mail, and of those attached to it; or a notice why there is none."""
    for number, message in enumerate(_messages(_parsed(content))):
        record, place = _record(message), f"{origin}#{number}" if number else origin
        if "text" in record:
            yield from read_record(record, place, context, "" if number else default_id)
        else:
            yield skipped(place, "the e-mail has no text: wanted a part of text or HTML that is no attachment")


def _parsed(content: bytes) -> Message:
    """Return an e-mail with all of its parts.

    Raises:
        UnreadableError: It has more parts than any newsletter, or they lie within one another without end.
    """
    made = 0

    class Part(Message):
        def __init__(self, policy: policy.Policy = policy.compat32) -> None:
            nonlocal made
            super().__init__(policy)
            made += 1
            if made > limits.MESSAGE_PARTS:
                raise UnreadableError(f"has more than {limits.MESSAGE_PARTS} parts: no newsletter does")

        def set_raw(self, name: str, value: str) -> None:
            """Append a header, without what is more than any holds: some take the square of their length."""
            most = _LONGEST_KIND if name.casefold().startswith("content-") else limits.MESSAGE_HEADER
            super().set_raw(name, value[:most])

    return BytesParser(Part, policy=policy.compat32).parsebytes(content)


def _messages(message: Message) -> Iterator[Message]:
    """Yield an e-mail and those attached to it, at any depth."""
    yield message
    for part in message.walk():
        if part is not message and part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield part.get_payload(0)  # type: ignore[misc]


def _record(message: Message) -> dict[str, str]:
    sender, address = _sender(message)
    fields = {
        "id": _header(message, "Message-ID").strip("<>"),
        "title": _header(message, "Subject"),
        "text": text_of_parts(message),
        "published": _sent(message),
        "language": _header(message, "Content-Language").partition(",")[0],
        "source": _list_name(message) or sender or domain_of(f"mailto://{address.rpartition('@')[2]}"),
        "url": next(iter(_ADDRESS.findall(_header(message, "Archived-At"))), ""),
    }
    return {name: value for name, value in fields.items() if value.strip()}


def _sender(message: Message) -> tuple[str, str]:
    """Return the name and the address in the header ``From``; they are empty if it cannot be understood."""
    try:
        return parseaddr(_header(message, "From"))
    except RecursionError:  # comments within comments without end
        return "", ""


def _header(message: Message, name: str) -> str:
    """Return a header with its encoded words decoded; empty if it is missing."""
    value = str(message.get(name) or "")[: limits.MESSAGE_HEADER]
    try:
        text = str(make_header(decode_header(value)))
    except (ValueError, LookupError):  # an unknown charset, or damaged base64
        text = value
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _list_name(message: Message) -> str:
    """Return the name of the list that a newsletter is sent to, which is that of the newsletter."""
    name, found, _ = _header(message, "List-ID").partition("<")
    return name.strip(' "') if found else ""


def _sent(message: Message) -> str:
    """Return when an e-mail was sent or, if it does not say so, when it was received, as it is written there."""
    received = _header(message, "Received").rpartition(";")[2].strip()
    for written in (_header(message, "Date"), received):
        with contextlib.suppress(ValueError):
            parse_published(written)
            return written
    return _header(message, "Date")
