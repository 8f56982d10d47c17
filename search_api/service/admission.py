"""Which searches run now, which wait, and which are refused, so that too many at once slow nobody down.

A route that searches declares a parameter ``turn: Turn``. It is then called when one of the turns is free: there are as
many as cores. A few requests wait for theirs in order of arrival; where the queue is full, or would take long, the
request is answered with 503 and ``Retry-After`` at once. The turn is given back when the function returns, before
the response is sent, so that a client that reads slowly holds nothing.

    @router.get("/search")
    def search(parameters: ..., searchers: AnySearchers, turn: Turn) -> SearchResponse:
        return search_response(searchers.current(), query, turn.deadline(parameters.timeout_ms))

What goes on after the function has returned, such as the pages of an export, takes a turn for each piece of work:

    with turn.again():
        page = ...
"""

import asyncio
import statistics
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from anyio import from_thread
from fastapi import Depends, Request
from fastapi.routing import APIRoute

from indexer.threads import compute_threads
from search_api.deadline import Deadline
from search_api.service.errors import RequestRefusedError

LONGEST_WAIT = 2.0
"""Seconds that a request waits for its turn at most. Who has waited longer has likely given up."""
_RETRY_AFTER = 1
_LATEST = 25
"""Searches from which it is told how long one takes."""
_FEWEST = 8
"""Fewer tell nothing: the first searches are slow."""
Refused = Callable[[str], None]


class Admission:
    """Turns to search, as many at once as there are cores, given in order of arrival. For one event loop."""

    def __init__(self, at_once: int = 0, queue: int = 32, refused: Refused = lambda _: None) -> None:
        self.at_once = at_once or compute_threads()
        self.queue = queue
        self.running = 0
        self._latest: deque[float] = deque(maxlen=_LATEST)
        """How long the latest searches took."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._refused = refused

    @property
    def seconds(self) -> float:
        """How long a search takes, of late: the median, which a few slow ones of a new generation do not move."""
        return statistics.median(self._latest) if len(self._latest) >= _FEWEST else 0.0

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether the next request would be refused."""
        if self.running < self.at_once:
            return False
        wait = (self.waiting + 1) * self.seconds / self.at_once
        return self.waiting >= self.queue or (self.waiting > 0 and wait > LONGEST_WAIT)

    async def enter(self) -> None:
        """Wait for a turn, which ``leave`` gives back.

        Raises:
            RequestRefusedError: The queue is full, or the wait has been long.
        """
        if self.running < self.at_once:
            self.running += 1
            return
        if self.is_full:
            raise self.refusal()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await asyncio.shield(turn)
        except BaseException as error:  # also where the client has gone, which cancels this
            if turn.done():
                self.leave()
            else:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise self.refusal("waited") from None
            raise

    def leave(self, seconds: float | None = None) -> None:
        """Give a turn back, after so many seconds where that is known: it passes to who has waited longest."""
        if seconds is not None:
            self._latest.append(seconds)
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self.running -= 1

    def refusal(self, reason: str = "full") -> RequestRefusedError:
        """Return the error for a request that gets no turn, after counting it."""
        self._refused(reason)
        message = "there are more searches now than this service can answer"
        headers = {"Retry-After": str(_RETRY_AFTER)}
        return RequestRefusedError(503, "overloaded", message, "ask again after a second", headers)


class OneTurn:
    """A turn to search, and when the request that has it arrived."""

    def __init__(self, admission: Admission, arrived: float, longest_ms: int) -> None:
        self._admission, self._arrived, self._longest_ms = admission, arrived, longest_ms

    def deadline(self, timeout_ms: int | None = None) -> Deadline:
        """Return the deadline of the request: so long after it arrived, and no later than the service allows."""
        return Deadline.after(min(timeout_ms or self._longest_ms, self._longest_ms), self._arrived)

    @contextmanager
    def again(self) -> Iterator[None]:
        """Take a turn from a thread of the service, once the function of the route has returned.

        Raises:
            RequestRefusedError: There is none to be had.
        """
        from_thread.run(self._admission.enter)
        try:
            yield
        finally:
            from_thread.run_sync(self._admission.leave)


async def _turn(request: Request) -> AsyncIterator[OneTurn]:
    arrived = request.scope.get("state", {}).get("arrived", time.monotonic())
    admission: Admission = request.app.state.admission
    await admission.enter()
    began = time.monotonic()
    try:
        yield OneTurn(admission, arrived, request.app.state.settings.timeout_ms)
    finally:
        admission.leave(time.monotonic() - began)


Turn = Annotated[OneTurn, Depends(_turn, scope="function")]


def takes_a_turn(route: APIRoute) -> bool:
    """Return whether a route waits for its turn."""
    return any(dependency.call is _turn for dependency in route.dependant.dependencies)
