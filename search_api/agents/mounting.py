"""``/mcp`` of the service: the MCP server behind the keys, rates and turns that all of its requests pass."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.deadline import Deadline
from search_api.service.access.keys import Scope as KeyScope
from search_api.service.errors import RequestRefusedError, refusal

if TYPE_CHECKING:
    from search_api.service.access.guard import Guard
    from search_api.service.admission import Admission

PATH = "/mcp"
_NOT_STARTED = RequestRefusedError(503, "not_started", "the service has not started", "ask again after a second")


class Endpoint:
    """Answers at the path while the service runs. Hosts and origins are checked before, in the envelope."""

    def __init__(self) -> None:
        self._inner: ASGIApp | None = None

    @property
    def route(self) -> Route:
        """The route to it: nothing is kept between requests, so that there is no stream to ask for."""
        return Route(PATH, self, methods=["POST"], include_in_schema=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; see the ASGI specification."""
        guard: Guard = scope["app"].state.guard
        answering = self._inner or refusal(_NOT_STARTED)
        try:
            guard.admit(Request(scope), KeyScope.SEARCH)
        except RequestRefusedError as error:
            answering = refusal(error)
        await answering(dict(scope), receive, send)

    @asynccontextmanager
    async def opened(self, app: Starlette) -> AsyncIterator[None]:
        """Open it for as long as an application runs."""
        from search_api.agents.server import AgentServer, http_application

        server = AgentServer(app.state.searchers, lambda: _turn(app))
        self._inner = http_application(server, PATH)
        async with server.session_manager.run():
            yield
        self._inner = None


@asynccontextmanager
async def _turn(app: Starlette) -> AsyncIterator[Deadline]:
    """Take one of the turns to search that all requests share."""
    admission: Admission = app.state.admission
    await admission.enter()
    began = time.monotonic()
    try:
        yield Deadline.after(app.state.settings.timeout_ms)
    finally:
        admission.leave(time.monotonic() - began)
