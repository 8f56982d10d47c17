"""The reading process as the build sees it: started when it is needed, and ended when it takes too long."""

import contextlib
import os
import pickle
import signal
import threading
import time
from pathlib import Path
from typing import IO, cast

from indexer.children import start_child
from indexer.sources import limits
from indexer.sources.guard.child import OUT_OF_MEMORY
from indexer.sources.guard.messages import Answer, Job, receive_answer, send

_BETWEEN_LOOKS = 0.2
"""Seconds between two looks at the clock."""
_CHUNK = 2**16
_KILLED = -9
"""The exit code of a process that the system ended for want of memory."""
_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Arrow's own pool would keep the memory of a file that was read."""


class EndedError(Exception):
    """The reading process has ended before its input was read; the message says why."""


class Patience:
    """How long a process may take: seconds of a core, where the system tells them, and others by the clock."""

    def __init__(self, process: int, seconds: float, longest: float) -> None:
        self._process, self._seconds, self._longest = process, seconds, longest
        self._began, self._worked = time.monotonic(), _processor_seconds(process)

    def is_over(self) -> bool:
        """Return whether the process has taken too long."""
        waited = time.monotonic() - self._began
        if waited <= self._seconds:
            return False
        worked = _processor_seconds(self._process)
        if worked is None or self._worked is None:
            return True
        return worked - self._worked > self._seconds or waited > self._longest


def _processor_seconds(process: int) -> float | None:
    """Return for how long cores have worked for a process; None where the system does not tell, as only Linux does."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class ReadingProcess:
    """A process that reads one input at a time."""

    def __init__(self) -> None:
        self._process = start_child("indexer.sources.guard.child", _FRUGAL)
        self._orders, self._answers = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._patience: Patience | None = None
        self._late = False
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def start(self, job: Job) -> None:
        """Let the process read an input.

        Raises:
            EndedError: It has ended.
        """
        try:
            send(self._orders, job)
        except BrokenPipeError as error:
            raise EndedError(self._reason(0)) from error

    def pipe_in(self, source: IO[bytes]) -> None:
        """Send the bytes of standard input, beside whatever else this process does."""
        threading.Thread(target=self._pump, args=(source,), daemon=True).start()

    def next(self, seconds: float, longest: float) -> Answer:
        """Return the next message; the process is ended if none comes in time.

        Args:
            seconds: For how long a core may work for it. Where many programs share the cores, that takes longer.
            longest: How long it may take by the clock.

        Raises:
            EndedError: The process has ended.
        """
        self._patience = Patience(self._process.pid, seconds, longest)
        try:
            return receive_answer(self._answers)
        except (EOFError, pickle.UnpicklingError, ValueError, MemoryError, AttributeError, IndexError) as error:
            raise EndedError(self._reason(seconds)) from error
        finally:
            self._patience = None

    def close(self) -> None:
        """End the process."""
        self._closed.set()
        self._process.kill()
        self._process.wait()
        for pipe in (self._orders, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _watch(self) -> None:
        while not self._closed.wait(_BETWEEN_LOOKS):
            patience = self._patience
            if patience and patience.is_over():
                self._late = True
                self._process.kill()
                return

    def _pump(self, source: IO[bytes]) -> None:
        read = getattr(source, "read1", source.read)
        with contextlib.suppress(OSError, ValueError):
            while chunk := read(_CHUNK):
                send(self._orders, chunk)
            send(self._orders, b"")

    def _reason(self, seconds: float) -> str:
        code = self._process.wait()
        if self._late:
            return f"took longer than {seconds:g} s over one article"
        if code in {OUT_OF_MEMORY, _KILLED}:
            return f"ran out of memory, of which it may take {limits.READER_MEMORY // 2**20:,} MB"
        if code < 0:
            return f"crashed with signal {-code} ({signal.strsignal(-code)})"
        return f"stopped with exit code {code}"
