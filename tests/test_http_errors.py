"""Every error of the service has one shape and a true status, and no query is answered with a 500."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import errors
from indexer.encoders.protocol import Encoder
from indexer.errors import (
    DatelineError,
    EncoderError,
    EncoderMismatchError,
    GoneError,
    IndexCorruptError,
    IndexFormatError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    NotFoundError,
    QueryError,
)
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.http.bodies import MAX_BODY
from search_api.service.settings import Settings

JSON = {"Content-Type": "application/json"}
SEE_DOCS = "GET /docs shows what is wanted"
WORDS_WANTED = "ask a question or give some words, in any language"
NO_OBJECT = "body: Input should be a valid dictionary or object to extract fields from"


@pytest.fixture
def client(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> TestClient:
    build(write_jsonl({"id": "ferry", "text": "the ferry ran aground"}))
    searcher = IndexSearcher(open_current(tmp_path / "index"), word_encoder)
    return TestClient(create_app(Settings(), searcher=searcher), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> TestClient:
    """A service with the embedded encoder, which has a tokenizer that could choke."""
    searcher = IndexSearcher(open_current(seed_index), embedded)
    return TestClient(create_app(Settings(), searcher=searcher), raise_server_exceptions=False)


def _error(response: httpx2.Response, status: int) -> dict[str, str]:
    """Return the error, after checking that it has the one shape."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    content = response.json()
    assert list(content) == ["error"]
    assert list(content["error"]) == ["code", "message", "hint", "request_id"]
    error: dict[str, str] = content["error"]
    assert error.pop("request_id") == response.headers["x-request-id"] != ""
    return error


def _bad_query(message: str, hint: str = "") -> dict[str, str]:
    return {"code": "bad_query", "message": message, "hint": hint}


BAD_QUERIES: list[tuple[dict[str, Any], str, str]] = [
    ({"query": ""}, "the query is empty", WORDS_WANTED),
    ({"query": " \t\u3000"}, "the query is empty", WORDS_WANTED),
    ({"query": "?!…"}, "the query '?!…' has no words", WORDS_WANTED),
    ({"query": "😀🎉"}, "the query '😀🎉' has no words", WORDS_WANTED),
    ({"query": "\u200f"}, "the query '\\u200f' has no words", WORDS_WANTED),
    ({"query": "\x00"}, "the query '\\x00' has no words", WORDS_WANTED),
    ({"query": "x", "language": "xx"}, "language 'xx' is no ISO 639 code", "use a code such as fr, tr, ar or zh"),
    ({"query": "x", "limit": 0}, "limit is 0, wanted 1 to 1000", ""),
    ({"query": "x", "limit": -1}, "limit is -1, wanted 1 to 1000", ""),
    ({"query": "x", "limit": 10**9}, "limit is 1000000000, wanted 1 to 1000", ""),
    (
        {"query": "x", "published_from": "2025", "published_to": "2024-12"},
        "published_from 2025 is after published_to 2024-12",
        "swap them",
    ),
    (
        {"query": "x", "published_to": "soon"},
        "published_to: date 'soon' not understood: wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or"
        " 2025-05-27T18:20:00+02:00",
        "",
    ),
]


@pytest.mark.parametrize(("asked", "message", "hint"), BAD_QUERIES)
def test_a_bad_query_is_422_with_the_reason(client: TestClient, asked: dict[str, Any], message: str, hint: str) -> None:
    by_get = {"q" if name == "query" else name: value for name, value in asked.items()}
    assert _error(client.get("/search", params=by_get), 422) == _bad_query(message, hint)
    assert _error(client.post("/search", json=asked), 422) == _bad_query(message, hint)


def test_a_hundred_thousand_characters_are_422(client: TestClient) -> None:
    message = "the query has 100,000 characters, wanted at most 50,000"
    assert _error(client.post("/search", json={"query": "x" * 100_000}), 422) == _bad_query(message, "shorten it")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("", "q: Field required"),
        ("q=x&limit=abc", "limit: Input should be a valid integer, unable to parse string as an integer (got 'abc')"),
        ("q=x&limit=", "limit: Input should be a valid integer, unable to parse string as an integer (got '')"),
        ("q=x&langauge=fr", "langauge: Extra inputs are not permitted (got 'fr')"),
        ("query=x", "q: Field required; query: Extra inputs are not permitted (got 'x')"),
    ],
)
def test_parameters_that_are_none_are_422(client: TestClient, parameters: str, message: str) -> None:
    error = _error(client.get(f"/search?{parameters}"), 422)
    assert error == {"code": "bad_request", "message": message, "hint": SEE_DOCS}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "body: Field required"),
        (b"query=x", "body: not JSON at character 0: Expecting value"),
        (b'{"query": "\x00"}', "body: not JSON at character 11: Invalid control character at"),
        (b"[]", NO_OBJECT),
        (b'"x"', f"{NO_OBJECT} (got 'x')"),
        (b"{}", "query: Field required"),
        (b'{"query": 5}', "query: Input should be a valid string (got 5)"),
        (b'{"query": "x", "limit": NaN}', "limit: Input should be a finite number (got nan)"),
        (b'{"query": "x", "q": "x"}', "q: Extra inputs are not permitted (got 'x')"),
        (b'{"query": "x", "language": {"a": 1}}', "language: Input should be a valid list"),
    ],
)
def test_a_body_that_is_none_is_422(client: TestClient, body: bytes, message: str) -> None:
    error = _error(client.post("/search", content=body, headers=JSON), 422)
    assert error == {"code": "bad_request", "message": message, "hint": SEE_DOCS}


def test_a_long_value_is_shown_in_part(client: TestClient) -> None:
    error = _error(client.get("/search", params={"q": "x", "limit": "9x" * 500}), 422)
    assert error["message"].endswith(f"(got '{'9x' * 29}9)")


@pytest.mark.parametrize("body", [b'{"query": "x", "limit": ' + b"9" * 5000 + b"}", b"[" * 100_000])
def test_a_body_that_no_parser_takes_is_400(client: TestClient, body: bytes) -> None:
    error = _error(client.post("/search", content=body, headers=JSON), 400)
    assert error == {"code": "http", "message": "There was an error parsing the body", "hint": ""}


def test_a_body_too_large_is_413(client: TestClient) -> None:
    body = b'{"query": "ferry"}'.ljust(MAX_BODY)
    assert client.post("/search", content=body, headers=JSON).status_code == 200
    error = _error(client.post("/search", content=body + b" ", headers=JSON), 413)
    assert error == {
        "code": "too_large",
        "message": "the request has 1000001 bytes, wanted at most 1,000,000",
        "hint": "",
    }


def test_a_body_of_unknown_length_is_411(client: TestClient) -> None:
    def without_end() -> Iterator[bytes]:
        yield from [b'{"query": "ferry"', b"}"]

    error = _error(client.post("/search", content=without_end(), headers=JSON), 411)
    assert error == {
        "code": "length_required",
        "message": "the request does not say how long it is",
        "hint": "send Content-Length",
    }


@pytest.mark.parametrize("article_id", ["nope", "wire/2025%231", "%ED%A0%80", "a%00"])
def test_an_article_that_is_not_there_is_404(client: TestClient, article_id: str) -> None:
    error = _error(client.get(f"/articles/{article_id}"), 404)
    assert error["code"] == "not_found"
    assert error["message"].startswith("there is no article '")
    assert error["hint"] == "take an article_id from a hit"


@pytest.mark.parametrize("path", ["/nothing", "/web/nothing", "/web/%2e%2e/app.py", "/search/more"])
def test_a_path_that_is_not_there_is_404(client: TestClient, path: str) -> None:
    error = _error(client.get(path), 404)
    assert error == {"code": "not_found", "message": "Not Found", "hint": "GET /docs shows what there is"}


@pytest.mark.parametrize(("method", "path"), [("PUT", "/search"), ("DELETE", "/healthz"), ("POST", "/articles/ferry")])
def test_a_wrong_method_is_405_and_says_which_is_right(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert _error(response, 405) == {
        "code": "method_not_allowed",
        "message": "Method Not Allowed",
        "hint": "GET /docs shows what there is",
    }
    assert response.headers["allow"] == ("GET, HEAD, POST, OPTIONS" if path == "/search" else "GET, HEAD, OPTIONS")


def test_an_unexpected_error_is_500_without_details_and_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(IndexSearcher, "search", fail)
    error = _error(client.get("/search", params={"q": "ferry"}), 500)
    assert error == {"code": "internal", "message": "something went wrong here; the log says what", "hint": ""}
    (record,) = (record for record in caplog.records if record.name == "dateline")
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "GET /search failed")
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "password=hunter2"


ERRORS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, DatelineError)]
STATUSES = {
    QueryError: 422,
    NotFoundError: 404,
    GoneError: 410,
    IndexUnavailableError: 503,
    IndexMissingError: 503,
    IndexCorruptError: 503,
    IndexFormatError: 503,
    EncoderMismatchError: 503,
    IndexLockedError: 503,
}
"""The status of each error that is not the service's own failure (500)."""


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_the_status_that_is_true_of_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, kind: type[DatelineError]
) -> None:
    def fail(*_: object) -> NoReturn:
        raise kind("it failed", "mend it")

    monkeypatch.setattr(IndexSearcher, "search", fail)
    error = _error(client.get("/search", params={"q": "ferry"}), STATUSES.get(kind, 500))
    assert error == {"code": kind.code, "message": "it failed", "hint": "mend it"}


def test_the_statuses_are_drawn_as_they_are() -> None:
    drawn = dict(re.findall(r"(\w+Error) .*HTTP (\d{3})", errors.__doc__ or ""))
    below_a_drawn_one = {kind.__name__ for kind in IndexUnavailableError.__subclasses__()}
    assert drawn == {kind.__name__: str(kind.http_status) for kind in ERRORS if kind.__name__ not in below_a_drawn_one}


KEYS = {"401", "403", "429"}
DOCUMENTED = {
    ("GET", "/search"): {"410", "422", "500", "503"} | KEYS,
    ("POST", "/search"): {"400", "410", "411", "413", "422", "500", "503"} | KEYS,
    ("POST", "/search/batch"): {"400", "410", "411", "413", "422", "500", "503"} | KEYS,
    ("GET", "/export"): {"410", "422", "500", "503"} | KEYS,
    ("GET", "/articles"): {"410", "422", "500", "503"} | KEYS,
    ("GET", "/articles/{article_id}"): {"404", "500", "503"} | KEYS,
    ("GET", "/articles/{article_id}/similar"): {"404", "410", "422", "500", "503"} | KEYS,
    ("GET", "/passages/{passage_id}"): {"404", "500", "503"} | KEYS,
    ("POST", "/verify"): {"400", "404", "411", "413", "422", "500", "503"} | KEYS,
    ("GET", "/feed.atom"): {"304", "422", "500", "503"} | KEYS,
    ("GET", "/feed.rss"): {"304", "422", "500", "503"} | KEYS,
    ("GET", "/feed.json"): {"304", "422", "500", "503"} | KEYS,
    ("GET", "/stats"): {"500", "503"} | KEYS,
    ("GET", "/metrics"): KEYS,
    ("GET", "/readyz"): {"503"},
    ("GET", "/healthz"): set(),
}


def test_the_documented_statuses_are_those_that_are_tested() -> None:
    documented = {
        (method.upper(), path): set(operation["responses"]) - {"200", "default"}
        for path, operations in create_app(Settings()).openapi()["paths"].items()
        for method, operation in operations.items()
    }
    assert documented == DOCUMENTED


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/search?q=ferry"), ("POST", "/search"), ("GET", "/articles/ferry"), ("GET", "/stats")]
)
@pytest.mark.parametrize(("kind", "status"), [(IndexMissingError, 503), (EncoderError, 500), (RuntimeError, 500)])
def test_whatever_needs_an_index_that_cannot_be_opened_fails_with_a_documented_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, method: str, path: str, kind: type[Exception], status: int
) -> None:
    def fail(*_: object) -> NoReturn:
        raise kind("it failed")

    monkeypatch.setattr("search_api.search.live.open_searcher", fail)
    client = TestClient(create_app(Settings(index=tmp_path)), raise_server_exceptions=False)
    _error(client.request(method, path, json={"query": "ferry"} if method == "POST" else None), status)


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("F-35+%E2%80%8F+T%C3%BCrkiye", "F-35 \u200f Türkiye"),
        ("F-35%00", "F-35\x00"),
        ("F-35+%ED%A0%80", "F-35 \ufffd\ufffd\ufffd"),
        ("F-35+%FF%FE", "F-35 \ufffd\ufffd"),
        ("F-35+%zz%", "F-35 %zz%"),
    ],
)
def test_odd_bytes_in_an_address_are_read_as_far_as_they_go(seeds: TestClient, sent: str, understood: str) -> None:
    response = seeds.get(f"/search?q={sent}&min_relevance=0")
    assert (response.status_code, response.json()["query"]) == (200, understood)
    assert len(response.json()["hits"]) == 10


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        (rb"F-35 \u200f T\u00fcrkiye", "F-35 \u200f Türkiye"),
        (rb"F-35\u0000", "F-35\x00"),
        (rb"F-35 \ud800", "F-35 ?"),
        (rb"F-35 \udc00\ud800 x", "F-35 ?? x"),
        (rb"F-35 \ud83d\ude80", "F-35 🚀"),
    ],
)
def test_odd_characters_in_a_body_are_read_as_far_as_they_go(seeds: TestClient, sent: bytes, understood: str) -> None:
    response = seeds.post("/search", content=b'{"query": "' + sent + b'", "min_relevance": 0}', headers=JSON)
    assert (response.status_code, response.json()["query"]) == (200, understood)
    assert len(response.json()["hits"]) == 10


@pytest.mark.parametrize(
    "body",
    [
        rb'{"query": "\ud800"}',
        rb'{"query": "x", "language": "\ud800"}',
        rb'{"query": "x", "published_from": "\ud800"}',
        rb'{"query": "x", "\ud800": 1}',
        rb'{"query": "x", "limit": "\ud800"}',
    ],
)
def test_half_a_character_anywhere_else_is_422(client: TestClient, body: bytes) -> None:
    assert _error(client.post("/search", content=body, headers=JSON), 422)["code"].startswith("bad_")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_no_text_is_answered_with_a_500(seeds: TestClient, text: str) -> None:
    escaped = "".join(f"\\u{unit:04x}" for unit in memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))
    response = seeds.post("/search", content=f'{{"query": "{escaped}"}}', headers=JSON)
    assert response.status_code in {200, 422}
