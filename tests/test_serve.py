"""``dateline serve`` answers until it is ended and ends cleanly; an address that it cannot use is an error."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from fastapi import FastAPI

from indexer.errors import AddressError, DatelineError
from indexer.terminal.shell import run
from search_api import cli
from search_api.service.server import listen, serve
from search_api.service.settings import Settings

DEADLINE = 600


@pytest.fixture
def serving(seed_index: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """``dateline serve`` in a process of its own, and its address."""
    command = [sys.executable, "-c", "from search_api.cli import main; main()", "serve", "--port", "0"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "--index", str(seed_index)], stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process, _address(process, log)
    finally:
        process.kill()
        process.wait(DEADLINE)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + DEADLINE
    while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+) ", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return found[1]


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
def test_serve_answers_until_it_is_ended(
    serving: tuple[subprocess.Popen[bytes], str], ending: signal.Signals, code: int, tmp_path: Path
) -> None:
    process, address = serving
    with urlopen(f"{address}/healthz", timeout=DEADLINE) as response:
        assert json.load(response) == {"status": "ok"}
    with urlopen(f"{address}/search?q=F-35+T%C3%BCrkiye&limit=1", timeout=DEADLINE) as response:
        assert json.load(response)["hits"][0]["article_id"] == "000_bfaee044f52e0d90"
    process.send_signal(ending)
    assert process.wait(DEADLINE) == code
    log = (tmp_path / "log").read_text()
    assert "Finished server process" in log
    assert "Traceback" not in log


def test_it_ends_in_ten_seconds_whatever_clients_do(
    serving: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, address = serving
    port = int(address.rpartition(":")[2])
    head = b"Host: localhost\r\nContent-Type: application/json\r\n"
    half = [
        b"",
        b"GET /se",
        b"GET /healthz HTTP/1.1\r\n" + head,
        b"POST /search HTTP/1.1\r\n" + head + b'Content-Length: 900\r\n\r\n{"query": "fer',
        b"GET /web-docs/swagger-ui-bundle.js HTTP/1.1\r\n" + head + b"\r\n",
    ]
    clients = [socket.create_connection(("127.0.0.1", port), DEADLINE) for _ in range(20)]
    for number, client in enumerate(clients):
        client.sendall(half[number % len(half)])
    with urlopen(f"{address}/healthz", timeout=DEADLINE):  # all before it have been read
        process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(DEADLINE) == -signal.SIGTERM
    assert time.monotonic() - began < 10
    for client in clients:
        client.close()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
def test_a_full_disk_below_its_log_disturbs_no_request(seed_index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from search_api.cli import main; main()", "serve", "--port", str(port)]
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen([*command, "--index", str(seed_index)], stdout=full, stderr=full)
    try:
        answers = [json.load(_opened(process, f"http://127.0.0.1:{port}{path}")) for path in ("/healthz", "/stats")]
        assert answers[0] == {"status": "ok"}
        assert answers[1]["articles"] == 101
        with _opened(process, f"http://127.0.0.1:{port}/metrics") as response:
            lost = re.search(rb"^dateline_log_lines_lost ([0-9.]+)$", response.read(), re.MULTILINE)
        assert lost is not None
        assert float(lost[1]) >= 3
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
    finally:
        process.kill()
        process.wait(DEADLINE)


def _opened(process: subprocess.Popen[bytes], address: str) -> Any:
    """Return the response of a server, once it listens."""
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return urlopen(address, timeout=DEADLINE)
        except URLError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_port_in_use_is_an_error_with_a_way_out(
    taken: int, seed_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli.app, "dateline", ["serve", "--port", str(taken), "--index", str(seed_index)]) == 1
    assert capsys.readouterr() == (
        "",
        f"error: cannot listen on 127.0.0.1:{taken}: address already in use\n"
        f"  try: --port 0 for a free port, or another port such as --port {taken + 1}\n",
    )


@pytest.mark.parametrize(
    ("host", "message", "hint"),
    [
        (
            "192.0.2.1",
            "cannot listen on 192.0.2.1:8000: cannot assign requested address",
            "--host 127.0.0.1, or --host 0.0.0.0 for every address of this machine",
        ),
        (
            "no.such.host.invalid",
            "cannot listen on no.such.host.invalid:8000: the host is not known",
            "--host 127.0.0.1, or another address or name of this machine",
        ),
        (
            "a" * 70,
            f"cannot listen on {'a' * 70}:8000: the host is not known",
            "--host 127.0.0.1, or another address or name of this machine",
        ),
    ],
)
def test_a_host_that_is_not_of_this_machine_is_an_error(host: str, message: str, hint: str) -> None:
    with pytest.raises(AddressError, match=f"^{re.escape(message)}$") as caught:
        listen(host, 8000)
    assert (caught.value.hint, caught.value.exit_code) == (hint, 1)


def test_a_port_that_only_root_may_use_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs the tests may be root, so the refusal of the system is put in its place."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(AddressError, match=r"^cannot listen on \[::1\]:80: permission denied$") as caught:
        listen("::1", 80)
    assert caught.value.hint == "--port 8000, or another port from 1024"


@pytest.mark.parametrize("ipv6", [True, False])
def test_every_address_of_a_host_is_listened_on_at_one_port(ipv6: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is IPv6 depends on the machine, so the second address is only noted."""
    asked: list[tuple[str, int]] = []
    create = socket.create_server

    def note(address: tuple[str, int], *, family: int) -> socket.socket:
        asked.append(address)
        if family == socket.AF_INET6 and not ipv6:
            raise OSError(errno.EADDRNOTAVAIL, "no IPv6")
        return create(("127.0.0.1", 0))

    families = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}
    both = [(family, socket.SOCK_STREAM, 6, "", (host, 0)) for host, family in families.items()]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    monkeypatch.setattr(socket, "create_server", note)
    sockets = listen("localhost", 0)
    assert asked == [("127.0.0.1", 0), ("::1", sockets[0].getsockname()[1])]
    assert len(sockets) == 1 + ipv6
    for each in sockets:
        each.close()


def test_a_service_that_cannot_start_is_an_error_of_its_own() -> None:
    @asynccontextmanager
    async def fail(_: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("no")
        yield

    with (
        ThreadPoolExecutor(1) as thread,  # of its own: the tests of the page leave their loop running in this one
        pytest.raises(DatelineError, match=r"^the service could not start$") as caught,
    ):
        thread.submit(serve, FastAPI(lifespan=fail), Settings(port=0)).result()
    assert caught.value.exit_code == 1
