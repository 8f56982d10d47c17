"""Read JSON files: a list of articles, an object that holds a list of articles, or a single article.

Files that are JSON Lines but are named ``.json`` are read too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import ijson
import orjson

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.jsonl import kind_of, read_jsonl
from indexer.sources.reading import UnreadableError, reading
from indexer.sources.record import read_record

_OPENING = ("start_map", "start_array")
_STEP = dict.fromkeys(_OPENING, 1) | {"end_map": -1, "end_array": -1}
_DEEPEST = limits.JSON_DEPTH
"""Lists and objects within one another; a news article needs a handful."""
_WHOLE = limits.JSON_OBJECT
"""The most bytes of a file that is one object: such a file is held in memory as a whole."""
_LISTS = ("articles", "items", "results", "data", "documents", "docs", "hits", "news", "stories", "entries")


def read_json(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a file, and a notice for each entry that is not an article."""
    head = document.head().removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        yield skipped(document.origin, "the file is empty")
    elif head.startswith(b"["):
        yield from _read_list(document)
    elif _is_lines(head):
        yield from read_jsonl(document)
    else:
        yield from _read_object(document)


def _read_list(document: Document) -> Iterator[Article | Notice]:
    number = 0
    try:
        with reading():
            for number, entry in enumerate(_entries(document), start=1):
                yield from _read_entry(document, entry, f"{document.origin}:{number}")
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise UnreadableError(f"is not JSON in UTF-8 after entry {number}: {_short(error)}") from error


def _entries(document: Document) -> Iterator[Any]:
    """Yield the entries of a list one after the other.

    ``ijson.items`` would do the same, but takes time that grows with the square of the depth of an entry.
    """
    builder, depth = ijson.ObjectBuilder(), 0
    for event, value in ijson.basic_parse(document.stream, use_float=True):
        outermost = {depth, depth + _STEP.get(event, 0)} == {0, 1}
        depth += _STEP.get(event, 0)
        if depth > _DEEPEST:
            raise UnreadableError(f"is nested more than {_DEEPEST} deep")
        if outermost:
            continue
        builder.event(event, value)
        if depth == 1:
            yield builder.value
            builder = ijson.ObjectBuilder()


def _read_object(document: Document) -> Iterator[Article | Notice]:
    try:
        content = orjson.loads(document.content(_WHOLE).removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UnreadableError(f"is not JSON in UTF-8: {error.msg}, at character {error.pos}") from error
    if not isinstance(content, dict):
        raise UnreadableError(f"holds {kind_of(content)}, wanted an object with the field 'text', or a list of such")
    entries = next((content[name] for name in _LISTS if isinstance(content.get(name), list)), None)
    if entries is None:
        yield from read_record(content, document.origin, document.context, document.article_id)
        return
    for number, entry in enumerate(entries, start=1):
        yield from _read_entry(document, entry, f"{document.origin}:{number}")


def _read_entry(document: Document, entry: Any, origin: str) -> Iterator[Article | Notice]:
    if isinstance(entry, Mapping):
        yield from read_record(entry, origin, document.context)
    else:
        yield skipped(origin, f"the entry is {kind_of(entry)}, wanted an object with the field 'text'")


def _is_lines(head: bytes) -> bool:
    """Return whether the first line is a whole object and further lines follow it."""
    first, found, rest = head.partition(b"\n")
    if not found or not rest.strip():
        return False
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
