"""Build one search engine over a set of passages and ask it, in a process and an environment of its own.

    python benchmarks/peer_process.py ADAPTERS NAME SET

ADAPTERS is a file with a dictionary ``PEERS`` of adapters, NAME one of them, SET a folder that ``peers`` has written.
It prints one line of JSON. Besides the engine it needs only numpy.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MODES = ("dense", "text", "hybrid")
FILTERS = {"none": None, "10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001}
"""The shares of the passages that the filters let pass; every passage has a random day."""
DAYS = 1_000_000
"""The days are the numbers from 1 to this."""
TIMED, JUDGED = 10, 100
"""Hits that are asked for where the time is measured, and where the ranking is judged."""
Search = Callable[..., list[tuple[int, float]]]


def day_filter(share: float | None) -> dict[str, Any] | None:
    """Return the filter that lets a share of the passages pass."""
    return None if share is None else {"date": (1, int(share * DAYS))}


def load_adapters(path: Path) -> Any:
    """Load a file of adapters as a module."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("adapters", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["adapters"] = module
    spec.loader.exec_module(module)
    return module


def resident() -> int:
    """Return the bytes of memory that this process holds, with the pages of mapped files."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def timed_searches(search: Search, queries: list[dict[str, Any]], vectors: Any) -> dict[str, Any]:
    """Ask the queries in each mode and with each filter; return the rows found, and the milliseconds."""
    found: dict[str, Any] = {}
    for mode in ("dense", "hybrid"):
        for name, share in FILTERS.items():
            rows, took = [], []
            for number, query in enumerate(queries):
                began = time.perf_counter()
                hits = search(vectors[number], query["text"], TIMED, day_filter(share), mode)
                took.append(1000 * (time.perf_counter() - began))
                rows.append([row for row, _ in hits])
            half = took[len(took) // 2 :]  # the first half warms it up
            found[f"{mode}, {name}"] = {"rows": rows, "p50": np.percentile(half, 50), "p95": np.percentile(half, 95)}
    return found


def measure(adapters: Path, name: str, folder: Path) -> dict[str, Any]:
    """Build the engine, ask it all queries of the set, and return what was measured."""
    module = load_adapters(adapters)
    vectors = np.load(folder / "vectors.npy")
    passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text().splitlines()]
    texts, work = [passage.pop("text") for passage in passages], Path(tempfile.mkdtemp())
    before, began, used = resident(), time.perf_counter(), time.process_time()
    peer = module.PEERS[name](work)
    peer.build(vectors, texts, passages)
    found: dict[str, Any] = {
        "build": time.perf_counter() - began,
        "processor": time.process_time() - used,
        "disk": peer.disk(),
        "timed": {},
        "judged": {},
    }

    def search(*asked: Any) -> list[tuple[int, float]]:
        try:
            answer: list[tuple[int, float]] = peer.search(*asked)
        except Exception as error:
            if type(error).__name__ != "NotSupported":
                raise
            return []
        return answer

    for number, group in enumerate(json.loads((folder / "groups.json").read_text())):
        asked = np.load(folder / f"queries{number}.npy")
        if number == 0:
            found["timed"] = timed_searches(search, group["queries"], asked)
        for mode in MODES:
            found["judged"][f"{group['name']}, {mode}"] = [
                [row for row, _ in search(asked[place], query["text"], JUDGED, None, mode)]
                for place, query in enumerate(group["queries"])
            ]
    found["memory"] = resident() - before
    peer.close()
    shutil.rmtree(work)
    return found


def main() -> None:
    """Measure one engine on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    adapters, name, folder = sys.argv[1:]
    print(json.dumps(measure(Path(adapters), name, Path(folder)), default=float))


if __name__ == "__main__":
    main()
