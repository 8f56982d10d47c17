"""The outermost layer of the application: what is checked of each request first, and what is noted of it at last."""

import time
from collections.abc import Callable, Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.service.access.guard import Guard
from search_api.service.access.hosts import Hosts
from search_api.service.errors import RequestRefusedError, refusal
from search_api.service.http.bodies import check_body, check_headers
from search_api.service.http.exchange import Exchange
from search_api.service.http.headers import first
from search_api.service.http.methods import allowed_methods, options_response
from search_api.service.observing.observer import Observer
from search_api.service.observing.request_ids import HEADER, begin_request
from search_api.service.settings import Settings

Routes = Sequence[BaseRoute]
Shed = Callable[[Scope], RequestRefusedError | None]


class Envelope:
    """Gives each request an id, refuses what no route needs to see, and completes each response."""

    def __init__(
        self, app: ASGIApp, routes: Routes, guard: Guard, settings: Settings, observer: Observer, shed: Shed
    ) -> None:
        self._app, self._routes, self._guard = app, routes, guard
        self._observer, self._shed = observer, shed
        self._hosts, self._root_path = Hosts(settings), settings.root_path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; see the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _below(self._root_path, scope)
        request_id = begin_request(first(scope["headers"], HEADER))
        private = self._guard.wants_keys
        exchange = Exchange(scope, send, request_id, lambda: allowed_methods(self._routes, scope), private)
        with self._observer.observing(exchange) as receive_and_note:
            refused = self._refused(scope, private)
            if refused:
                await refused(scope, receive, exchange.send)
                return
            exchange.routed = _as_get(scope, time.monotonic())
            await self._app(exchange.routed, receive_and_note(receive), exchange.send)

    def _refused(self, scope: Scope, private: bool) -> Response | None:
        """Return the response to a request that goes to no route."""
        try:
            check_headers(scope["headers"])
            if not private:
                self._hosts.check(scope["headers"])
            check_body(scope["headers"])
        except RequestRefusedError as error:
            return refusal(error)
        if scope["method"] == "OPTIONS":
            allowed = allowed_methods(self._routes, scope)
            return options_response(allowed) if allowed else None
        shed = self._shed(scope)
        return refusal(shed) if shed else None


def _below(root_path: str, scope: Scope) -> Scope:
    """Return a scope with its path as ASGI wants it, below the root path, whether or not a proxy takes that off."""
    if not root_path:
        return scope
    path = scope["path"]
    is_below = path == root_path or path.startswith(f"{root_path}/")
    return {**scope, "root_path": root_path, "path": path if is_below else root_path + path}


def _as_get(scope: Scope, arrived: float) -> Scope:
    """Return the scope that a route sees: ``HEAD`` is ``GET`` to it, and its body is left out on the way back."""
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "method": method, "state": {**scope.get("state", {}), "arrived": arrived}}
