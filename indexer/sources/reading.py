"""Tell a file that cannot be read from any other trouble of the system while it is being indexed."""

import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from backports.zstd import ZstdError


class UnreadableError(Exception):
    """A file cannot be opened, or not be read to its end; caught where files are read one after the other."""


@contextmanager
def reading() -> Iterator[None]:
    """Translate what the operating system says of a file, and what unpacking says of a damaged one."""
    try:
        yield
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error
    except EOFError as error:
        raise UnreadableError("ends too early: it is cut short") from error
    except (zlib.error, lzma.LZMAError, ZstdError) as error:
        raise UnreadableError(f"is damaged: {error}") from error
