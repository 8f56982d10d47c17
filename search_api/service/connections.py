"""Connections of clients, bounded in number and in time whatever the client does or leaves undone.

uvicorn by itself bounds only the time between two requests. Here a request must have arrived whole after a while, a
response must be read, and there are so many connections at most: where one more comes, the one that has idled longest
is closed. What is no HTTP is answered in the one shape of errors.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from search_api.service.errors import error_response
from search_api.service.http.headers import completed
from search_api.service.observing.request_ids import begin_request

LARGEST_HEAD = 65_536
"""Bytes that a request line and its headers may have while they are read."""
_TEXTS = {
    400: ("malformed", "this is no HTTP request", "send HTTP/1.1"),
    408: ("slow", "the request did not arrive in time", "send it at once"),
    431: ("headers_too_large", "the headers of the request are too large", "send fewer or shorter ones"),
    503: ("busy", "there are more connections now than this service holds", "connect again after a second"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a connection may take."""

    connections: int = 512
    """Connections at once."""
    head_seconds: float = 10
    """From the first byte of a request, or from the connection, to the end of its headers."""
    body_seconds: float = 30
    """From there to the end of its body."""
    read_seconds: float = 60
    """That a client may leave a full buffer of a response unread."""
    last_seconds: float = 2
    """For the rest of a body once the service ends."""
    answered: Callable[[int], None] = lambda _: None
    """What is told the status of a response that is given here, before any route."""


class Connection(H11Protocol):
    """The connection of a client."""

    bounds: ClassVar[Bounds] = Bounds()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._arriving: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_body = False
        self._idle_since = time.monotonic()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self._unanswered is None

    @property
    def _unanswered(self) -> RequestResponseCycle | None:
        """The request whose answer is not complete."""
        cycle: RequestResponseCycle | None = getattr(self, "cycle", None)  # None, says uvicorn, before the first
        return None if cycle is None or cycle.response_complete else cycle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, in place of an idle one where there are enough."""
        super().connection_made(transport)
        _send_at_once(transport)
        self._await_request(self.bounds.head_seconds)
        if len(self.connections) > self.bounds.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        self._idle_since = time.monotonic()
        super().on_response_complete()
        self._watch()

    def shutdown(self) -> None:
        """End as the service does: at once if nothing is asked, else after the answer."""
        super().shutdown()
        if self._is_incomplete() and not self.transport.is_closing():
            self._stop_waiting()
            self._await_request(self.bounds.last_seconds)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.bounds.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's own words)
        """Answer what is no HTTP; called where uvicorn has caught the error that says why."""
        error = sys.exception()
        self._refuse(431 if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431 else 400)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who asks for a WebSocket gets an ordinary answer."""

    def _make_room(self) -> None:
        idle = [each for each in self.connections if isinstance(each, Connection) and each is not self and each.is_idle]
        if idle:
            oldest = min(idle, key=lambda each: each._idle_since)  # noqa: SLF001 (of another of this class)
            self.connections.discard(oldest)
            oldest.transport.close()
        else:
            self._refuse(503)

    def _is_incomplete(self) -> bool:
        """Return whether a part of a request has arrived, and its end has not."""
        theirs = self.conn.their_state
        return theirs is h11.SEND_BODY or (theirs is h11.IDLE and bool(self.conn.trailing_data[0]))

    def _watch(self) -> None:
        """See that the rest of a request arrives in time."""
        if not self._is_incomplete() or self.transport.is_closing():
            self._stop_waiting()
            return
        in_body = self.conn.their_state is h11.SEND_BODY
        if in_body and not self._in_body:
            self._stop_waiting()
        if self._arriving is None:
            self._in_body = in_body
            self._await_request(self.bounds.body_seconds if in_body else self.bounds.head_seconds)

    def _await_request(self, seconds: float) -> None:
        self._arriving = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
        self._arriving, self._in_body = None, False

    def _give_up(self) -> None:
        self._arriving = None
        if self._is_incomplete() and self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer in place of the application, and close the connection."""
        left = self._unanswered
        if left is not None:
            left.disconnected = True  # whatever the application still sends goes nowhere
            left.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE} and not self.transport.is_closing():
            request_id = begin_request(None)
            response = error_response(status, *_TEXTS[status])
            headers = [*completed(response.raw_headers, request_id, private=False), (b"connection", b"close")]
            is_head = left is not None and left.scope["method"] == "HEAD"
            self._write(h11.Response(status_code=status, headers=headers))
            self._write(h11.Data(data=b"" if is_head else bytes(response.body)))
            self._write(h11.EndOfMessage())
            self.bounds.answered(status)
        self.transport.close()

    def _write(self, event: Any) -> None:
        self.transport.write(self.conn.send(event) or b"")


def _send_at_once(transport: asyncio.Transport) -> None:
    """Let the body of a response not wait, some 40 ms, until the client has confirmed its head.

    asyncio does so itself only for sockets that were made with the number of the protocol, unlike ``create_server``.
    """
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def connections_within(bounds: Bounds) -> type[Connection]:
    """Return the class of connections that keep within bounds."""
    return type("BoundedConnection", (Connection,), {"bounds": bounds})
