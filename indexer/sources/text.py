"""Plain text: one article a file.

A first line that looks like a headline is the title. A date written before the text (``date 2025-05 …``), as some
extracts have it, is the publication date and no part of the body.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from indexer.article import Article
from indexer.paragraphs import find_paragraphs, is_heading
from indexer.sources.notice import Notice, skipped
from indexer.sources.reading import reading
from indexer.sources.record import read_record

_DATE_PREFIX = re.compile(r"\s*date\s*:?\s+(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)(?=\s)", re.IGNORECASE)


def read_text(path: Path, article_id: str) -> Iterator[Article | Notice]:
    """Yield the article of a file, or a notice why there is none."""
    with reading():
        content = path.read_bytes()
    if not content:
        yield skipped(str(path), "the file is empty")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: byte {error.object[error.start]:#04x} at offset {error.start}"
        yield skipped(str(path), f"{reason}; convert it, for instance with iconv -f WINDOWS-1252 -t UTF-8")
        return
    yield from read_record(_record(text), str(path), article_id)


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
