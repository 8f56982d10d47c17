"""Measure in which parts of the network the embedded encoder spends its time, on one core.

python benchmarks/encoder_profile.py
"""

import os
import time

import torch
from encoder import read_texts
from rich.console import Console
from rich.table import Table

from indexer.encoders.choose import open_encoder

WHAT = {
    "aten::bmm": "products of the second convolutions",
    "aten::_embedding_bag_forward_only": "gathering and adding rows: first layer, convolutions' sums, pooling",
    "aten::mm": "products of the tail",
}


def main() -> None:
    """Print the table."""
    os.environ["DATELINE_THREADS"] = "1"
    encoder, texts = open_encoder(), read_texts(2000)
    encoder.encode_passages(texts[:50])
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        began = time.process_time()
        encoder.encode_passages(texts)
        total = time.process_time() - began
    events = sorted(found.key_averages(), key=lambda event: -event.self_cpu_time_total)
    table = Table("share", "seconds", "operation", "", box=None)
    for event in events[:10]:
        seconds = event.self_cpu_time_total / 1e6
        table.add_row(f"{seconds / total:.1%}", f"{seconds:.2f}", str(event.key), WHAT.get(event.key, ""))
    rest = total - sum(event.self_cpu_time_total for event in events) / 1e6
    table.add_row(f"{rest / total:.1%}", f"{rest:.2f}", "outside torch", "tokenizer; first layer of new tokens")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
