"""Measure the service under load, with a client in a process of its own.

    python benchmarks/service.py INDEX [--queries FILE] [--seconds N] [--requests N] [--part NAME] [--json] [--quick]

INDEX is the folder of an index, best of 100,000 passages of real news: rebuild-index FOLDER --index INDEX. The queries
are a line each; without a file they are headlines of the index. The service runs as ``dateline serve`` does, on a free
port of this machine; client and service share its cores.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figures, figure, print_figures
from served import Service, serving

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.generations.layout import IndexLayout
from indexer.generations.store import current_id, generation_folder, open_current

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).resolve().parent.parent
_SWAPS = 30
_CONNECTIONS = 16
PARTS = ("search", "overload", "memory", "swaps")


def measure_search(service: Service, queries: Path, seconds: float) -> Figures:
    """Measure full answers to 16 connections, and what HTTP adds to one search alone."""
    service.load(queries, "connections", _CONNECTIONS, 3)
    found = service.load(queries, "connections", _CONNECTIONS, seconds)
    times = found.times(200)
    alone = service.load(queries, "requests", 1, 100)
    how = f"{_CONNECTIONS} connections, {found.seconds:.0f} s"
    one = f"one connection, {len(alone.around)} answers"
    return {
        "start to ready, s": figure(service.ready_after, 5, "lower", "from the command to /readyz"),
        "searches a second": figure(found.rate, 200, "higher", how),
        "p50, ms": figure(statistics.median(times), 40, "lower", how),
        "p99, ms": figure(times[int(0.99 * len(times))], 120, "lower", how),
        "not answered": figure(sum(status != 200 for status, _ in found.answers), 0, "lower", how),
        "alone, p50, ms": figure(statistics.median(alone.times(200)), None, "lower", one),
        "HTTP's share, p50, ms": figure(statistics.median(alone.around), 3, "lower", f"{one}, less their took_ms"),
    }


def measure_overload(service: Service, queries: Path, seconds: float) -> Figures:
    """Measure what is left of the capacity where four times as much is asked."""
    capacity = service.load(queries, "connections", _CONNECTIONS, min(15, seconds)).rate
    before = service.megabytes
    found = service.load(queries, "rate", 4 * capacity, seconds)
    how = f"{4 * capacity:.0f} requests a second, {seconds:.0f} s"
    refused = found.times(503)
    others = sum(status not in {200, 503} for status, _ in found.answers)
    return {
        "capacity, searches a second": figure(capacity, None, "higher", f"{_CONNECTIONS} connections"),
        "4x: answered of the capacity, %": figure(100 * found.rate / capacity, 90, "higher", how),
        "4x: p99 of the answers, ms": figure(found.times(200)[int(0.99 * len(found.times(200)))], None, "lower", how),
        "4x: p50 of the 503, ms": figure(statistics.median(refused), 50, "lower", how),
        "4x: p99 of the 503, ms": figure(refused[int(0.99 * len(refused))], 50, "lower", how),
        "4x: neither 200 nor 503": figure(others, 0, "lower", how),
        "4x: memory more, %": figure(100 * (service.megabytes / before - 1), 2, "lower", how),
    }


def measure_swaps(work: Path, index: Path, queries: Path, seconds: float) -> Figures:
    """Measure what is lost while two generations change places: the index, and one of the news that Dateline ships."""
    copied = work / "swapped"
    names = _side_by_side(index, copied, work)
    with serving(copied, work) as service:

        def swap() -> None:
            for number in range(_SWAPS):
                time.sleep(seconds / (_SWAPS + 2))
                _point(copied, names[(number + 1) % 2])

        found = service.load_while(swap, queries, "connections", 8, seconds)
    failed = sum(status != 200 for status, _ in found.answers)
    how = f"8 connections, {_SWAPS} swaps in {seconds:.0f} s"
    return {
        "swaps: failed": figure(failed, 0, "lower", how),
        "swaps: mixed answers": figure(found.mixed, 0, "lower", "queries answered in two ways by one generation"),
        "swaps: answered": figure(len(found.answers) - failed, None, "higher", how),
        "swaps: changes of the generation seen": figure(len(found.generations) - 1, None, "higher", how),
        "swaps: longest answer, ms": figure(found.times(200)[-1], None, "lower", how),
    }


def _side_by_side(index: Path, copied: Path, work: Path) -> tuple[str, str]:
    """Put a generation of an index and one of seeds/ into one folder, and return their names."""
    rebuild_index(BuildPlan([_ROOT / "seeds"], work / "seeds", open_encoder()))
    names = current_id(index), current_id(work / "seeds")
    for source, name in zip((index, work / "seeds"), names, strict=True):
        shutil.copytree(generation_folder(source, name), generation_folder(copied, name), copy_function=_linked)
    _point(copied, names[0])
    return names


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # of another file system
        shutil.copy2(source, target)


def _point(index: Path, generation: str) -> None:
    """Let a generation answer, as a rebuild does that publishes it."""
    layout = IndexLayout(index)
    pending = layout.current.with_name("pending")
    pending.write_text(f"{generation}\n", encoding="ascii")
    pending.replace(layout.current)


def measure_memory(service: Service, queries: Path, requests: int) -> Figures:
    """Measure what the process grows by over many requests, after a fifth of them has warmed it up."""
    service.load(queries, "requests", 8, requests // 5)
    before = service.megabytes
    service.load(queries, "requests", 8, requests)
    grown = 100 * (service.megabytes / before - 1)
    how = f"{requests:,} requests after {requests // 5:,}; {before:.0f} MB before"
    return {"memory more, %": figure(grown, 2, "lower", how)}


def headlines(index: Path, path: Path, number: int = 1000) -> None:
    """Write headlines of an index to a file, evenly taken, as queries."""
    titles = open_current(index).tables.article_column("title")
    found = [" ".join(title.split()) for title in titles if len(title.split()) > 3]
    if not found:
        raise SystemExit("the articles of this index have no headlines: name a file with --queries")
    path.write_text("\n".join(found[:: max(1, len(found) // number)]) + "\n", encoding="utf-8")


def measure(index: Path, queries: Path, work: Path, asked: argparse.Namespace) -> Figures:
    """Measure the parts that are asked for."""
    parts: dict[str, Callable[[Service], Figures]] = {
        "search": lambda service: measure_search(service, queries, asked.seconds),
        "overload": lambda service: measure_overload(service, queries, asked.seconds),
        "memory": lambda service: measure_memory(service, queries, asked.requests),
    }
    figures: Figures = {}
    for name, part in parts.items():
        if not asked.part or name in asked.part:
            with serving(index, work) as service:
                figures |= part(service)
    if not asked.part or "swaps" in asked.part:
        figures |= measure_swaps(work, index, queries, asked.seconds)
    return figures


def main() -> None:
    """Measure a service, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("index", type=Path, help="folder of an index")
    parser.add_argument("--queries", type=Path, help="a query a line; by default headlines of the index")
    parser.add_argument("--seconds", type=float, default=60, help="of each load (default: 60)")
    parser.add_argument("--requests", type=int, default=10_000, help="of the measurement of memory (default: 10,000)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="five seconds of each load, 500 requests")
    asked = parser.parse_args()
    if asked.quick:
        asked.seconds, asked.requests = 5, 500
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        queries = asked.queries or work / "queries"
        if not asked.queries:
            headlines(asked.index, queries)
        figures = measure(asked.index, queries, work, asked)
    passages = open_current(asked.index).manifest.passages
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    header = f"{passages:,} passages, {len(os.sched_getaffinity(0))} cores, load average afterwards {load}"
    print_figures(figures, header, asked.json)


if __name__ == "__main__":
    main()
