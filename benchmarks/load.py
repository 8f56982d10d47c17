"""A client that puts load on a service, in a process of its own: python benchmarks/load.py ADDRESS QUERIES MODE ...

    connections N SECONDS   N connections, each of which asks again as soon as it has its answer
    rate R SECONDS          R requests a second, whether or not the others have been answered
    requests N TOTAL        N connections, TOTAL requests in all

Prints one JSON object: for each request its status and milliseconds, which generations answered, how many queries were
answered in different ways from one generation, and for each answer the milliseconds that are not its search.
"""

import asyncio
import hashlib
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

_PASSAGE = re.compile(rb'"passage_id":"([^"]*)"')
_TOOK = re.compile(rb'"took_ms":([0-9.]+)')
_HEAD = "GET /search?q={} HTTP/1.1\r\nHost: {}\r\n\r\n"


class Load:
    """Requests to one service, and how they were answered."""

    def __init__(self, address: str, queries: Iterator[str]) -> None:
        place = urlsplit(address)
        self._host, self._port, self._netloc = place.hostname or "", place.port or 80, place.netloc
        self._queries = queries
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.answers: list[tuple[int, float]] = []
        self.generations: list[str] = []
        """In order of the answers: each that differs from the one before."""
        self._found: dict[tuple[str, str], set[bytes]] = {}
        """For each query and generation, what was found."""
        self.around: list[float] = []
        """For each answer the milliseconds that are not its search."""

    async def ask(self) -> None:
        """Ask one question on a connection that is free, or on a new one."""
        began = time.perf_counter()
        try:
            query = next(self._queries)
            status, body = await self._exchange(_HEAD.format(quote(query), self._netloc).encode())
        except (OSError, asyncio.IncompleteReadError):
            status, body = 0, b""
        self.answers.append((status, 1000 * (time.perf_counter() - began)))
        if status == 200:
            self._look_at(query, body)
            self.around.append(self.answers[-1][1] - float(_TOOK.findall(body)[-1]))

    @property
    def mixed(self) -> int:
        """Queries that were answered in different ways from one generation."""
        return sum(len(each) > 1 for each in self._found.values())

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        while True:
            is_kept = bool(self._idle)
            reader, writer = self._idle.pop() if is_kept else await asyncio.open_connection(self._host, self._port)
            try:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                break
            except (OSError, asyncio.IncompleteReadError) as error:
                begun = isinstance(error, asyncio.IncompleteReadError) and error.partial
                if begun or not is_kept:
                    raise  # else the service has closed a connection that was idle for long: every client asks again
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        body = await reader.readexactly(length)
        self._idle.append((reader, writer))
        return int(head[9:12]), body

    def _look_at(self, query: str, body: bytes) -> None:
        place = body.rindex(b'"generation":"') + 14
        generation = body[place : body.index(b'"', place)].decode()
        if generation not in self.generations[-1:]:
            self.generations.append(generation)
        passages = hashlib.sha256(b" ".join(_PASSAGE.findall(body))).digest()
        self._found.setdefault((query, generation), set()).add(passages)

    async def connections(self, number: int, seconds: float) -> None:
        """Keep so many requests in flight for so long."""
        end = time.perf_counter() + seconds

        async def go_on() -> None:
            while time.perf_counter() < end:
                await self.ask()

        await asyncio.gather(*(go_on() for _ in range(number)))

    async def requests(self, number: int, total: int) -> None:
        """Send so many requests in all, so many at a time."""
        left = iter(range(total))

        async def go_on() -> None:
            for _ in left:
                await self.ask()

        await asyncio.gather(*(go_on() for _ in range(int(number))))

    async def rate(self, a_second: float, seconds: float) -> None:
        """Send requests at an even rate."""
        began, asked = time.perf_counter(), set()
        for number in range(int(a_second * seconds)):
            await asyncio.sleep(max(0, began + number / a_second - time.perf_counter()))
            task = asyncio.create_task(self.ask())
            asked.add(task)
            task.add_done_callback(asked.discard)
        await asyncio.gather(*asked)


def main() -> None:
    """Put load on a service as the arguments say."""
    address, queries, mode, *numbers = sys.argv[1:]
    load = Load(address, itertools.cycle(Path(queries).read_text(encoding="utf-8").splitlines()))
    first, second = map(float, numbers)
    began = time.perf_counter()
    if mode == "rate":
        asyncio.run(load.rate(first, second))
    elif mode == "connections":
        asyncio.run(load.connections(int(first), second))
    else:
        asyncio.run(load.requests(int(first), int(second)))
    took = time.perf_counter() - began
    found = {"seconds": took, "answers": load.answers, "generations": load.generations, "mixed": load.mixed}
    print(json.dumps({**found, "around": load.around}))


if __name__ == "__main__":
    main()
