"""Tell a file that cannot be read from any other trouble of the system while it is being indexed."""

from collections.abc import Iterator
from contextlib import contextmanager


class UnreadableError(Exception):
    """A file cannot be opened, or not be read to its end; caught where files are read one after the other."""


@contextmanager
def reading() -> Iterator[None]:
    """Translate what the operating system says of a file."""
    try:
        yield
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error
