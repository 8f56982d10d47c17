"""As many searches at once as there are turns; a few wait in order, and more are refused at once."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from indexer.encoders.protocol import Encoder, Vectors
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.search.searcher import IndexSearcher
from search_api.service import admission as admission_module
from search_api.service.admission import Admission, Turn
from search_api.service.errors import RequestRefusedError
from search_api.service.settings import Settings

PATIENCE = 60


def test_turns_are_given_in_order_and_refused_beyond_the_queue() -> None:
    refused: list[str] = []

    async def run() -> list[str]:
        admission, order = Admission(1, 2, refused.append), []

        async def search(name: str) -> None:
            await admission.enter()
            order.append(name)
            await asyncio.sleep(0)
            admission.leave()

        await admission.enter()
        waiting = [asyncio.create_task(search(name)) for name in "ab"]
        await asyncio.sleep(0)
        assert (admission.running, admission.waiting, admission.is_full) == (1, 2, True)
        with pytest.raises(RequestRefusedError, match="more searches now than this service can answer") as caught:
            await admission.enter()
        assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
        admission.leave()
        await asyncio.gather(*waiting)
        assert (admission.running, admission.waiting, admission.is_full) == (0, 0, False)
        return order

    assert asyncio.run(run()) == ["a", "b"]
    assert refused == ["full"]


def test_where_searches_take_long_fewer_may_wait() -> None:
    async def run() -> None:
        admission = Admission(2, 30)
        for number in range(9):
            assert admission.seconds == (1.5 if number > 7 else 0)  # the first searches tell nothing
            await admission.enter()
            admission.leave(seconds=1.5)
        for _ in range(2):
            await admission.enter()
        waiting = []
        while not admission.is_full:
            waiting.append(asyncio.create_task(admission.enter()))
            await asyncio.sleep(0)
        assert len(waiting) == 2  # a third would wait for 3 * 1.5 / 2 seconds, more than LONGEST_WAIT
        for _ in range(4):
            admission.leave(seconds=0.1)
        await asyncio.gather(*waiting)
        assert (admission.running, admission.waiting) == (0, 0)
        assert admission.seconds == 1.5  # a few that take less do not move the median
        for _ in range(20):
            await admission.enter()
            admission.leave(seconds=0.1)
        assert admission.seconds == 0.1

    asyncio.run(run())


def test_who_goes_away_or_waits_long_leaves_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []

    async def run() -> None:
        admission = Admission(1, 5, refused.append)
        await admission.enter()
        gone = asyncio.create_task(admission.enter())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert admission.waiting == 0
        monkeypatch.setattr(admission_module, "LONGEST_WAIT", 0.01)
        with pytest.raises(RequestRefusedError):
            await admission.enter()
        assert (admission.running, admission.waiting) == (1, 0)
        given_and_gone = asyncio.create_task(admission.enter())
        await asyncio.sleep(0)
        admission.leave()
        given_and_gone.cancel()
        await asyncio.gather(given_and_gone, return_exceptions=True)
        assert (admission.running, admission.waiting) == (0, 0)

    asyncio.run(run())
    assert refused == ["waited"]


class _Slow:
    """An encoder that holds searches until they are let go, and counts how many it holds at once."""

    def __init__(self, encoder: Encoder) -> None:
        self.inner, self.identity, self.max_tokens = encoder, encoder.identity, encoder.max_tokens
        self.released, self.lock, self.now, self.most = threading.Event(), threading.Lock(), 0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def encode_queries(self, texts: list[str]) -> Vectors:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.released.wait(PATIENCE)
        with self.lock:
            self.now -= 1
        return self.inner.encode_queries(texts)


@pytest.fixture
def slow(word_encoder: Encoder) -> _Slow:
    return _Slow(word_encoder)


@pytest.fixture
def app(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, slow: _Slow) -> FastAPI:
    build(write_jsonl({"id": "ferry", "text": "the ferry ran aground"}), encoder=slow.inner)
    searcher = IndexSearcher(open_current(tmp_path / "index"), slow)  # type: ignore[arg-type]
    return create_app(Settings(searches=2, queue=3), searcher=searcher)


def test_a_service_that_is_full_refuses_at_once_and_goes_on_answering(app: FastAPI, slow: _Slow) -> None:
    took: list[float] = []

    async def run() -> list[int]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            held = [asyncio.create_task(client.get("/search?q=ferry")) for _ in range(5)]
            while app.state.admission.waiting < 3:  # noqa: ASYNC110 (the application has no event for a test)
                await asyncio.sleep(0.001)
            for method, path in (("GET", "/search?q=ferry"), ("HEAD", "/search?q=ferry"), ("GET", "/search")):
                began = time.perf_counter()
                response = await client.request(method, path)
                took.append(time.perf_counter() - began)
                assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            assert (await client.post("/search", json={"query": "ferry"})).json()["error"]["code"] == "overloaded"
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/articles/ferry")).status_code == 200
            slow.released.set()
            answers = [(await each).status_code for each in held]
            assert (await client.get("/search?q=ferry")).status_code == 200
            return answers

    assert asyncio.run(run()) == [200] * 5
    assert slow.most == 2
    assert min(took) < 0.05
    assert (app.state.admission.running, app.state.admission.waiting) == (0, 0)
    rejected = app.state.metrics.registry.get_sample_value("dateline_rejected_total", {"reason": "full"})
    assert rejected == 4


def test_a_turn_is_given_back_before_the_response_is_read_and_taken_again_by_a_stream(app: FastAPI) -> None:
    seen: list[int] = []

    @app.get("/turns")
    def turns(turn: Turn) -> object:
        from fastapi.responses import StreamingResponse

        def pages() -> Any:
            seen.append(app.state.admission.running)
            with turn.again():
                seen.append(app.state.admission.running)
            seen.append(app.state.admission.running)
            yield b"done"

        seen.append(app.state.admission.running)
        return StreamingResponse(pages())

    async def run() -> bytes:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get("/turns")).content

    assert asyncio.run(run()) == b"done"
    assert seen == [1, 0, 1, 0]


def test_a_bad_request_gives_its_turn_back(app: FastAPI) -> None:
    async def run() -> list[int]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [(await client.get("/search?limit=x")).status_code for _ in range(6)]

    assert asyncio.run(run()) == [422] * 6
    assert app.state.admission.running == 0


def test_a_deadline_passes_counted_from_the_arrival_and_no_later_than_the_service_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("search_api.deadline.time.monotonic", lambda: now[0])
    deadline = Deadline.after(500)
    assert (deadline.passed, deadline.remaining) == (False, 0.5)
    now[0] += 0.5
    assert (deadline.passed, deadline.remaining) == (True, 0)
    assert (NO_DEADLINE.passed, NO_DEADLINE.remaining) == (False, math.inf)
    turn = admission_module.OneTurn(Admission(1), 100.0, 2000)
    assert [turn.deadline(each).at for each in (None, 100, 9_000)] == [102.0, 100.1, 102.0]
