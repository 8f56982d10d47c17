"""The HTTP application: ``uvicorn search_api.app:create_app --factory``, or better ``dateline serve``."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from indexer.environment import installed_version
from indexer.errors import DatelineError
from search_api.agents.installed import is_installed
from search_api.agents.mounting import Endpoint
from search_api.search.live import LiveSearcher
from search_api.search.searcher import OneSearcher, Searcher
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
    live = LiveSearcher(settings.index, settings.encoder, settings.device, settings.reranker, settings.depth)
    app.equip(settings, guard, OneSearcher(searcher) if searcher else live, open_tracing())
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
    try:
        await run_in_threadpool(app.state.searchers.current)
    except DatelineError as error:
        _log.warning("not ready: %s; %s", error, error.hint)
    agents: Endpoint | None = getattr(app.state, "agents", None)
    async with agents.opened(app) if agents else nullcontext():
        yield
