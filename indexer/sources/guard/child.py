"""The process that reads: it takes one input after the other from the build, within bounds of memory.

    python -m indexer.sources.guard.child

It ends when the build does.
"""

import io
import os
import queue
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import IO

from indexer.sources import limits
from indexer.sources.guard.messages import Alive, Answer, Done, Failed, Job, Order, receive_order, send
from indexer.sources.inputs import StandardInput
from indexer.text.language import Judgements

OUT_OF_MEMORY = 77
"""The exit code of this process when it has no memory left even to say so."""
_BETWEEN_SIGNS = 1.0
"""Seconds between two messages that the reader goes on."""


class _Orders:
    """The messages of the build, read ahead by a thread that ends this process when the build ends."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[Order] = queue.Queue(maxsize=4)
        threading.Thread(target=self._receive, daemon=True).start()

    def next(self) -> Order:
        return self._waiting.get()

    def _receive(self) -> None:
        while True:
            try:
                self._waiting.put(receive_order(self._pipe))
            except EOFError:
                os._exit(0)


class _Piped(io.RawIOBase):
    """Standard input, whose bytes the build sends."""

    def __init__(self, orders: _Orders) -> None:
        self._orders, self._left, self._ended = orders, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left and not self._ended:
            order = self._orders.next()
            self._left = order if isinstance(order, bytes) else b""
            self._ended = not self._left
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count


class _Answers:
    """The messages to the build."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._last = pipe, time.monotonic()

    def send(self, message: Answer) -> None:
        send(self._pipe, message)
        self._last = time.monotonic()

    def alive(self) -> None:
        """Say that the reader goes on, but not more often than every second."""
        if time.monotonic() - self._last > _BETWEEN_SIGNS:
            self.send(Alive())


def main() -> None:
    """Read until the build ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build decides what an interruption means
    orders, answers = _pipes()
    _bound_memory()
    try:
        while True:
            order = orders.next()
            if isinstance(order, Job):
                _read(order, orders, answers)
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _read(job: Job, orders: _Orders, answers: _Answers) -> None:
    if isinstance(job.input, StandardInput):
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Piped(orders)))
    fields = replace(job.context.fields, used=Counter())
    context = replace(job.context, fields=fields, alive=answers.alive, leaves_marks=True)
    try:
        for item in job.input.items(context):
            answers.send(item)
    except BrokenPipeError:
        raise
    except OSError as error:
        answers.send(Failed(error))
        return
    languages = context.judge.told if isinstance(context.judge, Judgements) else {}
    answers.send(Done(languages, fields.used or Counter()))


def _pipes() -> tuple[_Orders, _Answers]:
    """Take the pipes to the build away from standard input and output, where libraries might use them.

    What libraries print on standard error is not shown, unlike what is logged.
    """
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return _Orders(orders), _Answers(answers)


def _bound_memory() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.READER_MEMORY, limits.READER_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
