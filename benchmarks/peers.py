"""Compare Dateline with other search engines that run in one process: same passages, vectors, queries, and one core.

    python benchmarks/peers.py --peers FOLDER --python PYTHON [--data DIR] [--set SET]... [--peer PEER]... [--queries N]
                               [--cache DIR] [--json]

FOLDER holds peers.py, the adapters. The engines are no dependencies of Dateline. They are installed in an environment
of their own, whose interpreter PYTHON is:

    python -m venv peers-env
    peers-env/bin/pip install lancedb chromadb qdrant-edge-py bm25s tantivy faiss-cpu txtai

Each engine is built and asked in a process of its own. Vectors are those of the embedded encoder, computed beforehand;
times are of the ranking alone, and encoding a query is measured apart. ``dense`` is by vectors alone, ``text`` by words
alone, ``hybrid`` each engine's own combination. Recall is that of ``dense`` against a comparison with all vectors that
pass the filter; Dateline's is that of the passages it nominates. Figures of the quality are nDCG@10; in masakhane the
document is the article. The best value of each column has a star.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from asking import ndcg
from figures import Figures, figure, print_figures
from news import DATA
from peer_process import FILTERS, MODES
from peer_sets import SETS, PeerSet, Sets
from rich.console import Console
from rich.table import Table

OURS = "dateline"
NAMES = (OURS, "qdrant-edge", "lancedb", "chroma", "txtai", "faiss+bm25s", "faiss+tantivy")
_HERE = Path(__file__).resolve().parent
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "DATELINE_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_SECONDS = 3600


def run_peer(name: str, peers: Path, python: str, folder: Path) -> dict[str, Any] | str:
    """Build and ask one engine in its own process; return what was measured, or why there is nothing."""
    adapters, interpreter = (
        (peers / "peers.py", python) if name != OURS else (_HERE / "dateline_peer.py", sys.executable)
    )
    command = [interpreter, str(_HERE / "peer_process.py"), str(adapters), name, str(folder)]
    environment = os.environ | _ONE_THREAD | ({} if name == OURS else {"PYTHONPATH": ""})
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return f"not ready after {_SECONDS:,} s"
    except subprocess.CalledProcessError as error:
        return (str(error.stderr).strip().splitlines() or [f"ended with {error.returncode}"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def peer_figures(written: PeerSet, found: dict[str, Any]) -> Figures:
    """Return the figures of one engine on one set, by the name of the column."""
    count = len(written.vectors)
    figures = {
        "build, s": figure(found["build"], None, "lower", f"{found['processor']:.0f} of the processor"),
        "memory, MB": figure(found["memory"] / 1e6, None, "lower", "of the process, more than before the build"),
        "disk, MB": figure(found["disk"] / 1e6, None, "lower", f"{count:,} passages"),
    }
    for share, number in FILTERS.items():
        exact = written.exact(number)
        for mode in ("dense", "hybrid"):
            timed = found["timed"][f"{mode}, {share}"]
            if not any(timed["rows"]):
                continue
            where = mode if number is None else f"{mode}, {share} pass"
            figures[f"{where}, p50 ms"] = figure(timed["p50"], None, "lower", f"p95 {timed['p95']:.2f}")
            if mode == "dense":
                recalls = [
                    np.isin(one, other).mean() for one, other in zip(exact, timed["rows"], strict=True) if one.size
                ]
                figures[f"{where}, recall@10"] = figure(
                    float(np.mean(recalls)), None, "higher", f"{len(recalls)} queries"
                )
    for group in written.groups:
        for mode in MODES:
            rankings = [np.array(rows, np.int64) for rows in found["judged"][f"{group.name}, {mode}"]]
            if any(ranking.size for ranking in rankings):
                values = group.asker.values(rankings, group.relevant, ndcg)
                how = f"{values.size} queries"
                figures[f"{group.name}, {mode}, nDCG@10"] = figure(float(values.mean()), None, "higher", how)
    return figures


def print_table(name: str, compared: dict[str, Figures], console: Console) -> None:
    """Print a row for each figure and a column for each engine, with a star at the best, and say where a peer wins."""
    table = Table("", *compared, box=None)
    rows = dict.fromkeys(row for figures in compared.values() for row in figures)
    lost = []
    for row in rows:
        values = {peer: figures[row]["value"] for peer, figures in compared.items() if row in figures}
        better = next(figures[row]["better"] for figures in compared.values() if row in figures)
        best = max(values.values()) if better == "higher" else min(values.values())
        cells = [
            f"{values[peer]:.4g}{'*' if values[peer] == best else ''}" if peer in values else "-" for peer in compared
        ]
        table.add_row(row, *cells)
        winners = [peer for peer, value in values.items() if value == best]
        if OURS in values and OURS not in winners:
            lost.append(f"{row} ({', '.join(winners)})")
    console.print(name, highlight=False)
    console.print(table)
    console.print(f"Where a peer wins: {'; '.join(lost) or 'nowhere'}\n", highlight=False)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True, help="folder of the adapters")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the environment of the engines")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the labelled sets")
    parser.add_argument("--set", action="append", choices=SETS, help="only this; may be repeated")
    parser.add_argument("--peer", action="append", choices=NAMES[1:], help="only this; may be repeated")
    parser.add_argument(
        "--queries", type=int, default=300, metavar="N", help="of each kind, evenly taken (default: 300)"
    )
    parser.add_argument("--cache", type=Path, help="keep vectors here, so that a second run encodes nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the tables")
    asked = parser.parse_args()
    console, all_figures = Console(width=170, stderr=asked.json), Figures()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sets = Sets(asked.data, work, (asked.cache or work / "cache").resolve(), asked.queries)
        encoding = figure(
            sets.encoding(), None, "lower", "median; with all cores of this machine; the same for every engine"
        )
        all_figures["encoding a query, ms"] = encoding
        console.print(f"Encoding a query takes {encoding['value']:.2f} ms.", highlight=False)
        for name in asked.set or SETS:
            written, compared = sets.write(name), {}
            for peer in (OURS, *(asked.peer or NAMES[1:])):
                found = run_peer(peer, asked.peers.resolve(), asked.python, written.folder)
                if isinstance(found, str):
                    console.print(f"{name}: {peer}: {found}", highlight=False)
                else:
                    compared[peer] = peer_figures(written, found)
            print_table(f"{name}: {len(written.vectors):,} passages", compared, console)
            all_figures |= {
                f"{name}: {peer}: {row}": one for peer, each in compared.items() for row, one in each.items()
            }
    if asked.json:
        print_figures(all_figures, "", as_json=True)


if __name__ == "__main__":
    main()
