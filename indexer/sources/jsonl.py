"""Read JSON Lines: each line is an object, and each object is an article."""

from collections.abc import Iterator

import orjson

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.decoding import LINE_LIMIT, bounded_lines
from indexer.sources.document import Document
from indexer.sources.record import read_record


def read_jsonl(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a file in order, and a notice for each line that is not an article."""
    empty = True
    for number, line in enumerate(bounded_lines(document), start=1):
        if line is not None and not line.strip():
            continue
        empty = False
        yield from _read_line(document, line, f"{document.origin}:{number}")
    if empty:
        yield skipped(document.origin, "the file is empty")


def kind_of(value: object) -> str:
    """Return the kind of a JSON value, in words for people."""
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")


def _read_line(document: Document, line: bytes | None, origin: str) -> Iterator[Article | Notice]:
    if line is None:
        yield skipped(origin, f"the line is longer than {LINE_LIMIT // 2**20} MiB")
        return
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        yield skipped(origin, f"not JSON in UTF-8: {error.msg}, at character {error.pos}")
        return
    if not isinstance(record, dict):
        yield skipped(origin, f"the line is {kind_of(record)}, wanted an object with the field 'text'")
        return
    yield from read_record(record, origin, document.context)
