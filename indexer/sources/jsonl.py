"""JSON Lines: one article an object, one object a line."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from indexer.article import Article
from indexer.sources.notice import Notice, skipped
from indexer.sources.reading import reading
from indexer.sources.record import read_record

_LINE_LIMIT = 64 * 2**20
"""Bytes: no news article is that long, and a line is held in memory."""


def read_jsonl(path: Path) -> Iterator[Article | Notice]:
    """Yield the articles of a file in order, and a notice for each line that holds none."""
    empty = True
    for number, line in enumerate(_lines(path), start=1):
        if line is not None and not line.strip():
            continue
        empty = False
        yield from _read_line(line, f"{path}:{number}")
    if empty:
        yield skipped(str(path), "the file is empty")


def _lines(path: Path) -> Iterator[bytes | None]:
    """Yield each line, or None for one that is too long to be held."""
    with reading(), path.open("rb") as file:
        while line := file.readline(_LINE_LIMIT):
            if line.endswith(b"\n") or len(line) < _LINE_LIMIT:
                yield line
                continue
            while (rest := file.readline(_LINE_LIMIT)) and not rest.endswith(b"\n"):
                pass
            yield None


def _read_line(line: bytes | None, origin: str) -> Iterator[Article | Notice]:
    if line is None:
        yield skipped(origin, f"the line is longer than {_LINE_LIMIT // 2**20} MiB")
        return
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        yield skipped(origin, f"not JSON in UTF-8: {error.msg}, at character {error.pos}")
        return
    if not isinstance(record, dict):
        yield skipped(origin, f"the line is {_kind(record)}, wanted an object with the field 'text'")
        return
    yield from read_record(record, origin)


def _kind(value: object) -> str:
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")
