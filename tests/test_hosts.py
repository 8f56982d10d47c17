"""While a service has no keys, it answers only to names of its machine: a page of a stranger may bear any other."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.service.access.hosts import host_of
from search_api.service.access.keys import KeyFile
from search_api.service.settings import Settings


def _client(**settings: object) -> TestClient:
    return TestClient(create_app(Settings(**settings)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:9",
        "[::1]",
        "[::1]:8000",
        "news.example:443",
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/web/page.js", "/docs"])
def test_its_own_names_are_answered_at_any_port(host: str, path: str) -> None:
    client = _client(allowed_hosts="news.example")
    assert client.get(path, headers={"Host": host}).status_code == 200
    assert client.get(path, headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1", "[", "::1",
        "192.0.2.1", "localhost@evil.example", "evil.example@localhost", "localhost/x", "localhost:99999",
        "localhost:x", "0x7f.1", "locаlhost",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz", "/search?q=ferry", "/web/page.js", "/nothing"])
def test_a_foreign_name_is_421_wherever_it_asks(host: str, path: str) -> None:
    response = _client().get(path, headers={"Host": host.encode()})
    assert (response.status_code, response.json()["error"]["code"]) == (421, "host_not_allowed")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "file://", "http://", "http://localhost.evil.example"]
)
def test_a_foreign_origin_is_403(origin: str) -> None:
    response = _client().post("/search", json={"query": "ferry"}, headers={"Origin": origin})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "origin_not_allowed")


def test_the_address_that_is_listened_on_is_a_name_and_of_all_addresses_each() -> None:
    assert _client(host="192.0.2.1").get("/healthz", headers={"Host": "192.0.2.1:8000"}).status_code == 200
    everywhere = _client(host="0.0.0.0", without_keys=True)
    assert everywhere.get("/healthz", headers={"Host": "192.0.2.9:8000"}).status_code == 200
    assert everywhere.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_where_there_are_keys_any_name_will_do(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    file.add("newsroom", ["search"])
    client = _client(keys=str(file.path))
    assert client.get("/healthz", headers={"Host": "news.example"}).status_code == 200
    assert client.get("/stats", headers={"Host": "news.example"}).status_code == 401


def test_a_host_without_its_port() -> None:
    assert [host_of(each) for each in (b"A.example:80", b"[2001:DB8::1]:9", b"a b", b"\xff")] == [
        "a.example", "2001:db8::1", "a b", "",
    ]  # fmt: skip
