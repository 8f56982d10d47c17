"""Read the inputs of a build, those in a process of their own that could end the build."""

import os
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Self

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.context import ReadingContext
from indexer.sources.document import HEAD
from indexer.sources.files import SourceFile, UnreadableEntry
from indexer.sources.guard.messages import Alive, Done, Failed, Job
from indexer.sources.guard.process import EndedError, ReadingProcess
from indexer.sources.inputs import FeedAddress, Input, StandardInput
from indexer.sources.packing.unpack import is_packed
from indexer.sources.waiting import in_one_order
from indexer.text.language import Judgements

_BUSY = 10
"""How many times as long an article may take by the clock, where other programs have the cores."""
_HARMLESS = (".txt", ".md", ".markdown", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""The endings of formats whose readers, on a small file, are quick and take little memory."""


class GuardedReader:
    """Reads inputs; a context manager.

    Small files of text, JSON and CSV are read in this process. For all others one process is started, which reads them
    one after the other. If an input ends it, what was read of that input is kept, a notice says why, and the next
    input gets a new process.
    """

    def __init__(self) -> None:
        self._process: ReadingProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def items(self, each: Input, context: ReadingContext) -> Iterator[Article | Notice]:
        """Yield the articles of an input, and a notice for whatever could not be read.

        Raises:
            OSError: The system failed, such as a full disk.
        """
        if isinstance(each, UnreadableEntry) or (isinstance(each, SourceFile) and _is_harmless(each)):
            yield from each.items(context)
            return
        complete = False
        try:
            yield from in_one_order(self._items_of_process(each, context))
            complete = True
        except EndedError as error:
            yield skipped(each.name[0], f"ended the reader: {error}")
        finally:
            if not complete or isinstance(each, StandardInput):
                self._end()

    def _items_of_process(self, each: Input, context: ReadingContext) -> Iterator[Article | Notice]:
        process = self._process = self._process or ReadingProcess()
        process.start(Job(each, context))
        if isinstance(each, StandardInput):
            process.pipe_in(sys.stdin.buffer)
        is_fetched = isinstance(each, FeedAddress)
        seconds = limits.PAGE_SECONDS if is_fetched else limits.READER_SECONDS
        longest = seconds if is_fetched else _BUSY * seconds
        while not isinstance(answer := process.next(seconds, longest), Done):
            if isinstance(answer, Failed):
                raise answer.error
            if not isinstance(answer, Alive):
                yield answer
        if isinstance(context.judge, Judgements):
            context.judge.told.update(answer.languages)
        if context.fields.used is not None:
            context.fields.used.update(answer.fields)

    def _end(self) -> None:
        if self._process:
            self._process.close()
        self._process = None


def _is_harmless(file: SourceFile) -> bool:
    """Return whether a file can be read in the process of the build."""
    if PurePosixPath(file.path.name.casefold()).suffix not in _HARMLESS:
        return False
    try:
        with file.path.open("rb", buffering=0) as content:
            return os.fstat(content.fileno()).st_size <= limits.SMALL_FILE and not is_packed(content.read(HEAD))
    except OSError:  # reading it says so
        return True
