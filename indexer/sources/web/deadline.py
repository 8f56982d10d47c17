"""End a request that takes longer than it may, whatever trickles in: a socket's timeout begins anew at each byte."""

import contextlib
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

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

    def watch(self, connected: socket.socket | None) -> None:
        """Take the connection that the request uses, which its answer may still use when its pool has forgotten it."""
        with self._lock:
            self._connected = connected

    def _cut(self) -> None:
        self.passed = True
        with self._lock, contextlib.suppress(OSError):
            if self._connected is not None:
                self._connected.shutdown(socket.SHUT_RDWR)


class _Watched:
    """A connection that the running deadline can cut."""

    def getresponse(self) -> Any:
        """Wait for the head of an answer."""
        if deadline := _running.get():
            deadline.watch(getattr(self, "sock", None))
        return super().getresponse()  # type: ignore[misc]


class _Connection(_Watched, HTTPConnection):
    """A connection to a server."""


class _SecureConnection(_Watched, HTTPSConnection):
    """An encrypted connection to a server."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


WATCHED_POOLS = {"http": _Pool, "https": _SecurePool}
"""The classes of pools, by scheme, whose connections the running deadline can cut."""
