"""Read mailboxes in the mbox format (RFC 4155): each message is an article."""

import re
from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.mail.message import is_message, read_message
from indexer.sources.reading import guarded, reading

_START = re.compile(rb"From \S.*\d{2}:\d{2}")
"""The line above a message, below an empty one: who sent it, and when."""
_SURE_START = re.compile(rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d{1,2} [\d:]{8} .{0,12}\d{4}\s*$")
"""Such a line as all programs write it; some write no empty line above it."""
_ESCAPED = re.compile(rb">+From ")
_LINE = 2**16


def is_mbox(head: bytes) -> bool:
    """Return whether a document that begins with these bytes is a mailbox."""
    first, _, rest = head.partition(b"\n")
    return bool(_START.match(first)) and is_message(rest)


def read_mbox(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a mailbox, one message after the other, and a notice for each that has none."""
    number = 0
    context = document.context
    for number, content in enumerate(_messages(document), start=1):
        origin = f"{document.origin}:{number}"
        if content is None:
            yield skipped(origin, f"the e-mail is larger than {limits.MESSAGE // 2**20} MiB")
        else:
            yield from guarded(read_message(content, origin, context), origin)
    if not number:
        yield skipped(document.origin, "holds no e-mail: wanted messages that begin with a line 'From SENDER DATE'")


def _messages(document: Document) -> Iterator[bytes | None]:
    """Yield the bytes of each message, or None for one that is too large."""
    lines: list[bytes] | None = None
    size, after_blank, at_start = 0, True, True
    with reading():
        while line := document.stream.readline(_LINE):
            if at_start and (_SURE_START.match(line) or (after_blank and _START.match(line))):
                if lines is not None:
                    yield b"".join(lines) if size <= limits.MESSAGE else None
                lines, size = [], 0
            elif lines is not None:
                size += len(line)
                if size <= limits.MESSAGE:
                    lines.append(line[1:] if at_start and _ESCAPED.match(line) else line)
                else:
                    lines.clear()
            after_blank = at_start and not line.strip()
            at_start = line.endswith(b"\n")
    if lines is not None:
        yield b"".join(lines) if size <= limits.MESSAGE else None
