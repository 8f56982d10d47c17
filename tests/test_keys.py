"""API keys: made, listed and revoked by a command, checked on the routes, and followed while the service runs."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder
from indexer.errors import SettingsError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.terminal.shell import run
from search_api import cli
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.access.guard import needs
from search_api.service.access.keys import KeyFile, find_key, parse_key
from search_api.service.access.rates import Rates
from search_api.service.server import check_exposure
from search_api.service.settings import Settings

Captured = pytest.CaptureFixture[str]
SEARCH = "/search?q=ferry"


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "config" / "keys.json")


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    build(write_jsonl({"id": "ferry", "text": "the ferry ran aground"}))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.fixture
def serving(searcher: IndexSearcher, file: KeyFile) -> Callable[..., TestClient]:
    def serving(**settings: Any) -> TestClient:
        return TestClient(create_app(Settings(keys=str(file.path), **settings), searcher=searcher))

    return serving


def _refused(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_a_key_is_told_once_and_kept_as_a_hash_that_only_its_owner_reads(file: KeyFile) -> None:
    made, key = file.add("newsroom", ["search"])
    parts = parse_key(key)
    assert parts is not None
    assert parts[0] == made.id
    assert parts[1] not in file.path.read_text()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.read() == [made]
    assert find_key(file.read(), *parts) == made
    assert find_key(file.read(), made.id, "A" * 43) is None
    assert find_key(file.read(), "00000000", parts[1]) is None


@pytest.mark.parametrize("text", ["", "dl_", "dl_0000000_" + "A" * 43, "dl_00000000_short", f"xx_00000000_{'A' * 43}"])
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert parse_key(text) is None


def test_without_keys_everything_is_open(serving: Callable[..., TestClient]) -> None:
    client = serving()
    assert [client.get(path).status_code for path in (SEARCH, "/articles/ferry", "/stats", "/metrics")] == [200] * 4


@pytest.mark.parametrize("headers", ["authorization", "x-api-key"])
def test_with_keys_a_route_wants_one_of_its_scope(
    serving: Callable[..., TestClient], file: KeyFile, headers: str
) -> None:
    keys = {scope: file.add(scope, [scope])[1] for scope in ("search", "export", "admin")}
    client = serving()

    def get(path: str, scope: str) -> httpx2.Response:
        value = f"bearer  {keys[scope]}" if headers == "authorization" else keys[scope]
        return client.get(path, headers={headers: value})

    assert {scope: get(SEARCH, scope).status_code for scope in keys} == {"search": 200, "export": 403, "admin": 403}
    assert {scope: get("/metrics", scope).status_code for scope in keys} == {"search": 403, "export": 403, "admin": 200}
    assert _refused(get(SEARCH, "admin")) == (403, "key_scope")
    assert get(SEARCH, "search").headers["cache-control"] == "no-store"


def test_without_a_valid_key_nothing_is_told(serving: Callable[..., TestClient], file: KeyFile) -> None:
    _, key = file.add("newsroom", ["search", "admin"])
    client = serving()
    for path in (SEARCH, "/articles/ferry", "/stats", "/metrics", "/articles//../../stats"):
        assert client.get(path).status_code == 401, path
        assert "aground" not in client.get(path).text
    missing = client.get(SEARCH)
    assert _refused(missing) == (401, "key_missing")
    assert missing.headers["www-authenticate"] == 'Bearer realm="dateline"'
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    for given in (wrong, "dl_ffffffff_" + "A" * 43, "hunter2", "é" * 20):
        assert _refused(client.get(SEARCH, headers={"X-API-Key": given.encode()})) == (401, "key_unknown")
    assert [client.get(path).status_code for path in ("/", "/healthz", "/readyz", "/docs")] == [200] * 4


def test_a_key_expires(serving: Callable[..., TestClient], file: KeyFile) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    past = datetime.now(UTC) - timedelta(seconds=1)
    _, valid = file.add("valid", ["search"], soon.isoformat())
    _, expired = file.add("expired", ["search"], past.isoformat())
    client = serving()
    assert client.get(SEARCH, headers={"X-API-Key": valid}).status_code == 200
    assert _refused(client.get(SEARCH, headers={"X-API-Key": expired})) == (401, "key_expired")


def test_keys_that_are_added_and_revoked_count_from_the_next_request_on(
    serving: Callable[..., TestClient], file: KeyFile
) -> None:
    client = serving()
    assert client.get(SEARCH).status_code == 200
    made, key = file.add("newsroom", ["search"])
    assert _refused(client.get(SEARCH)) == (401, "key_missing")
    assert client.get(SEARCH, headers={"X-API-Key": key}).status_code == 200
    file.revoke(made.id)
    assert _refused(client.get(SEARCH, headers={"X-API-Key": key})) == (401, "key_revoked")


@pytest.mark.parametrize("left", [None, b"", b"{}", b'{"keys": [{"id": 1}]}', b"\xff"])
def test_a_file_of_keys_that_is_lost_or_damaged_opens_nothing(
    serving: Callable[..., TestClient], file: KeyFile, left: bytes | None
) -> None:
    _, key = file.add("newsroom", ["search"])
    client = serving()
    assert client.get(SEARCH, headers={"X-API-Key": key}).status_code == 200
    file.path.unlink()
    if left is not None:
        file.path.write_bytes(left)
    assert _refused(client.get(SEARCH, headers={"X-API-Key": key})) == (401, "key_unknown")
    assert _refused(client.get(SEARCH)) == (401, "key_missing")


def test_a_scope_that_is_none_is_refused_where_the_route_is_declared(file: KeyFile) -> None:
    with pytest.raises(ValueError, match="'exprot' is not a valid Scope"):
        APIRouter(dependencies=[Depends(needs("exprot"))])
    with pytest.raises(SettingsError, match=r"^'exprot' is no scope of a key$") as caught:
        file.add("x", ["exprot"])
    assert caught.value.hint == "the scopes are search, export, admin"


def test_the_rate_of_a_key_is_bounded_and_says_when_to_ask_again(
    serving: Callable[..., TestClient], file: KeyFile
) -> None:
    keys = [file.add(name, ["search"])[1] for name in ("one", "other")]
    client = serving(rate_limit=6)
    answers = [client.get(SEARCH, headers={"X-API-Key": keys[0]}) for _ in range(2)]
    assert answers[0].status_code == 200
    assert _refused(answers[1]) == (429, "too_many_requests")
    assert answers[1].headers["retry-after"] == "10"
    assert client.get(SEARCH, headers={"X-API-Key": keys[1]}).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_the_rate_of_an_address_is_bounded_unless_it_is_this_machine(searcher: IndexSearcher, file: KeyFile) -> None:
    app = create_app(Settings(keys=str(file.path), rate_limit=6), searcher=searcher)
    far, near = (TestClient(app, client=(host, 5000)) for host in ("192.0.2.7", "127.0.0.1"))
    assert [far.get(SEARCH).status_code for _ in range(3)] == [200, 429, 429]
    assert [near.get(SEARCH).status_code for _ in range(3)] == [200] * 3
    assert TestClient(app, client=("2001:db8::7", 5000)).get(SEARCH).status_code == 200


def test_a_rate_fills_up_again_evenly_and_forgets_who_came_first(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("search_api.service.access.rates.time.monotonic", lambda: now[0])
    rates = Rates(60)
    assert [rates.ask("a") for _ in range(11)] == [0] * 10 + [1]
    now[0] += 1
    assert [rates.ask("a") for _ in range(2)] == [0, 1]
    now[0] += 60
    assert [rates.ask("a") for _ in range(11)] == [0] * 10 + [1]
    monkeypatch.setattr("search_api.service.access.rates.MOST_CLIENTS", 2)
    assert [rates.ask(who) for who in ("b", "c", "a")] == [0, 0, 0]
    assert Rates(0).ask("a") == 0


def test_the_commands_make_list_and_revoke_keys(file: KeyFile, capsys: Captured) -> None:
    def dateline(*arguments: str) -> tuple[int, str]:
        code = run(cli.app, "dateline", ["keys", *arguments, "--keys", str(file.path)])
        output = capsys.readouterr()
        return code, output.out + output.err

    assert dateline("list") == (0, f"no keys in {file.path}\n")
    code, out = dateline("add", "news room", "--scope", "search", "--scope", "export", "--expires", "90d", "--json")
    made = json.loads(out)
    assert (code, made["name"], made["scopes"], made["revoked"]) == (0, "news room", ["search", "export"], None)
    assert timedelta(days=89) < datetime.fromisoformat(made["expires"]) - datetime.now(UTC) <= timedelta(days=90)
    code, out = dateline("add", "reader")
    assert (code, out.splitlines()[0].startswith("dl_")) == (0, True)
    assert made["key"].rpartition("_")[2] not in dateline("list")[1] + dateline("list", "--json")[1]
    assert (
        dateline("list")[1].splitlines()[0] == f"{made['id']}  news room: search, export; valid until {made['expires']}"
    )
    code, out = dateline("revoke", made["id"])
    assert (code, out.startswith(f"{made['id']}  news room: revoked ")) == (0, True)
    assert dateline("revoke", "beef") == (
        2,
        "error: there is no key 'beef'\n  try: dateline keys list shows the ids\n",
    )
    assert dateline("add", "x", "--expires", "2001-01-01")[1].startswith("error: --expires '2001-01-01' has passed\n")
    assert dateline("add", "x", "--expires", "soon")[1].startswith("error: --expires 'soon' is no time\n")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example.org", ""])
def test_other_machines_are_let_in_only_with_keys_or_when_that_is_asked_for(host: str) -> None:
    with pytest.raises(SettingsError, match=f"^other machines can reach {host}, and there are no keys$") as caught:
        check_exposure(Settings(host=host), has_keys=False)
    assert "--without-keys" in caught.value.hint
    check_exposure(Settings(host=host), has_keys=True)
    check_exposure(Settings(host=host, without_keys=True), has_keys=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_no_keys(host: str) -> None:
    check_exposure(Settings(host=host), has_keys=False)


def test_serve_refuses_to_be_open_to_others(seed_index: Path, file: KeyFile, capsys: Captured) -> None:
    options = ["--host", "0.0.0.0", "--port", "0", "--index", str(seed_index), "--keys", str(file.path)]
    assert run(cli.app, "dateline", ["serve", *options]) == 2
    assert capsys.readouterr().err.startswith("error: other machines can reach 0.0.0.0, and there are no keys\n")
