"""What a build reads: files and folders, standard input, the addresses of feeds."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.document import Document, buffered
from indexer.sources.fields import FieldNames
from indexer.sources.files import Choice, SourceFile, find_files, read_file
from indexer.sources.formats import read_document
from indexer.sources.web.feed_address import read_address
from indexer.sources.web.fetch import Fetcher
from indexer.text.language import Judge, judge_language

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class StandardInput:
    """What is piped in: any format that is told by its content."""


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """The address of a feed."""

    url: str


Input = SourceFile | StandardInput | FeedAddress


def find_inputs(sources: Sequence[str], choice: Choice) -> list[Input]:
    """Return what there is to read, each once.

    Raises:
        SourceError: A source does not exist or cannot be read, or nothing is found.
    """
    paths = [Path(source) for source in sources if not _is_other(source)]
    found: list[Input] = list(find_files(paths, choice)) if paths or not sources else []
    for source in dict.fromkeys(sources):
        if source == STANDARD_INPUT:
            found.append(StandardInput())
        elif is_address(source):
            found.append(FeedAddress(source))
    return found


def read_input(
    each: Input, fields: FieldNames, kept: Path, judge: Judge = judge_language
) -> Iterator[Article | Notice]:
    """Yield what an input holds, and a notice for what could not be read.

    Args:
        each: One of ``find_inputs``.
        fields: What its fields are called.
        kept: A folder for what was fetched before.
        judge: Tells the languages of articles in files of records.
    """
    if isinstance(each, SourceFile):
        yield from read_file(each, fields, judge)
    elif isinstance(each, FeedAddress):
        fetcher = Fetcher(kept)
        try:
            yield from read_address(each.url, fetcher)
        finally:
            fetcher.close()
    else:
        document = Document("", "standard input", buffered(sys.stdin.buffer), "standard-input", fields, judge)
        yield from read_document(document, sys.maxsize // 2**20)


def is_address(source: str) -> bool:
    """Tell whether a source is to be fetched."""
    return source.startswith(("http://", "https://"))


def _is_other(source: str) -> bool:
    return source == STANDARD_INPUT or is_address(source)
