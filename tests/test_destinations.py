"""Nothing is fetched from this machine or from private networks unless that is allowed, however it is disguised."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from indexer import cli
from indexer.errors import SourceError
from indexer.sources.files import Choice
from indexer.sources.inputs import FeedAddress, find_inputs
from indexer.sources.web import connections
from indexer.sources.web.client import Client, FetchError, PrivateAddressError
from indexer.sources.web.destinations import is_private_by_name, is_public
from indexer.sources.web.fetch import Fetcher
from indexer.terminal.shell import run

ADVICE = "of this machine or of a private network: rebuild-index --allow-private fetches from there too"
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.0.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "fec0::1",
    "2001:db8::1",
    "3fff::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:53aa:64c::1",
]
HERE = ["127.1", "2130706433", "0x7f.1", "0", "localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::ffff:10.0.0.1]"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", HERE)
def test_an_address_that_a_user_types_is_refused_at_once_with_the_option(host: str) -> None:
    feed = f"http://{host}:8080/feed"
    assert is_private_by_name(feed)
    with pytest.raises(SourceError, match="is of this machine or of a private network") as caught:
        find_inputs([feed], Choice())
    assert caught.value.hint == f"rebuild-index --allow-private {feed}"
    assert find_inputs([feed], Choice(allow_private=True)).read == (FeedAddress(feed),)


@pytest.mark.parametrize("feed", ["https://bote.example/feed", "http://8.8.8.8/", "http://[::1", "http://mylocalhost/"])
def test_other_addresses_are_looked_at_when_they_are_fetched(feed: str) -> None:
    assert find_inputs([feed], Choice()).read == (FeedAddress(feed),)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))  # type: ignore[attr-defined]
        self.send_response(200 if self.path == "/page" else 302 if self.path == "/away" else 404)
        if self.path == "/away":
            self.send_header("Location", self.server.elsewhere)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Which addresses each host has; a list of several is given one after the other, as by a name that changes."""
    known: dict[str, list[str]] = {}

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host not in known:
            return resolving(host, port, type=socket.SOCK_STREAM)
        address = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in address.split()]

    resolving = socket.getaddrinfo
    monkeypatch.setattr(connections.socket, "getaddrinfo", resolve)
    return known


@pytest.fixture
def taken_for_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take 127.0.0.1 for a public address, so that a server of the test can stand for one; 127.0.0.2 stays private."""
    monkeypatch.setattr("indexer.sources.web.client.is_public", lambda address: address == "127.0.0.1")


def _port(server: ThreadingHTTPServer) -> int:
    return int(server.server_address[1])


def test_a_host_that_leads_here_is_not_asked(server: ThreadingHTTPServer, names: dict[str, list[str]]) -> None:
    names["inner.example"] = ["127.0.0.1"]
    url = f"http://inner.example:{_port(server)}/page"
    with pytest.raises(FetchError) as caught:
        Fetcher(None, sleep=lambda _: None).get(url)
    assert str(caught.value) == f"{url} is not fetched: inner.example leads to 127.0.0.1, an address {ADVICE}"
    assert server.asked == []  # type: ignore[attr-defined]
    assert Fetcher(None, allow_private=True, sleep=lambda _: None).get(url).url == url


@pytest.mark.usefixtures("taken_for_public")
def test_a_redirect_that_leads_here_is_not_followed(server: ThreadingHTTPServer, names: dict[str, list[str]]) -> None:
    names |= {"bote.example": ["127.0.0.1"], "inner.example": ["127.0.0.2"]}
    server.elsewhere = f"http://inner.example:{_port(server)}/page"  # type: ignore[attr-defined]
    with pytest.raises(FetchError, match=f"is not fetched: inner.example leads to 127.0.0.2, an address {ADVICE}$"):
        Fetcher(None, sleep=lambda _: None).get(f"http://bote.example:{_port(server)}/away")
    assert [path for _, path in server.asked] == ["/robots.txt", "/away"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("taken_for_public")
def test_a_name_that_changes_its_address_is_looked_at_again_for_each_connection(
    server: ThreadingHTTPServer, names: dict[str, list[str]]
) -> None:
    """A connection is made to the address that was looked at, never to one that the name has got since."""
    names["bote.example"] = ["127.0.0.1", "127.0.0.2"]
    client, url = Client(sleep=lambda _: None), f"http://bote.example:{_port(server)}/page"
    assert client.ask(url).status == 200
    client.close()
    with pytest.raises(PrivateAddressError, match=r"bote\.example leads to 127\.0\.0\.2"):
        client.ask(url)
    assert server.asked == [(f"bote.example:{_port(server)}", "/page")]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("taken_for_public")
def test_of_several_addresses_only_public_ones_are_asked(
    server: ThreadingHTTPServer, names: dict[str, list[str]]
) -> None:
    names["bote.example"] = ["127.0.0.2 127.0.0.1"]
    assert Client(sleep=lambda _: None).ask(f"http://bote.example:{_port(server)}/page").status == 200


@pytest.mark.usefixtures("taken_for_public")
def test_an_encrypted_server_is_still_asked_by_its_name(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def wrap(_: ssl.SSLContext, sock: socket.socket, **options: Any) -> socket.socket:
        asked.append((sock.getpeername()[0], options["server_hostname"]))
        raise ssl.SSLError("enough is known")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    names["bote.example"] = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(FetchError, match="enough is known"):
        Client(sleep=lambda _: None).ask(f"https://bote.example:{listening.getsockname()[1]}/")
    assert asked == [("127.0.0.1", "bote.example")]


def test_a_server_that_drips_while_encryption_begins_is_left(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte of a handshake begins the timeout of a socket anew."""
    monkeypatch.setattr("indexer.sources.web.client._DEADLINE", 0.3)
    names["bote.example"] = ["127.0.0.1"]
    ended: list[str] = []

    def drip(listening: socket.socket) -> None:
        with listening.accept()[0] as connected:
            connected.settimeout(0.02)
            connected.sendall(b"\x16\x03\x03\x40\x00")  # a message of 16 KiB begins
            for _ in range(200):
                try:
                    connected.sendall(b"\x02")
                    if connected.recv(4096) == b"":
                        ended.append("left by the client")
                        return
                except TimeoutError:
                    continue
                except OSError:
                    ended.append("left by the client")
                    return
            ended.append("never left")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=drip, args=(listening,))
        server.start()
        with pytest.raises(FetchError, match=r"is not done after 0\.3 seconds$"):
            Client(allow_private=True, sleep=lambda _: None).ask(f"https://bote.example:{listening.getsockname()[1]}/")
        server.join()
    assert ended == ["left by the client"]


def test_proxies_of_the_environment_are_not_used(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    url = f"http://127.0.0.1:{_port(server)}/page"
    assert Client(allow_private=True, sleep=lambda _: None).ask(url).status == 200


@pytest.mark.parametrize("allowed", ["--allow-private", "DATELINE_ALLOW_PRIVATE"])
def test_what_is_allowed_once_is_allowed_for_the_rebuilds_of_this_index(
    server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: str, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    Path("news/a.txt").write_text("The ferry ran aground on Thursday.")
    feed = f"http://127.0.0.1:{_port(server)}/page"
    arguments = ["news", feed]
    if allowed.startswith("-"):
        arguments.append(allowed)
    else:
        monkeypatch.setenv(allowed, "1")
    assert run(cli.app, "rebuild-index", arguments) == 0
    monkeypatch.delenv("DATELINE_ALLOW_PRIVATE", raising=False)
    assert run(cli.app, "rebuild-index", ["--dry-run"]) == 0
    assert "/page" in capsys.readouterr().out
    assert run(cli.app, "rebuild-index", ["--dry-run", "--no-allow-private"]) == 2
    assert f"try: rebuild-index --allow-private {feed}" in capsys.readouterr().err


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr("indexer.sources.web.client._PAUSE", 0.0)
    return lambda: None
