"""Is it there, can it answer, what does it hold; and a long search holds up nobody."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from anyio import to_thread
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.errors import EncoderError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search import opening as opening_module
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

Build = Callable[..., BuildReport]
Write = Callable[..., Path]

ARTICLES = [
    {"id": "ferry", "text": "the ferry ran aground", "published": "2025-05", "language": "en", "source": "Gazette"},
    {"id": "bac", "text": "le bac a coulé", "published": "2024-12-31", "language": "fr", "source": "Courrier"},
    {"id": "bank", "text": "the bank raised rates", "language": "en"},
]


READY = {"status": "ready", "problem": "", "checking": False}


@pytest.fixture
def searcher(build: Build, write_jsonl: Write, tmp_path: Path, word_encoder: Encoder) -> IndexSearcher:
    build(write_jsonl(*ARTICLES))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.fixture
def client(searcher: IndexSearcher) -> TestClient:
    """A service over three small articles."""
    return TestClient(create_app(Settings(), searcher=searcher))


def _get(client: TestClient, path: str) -> Any:
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    return response.json()


def test_healthz_needs_no_index(tmp_path: Path) -> None:
    assert _get(TestClient(create_app(Settings(index=tmp_path))), "/healthz") == {"status": "ok"}


def test_readyz_names_the_generation(client: TestClient, searcher: IndexSearcher) -> None:
    assert _get(client, "/readyz") == READY | {"generation": searcher.generation.manifest.generation}


def test_readyz_without_an_index_is_503_with_the_reason_until_there_is_one(
    build: Build, write_jsonl: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder
) -> None:
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    index = tmp_path / "index"
    with TestClient(create_app(Settings(index=index))) as client:
        response = client.get("/readyz")
        hint = "run rebuild-index, or name another with --index"
        error = {"code": "index_missing", "message": f"there is no index in {index}", "hint": hint}
        error["request_id"] = response.headers["x-request-id"]
        assert (response.status_code, response.json()) == (503, {"error": error})
        again = client.get("/search", params={"q": "ferry"}, headers={"X-Request-ID": error["request_id"]})
        assert again.json() == {"error": error}
        generation = build(write_jsonl(*ARTICLES)).generation
        assert _get(client, "/readyz") == READY | {"generation": generation}


def test_readyz_says_why_the_newest_index_is_not_the_one_that_answers(
    build: Build, write_jsonl: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder
) -> None:
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    index = tmp_path / "index"
    first = build(write_jsonl(*ARTICLES)).generation
    with TestClient(create_app(Settings(index=index))) as client:
        newer = build(write_jsonl(*ARTICLES[:2])).generation
        (index / "generations" / newer / "manifest.json").write_bytes(b"")
        said = _get(client, "/readyz")
        assert (said["status"], said["generation"]) == ("ready", first)
        assert said["problem"].startswith(f"generation {newer} is not used: ")
        assert "manifest.json is damaged" in said["problem"]
        (index / "CURRENT").write_bytes(bytes(40))
        assert "CURRENT is damaged: it names no generation" in _get(client, "/readyz")["problem"]
        assert client.get("/search", params={"q": "ferry"}).json()["generation"] == first
        repaired = build(write_jsonl(*ARTICLES)).generation
        assert _get(client, "/readyz") == READY | {"generation": repaired}


def test_readyz_with_an_encoder_that_cannot_be_loaded_is_503_too(
    searcher: IndexSearcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_encoder(name: str, options: object) -> Encoder:
        raise EncoderError("cannot load the encoder 'words': no such folder", "give a folder")

    monkeypatch.setattr(opening_module, "open_encoder", open_encoder)
    response = TestClient(create_app(Settings(index=tmp_path / "index"))).get("/readyz")
    error = {
        "code": "encoder",
        "message": "cannot load the encoder 'words': no such folder",
        "hint": "give a folder",
        "request_id": response.headers["x-request-id"],
    }
    assert (response.status_code, response.json()) == (503, {"error": error})


def test_starting_opens_the_index_and_says_when_it_cannot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(create_app(Settings(index=tmp_path))):
        (record,) = (record for record in caplog.records if record.name == "dateline")
    assert record.getMessage() == (
        f"not ready: there is no index in {tmp_path}; run rebuild-index, or name another with --index"
    )


def test_stats_say_what_the_index_holds(client: TestClient, searcher: IndexSearcher) -> None:
    manifest = searcher.generation.manifest
    assert _get(client, "/stats") == {
        "generation": manifest.generation,
        "built_at": manifest.built_at.isoformat().replace("+00:00", "Z"),
        "articles": 3,
        "passages": 3,
        "skipped": 0,
        "newest": "2025-05",
        "oldest": "2024-12-31",
        "languages": {"en": 2, "fr": 1},
        "known_languages": ["en", "fr"],
        "sources": {"Gazette": 1, "Courrier": 1, "": 1},
        "encoder": "words",
        "encoder_revision": "1",
        "dim": 64,
        "bytes": sum(file.bytes for file in manifest.files.values()),
    }


class HeldEncoder:
    """Encodes a query only once it is let go on."""

    max_tokens: int | None = None
    at_once = 128

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.reached, self.released = threading.Event(), threading.Event()
        self.in_time = False

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.reached.set()
        self.in_time = self.released.wait(10)
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)


@pytest.fixture
def held(word_encoder: Encoder) -> Iterator[HeldEncoder]:
    encoder = HeldEncoder(word_encoder)
    yield encoder
    encoder.released.set()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_search_that_takes_long_holds_up_nobody(searcher: IndexSearcher, held: HeldEncoder, method: str) -> None:
    app = create_app(Settings(), searcher=IndexSearcher(searcher.generation, held))
    found: list[httpx2.Response] = []

    async def ask(client: httpx2.AsyncClient) -> None:
        asked: dict[str, Any] = {"params": {"q": "ferry"}} if method == "GET" else {"json": {"query": "ferry"}}
        found.append(await client.request(method, "/search", **asked))

    async def meanwhile() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(ask, client)
            await to_thread.run_sync(held.reached.wait, 10)
            health = await client.get("/healthz")
            held.released.set()
        return health

    assert anyio.run(meanwhile).json() == {"status": "ok"}
    assert held.in_time
    assert found[0].json()["hits"][0]["article_id"] == "ferry"
