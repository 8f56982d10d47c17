"""Walk through folders: each folder once, also through links, and none that is an index."""

import errno
import stat
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import DirEntry, scandir
from pathlib import Path

from indexer.sources.content import text_of
from indexer.sources.names import is_left_out, is_litter

IsIndex = Callable[[Path], bool]

_NOWHERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
"""What the system says of a link that leads to nothing, or to itself."""
_OTHERS = (
    (stat.S_ISFIFO, "is a named pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)
_TOO_DEEP = "lies too deep: the system takes no path of that length; name a folder below it as a source of its own"


@dataclass(frozen=True, slots=True)
class Found:
    """A file, or what cannot be read as one."""

    path: Path
    real: Path
    """The path without links."""
    problem: str = ""
    """Why it cannot be read; empty for a file."""


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    real: Path


class Walk:
    """Walks through one folder after the other.

    A folder that is reached twice, by links or because it was named twice, is entered once; so loops of links end. One
    that lies in the folder is entered before links that lead to it, so that files keep the name of the place where
    they lie.
    """

    def __init__(self, is_index: IsIndex, follow_links: bool = True) -> None:
        """Prepare to walk.

        Args:
            is_index: Tells whether a folder is an index, which is not entered.
            follow_links: Whether links are followed, to files and to folders.
        """
        self._is_index, self._follow_links = is_index, follow_links
        self._entered: set[tuple[int, int]] = set()
        self.leading_out: list[tuple[Path, Path]] = []
        """Links that were followed out of the folder that was walked through last, and where they lead."""
        self.refused: list[Path] = []
        """Links there that were not followed."""

    def entries(self, folder: Path) -> Iterator[Found]:
        """Yield the files below a folder and what can be read as none, but not what is left out by its name.

        Raises:
            OSError: A folder cannot be listed.
        """
        self.leading_out, self.refused = [], []
        root = folder.resolve()
        own, linked = deque([_Folder(folder, root)]), deque[_Folder]()
        while own or linked:
            is_linked = not own
            current = linked.popleft() if is_linked else own.popleft()
            try:
                if not self._enters(current.path):
                    continue
                if is_linked and not current.real.is_relative_to(root):
                    self.leading_out.append((current.path, current.real))
                with scandir(current.path) as entries:
                    for entry in sorted(entries, key=lambda each: each.name):
                        if not is_litter(entry.name):
                            yield from self._entry(entry, current, root, own, linked)
            except OSError as error:
                if error.errno != errno.ENAMETOOLONG:
                    raise
                yield Found(current.path, current.real, _TOO_DEEP)

    def _entry(
        self, entry: DirEntry[str], folder: _Folder, root: Path, own: deque[_Folder], linked: deque[_Folder]
    ) -> Iterator[Found]:
        """Queue a folder, or yield anything else."""
        path, is_link = folder.path / entry.name, entry.is_symlink()
        if is_link and not self._follow_links:
            self.refused.append(path)
            return
        is_folder, problem = _kind(entry)
        real = path.resolve() if is_link and not problem else folder.real / entry.name
        if is_folder:
            (linked if is_link else own).append(_Folder(path, real))
        elif not is_left_out(entry.name):
            if is_link and not problem and not real.is_relative_to(root):
                self.leading_out.append((path, real))
            yield Found(path, real, problem)

    def _enters(self, folder: Path) -> bool:
        found = folder.stat()
        known = (found.st_dev, found.st_ino)
        if known in self._entered or self._is_index(folder):
            return False
        self._entered.add(known)
        return True


def _kind(entry: DirEntry[str]) -> tuple[bool, str]:
    """Return whether an entry is a folder, and why it cannot be read if it is neither a folder nor a file."""
    try:
        if entry.is_dir():
            return True, ""
        if entry.is_file():
            return False, ""
        mode = entry.stat().st_mode
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False, _TOO_DEEP
        if error.errno in _NOWHERE and entry.is_symlink():
            return False, f"is a link that leads nowhere: {text_of(Path(entry.path).readlink())}"
        raise
    return False, next((what for is_such, what in _OTHERS if is_such(mode)), "is no file")
