"""End a request that takes longer than it may, whatever trickles in: a socket's timeout begins anew at each byte."""

import contextlib
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Self

_running: ContextVar["Deadline | None"] = ContextVar("running", default=None)


class Deadline:
    """A context manager around a request; when the time has passed, its connection is cut."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._connected: socket.socket | None = None
        self._lock = threading.Lock()
        self.passed = False
        """The time has passed: what the request gave is not all of its answer."""

    def __enter__(self) -> Self:
        self._token = _running.set(self)
        self._timer.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._timer.cancel()
        _running.reset(self._token)
        self._hold(None)

    def watch(self, connected: socket.socket) -> None:
        """Take the connection that the request uses.

        It is held by a descriptor of its own: the socket itself is given away when encryption begins, and its pool
        may have forgotten it while the answer still comes.
        """
        self._hold(socket.fromfd(connected.fileno(), connected.family, connected.type))
        if self.passed:
            self._cut()

    def _hold(self, connected: socket.socket | None) -> None:
        with self._lock:
            former, self._connected = self._connected, connected
        if former is not None:
            former.close()

    def _cut(self) -> None:
        self.passed = True
        with self._lock, contextlib.suppress(OSError):
            if self._connected is not None:
                self._connected.shutdown(socket.SHUT_RDWR)


def running() -> Deadline | None:
    """Return the deadline of the request that runs, if one does."""
    return _running.get()
