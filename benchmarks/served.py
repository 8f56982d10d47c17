"""A service that runs in a process of its own for a measurement, and the clients that put load on it."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

_LOAD = Path(__file__).resolve().parent / "load.py"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a client got."""

    seconds: float
    answers: list[tuple[int, float]]
    generations: list[str]
    mixed: int
    around: list[float]
    """For each answer the milliseconds that are not its search."""

    def times(self, status: int) -> list[float]:
        """The milliseconds of the answers of a status, from the shortest on."""
        return sorted(time for each, time in self.answers if each == status) or [0.0]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(status == 200 for status, _ in self.answers) / self.seconds


class Service:
    """``dateline serve`` in a process of its own."""

    def __init__(self, index: Path, log: Path) -> None:
        began = time.perf_counter()
        command = [sys.executable, "-c", "from search_api.cli import main; main()", "serve", "--port", "0"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--rate-limit", "0", "--index", str(index)], stdout=out, stderr=out
            )
        while not (found := re.search(r"running on (http://\S+) ", log.read_text())):
            if self.process.poll() is not None:
                raise SystemExit(log.read_text())
            time.sleep(0.01)
        self.address = found[1]
        with urlopen(f"{self.address}/readyz", timeout=60):
            self.ready_after = time.perf_counter() - began

    @property
    def megabytes(self) -> float:
        """The memory that the process holds of its own, without files that it maps."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) / 1024

    def load(self, queries: Path, mode: str, *numbers: float) -> Loaded:
        """Put load on it."""
        return _loaded(self._client(queries, mode, *numbers).communicate()[0])

    def load_while(self, act: Callable[[], None], queries: Path, mode: str, *numbers: float) -> Loaded:
        """Put load on it while something else is done."""
        client = self._client(queries, mode, *numbers)
        act()
        return _loaded(client.communicate()[0])

    def _client(self, queries: Path, mode: str, *numbers: float) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(_LOAD), self.address, str(queries), mode, *map(str, numbers)]
        return subprocess.Popen(command, stdout=subprocess.PIPE)


def _loaded(printed: bytes) -> Loaded:
    said = json.loads(printed)
    answers = [(status, time) for status, time in said["answers"]]
    return Loaded(said["seconds"], answers, said["generations"], said["mixed"], said["around"])


@contextmanager
def serving(index: Path, work: Path) -> Iterator[Service]:
    """Serve an index until the end of the context."""
    service = Service(index, work / "service.log")
    try:
        yield service
    finally:
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(30)
