"""The client of the HTTP API: held to its description, asked against a running service, and put before what fails."""

import asyncio
import dataclasses
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import httpx2
import pytest
from openapi import DOCUMENT
from running_server import running

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.client import (
    ApiError,
    AsyncClient,
    BadRequestError,
    Client,
    ClientError,
    GoneError,
    NotFoundError,
    TimedOutError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
    UnreachableError,
    UnreadableError,
    articles,
    calls,
    models,
)
from search_api.search.searcher import IndexSearcher
from search_api.service.access.keys import KeyFile
from search_api.service.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
API: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
SCHEMAS = API["components"]["schemas"]
SEARCHING = dict.fromkeys(get_type_hints(calls.SearchOptions), "x")
EXPORTING = dict.fromkeys(get_type_hints(calls.ExportOptions), "x")
LISTING = dict.fromkeys(get_type_hints(calls.ListOptions), "x")
CALLS: dict[str, tuple[str, calls.Call[Any]]] = {
    "search": ("/search", calls.search("ferry", SEARCHING)),  # type: ignore[arg-type]
    "batch": ("/search/batch", calls.batch(["ferry"], 5, SEARCHING)),  # type: ignore[arg-type]
    "articles": ("/articles", calls.articles(LISTING)),  # type: ignore[arg-type]
    "article": ("/articles/{article_id}", calls.article("a/b#1")),
    "similar": ("/articles/{article_id}/similar", calls.similar("a/b#1", SEARCHING)),  # type: ignore[arg-type]
    "passage": ("/passages/{passage_id}", calls.passage("a/b#1")),
    "verify": ("/verify", calls.verify("quoth", "a")),
    "stats": ("/stats", calls.stats()),
    "ready": ("/readyz", calls.ready()),
    "export": ("/export", calls.export({"q": "ferry", "generation": "g", **EXPORTING})),
}
ARTICLES = [
    {"id": "wire/2025#1", "title": "Aground", "text": "The ferry ran aground at dawn. Nobody was hurt.",
     "published": "2025-05-27", "language": "en", "source": "The Gazette", "url": "https://gazette.example/ferry"},
    {"id": "month", "title": "Le bac", "text": "Le bac ferry de Sandhamn est échoué.", "published": "2025-05",
     "language": "fr", "source": "Courrier"},
    {"id": "later", "text": "The ferry sails again.", "published": "2025-06-02", "language": "en", "source": "Bote"},
    {"id": "rates", "text": "Rates were raised by half a point.", "published": "2025-06-03", "language": "en"},
]  # fmt: skip


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    build(write_jsonl(*ARTICLES))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.fixture
def url(searcher: IndexSearcher) -> Iterator[str]:
    with running(create_app(Settings(), searcher=searcher)) as server:
        yield f"http://127.0.0.1:{server.port}"


def _answering(*answers: httpx2.Response | Exception) -> tuple[Client, list[httpx2.Request]]:
    """Return a client that gets answers one after the other, the last for good, and the requests that it sends."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        given = answers[min(len(asked), len(answers)) - 1]
        if isinstance(given, Exception):
            raise given
        return given

    return Client("http://service.example", transport=httpx2.MockTransport(answer)), asked


def _error(status: int, code: str, **headers: str) -> httpx2.Response:
    detail = {"code": code, "message": "no", "hint": "do this", "request_id": "r-7"}
    return httpx2.Response(status, json={"error": detail}, headers=headers)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


# held to the description


@pytest.mark.parametrize("name", CALLS)
def test_a_method_asks_for_what_the_description_of_the_api_has(name: str) -> None:
    path, call = CALLS[name]
    pattern = re.sub(r"{\w+}", "a%2Fb%231", path)
    assert call.path == pattern
    operation = API["paths"][path][call.method.lower()]
    known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    assert set(call.params) <= known
    if name in {"articles", "similar", "export"}:
        assert known - set(call.params) <= {"format"}
    if call.body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert set(call.body) == set(SCHEMAS[schema]["properties"])
    if name == "batch":
        assert call.body is not None
        assert set(call.body["queries"][0]) == set(SCHEMAS["SearchRequest"]["properties"])


def test_options_that_are_lists_there_are_sent_as_lists() -> None:
    lists = {name for name, each in SCHEMAS["SearchRequest"]["properties"].items() if each.get("type") == "array"}
    assert {name for name, value in calls.given(SEARCHING).items() if value == ["x"]} == lists


def test_every_method_of_one_client_is_one_of_the_other() -> None:
    both = [{name for name in dir(kind) if not name.startswith("_")} for kind in (Client, AsyncClient)]
    assert both[0] - {"close"} == both[1] - {"aclose"}
    assert set(CALLS) | {"search_all", "export_articles", "ask_for_json"} == both[0] - {"close"}


RENAMED = {
    "Answer": "SearchResponse", "Listing": "ListingResponse", "Batch": "BatchResponse", "Problem": "ErrorDetail",
    "BatchItem": "BatchItem", "SearchedForms": "SearchedFormsOut", "Page": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        each
        for module in (models, articles)
        for each in vars(module).values()
        if dataclasses.is_dataclass(each) and each.__module__ == module.__name__
    ],
)
def test_a_record_has_the_fields_of_the_description(kind: Any) -> None:
    name = RENAMED.get(kind.__name__, kind.__name__ if kind.__name__ in SCHEMAS else f"{kind.__name__}Out")
    if name:
        assert {each.name for each in dataclasses.fields(kind)} == set(SCHEMAS[name]["properties"])


# against a service


def test_each_method_is_answered(url: str) -> None:
    with Client(url) as client:
        answer = client.search("ferry", facets=["language"], timeline="month", language="en", explain=True)
        assert {hit.article_id for hit in answer.hits} == {"wire/2025#1", "later"}
        assert answer.total == 2
        assert {each.value: each.count for each in answer.facets["language"].values} == {"en": 2, "fr": 1}
        assert answer.timeline is not None
        assert sum(span.count for span in answer.timeline.spans) == 2
        hit = next(hit for hit in answer.hits if hit.source == "The Gazette")
        assert (hit.sentence, hit.title) == ("The ferry ran aground at dawn.", "Aground")
        article = client.article("wire/2025#1")
        assert article.body[hit.start : hit.end] == hit.text == client.passage(hit.passage_id).passage.text
        assert "wire/2025#1" not in {each.article_id for each in client.similar("wire/2025#1", min_relevance=0).hits}
        assert client.verify("the ferry sails again").matches[0].article.article_id == "later"
        assert client.verify("the ferry sails again", "month").verdict != "exact"
        listed = client.articles(limit=2)
        assert [each.article_id for each in listed.articles] == ["rates", "later"]
        assert [item.answer is None for item in client.batch(["ferry", {"query": "?"}], limit=1).results] == [
            False,
            True,
        ]
        assert client.stats().articles == 4
        assert client.ready().generation == client.stats().generation == answer.generation


def test_all_pages_and_the_export_have_the_same_hits(url: str) -> None:
    with Client(url) as client:
        paged = [hit.passage_id for hit in client.search_all("ferry", limit=1, min_relevance=0)]
        assert paged == [hit.passage_id for hit in client.export("ferry", min_relevance=0)]
        assert paged == [hit.passage_id for hit in client.search("ferry", min_relevance=0).hits]
        assert len(set(paged)) == 4
        assert paged[1:] == [hit.passage_id for hit in client.search_all("ferry", limit=1, offset=1, min_relevance=0)]
        assert [each.article_id for each in client.export_articles(language=["fr"])] == ["month"]


def test_the_asynchronous_client_answers_alike(url: str) -> None:
    async def ask() -> list[Any]:
        async with AsyncClient(url) as client:
            one, many = await asyncio.gather(client.search("ferry"), client.batch(["ferry"]))
            paged = [hit.passage_id async for hit in client.search_all("ferry", limit=1)]
            exported = [hit.passage_id async for hit in client.export("ferry")]
            article = await client.article("month")
            with pytest.raises(NotFoundError):
                await client.passage("none")
            assert many.results[0].answer is not None
            return [[hit.passage_id for hit in one.hits], many.results[0].answer.total, paged, exported, article.title]

    found, total, paged, exported, title = asyncio.run(ask())
    assert found == paged == exported
    assert (total, title) == (3, "Le bac")


def test_a_key_is_sent_from_the_environment(
    searcher: IndexSearcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = KeyFile(tmp_path / "keys.json")
    _, key = file.add("newsroom", ["search"])
    with running(create_app(Settings(keys=str(file.path)), searcher=searcher)) as server:
        monkeypatch.setenv("DATELINE_URL", f"http://127.0.0.1:{server.port}/")
        with Client() as client, pytest.raises(UnauthorizedError) as refused:
            client.search("ferry")
        assert (refused.value.code, refused.value.status) == ("key_missing", 401)
        monkeypatch.setenv("DATELINE_KEY", key)
        with Client() as client:
            assert client.search("ferry").total == 3


# what fails


def test_errors_say_what_the_service_said(url: str) -> None:
    with Client(url) as client:
        with pytest.raises(BadRequestError, match="'the gazet'") as bad:
            client.search("ferry", source="The Gazet")
        assert bad.value.code == "bad_query"
        assert "The Gazette" in bad.value.hint
        assert re.fullmatch(r"[\w-]{8,}", bad.value.request_id)
        with pytest.raises(BadRequestError, match="limits"):
            client.search("ferry", limits=3)  # type: ignore[call-arg]
        with pytest.raises(NotFoundError, match="nowhere"):
            client.article("nowhere")
        with pytest.raises(GoneError):
            list(client.export("ferry", generation="20200101T000000Z-1"))  # type: ignore[call-arg]
        with pytest.raises(BadRequestError, match="limit"):
            list(client.export("ferry", limit=3))  # type: ignore[call-arg]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_is_not_available_is_asked_again(status: int, pauses: list[float]) -> None:
    client, asked = _answering(
        _error(status, "busy"), _error(status, "busy", **{"Retry-After": "3"}), *[_error(429, "x")]
    )
    with pytest.raises(TooManyRequestsError):
        client.stats()
    assert len(asked) == 3
    assert 0.1 < pauses[0] < 1
    assert pauses[1] == 3


def test_asking_again_ends(pauses: list[float]) -> None:
    client, asked = _answering(_error(503, "overloaded", **{"X-Request-ID": "r-8"}))
    with pytest.raises(UnavailableError) as busy:
        client.search("ferry")
    assert (len(asked), len(pauses), busy.value.request_id, busy.value.hint) == (3, 2, "r-7", "do this")
    client, asked = _answering(httpx2.ConnectError("refused"))
    with pytest.raises(UnreachableError, match=r"service\.example cannot be reached: refused"):
        client.search("ferry")
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_error(500, "internal"), ApiError),
        (_error(422, "bad_query"), BadRequestError),
        (_error(429, "too_many_requests", **{"Retry-After": "7"}), TooManyRequestsError),
        (_error(503, "overloaded", **{"Retry-After": "3600"}), UnavailableError),
        (httpx2.ReadTimeout("slow"), TimedOutError),
        (httpx2.Response(200, text="<html>Welcome to nginx</html>"), UnreadableError),
        (httpx2.Response(200, json={"articles": 4}), UnreadableError),
        (httpx2.Response(301, headers={"Location": "http://elsewhere.example"}), UnreadableError),
    ],
)
def test_what_does_not_go_away_is_asked_once(answer: Any, kind: type[ClientError], pauses: list[float]) -> None:
    client, asked = _answering(answer)
    with pytest.raises(kind) as failed:
        client.stats()
    assert type(failed.value) is kind
    assert (len(asked), pauses) == (1, [])
    assert failed.value.hint


def test_whether_it_is_ready_is_asked_once(pauses: list[float]) -> None:
    client, asked = _answering(_error(503, "index_missing"))
    with pytest.raises(UnavailableError):
        client.ready()
    assert (len(asked), pauses) == (1, [])


def test_a_proxy_before_the_service_is_told_from_it(pauses: list[float]) -> None:
    client, _ = _answering(httpx2.Response(502, text="<h1>Bad Gateway</h1>"))
    with pytest.raises(UnavailableError, match="502 Bad Gateway") as failed:
        client.stats()
    assert failed.value.code == "http"


def test_what_a_newer_service_adds_is_left_out_and_what_is_missing_is_named(url: str) -> None:
    with Client(url) as client:
        said = client.ask_for_json(calls.stats())
    client, _ = _answering(httpx2.Response(200, json={**said, "colour": "blue"}))
    assert client.stats().articles == 4
    for wrong in ({**said, "articles": "4"}, {name: value for name, value in said.items() if name != "articles"}):
        client, _ = _answering(httpx2.Response(200, json=wrong))
        with pytest.raises(UnreadableError, match="articles"):
            client.stats()


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://x", "http://", "http://x:port", "http://x:99999", "news"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ClientError, match="no address"):
        Client(address)


def test_a_key_that_is_none_is_refused_and_not_shown() -> None:
    with pytest.raises(ClientError) as refused:
        AsyncClient("http://service.example", key="dl_1\r\nX-Other: 1")
    assert "X-Other" not in str(refused.value)


# exports that break


class _Breaking(httpx2.SyncByteStream):
    def __init__(self, *parts: bytes | Exception) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part


def _lines(url: str) -> list[bytes]:
    with httpx2.stream("GET", f"{url}/export?q=ferry", headers={"Host": "localhost"}) as response:
        return response.read().splitlines(keepends=True)


@pytest.mark.parametrize("fault", [httpx2.ReadError("reset"), httpx2.ReadTimeout("slow"), b""])
def test_an_export_goes_on_where_the_connection_broke(url: str, fault: Any, pauses: list[float]) -> None:
    lines = _lines(url)
    assert len(lines) == 4
    lines[2] = lines[2].replace(b'"text":"', '"text":"\u2028'.encode())
    head = {"X-Generation": "g-1"}
    client, asked = _answering(
        httpx2.Response(200, headers=head, stream=_Breaking(lines[0], lines[1][:30], fault)),
        _error(503, "overloaded"),
        httpx2.Response(200, headers=head, stream=_Breaking(lines[1][:50], lines[1][50:] + lines[2] + lines[3])),
    )
    hits = list(client.export("ferry"))
    assert len({hit.passage_id for hit in hits}) == 3
    assert hits[2].text.startswith("\u2028")
    assert [dict(request.url.params).get("offset") for request in asked] == [None, "1", "1"]
    assert dict(asked[-1].url.params)["generation"] == "g-1"
    assert len(pauses) == 2


def test_an_export_that_is_not_complete_is_never_taken_for_one(url: str, pauses: list[float]) -> None:
    lines = _lines(url)
    client, asked = _answering(
        *[httpx2.Response(200, stream=_Breaking(lines[0])) for _ in range(1)], _error(410, "gone")
    )
    with pytest.raises(GoneError):
        list(client.export("ferry"))
    client, asked = _answering(*[httpx2.Response(200, stream=_Breaking()) for _ in range(5)])
    with pytest.raises(UnreachableError, match="broke off after 0 rows"):
        list(client.export("ferry"))
    assert len(asked) == 3
    client, _ = _answering(httpx2.Response(200, stream=_Breaking(lines[0], b'{"complete": true, "rows": 2}\n')))
    with pytest.raises(UnreadableError, match="1 rows came"):
        list(client.export("ferry"))
    client, _ = _answering(httpx2.Response(200, stream=_Breaking(b"<html>\n")))
    with pytest.raises(UnreadableError, match="no JSON object"):
        list(client.export("ferry"))


# the distribution


def _distribution() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "client" / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_small_distribution_has_all_that_it_imports(tmp_path: Path) -> None:
    """Its files are put into a folder, and imported where neither the server nor its libraries are found."""
    for origin, place in _distribution()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].items():
        source = REPOSITORY / "client" / origin
        for file in [source] if source.is_file() else source.rglob("*.py"):
            target = tmp_path / place / (file.relative_to(source) if source.is_dir() else "")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "for name in ('indexer', 'pydantic', 'numpy', 'fastapi', 'starlette', 'torch', 'faiss', 'pyarrow', 'orjson'):\n"
        "    sys.modules[name] = None\n"
        "import search_api.client\n"
        "print(search_api.client.__file__, search_api.client.Client('http://x').url)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60, cwd="/"
    )
    assert done.stdout == f"{tmp_path}/search_api/client/__init__.py http://x\n", done.stderr


def test_the_small_distribution_is_of_the_same_version_and_wants_the_same() -> None:
    small, whole = _distribution()["project"], tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert (small["version"], small["requires-python"]) == (whole["version"], whole["requires-python"])
    assert set(small["dependencies"]) <= {each.partition(" ")[0] for each in whole["dependencies"]}
