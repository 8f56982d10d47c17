"""Errors of a document that is being read, kept apart from errors of the system such as a full disk."""

import errno
import logging
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from backports.zstd import ZstdError

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits

UNFORESEEN = "for a reason that nobody foresaw"
"""The reason in the notice about a document whose reader failed by a mistake in our code or in a library."""
_OF_THE_SYSTEM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EPIPE}
"""Errors that no document causes."""
_log = logging.getLogger("dateline")


class UnreadableError(Exception):
    """A document cannot be opened or not be read to its end.

    It is caught where documents are read one after the other, so that a bad one does not stop the others.
    """


@contextmanager
def reading() -> Iterator[None]:
    """Translate errors of the operating system and of decompression into ``UnreadableError``."""
    try:
        yield
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error
    except EOFError as error:
        raise UnreadableError("ends too early: it is cut short") from error
    except (zlib.error, lzma.LZMAError, ZstdError) as error:
        raise UnreadableError(f"is damaged: {error}") from error


@contextmanager
def blaming_the_document() -> Iterator[None]:
    """Translate errors that libraries raise as errors of the operating system, but not those that are such."""
    try:
        yield
    except OSError as error:
        if error.errno in _OF_THE_SYSTEM:
            raise
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error


def guarded(items: Iterator[Article | Notice], origin: str) -> Iterator[Article | Notice]:
    """Yield what a reader yields, and turn an error of the reader into a notice, so that other documents are read.

    The traceback of an error that is not an ``UnreadableError`` is logged.
    """
    try:
        yield from items
    except UnreadableError as error:
        yield skipped(origin, str(error))
    except MemoryError:
        yield skipped(origin, f"ran out of memory, of which a reader may take {limits.READER_MEMORY // 2**20:,} MB")
    except OSError:  # an error of the system is not an error of this document
        raise
    except Exception as error:  # a mistake in our code or in a library must not cost hours of reading
        _log.warning("The reader of %s failed; please report this.", origin, exc_info=True)
        yield skipped(origin, f"cannot be read, {UNFORESEEN}: {type(error).__name__}: {str(error)[:100]}")
