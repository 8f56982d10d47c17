"""Read plain text: each file is one article, and front matter above it gives its fields.

If the first line looks like a headline, it is the title. Some extracts begin with a date (``date 2025-05 …``): it is
taken as the publication date and removed from the body. So is a line near the top that is only a date; a date beside a
byline is taken too, and stays.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, flagged, left_out, skipped
from indexer.sources import limits
from indexer.sources.dateline import find_dateline
from indexer.sources.decoding import decode
from indexer.sources.document import Document
from indexer.sources.front_matter import is_unpublished, record_of, split_front_matter
from indexer.sources.record import read_record
from indexer.sources.web.page_title import squash
from indexer.text.paragraphs import find_paragraphs, is_heading

_DATE_PREFIX = re.compile(r"\s*+date(?:\s*+:)?\s++(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)(?=\s)", re.IGNORECASE)


def read_text(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, after a notice for each field that could not be used; or one notice why not."""
    return read_written(document, lambda text: ("", text))


def read_written(document: Document, plain: Callable[[str], tuple[str, str]]) -> Iterator[Article | Notice]:
    """Yield the article of a file with or without front matter, or one notice why there is none.

    ``plain`` returns the heading of a text and the rest, without the signs of its format; the heading may be empty.
    """
    content = document.content(limits.TEXT_FILE)
    if not content:
        yield skipped(document.origin, "the file is empty")
        return
    text, guessed = decode(content)
    if guessed:
        yield flagged(document.origin, f"not Unicode, read as {guessed}")
    front, body = split_front_matter(text)
    if is_unpublished(front):
        yield left_out(document.origin, "was never published: its front matter says that it is a draft or private")
        return
    heading, body = plain(body)
    record = _joined(record_of(front), _record(body, heading))
    yield from read_record(record, document.origin, document.context, document.article_id)


def _joined(front: dict[str, Any], written: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the front matter with the text; a heading that is another title belongs to the text."""
    title, heading = front.get("title"), written.get("title", "")
    if heading and isinstance(title, str) and squash(title) != squash(heading):
        return written | front | {"text": f"{heading}\n\n{written['text']}"}
    return written | front


def _record(text: str, heading: str = "") -> dict[str, str]:
    record = {"title": heading} if heading else {}
    if prefix := _DATE_PREFIX.match(text):
        record["published"] = prefix["date"]
        text = text[prefix.end() :]
    elif dateline := find_dateline(text):
        record["published"] = dateline.written
        if dateline.alone:
            text = text[: dateline.start] + text[dateline.end :]
    paragraphs = find_paragraphs(text)
    if not heading and len(paragraphs) > 1 and is_heading(text[paragraphs[0].start : paragraphs[0].end]):
        record["title"] = text[paragraphs[0].start : paragraphs[0].end]
        text = text[paragraphs[1].start :]
    return record | {"text": text.strip()}
