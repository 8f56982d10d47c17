"""Libraries that not everybody installs, for formats that not everybody has."""

import importlib
from types import ModuleType

from indexer.sources.reading import UnreadableError


def optional(module: str, what: str) -> ModuleType:
    """Return a module of the extra ``documents``.

    Args:
        module: Its name.
        what: The kind of file that it reads, for people.

    Raises:
        UnreadableError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UnreadableError(f"is {what}, which needs: pip install 'dateline[documents]'") from error
