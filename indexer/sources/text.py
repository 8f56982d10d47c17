"""Read plain text and Markdown: each file is one article.

If the first line looks like a headline, it is the title. Some extracts begin with a date (``date 2025-05 …``): it is
taken as the publication date and removed from the body.
"""

import re
from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import limits
from indexer.sources.decoding import decode
from indexer.sources.document import Document
from indexer.sources.record import read_record
from indexer.text.paragraphs import find_paragraphs, is_heading

_DATE_PREFIX = re.compile(r"\s*date\s*:?\s+(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)(?=\s)", re.IGNORECASE)


def read_text(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, after a notice if its encoding was guessed; or one notice if there is none."""
    content = document.content(limits.TEXT_FILE)
    if not content:
        yield skipped(document.origin, "the file is empty")
        return
    text, guessed = decode(content)
    if guessed:
        yield flagged(document.origin, f"not Unicode, read as {guessed}")
    yield from read_record(_record(text), document.origin, document.context.with_default_names(), document.article_id)


def _record(text: str) -> dict[str, str]:
    record = {}
    if prefix := _DATE_PREFIX.match(text):
        record["published"] = prefix["date"]
        text = text[prefix.end() :]
    paragraphs = find_paragraphs(text)
    if len(paragraphs) > 1 and is_heading(text[paragraphs[0].start : paragraphs[0].end]):
        record["title"] = text[paragraphs[0].start : paragraphs[0].end]
        text = text[paragraphs[1].start :]
    return record | {"text": text.strip()}
