"""Fixtures of the tests that drive the search page in a real browser, all tests of a worker in the same one.

They need the package playwright and an installed Chromium. Without them the tests are skipped, but in CI they fail.
"""

import importlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from indexer.encoders.protocol import Encoder
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

DEADLINE = 30
"""Seconds that nothing takes, however busy the machine is."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_MUST_RUN = os.environ.get("CI") == "true"
_PLAYWRIGHT = "playwright.sync_api"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
Serve = Callable[[FastAPI], Any]


def _playwright() -> Any:
    if not _MUST_RUN:
        pytest.importorskip(_PLAYWRIGHT, reason="needs a browser: pip install playwright")
        if CHROMIUM is None:
            pytest.skip("needs a browser: install Chromium, such as apt install chromium")
    return importlib.import_module(_PLAYWRIGHT)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + DEADLINE
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(DEADLINE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    module = _playwright()
    module.expect.set_options(timeout=DEADLINE * 1000)
    with module.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS, timeout=DEADLINE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def expect(browser: Any) -> Any:
    """Playwright's assertions, which wait."""
    return importlib.import_module(_PLAYWRIGHT).expect


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a fresh page, which notes what it asks for; no script of it may fail."""
    contexts: list[Any] = []
    failed: list[str] = []

    def open_page(**options: Any) -> Any:
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(DEADLINE * 1000)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert failed == []


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A fresh page on a desk."""
    return new_page()


@pytest.fixture(scope="session")
def seeds(seed_index: Path, embedded: Encoder) -> Iterator[str]:
    """The address of a service over the sample news."""
    with serving(create_app(Settings(), searcher=IndexSearcher(open_current(seed_index), embedded))) as address:
        yield address
