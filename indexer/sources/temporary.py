"""Files in the temporary folder, which may be full although the index has space enough."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from typing import Any

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.ENOENT}
"""What the system says where nothing can be written; the last where there is no temporary folder at all."""


class TemporaryFolderFullError(Exception):
    """Nothing more can be written into the temporary folder; the message names it."""


@contextlib.contextmanager
def temporary_space() -> Iterator[None]:
    """Translate what the system says when nothing more can be written into a temporary file.

    Raises:
        TemporaryFolderFullError: The temporary folder is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise TemporaryFolderFullError(
            f"no space left in the temporary folder {_folder()}; set TMPDIR to another"
        ) from error


@contextlib.contextmanager
def temporary_file(in_memory: int = 0) -> Iterator[Any]:
    """Yield a temporary file for reading and writing, whose first bytes may be held in memory.

    Raises:
        TemporaryFolderFullError: It cannot be made.
    """
    with temporary_space():
        file = _made(in_memory)
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):  # what could not be written cannot be written at the end either
            file.close()


def _made(in_memory: int) -> Any:
    """Return a new file; one that holds nothing in memory has no buffer either, so that each write tells its fate."""
    if in_memory:
        return tempfile.SpooledTemporaryFile(in_memory)
    return tempfile.TemporaryFile(buffering=0)


def _folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return os.environ.get("TMPDIR", "")
