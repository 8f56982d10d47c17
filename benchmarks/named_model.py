"""Measure how fast a named sentence-transformers model encodes, compared with calling the library directly.

    python benchmarks/named_model.py [--json] [--quick]

The model has the architecture of multilingual-e5-small and random weights. The library receives all texts in one call,
with batches of 32, and uses every core. All variants are measured in turn in one run; figures are medians.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from encoder import read_texts
from figures import Figures, figure, print_figures
from random_model import PROMPTS, build_model
from sentence_transformers import SentenceTransformer
from transformers import BertConfig

from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder, Vectors
from indexer.encoders.transformer import TransformerEncoder
from indexer.threads import compute_threads


def ours(encoder: Encoder) -> Callable[[list[str]], object]:
    """Return a function that encodes as a build does: ``at_once`` texts in each call."""

    def encode(texts: list[str]) -> None:
        for start in range(0, len(texts), encoder.at_once):
            encoder.encode_passages(texts[start : start + encoder.at_once])

    return encode


def library(model: SentenceTransformer) -> Callable[[list[str]], object]:
    """Return a function that calls the library's ``encode`` with its best settings."""

    def encode(texts: list[str]) -> None:
        torch.set_num_threads(compute_threads())
        model.encode(texts, prompt=PROMPTS["document"], batch_size=32, show_progress_bar=False)

    return encode


def measure(folder: Path, texts: list[str], rounds: int) -> Figures:
    """Return the rates, and their ratios to the library's rate."""
    config = BertConfig(
        vocab_size=8000, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536
    )
    name = str(build_model(folder, texts, config, 512))
    model = SentenceTransformer(name, device="cpu")
    encoder = TransformerEncoder(name, EncoderOptions(device="cpu"))
    apart = float(np.abs(encoder.encode_passages(texts[:8]) - _unit(model, texts[:8])).max())
    ways = {
        "library": library(model),
        "ours": ours(encoder),
        "2 processes": ours(TransformerEncoder(name, EncoderOptions(device="cpu", processes=2))),
        "bfloat16": ours(TransformerEncoder(name, EncoderOptions(device="cpu", dtype="bfloat16"))),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    ways["2 processes"](texts)  # the first call starts the processes
    for _ in range(rounds):
        for way, encode in ways.items():
            began = time.perf_counter()
            encode(texts)
            seconds[way].append(time.perf_counter() - began)
    rate = {way: len(texts) / statistics.median(each) for way, each in seconds.items()}
    times = {way: rate[way] / rate["library"] for way in ways}
    how = f"passages/s; {len(texts)} passages, {compute_threads()} cores, median of {rounds}"
    return {
        "SentenceTransformer.encode": figure(rate["library"], None, "higher", how),
        "times the library, float32": figure(times["ours"], 1, "higher", "one process"),
        "times the library, 2 processes": figure(times["2 processes"], None, "higher", "float32"),
        "times the library, bfloat16": figure(times["bfloat16"], None, "higher", "against its float32"),
        "largest difference": figure(apart, 1e-5, "lower", "of any number in the vectors"),
    }


def _unit(model: SentenceTransformer, texts: list[str]) -> Vectors:
    return np.asarray(model.encode(texts, prompt=PROMPTS["document"], normalize_embeddings=True))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="fewer texts and rounds: within a minute")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), read_texts(2000)[:: 25 if arguments.quick else 5], 1 if arguments.quick else 3)
    print_figures(figures, "multilingual-e5-small's architecture, random weights", arguments.json)


if __name__ == "__main__":
    main()
