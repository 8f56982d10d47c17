"""Walk through folders: each folder once, also through links, and none that is an index."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from indexer.sources.names import is_left_out, is_litter

IsIndex = Callable[[Path], bool]


class Walk:
    """Walks through one folder after the other.

    A folder that is reached twice, by links or because it was named twice, is entered once; so loops of links end. One
    that lies in the folder is entered before links that lead to it, so that files keep the name of the place where
    they lie.
    """

    def __init__(self, is_index: IsIndex) -> None:
        """Prepare to walk.

        Args:
            is_index: Tells whether a folder is an index, which is not entered.
        """
        self._is_index = is_index
        self._entered: set[tuple[int, int]] = set()

    def files(self, folder: Path) -> Iterator[Path]:
        """Yield the files below a folder and the links that lead nowhere, but not what is left out by its name.

        Raises:
            OSError: A folder cannot be listed.
        """
        own, linked = deque([folder]), deque[Path]()
        while own or linked:
            current = own.popleft() if own else linked.popleft()
            if not self._enters(current):
                continue
            with os.scandir(current) as entries:
                for entry in entries:
                    path = current / entry.name
                    if is_litter(entry.name):
                        continue
                    if path.is_dir():
                        (linked if entry.is_symlink() else own).append(path)
                    elif not is_left_out(entry.name) and (path.is_file() or leads_nowhere(path)):
                        yield path

    def _enters(self, folder: Path) -> bool:
        stat = folder.stat()
        known = (stat.st_dev, stat.st_ino)
        if known in self._entered or self._is_index(folder):
            return False
        self._entered.add(known)
        return True


def leads_nowhere(path: Path) -> bool:
    """Return whether a path is a link to nothing, or to itself."""
    return path.is_symlink() and not path.exists()
