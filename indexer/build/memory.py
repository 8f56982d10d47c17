"""How much memory a piece of work took at most."""

import contextlib
import resource
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_STATM = Path("/proc/self/statm")
_EVERY = 0.05


class PeakMemory:
    """Watches this process while it is entered.

    Two figures differ by the pages of mapped files: the system takes those back when it is short of memory, so that
    they are no need of the process. Only Linux tells them apart.
    """

    def __init__(self) -> None:
        self.own = 0
        """Bytes, less the pages of mapped files."""
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look_again_and_again, daemon=True)

    @property
    def resident(self) -> int:
        """Bytes of the whole process since it was started, with the pages of mapped files."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    def look(self) -> None:
        """Take note of what is held now."""
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

    def _look_again_and_again(self) -> None:
        while not self._done.wait(_EVERY):
            self.look()
