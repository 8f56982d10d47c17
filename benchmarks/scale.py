"""Measure how the cost of a search grows with the corpus, on one core.

    python benchmarks/scale.py WORK [--data DIR] [--passages N]... [--queries N] [--json] [--quick]

DIR holds the labelled sets. The corpora are all of their articles, then edited repetitions (see ``edited``), whose
vectors are resampled and not computed (see ``resampled``): with sizes beyond the real articles, the recall is that of a
corpus which is made up in part. Indexes are built in WORK with the builder of a rebuild, unless they are there in
today's format, and are kept there; a million passages need 15 GB while they are built. The queries are headlines, and
for a cold query names, of articles that are in no corpus. Every index is measured in a process of its own on one core;
where others use the machine too, the processor's time beside each figure says more than the time on the clock.

--quick: 1,000 and 4,000 passages, 30 queries.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from figures import Figures, figure, print_figures
from news import DATA
from scale_build import Place
from scale_corpus import ScaleCorpus
from scale_measures import WITHOUT
from served import serving

from indexer.generations.store import current_id, generation_folder

SIZES = (10_000, 100_000, 1_000_000)
TARGETS = {10_000: (2, None), 100_000: (8, 12), 1_000_000: (15, 30), 10_000_000: (50, 100)}
"""What is wanted of the ranking of a warm query, p50 and p95 in milliseconds, by the number of passages."""
_HERE = Path(__file__).resolve().parent
_QUICK = (1000, 4000)
Found = dict[str, Any]


def measured(data: Path, place: Place, queries: int) -> Found:
    """Build the index of one size unless it is ready, measure it, and return both."""
    if not place.is_ready:
        _run("scale_build.py", data, place.work, place.passages)
    found: Found = json.loads(_run("scale_measures.py", data, place.index, queries).splitlines()[-1])
    folder = generation_folder(place.index, current_id(place.index))
    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    with tempfile.TemporaryDirectory() as work, serving(place.index, Path(work)) as service:
        found |= {"ready": service.ready_after, "resident": service.megabytes}
    built = json.loads(place.built.read_text(encoding="utf-8"))
    return found | {"files": files, "built": built, "wanted": place.passages}


def _run(script: str, *arguments: object) -> str:
    """Run one of the other files in a process of its own, with one thread."""
    command = [sys.executable, str(_HERE / script), *map(str, arguments)]
    environment = os.environ | {"DATELINE_THREADS": "1"}
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=environment).stdout


def size_figures(found: Found) -> Figures:
    """Return the figures of one index."""
    passages, wanted = found["built"]["passages"], TARGETS.get(found["wanted"], (None, None))
    name, how = f"{passages:,}", f"{found['queries']} headlines of articles that are not in the index"
    figures = _query_figures(found, name, how, wanted)
    for share, scope in found["recall"].items():
        same = f"{found['filtered'][share][0]:.1f} ms to answer, p50; nominated in {scope['ms']:.2f} ms of"
        figures[f"{name}: {share} pass, recall@10 of the nominated"] = figure(
            scope["recall"], None, "higher", f"{same} {scope['passages']:,} passages"
        )
    memory = found["memory"]
    how = f"tracemalloc's peak, median of {len(memory)} searches, most {max(memory) / 1e6:.1f}; without FAISS's own"
    figures[f"{name}: memory of a request, MB"] = figure(statistics.median(memory) / 1e6, None, "lower", how)
    how = f"`dateline serve` to /readyz; in a process that runs {found['open']:.2f} s; then {found['resident']:.0f} MB"
    figures[f"{name}: start to ready, s"] = figure(found["ready"], None, "lower", how)
    return figures | _file_figures(found, name) | _build_figures(found["built"], name)


def _query_figures(found: Found, name: str, how: str, wanted: tuple[float | None, float | None]) -> Figures:
    figures: Figures = {}
    kinds = {
        "rank a warm query": ("warm", "rank", f"the ranker, as deep as the search goes; {how}", wanted),
        "answer a warm query": ("warm", WITHOUT, "all but encoding: ranking, hits and counts", (None, None)),
        "encode a warm query": ("warm", "encode", "the same headlines", (None, None)),
        "search a name for the first time": (
            "cold",
            "search",
            f"{found['names']} names, encoding included",
            (None, None),
        ),
    }
    for kind, (queries, stage, told, targets) in kinds.items():
        worked = found[queries][f"{stage}, processor"]
        for place, part in enumerate(("p50", "p95")):
            figures[f"{name}: {kind}, {part} ms"] = figure(
                found[queries][stage][place], targets[place], "lower", f"{worked[place]:.1f} of the processor; {told}"
            )
    return figures


def _file_figures(found: Found, name: str) -> Figures:
    files, passages = found["files"], found["built"]["passages"]
    ordered = sorted(files.items(), key=lambda each: -each[1])
    how = ", ".join(f"{file} {size / passages:,.0f}" for file, size in ordered if size >= passages)
    return {f"{name}: bytes on disk a passage": figure(sum(files.values()) / passages, None, "lower", how)}


def _build_figures(built: Found, name: str) -> Figures:
    stages = ", ".join(f"{stage} {seconds:,.0f} s" for stage, seconds in built["stages"].items())
    made = f"{built['resampled']:,} texts resampled, {built['encoded']:,} encoded"
    figures = {
        f"{name}: build, s": figure(built["seconds"], None, "lower", f"one thread; {stages}; {made}"),
        f"{name}: memory of the build, MB": figure(built["memory"] / 1e6, None, "lower", "without mapped files"),
    }
    if compared := built.get("cosines of edits"):
        apart = max(abs(one - other) for one, other in zip(compared["really"], compared["resampled"], strict=True))
        how = "percentiles {percentiles}: really {really}, resampled {resampled}".format(**compared)
        figures[f"{name}: cosine of an edit to its base, largest difference"] = figure(apart, 0.05, "lower", how)
    return figures


def growth_figures(found: list[Found]) -> Figures:
    """Return how the processor time of an answer grows from each size to the next."""
    figures: Figures = {}
    for small, large in pairwise(found):
        sizes = [each["built"]["passages"] for each in (small, large)]
        costs = [each["warm"][f"{WITHOUT}, processor"][0] for each in (small, large)]
        times, dearer = sizes[1] / sizes[0], costs[1] / costs[0]
        figures[f"{sizes[0]:,} to {sizes[1]:,}: growth of the cost"] = figure(
            dearer,
            times**0.5,
            "lower",
            f"{times:.1f} times the passages; the exponent is {math.log(dearer, times):.2f}",
        )
    return figures


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="folder in which the indexes are built and kept")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the labelled sets")
    parser.add_argument("--passages", type=int, action="append", metavar="N", help="about how many; may be repeated")
    parser.add_argument("--queries", type=int, default=150, metavar="N", help="of each kind (default: 150)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="two small corpora and 30 queries")
    asked = parser.parse_args()
    queries = 30 if asked.quick else asked.queries
    sizes = sorted(asked.passages or (_QUICK if asked.quick else SIZES))
    print_figures(scale_figures(asked.data, asked.work, sizes, queries), _header(), asked.json)


def scale_figures(data: Path, work: Path, sizes: list[int], queries: int) -> Figures:
    """Measure indexes of about these many passages, each in turn."""
    work.mkdir(parents=True, exist_ok=True)
    if max(sizes) > ScaleCorpus.read(data).real_passages and not Place(work, 0).is_ready:
        _run("scale_build.py", data, work, 0)
    found = [measured(data, Place(work, passages), queries) for passages in sizes]
    figures: Figures = {}
    for each in found:
        figures |= size_figures(each)
    return figures | growth_figures(found)


def _header() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Ranking on one core; load average of the machine afterwards {load}"


if __name__ == "__main__":
    main()
