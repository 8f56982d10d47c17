"""Processes that search answer what the service itself would answer, and cost no search when they end."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.errors import GoneError, QueryError
from indexer.generations.manifest_file import read_manifest, write_manifest
from search_api.app import create_app
from search_api.query import Query, make_query
from search_api.search.live import LiveSearcher
from search_api.search.workers import Opening, SearchWorkers, WorkersSearcher, WorkersSearchers
from search_api.service.settings import Settings
from search_api.stages import Recorded, observing

DEADLINE = 120
FERRY = make_query("ferry runs aground", limit=5, facets=["language"])


@pytest.fixture(scope="module")
def live(seed_index: Path) -> LiveSearcher:
    return LiveSearcher(seed_index)


@pytest.fixture(scope="module")
def workers(seed_index: Path) -> Iterator[SearchWorkers]:
    workers = SearchWorkers(Opening(seed_index), 1)
    workers.start()
    _are_ready(workers)
    yield workers
    workers.close()


def _are_ready(workers: SearchWorkers, besides: frozenset[int] = frozenset(), number: int = 1) -> None:
    end = time.monotonic() + DEADLINE
    while len(workers.processes - besides) < number:
        assert time.monotonic() < end, "no process has begun"
        time.sleep(0.05)


def test_another_process_answers_what_this_one_would(workers: SearchWorkers, live: LiveSearcher) -> None:
    own = live.current()
    searcher = WorkersSearchers(live, workers).current()
    recorded = Recorded()
    with observing(recorded):
        answer = searcher.search(FERRY)
    assert [stage.name for stage in recorded.stages] == ["encode", "rank"]
    assert all(0 < stage.began <= stage.ended for stage in recorded.stages)
    assert answer == own.search(FERRY)
    assert answer.hits
    known = answer.hits[0].article_id
    assert searcher.similar(known, FERRY) == own.similar(known, FERRY)
    assert workers.processes.isdisjoint({os.getpid()})


def test_what_a_search_raises_is_raised_here(workers: SearchWorkers, live: LiveSearcher) -> None:
    searcher = WorkersSearcher(live.current(), workers)
    with pytest.raises(QueryError, match="the index has no source 'nowhere'") as caught:
        searcher.search(make_query("ferry", sources=["nowhere"]))
    assert "The Harbour Gazette" in caught.value.hint


class Crooked(Query):
    """A query that cannot be answered."""

    @property
    def whole(self) -> Query:
        raise RecursionError("the search went too deep")


def test_an_error_that_nobody_foresaw_ends_no_process(workers: SearchWorkers, live: LiveSearcher) -> None:
    own, before = live.current(), workers.processes
    generation = own.generation.manifest.generation
    with pytest.raises(RecursionError, match="the search went too deep"):
        workers.ask(generation, "search", Crooked("ferry"))
    assert workers.processes == before
    assert workers.ask(generation, "search", FERRY) == own.search(FERRY)


def test_what_another_process_has_not_is_answered_here(workers: SearchWorkers, live: LiveSearcher) -> None:
    assert workers.ask("another generation", "search", FERRY) is None
    with pytest.raises(GoneError):
        WorkersSearchers(live, workers).at("another generation")


def test_a_process_that_is_killed_costs_no_search_and_is_replaced(workers: SearchWorkers, live: LiveSearcher) -> None:
    own, searcher = live.current(), WorkersSearcher(live.current(), workers)
    killed = frozenset(workers.processes)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    assert searcher.search(FERRY) == own.search(FERRY)
    _are_ready(workers, killed)
    assert workers.ask(own.generation.manifest.generation, "search", FERRY) == own.search(FERRY)


def test_processes_that_cannot_begin_leave_the_search_to_the_service(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    workers = SearchWorkers(Opening(tmp_path / "nothing"), 1)
    workers.start()
    end = time.monotonic() + DEADLINE
    while "no process that searches could begin" not in caplog.text:
        assert workers.ask("any", "search", FERRY) is None
        assert time.monotonic() < end, "nothing was said"
        time.sleep(0.05)
    assert not workers.processes
    workers.close()


def test_a_service_with_workers_follows_the_index(seed_index: Path, tmp_path: Path) -> None:
    index = shutil.copytree(seed_index, tmp_path / "index")
    with TestClient(create_app(replace(Settings(), index=index, workers=2))) as client:
        searchers: Any = client.app.state.searchers  # type: ignore[attr-defined]
        _are_ready(searchers.workers, number=2)
        first = client.get("/search", params={"q": "ferry"}).json()
        name = first["generation"]
        newer = index / "generations" / f"{name}-again"
        shutil.copytree(index / "generations" / name, newer)
        write_manifest(read_manifest(newer).model_copy(update={"generation": newer.name}), newer)
        (index / "CURRENT").write_text(f"{newer.name}\n")
        second = client.get("/search", params={"q": "ferry"}).json()
        assert second["generation"] == newer.name
        assert [hit["passage_id"] for hit in second["hits"]] == [hit["passage_id"] for hit in first["hits"]]
        more = client.get("/search", params={"q": "ferry", "cursor": first["cursor"]}).json()
        assert (more["generation"], client.get("/readyz").json()["problem"]) == (name, "")
        assert re.search(r"^dateline_workers 2\.0$", client.get("/metrics").text, re.MULTILINE)
