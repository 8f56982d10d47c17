"""The peak of the memory that a piece of work takes."""

import contextlib
import resource
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_STATM = Path("/proc/self/statm")
_SECONDS_BETWEEN_LOOKS = 0.05


class PeakMemory:
    """A context manager that watches this process.

    There are two figures, with and without the pages of mapped files. The system takes such pages back when it is short
    of memory, so the process does not need them. Only Linux tells the two apart; elsewhere both are the same.
    """

    def __init__(self) -> None:
        self.own = 0
        """Bytes at most, without the pages of mapped files."""
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._keep_looking, daemon=True)

    @property
    def resident(self) -> int:
        """Bytes at most since the process was started, with the pages of mapped files."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    def look(self) -> None:
        """Compare the memory that is held now with the peak so far."""
        own = self.resident
        with contextlib.suppress(OSError):
            _, resident, mapped = _STATM.read_text().split()[:3]
            own = (int(resident) - int(mapped)) * resource.getpagesize()
        self.own = max(self.own, own)

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
