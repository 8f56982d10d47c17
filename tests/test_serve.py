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
from contextlib import asynccontextmanager
from pathlib import Path
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

    with pytest.raises(DatelineError, match=r"^the service could not start$") as caught:
        serve(FastAPI(lifespan=fail), Settings(port=0))
    assert caught.value.exit_code == 1
