"""What holds for every request, whichever route: methods, headers, ids, lines of the log, metrics, traces."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from indexer.encoders.protocol import Encoder
from indexer.errors import SettingsError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.access.guard import needs
from search_api.service.application import Application
from search_api.service.observing.logs import JsonFormatter, LineHandler, TextFormatter, lost_lines
from search_api.service.observing.tracing import Tracing, open_tracing
from search_api.service.settings import Settings
from search_api.stages import Recorded, observing, stage

EVERYWHERE = ["/", "/search?q=ferry", "/articles/ferry", "/stats", "/healthz", "/readyz", "/metrics", "/openapi.json",
              "/docs", "/web/page.js", "/web-docs/swagger-ui.css"]  # fmt: skip
FAILING = {"/nothing": 404, "/search": 422, "/articles/nope": 404, "/web/nothing": 404, "/web/%2e%2e/app.py": 404,
           "/search/": 404, "//evil.example/search": 404}  # fmt: skip


@pytest.fixture
def app(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Application:
    build(write_jsonl({"id": "ferry", "text": "the ferry ran aground", "published": "2025-05"}))
    app = create_app(Settings(), searcher=IndexSearcher(open_current(tmp_path / "index"), word_encoder))
    assert isinstance(app, Application)
    return app


@pytest.fixture
def client(app: Application) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_head_is_get_without_a_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
    ignored = {"x-request-id", "content-length"} if path.startswith(("/search", "/metrics")) else {"x-request-id"}
    assert set(got.headers.items()) ^ set(head.headers.items()) <= {
        (name, each.headers[name]) for name in ignored for each in (got, head) if name in each.headers
    }
    assert "content-length" in head.headers


@pytest.mark.parametrize("path", FAILING)
def test_head_has_the_status_of_get_where_it_fails_too(client: TestClient, path: str) -> None:
    head = client.head(f"http://localhost{path}")
    assert (head.status_code, head.content) == (FAILING[path], b"")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_options_names_the_methods_of_every_address(client: TestClient, path: str) -> None:
    response = client.options(path)
    methods = "GET, HEAD, POST, OPTIONS" if path.startswith("/search") else "GET, HEAD, OPTIONS"
    assert (response.status_code, response.headers["allow"], response.content) == (204, methods, b"")
    assert client.options("/nothing").status_code == 404


@pytest.mark.parametrize("path", [*EVERYWHERE, *FAILING])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_every_response_has_the_headers_of_safety(client: TestClient, path: str, method: str) -> None:
    headers = client.request(method, f"http://localhost{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert ("default-src 'self'" if path == "/docs" and method in {"GET", "HEAD"} else "default-src 'none'") in policy
    assert len(headers["x-request-id"]) == 16
    assert "server" not in headers


def test_an_error_that_nobody_foresaw_has_them_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(IndexSearcher, "search", fail)
    response = client.get("/search?q=ferry")
    assert (response.status_code, response.headers["x-frame-options"]) == (500, "DENY")
    assert response.json()["error"]["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(("given", "kept"), [("job-7.a_B", True), ("a" * 64, True), ("a" * 65, False), ("", False),
                                              ("a b", False), ("<script>", False), ("é", False)])  # fmt: skip
def test_the_id_of_a_request_is_kept_if_it_is_sane(client: TestClient, given: str, kept: bool) -> None:
    response = client.get("/nothing", headers={"X-Request-ID": given.encode()})
    assert (response.headers["x-request-id"] == given) is kept
    assert response.json()["error"]["request_id"] == response.headers["x-request-id"]


def test_a_head_of_a_stream_ends_it(app: Application, client: TestClient) -> None:
    ended: list[int] = []

    async def lines() -> AsyncIterator[bytes]:
        for number in range(1_000_000):
            ended.append(number)
            yield b"line\n"

    app.get("/stream", dependencies=[Depends(needs("export"))])(lambda: StreamingResponse(lines()))
    assert client.head("/stream").content == b""


@pytest.fixture
def lines() -> Iterator[Callable[..., list[str]]]:
    """Return a function that starts a log in a format, and one that returns its lines."""
    log = logging.getLogger("dateline.access")
    written = io.StringIO()
    handler = logging.StreamHandler(written)

    def read(formatter: logging.Formatter | None = None) -> list[str]:
        if formatter:
            handler.setFormatter(formatter)
        return written.getvalue().splitlines()

    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield read
    log.removeHandler(handler)
    log.setLevel(before)


def test_a_line_of_json_tells_a_request_without_what_was_searched(
    client: TestClient, lines: Callable[..., Any]
) -> None:
    lines(JsonFormatter())
    client.get("/search?q=secret+ferry", headers={"X-Request-ID": "job-7"})
    client.post("/search", json={"query": "secret ferry"})
    client.get("/nothing")
    found = [json.loads(line) for line in lines()]
    assert [(each["method"], each["path"], each["status"]) for each in found] == [
        ("GET", "/search", 200), ("POST", "/search", 200), ("GET", "/nothing", 404),
    ]  # fmt: skip
    assert list(found[0]) == ["time", "level", "logger", "message", "request_id", "method", "path", "status",
                              "duration_ms", "client"]  # fmt: skip
    assert (found[0]["request_id"], found[0]["level"], found[0]["client"]) == ("job-7", "info", "testclient")
    assert 0 < found[0]["duration_ms"] < 60_000
    assert "secret" not in "".join(lines())


def test_what_was_searched_is_logged_where_that_is_asked_for(app: Application, lines: Callable[..., Any]) -> None:
    client = TestClient(create_app(Settings(log_queries=True), searcher=app.state.searchers.current()))
    lines(JsonFormatter())
    client.get("/search", params={"q": "Fähre\n"})
    client.post("/search", json={"query": "ferry"})
    assert [json.loads(line)["query"] for line in lines()] == ["q=Fähre\n", '{"query":"ferry"}']


def test_a_line_of_text_is_one_line(app: Application, lines: Callable[..., Any]) -> None:
    client = TestClient(create_app(Settings(log_queries=True), searcher=app.state.searchers.current()))
    lines(TextFormatter())
    client.get("/a%0Ab%1b[31m", params={"q": "x\ny"}, headers={"X-Request-ID": "job-7"})
    (line,) = lines()
    assert re.sub(r"^\S+ \S+ ", "", re.sub(r"[\d.]+ ms", "1 ms", line)) == (
        r"INFO GET /a\nb\x1b[31m 404 1 ms 'q=x\ny' [job-7]"
    )


def test_a_line_that_cannot_be_written_is_counted(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        handler = LineHandler(file.fileno())
    before = lost_lines()
    handler.emit(logging.makeLogRecord({"msg": "the file is closed"}))
    handler.emit(logging.makeLogRecord({"msg": "%s %s", "args": ("too few",)}))
    assert lost_lines() == before + 2


def _metrics(client: TestClient) -> dict[str, float]:
    text = client.get("/metrics").text
    rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_metrics_count_what_was_asked(client: TestClient, app: Application) -> None:
    for path in (
        "/search?q=ferry",
        "/search?q=ferry",
        "/search",
        "/nothing",
        "/else",
        "/articles/ferry",
        "/web/page.js",
    ):
        client.get(path)
    client.post("/search", json={"query": "ferry"})
    client.get("/healthz", headers={"Host": "evil.example"})
    client.request("FROB", "/search")
    found = _metrics(client)
    asked = {re.sub(r'.*route="(.*?)".*', r"\1", name): value for name, value in found.items()
             if name.startswith("dateline_http_request_duration_seconds_count")}  # fmt: skip
    assert asked == {"/search": 5, "other": 3, "/articles/{article_id}": 1, "/web": 1}
    assert found['dateline_http_requests_total{method="GET",route="/search",status="200"}'] == 2
    assert found['dateline_http_requests_total{method="GET",route="/search",status="422"}'] == 1
    assert found['dateline_http_requests_total{method="POST",route="/search",status="200"}'] == 1
    assert found['dateline_http_requests_total{method="other",route="/search",status="405"}'] == 1
    assert found['dateline_rejected_total{reason="host"}'] == 1
    assert found["dateline_http_requests_in_flight"] == 1
    assert (found["dateline_queue_depth"], found["dateline_searches_running"]) == (0, 0)
    stats = app.state.searchers.current().stats()
    assert found[f'dateline_generation_info{{encoder="words",id="{stats.generation}"}}'] == 1
    assert found["dateline_index_passages"] == 1
    assert found["dateline_newest_article_timestamp_seconds"] == 1746057600
    assert found["dateline_generation_built_timestamp_seconds"] == pytest.approx(stats.built_at.timestamp())
    assert found["process_resident_memory_bytes"] > 10_000_000


def test_without_an_index_there_are_metrics_of_the_service(tmp_path: Path) -> None:
    found = _metrics(TestClient(create_app(Settings(index=tmp_path))))
    assert "dateline_index_passages" not in found
    assert found["dateline_queue_depth"] == 0


def test_a_stage_is_timed_for_who_observes() -> None:
    with stage("encode"):
        pass  # nobody observes
    recorded = Recorded()
    with observing(recorded), stage("encode"), stage("rank"):
        pass
    with stage("encode"):
        pass
    assert [each.name for each in recorded.stages] == ["rank", "encode"]
    assert all(0 < each.began <= each.ended for each in recorded.stages)


def test_spans_tell_a_request_and_its_stages_without_what_was_searched(
    app: Application, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(app._observer, "_tracing", Tracing(provider.get_tracer("test")))
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.get("/search?q=secret+ferry", headers={"traceparent": parent})
    found = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {"/search", "encode", "rank"}
    request = found["/search"]
    assert dict(request.attributes or {}) == {
        "http.request.method": "GET", "http.route": "/search", "http.response.status_code": 200,
    }  # fmt: skip
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == parent.split("-")[1]
    assert [found[name].parent.span_id for name in ("encode", "rank")] == [request.context.span_id] * 2  # type: ignore[union-attr]
    assert "secret" not in "".join(span.to_json() for span in found.values())


def test_an_exporter_that_is_not_installed_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"^OTEL_TRACES_EXPORTER is 'smoke', and no such exporter is installed$"):
        open_tracing({"OTEL_TRACES_EXPORTER": "smoke"})
    assert open_tracing({})._tracer is None
    assert open_tracing({"OTEL_TRACES_EXPORTER": "console"})._tracer is not None


@pytest.mark.parametrize("proxy_strips", [True, False])
@pytest.mark.parametrize("path", EVERYWHERE)
def test_below_a_path_of_a_proxy_everything_works(app: Application, proxy_strips: bool, path: str) -> None:
    client = TestClient(create_app(Settings(root_path="/news/"), searcher=app.state.searchers.current()))
    assert client.get(path if proxy_strips else f"/news{path}").status_code == 200
    assert client.get("/openapi.json").json()["servers"] == [{"url": "/news"}]


def test_what_a_page_loads_is_below_it(client: TestClient) -> None:
    for path in ("/", "/docs"):
        loaded = re.findall(r"""(?:src|href|url|action)\s*[=:]\s*["']([^"']+)["']""", client.get(path).text)
        assert loaded
        assert [address for address in loaded if address.startswith("/") or "://" in address] == []
    script = client.get("/web/page.js").text
    assert re.findall(r"""["'`]/(?:search|stats|web|\?)""", script) == []
