"""Notes each request when its response has ended: a line in the log, and the metrics."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import unquote_plus

from starlette.types import Message, Receive, Scope

from search_api.service.observing.metrics import Metrics
from search_api.service.observing.tracing import Tracing
from search_api.stages import Stage, observing

_log = logging.getLogger("dateline.access")
_MOST_OF_A_PATH = 200
_MOST_OF_A_QUERY = 2000
Noting = Callable[[Receive], Receive]


class Exchanged(Protocol):
    """What is noted of a request and its response."""

    scope: Scope
    routed: Scope
    status: int

    @property
    def seconds(self) -> float: ...


class Observer:
    """Writes down what was asked and how it was answered; what was searched for only if that is asked for."""

    def __init__(self, metrics: Metrics, tracing: Tracing, log_queries: bool) -> None:
        self._metrics, self._tracing, self._log_queries = metrics, tracing, log_queries

    @contextmanager
    def observing(self, exchange: Exchanged) -> Iterator[Noting]:
        """Observe an exchange; yields a function through which to read its body."""
        asked = bytearray()
        with self._metrics.in_flight(), self._tracing.request(exchange.scope) as span, observing(self):
            try:
                yield lambda receive: _noting(receive, asked) if self._log_queries else receive
            finally:
                route = _route(exchange)
                self._metrics.observe(route, exchange.scope["method"], exchange.status, exchange.seconds)
                span.end(route, exchange.status)
                self._write(exchange, asked)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Time a stage of an answer."""
        with self._metrics.stage(name), self._tracing.stage(name):
            yield

    def ran(self, stage: Stage) -> None:
        """Note a stage that another process has run."""
        self._metrics.ran(stage)
        self._tracing.ran(stage)

    def _write(self, exchange: Exchanged, asked: bytearray) -> None:
        scope = exchange.scope
        client = scope.get("client") or ("",)
        noted = {
            "method": scope["method"][:20],
            "path": scope["path"][:_MOST_OF_A_PATH],
            "status": exchange.status or 499,
            "duration_ms": round(1000 * exchange.seconds, 1),
            "client": client[0],
        }
        if self._log_queries:
            query = unquote_plus(scope["query_string"].decode("latin-1")) or asked.decode(errors="replace")
            noted["query"] = query[:_MOST_OF_A_QUERY]
        _log.info("%(method)s %(path)s %(status)s %(duration_ms)s ms", noted, extra={"noted": noted})


def _route(exchange: Exchanged) -> str:
    """Return the path of the route that answered as it is declared, or of the folder of files; paths have no number."""
    folder = exchange.routed.get("root_path", "").removeprefix(exchange.scope.get("root_path", ""))
    return getattr(exchange.routed.get("route"), "path_format", "") or folder or "other"


def _noting(receive: Receive, asked: bytearray) -> Receive:
    async def receive_and_note() -> Message:
        message = await receive()
        asked.extend(message.get("body", b"")[: _MOST_OF_A_QUERY - len(asked)])
        return message

    return receive_and_note
