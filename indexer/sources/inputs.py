"""The inputs of a build: files, standard input, and feeds by their address."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from indexer.article import Article
from indexer.errors import SourceError
from indexer.notice import Notice
from indexer.sources.content import FileContent, Stamp
from indexer.sources.context import ReadingContext
from indexer.sources.document import CountedStream, Document, buffered
from indexer.sources.files import Choice, FoundFiles, find_files
from indexer.sources.formats import read_document
from indexer.sources.waiting import dated
from indexer.sources.walking import IsIndex
from indexer.sources.web.destinations import is_private_by_name
from indexer.sources.web.feed_address import read_address
from indexer.sources.web.fetch import Fetcher

STANDARD_INPUT = "-"


class Input(Protocol):
    """One thing to read, such as a ``SourceFile`` or a ``FeedAddress``. It is immutable and hashable."""

    @property
    def name(self) -> tuple[str, ...]:
        """The names on which its articles depend, besides its content; no two inputs of a build have the same."""

    def content(self) -> FileContent | None:
        """Return a digest of what it holds, or None if that is not known before it is read."""

    def stamp(self) -> Stamp | None:
        """Return what changes whenever the content does, or None if there is no such thing."""

    def items(self, context: ReadingContext) -> Iterator[Article | Notice]:
        """Yield its articles, and a notice for whatever could not be read."""


@dataclass(frozen=True, slots=True)
class StandardInput:
    """What is piped in. Its format is recognised by its content."""

    @property
    def name(self) -> tuple[str, ...]:
        return (STANDARD_INPUT,)

    def content(self) -> None:
        """Return None: a pipe can be read only once."""

    def stamp(self) -> None:
        """Return None: a pipe has no stamp."""

    def items(self, context: ReadingContext) -> Iterator[Article | Notice]:
        """Read the pipe to its end."""
        pipe = CountedStream(sys.stdin.buffer)
        document = Document("", "standard input", buffered(pipe), lambda: pipe.count, "standard-input", context)
        yield from read_document(document)


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """The address of a feed, or of a single page."""

    url: str

    @property
    def name(self) -> tuple[str, ...]:
        return (self.url,)

    def content(self) -> None:
        """Return None: what a server answers is not known before it is asked."""

    def stamp(self) -> None:
        """Return None: a feed has no stamp."""

    def items(self, context: ReadingContext) -> Iterator[Article | Notice]:
        """Fetch the feed and the pages of its entries."""
        fetcher = Fetcher(context.fetched, context.allow_private)
        try:
            yield from dated(partial(read_address, self.url, fetcher), context, self.url)
        finally:
            fetcher.close()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is to be read, and what is not."""

    read: tuple[Input, ...]
    notices: tuple[Notice, ...] = ()
    """For each folder how many of its files are of formats that are not read, and which links lead out of it."""


def find_inputs(sources: Sequence[str], choice: Choice, is_index: IsIndex = lambda _: False) -> Inputs:
    """Return all inputs in the sources, each once; folders are searched, and nothing is read.

    The result can be handed over to whatever reads the inputs, so that the folders are searched only once.

    Args:
        sources: Files, folders, addresses, and ``-`` for standard input.
        choice: Which files of folders are read.
        is_index: Tells whether a folder is an index, which is not news.

    Raises:
        SourceError: A source does not exist or cannot be read, nothing is found, or an address is one of this machine
            or of a private network, which the choice does not allow.
    """
    paths = [Path(source) for source in sources if not _is_other(source)]
    files = find_files(paths, choice, is_index) if paths or not sources else FoundFiles([], [], [])
    found: list[Input] = [*files.files, *files.unreadable]
    for source in dict.fromkeys(sources):
        if source == STANDARD_INPUT:
            found.append(StandardInput())
        elif is_address(source):
            found.append(_feed_address(source, choice))
    return Inputs(tuple(found), tuple(files.notices))


def _feed_address(source: str, choice: Choice) -> FeedAddress:
    if not choice.allow_private and is_private_by_name(source):
        raise SourceError(
            f"{source} is of this machine or of a private network, and such addresses are not read unasked",
            f"rebuild-index --allow-private {source}",
        )
    return FeedAddress(source)


def is_address(source: str) -> bool:
    """Return whether a source is the address of a feed or a page."""
    return source.startswith(("http://", "https://"))


def _is_other(source: str) -> bool:
    """Return whether a source is neither a file nor a folder."""
    return source == STANDARD_INPUT or is_address(source)
