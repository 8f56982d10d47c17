"""The application: FastAPI with its routes, wrapped in what holds for every request and response."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Scope

from indexer.errors import DatelineError
from search_api.records.articles import Stats
from search_api.search.live import LiveSearcher
from search_api.search.searcher import Searchers
from search_api.search.workers import WorkersSearchers
from search_api.service.access.guard import Guard
from search_api.service.admission import Admission, takes_a_turn
from search_api.service.documentation import complete
from search_api.service.errors import RequestRefusedError
from search_api.service.http.envelope import Envelope
from search_api.service.observing.logs import lost_lines
from search_api.service.observing.metrics import Metrics
from search_api.service.observing.observer import Observer
from search_api.service.observing.tracing import Tracing
from search_api.service.settings import Settings


class Application(FastAPI):
    """The service. What routes and their dependencies need of it is in ``state``."""

    _served: list[BaseRoute]
    """All routes, each for itself."""

    def equip(self, settings: Settings, guard: Guard, searchers: Searchers, tracing: Tracing) -> None:
        """Put what routes need into ``state``."""
        self._served = list(self.routes)
        self.state.settings, self.state.guard, self.state.searchers = settings, guard, searchers
        self.state.metrics = metrics = Metrics(
            self._stats,
            (
                ("dateline_queue_depth", "Searches that wait for their turn.", lambda: self.state.admission.waiting),
                ("dateline_searches_running", "Searches that run.", lambda: self.state.admission.running),
                ("dateline_workers", "Processes besides this one that search.", self._workers),
                ("dateline_log_lines_lost", "Lines of the log that could not be written.", lost_lines),
            ),
        )
        if isinstance(searchers, LiveSearcher):
            searchers.on_swap = metrics.swap
        self.state.admission = Admission(settings.searches, settings.queue, metrics.reject)
        self._observer = Observer(metrics, tracing, settings.log_queries)

    def include_routers(self, routers: Iterable[APIRouter]) -> None:
        """Serve the routes of routers."""
        for router in routers:
            self.include_router(router)
            self._served += router.routes

    def serve_route(self, route: BaseRoute) -> None:
        """Serve a route that is no part of the described API."""
        self.router.routes.append(route)
        self._served.append(route)

    def mount_files(self, folders: Mapping[str, Path]) -> None:
        """Serve the files in folders, each below a path."""
        for path, folder in folders.items():
            self.mount(path, StaticFiles(directory=folder), name=path.strip("/"))
            self._served.append(self.routes[-1])

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application in its envelope; errors that nobody foresaw are answered inside it."""
        inner = super().build_middleware_stack()
        state = self.state
        return Envelope(inner, self._served, state.guard, state.settings, self._observer, self._shed)

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API."""
        if not self.openapi_schema:
            self.openapi_schema = complete(super().openapi(), self._served)
        return self.openapi_schema

    def _stats(self) -> Stats | None:
        try:
            found: Stats = self.state.searchers.current().stats()
        except DatelineError:
            return None
        return found

    def _workers(self) -> int:
        searchers: Searchers = self.state.searchers
        return len(searchers.workers.processes) if isinstance(searchers, WorkersSearchers) else 0

    def _shed(self, scope: Scope) -> RequestRefusedError | None:
        """Refuse a search that would find the queue full before anything is done for it."""
        admission: Admission = self.state.admission
        if not admission.is_full:
            return None
        route = next((each for each in self._served if each.matches(dict(scope))[0] == Match.FULL), None)
        return admission.refusal() if isinstance(route, APIRoute) and takes_a_turn(route) else None
