"""The HTTP application: ``uvicorn search_api.app:create_app --factory``, or better ``dateline serve``."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from indexer.encoders.options import EMBEDDED
from indexer.environment import installed_version
from indexer.errors import DatelineError
from indexer.threads import compute_threads
from search_api.agents.installed import is_installed
from search_api.agents.mounting import Endpoint
from search_api.search.live import LiveSearcher
from search_api.search.searcher import OneSearcher, Searcher, Searchers
from search_api.search.workers import Opening, SearchWorkers, WorkersSearchers
from search_api.service.access.guard import Guard
from search_api.service.access.keys import default_path
from search_api.service.application import Application
from search_api.service.documentation import operation_id
from search_api.service.errors import add_error_handlers, error_responses
from search_api.service.observing.tracing import open_tracing
from search_api.service.routes import articles, docs, export, feeds, health, metrics, page, search
from search_api.service.settings import Settings, read_settings

ROUTERS = (
    search.router,
    articles.router,
    export.router,
    feeds.router,
    health.router,
    metrics.router,
    docs.router,
    page.router,
)
_log = logging.getLogger("dateline")
_MOST_WORKERS = 8
"""Processes that search at most, unless more are asked for."""
_DESCRIPTION = "Passages of news that answer a question, whatever language either is in."


def create_app(settings: Settings | None = None, *, searcher: Searcher | None = None) -> FastAPI:
    """Return the application. It starts even if there is no index; ``/readyz`` then says what is missing.

    Args:
        settings: Where the index is and how to serve it. By default they are read from ``DATELINE_`` variables.
        searcher: Answers queries in place of the index that the settings name.

    Raises:
        SettingsError: A ``DATELINE_`` variable cannot be used.
    """
    settings = settings or read_settings()
    app = Application(
        title="Dateline",
        description=_DESCRIPTION,
        version=installed_version(),
        lifespan=_open_index,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=error_responses("default"),
        generate_unique_id_function=operation_id,
    )
    guard = Guard(Path(settings.keys) if settings.keys else default_path(), settings.rate_limit)
    app.equip(settings, guard, OneSearcher(searcher) if searcher else _opening(settings).live(), open_tracing())
    add_error_handlers(app)
    app.include_routers(ROUTERS)
    app.mount_files({"/web": page.WEB, "/web-docs": docs.WEB})
    if is_installed():
        app.state.agents = Endpoint()
        app.serve_route(app.state.agents.route)
    return app


@asynccontextmanager
async def _open_index(app: FastAPI) -> AsyncIterator[None]:
    """Open the index and its encoder before the first request, so that it takes no longer than the next one."""
    searchers: Searchers = app.state.searchers
    try:
        await run_in_threadpool(searchers.current)
    except DatelineError as error:
        _log.warning("not ready: %s; %s", error, error.hint)
    agents: Endpoint | None = getattr(app.state, "agents", None)
    with _with_workers(app, searchers):
        async with agents.opened(app) if agents else nullcontext():
            yield


@contextmanager
def _with_workers(app: FastAPI, searchers: Searchers) -> Iterator[None]:
    """Let other processes search, where that is worth it."""
    settings: Settings = app.state.settings
    count = _workers(settings, searchers)
    if count < 2 or not isinstance(searchers, LiveSearcher):
        yield
        return
    workers = SearchWorkers(_opening(settings), count)
    workers.start()
    app.state.searchers = WorkersSearchers(searchers, workers)
    try:
        yield
    finally:
        app.state.searchers = searchers
        workers.close()


def _workers(settings: Settings, searchers: Searchers) -> int:
    """Return how many processes search: one a core where each of them is small, as with the embedded encoder."""
    if settings.workers:
        return settings.workers
    try:
        encoder = searchers.current().stats().encoder
    except DatelineError:
        return 1
    return min(compute_threads(), _MOST_WORKERS) if encoder == EMBEDDED and not settings.reranker else 1


def _opening(settings: Settings) -> Opening:
    return Opening(settings.index, settings.encoder, settings.device, settings.reranker, settings.depth)
