"""The peak of the memory that a piece of work takes."""

import contextlib
import os
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_SECONDS_BETWEEN_LOOKS = 0.05


class PeakMemory:
    """A context manager that watches this process, and others while they work for it.

    There are two figures, with and without the pages of mapped files. The system takes such pages back when it is short
    of memory, so the process does not need them. Only Linux tells the two apart and knows of other processes; elsewhere
    both are the same, and of this process alone.
    """

    def __init__(self) -> None:
        self.own = 0
        """Bytes at most, without the pages of mapped files."""
        self._watched = [os.getpid()]
        self._resident = 0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._keep_looking, daemon=True)

    @property
    def resident(self) -> int:
        """Bytes at most since the process was started, with the pages of mapped files."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return max(own, self._resident)

    @contextlib.contextmanager
    def watch(self, process: int) -> Iterator[None]:
        """Count another process too."""
        self._watched.append(process)
        try:
            yield
        finally:
            self._watched.remove(process)

    def look(self) -> None:
        """Compare the memory that is held now with the peak so far."""
        taken = [_pages(process) for process in self._watched]
        resident, own = (sum(pages) * resource.getpagesize() for pages in zip(*taken, strict=True))
        self._resident = max(self._resident, resident)
        self.own = max(self.own, own or self.resident)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._done.set()
        self._watch.join()
        self.look()

    def _keep_looking(self) -> None:
        while not self._done.wait(_SECONDS_BETWEEN_LOOKS):
            self.look()


def _pages(process: int) -> tuple[int, int]:
    """Return the pages that a process holds, and those that are not of mapped files; none where that is not known."""
    try:
        _, resident, mapped = Path(f"/proc/{process}/statm").read_text().split()[:3]
    except OSError:
        return 0, 0
    return int(resident), int(resident) - int(mapped)
