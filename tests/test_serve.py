"""``dateline serve`` in a process of its own: it answers until it is ended, and ends cleanly."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

DEADLINE = 60


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
