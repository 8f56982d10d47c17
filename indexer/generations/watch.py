"""Notice when somebody writes into the files of a generation while they are open.

That never happens to a generation by itself: its files are immutable. But a file that is mapped into memory and then
cut short ends the process that touches what is gone (SIGBUS), and one that is overwritten gives other answers.
"""

from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int, int]
"""The device and the number of a file, its size, and the time of its last change in nanoseconds."""
Stamps = tuple[Stamp | None, ...]


class FileWatch:
    """The stamps that files had when they were found to be right. A look at all of them takes some microseconds."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._paths = [folder / name for name in names]
        self._right = self.stamps()

    def stamps(self) -> Stamps:
        """Return the stamp that each file has now."""
        return tuple(map(stamp_of, self._paths))

    def written(self, stamps: Stamps) -> bool:
        """Return whether a file was written to since it was found to be right, by the stamps of now.

        A file that was removed or replaced was not: what is open is still as it was.
        """
        changed = ((right, now) for right, now in zip(self._right, stamps, strict=True) if right != now)
        return any(right and now and right[:2] == now[:2] for right, now in changed)

    def accept(self, stamps: Stamps) -> None:
        """Take down that the files with these stamps are right."""
        self._right = stamps


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a file, or None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def stamps_below(folder: Path) -> tuple[tuple[str, Stamp | None], ...]:
    """Return the name and the stamp of everything in a folder; nothing if there is no such folder."""
    try:
        return tuple((path.name, stamp_of(path)) for path in sorted(folder.iterdir()))
    except OSError:
        return ()
