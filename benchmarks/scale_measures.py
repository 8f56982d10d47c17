"""Measure the index of one size in a process of its own, on one core.

    python benchmarks/scale_measures.py DATA INDEX QUERIES

``scale`` runs it. It prints one line of JSON.
"""

import json
import os
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scale_corpus import SHARES, THE_REST, ScaleCorpus
from threadpoolctl import threadpool_limits

from indexer.generations.generation import Generation
from indexer.rows import RowSet
from search_api.query import make_query
from search_api.ranking.candidates import Limits
from search_api.ranking.query_language import find_language
from search_api.ranking.similarity import Similarity
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher
from search_api.stages import Stage, observing

_FILTERS = {"100 %": [*SHARES, THE_REST]} | {f"{100 * share:g} %": [name] for name, share in SHARES.items()}
"""The sources that let this share of the articles pass."""
WITHOUT = "without encoding"
"""All of a search but its encoding."""
_BEST = 10
_BLOCK = 65_536
_TRACED = 20
"""Queries of which the memory is measured."""
Rows = NDArray[np.int64]
Timed = list[dict[str, float]]


class Clock:
    """Adds up the milliseconds of the stages of a search, and how many of them the processor worked for it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Time a stage."""
        began, used = time.perf_counter(), time.thread_time()
        yield
        self.spent[name] += 1000 * (time.perf_counter() - began)
        self.spent[f"{name}, processor"] += 1000 * (time.thread_time() - used)

    def ran(self, stage: Stage) -> None:
        """Add a stage that another process has run, whose processor is not known."""
        self.spent[stage.name] += (stage.ended - stage.began) / 1e6


def ask(searcher: IndexSearcher, texts: Sequence[str], **options: Any) -> Timed:
    """Search for each text, and return the milliseconds of each search: of its stages, of all but encoding, of all."""
    timed: Timed = []
    for text in texts:
        clock = Clock()
        with observing(clock), clock.running("search"):
            searcher.search(make_query(text, **options))
        spent = clock.spent
        without = {f"{WITHOUT}{end}": spent[f"search{end}"] - spent[f"encode{end}"] for end in ("", ", processor")}
        timed.append(spent | without)
    return timed


def filters_of(searcher: IndexSearcher) -> dict[str, list[str]]:
    """Return the sources of each filter that are in the index; a small one has none of the rarest."""
    there = set(searcher.generation.tables.article_column("source").tolist())
    known = {share: [name for name in names if name in there] for share, names in _FILTERS.items()}
    return {share: names for share, names in known.items() if names}


def percentiles(timed: Timed, what: str) -> tuple[float, float]:
    """Return the median and the 95th percentile of the milliseconds of a stage."""
    values = [each[what] for each in timed]
    return float(np.median(values)), float(np.percentile(values, 95))


def request_memory(searcher: IndexSearcher, texts: Sequence[str]) -> list[float]:
    """Return the most that Python and numpy hold for each of some searches, in bytes."""
    peaks = []
    for text in texts:
        tracemalloc.start()
        searcher.search(make_query(text))
        peaks.append(float(tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    return peaks


def recall_figures(searcher: IndexSearcher, texts: Sequence[str]) -> dict[str, Any]:
    """Return for each filter the recall@10 of the nominated passages against all that pass, and the milliseconds."""
    generation, similarity = searcher.generation, Similarity(searcher.generation, searcher.generation.columns)
    directions = np.stack([_direction(searcher, similarity, text) for text in texts])
    sources = generation.tables.article_column("source")[generation.tables.passage_column("article")]
    scopes = {name: np.flatnonzero(np.isin(sources, names)) for name, names in filters_of(searcher).items()}
    exact = nearest(generation, generation.columns.language_of.astype(np.int64), directions, scopes)
    nominate = nominator(generation)
    found: dict[str, Any] = {}
    for name, rows in scopes.items():
        among = None if rows.size == generation.vectors.count else RowSet.of(rows)
        recalls, took = [], []
        for direction, best in zip(directions, exact[name], strict=True):
            began = time.perf_counter()
            nominated = nominate(direction, among)
            took.append(1000 * (time.perf_counter() - began))
            recalls.append(np.isin(best, nominated).mean())
        found[name] = {"passages": rows.size, "recall": float(np.mean(recalls)), "ms": float(np.median(took))}
    return found


def nominator(generation: Generation) -> Callable[[NDArray[np.float32], RowSet | None], Rows]:
    """Return a function that nominates passages for a direction as the ranking does for one language."""
    limits = Limits()
    count = round(limits.oversampling * limits.by_vector)

    def nominate(direction: NDArray[np.float32], among: RowSet | None) -> Rows:
        return generation.vectors.nearest(direction, count, among)

    return nominate


def nearest(
    generation: Generation, languages: Rows, directions: NDArray[np.float32], scopes: dict[str, Rows]
) -> dict[str, list[Rows]]:
    """Return for each scope and direction the ten rows whose centred vectors are nearest, by comparing all."""
    centring, count = generation.signals.centring, generation.vectors.count
    best = {name: [(np.empty(0), np.empty(0, np.int64))] * len(directions) for name in scopes}
    for start in range(0, count, _BLOCK):
        block = slice(start, min(start + _BLOCK, count))
        centred, _ = centring.centre(generation.vectors.rows(block), languages[block])
        scores = centred @ directions.T
        for name, rows in scopes.items():
            inside = rows[slice(*np.searchsorted(rows, [block.start, block.stop]))]
            for place, (kept, held) in enumerate(best[name]):
                all_scores = np.concatenate([kept, scores[inside - start, place]])
                order = np.argsort(-all_scores, kind="stable")[:_BEST]
                best[name][place] = all_scores[order], np.concatenate([held, inside])[order]
    return {name: [rows for _, rows in found] for name, found in best.items()}


def _direction(searcher: IndexSearcher, similarity: Similarity, text: str) -> NDArray[np.float32]:
    query = make_query(text)
    vector = searcher.encoder.encode_queries([query.keywords.text])[0]
    language = find_language(query.keywords, searcher.generation.keywords)
    languages = searcher.generation.columns.languages
    return similarity.centre(vector, languages.index(language)) if language in languages else vector


def measure(index: Path, corpus: ScaleCorpus, queries: int) -> dict[str, Any]:
    """Return everything that is measured of one index: names first, while nothing has been asked."""
    began = time.perf_counter()
    searcher = open_searcher(index)
    opened = time.perf_counter() - began
    names, headlines = corpus.names[:queries], corpus.headlines[: 2 * queries]
    warming, asked = headlines[::2], headlines[1::2]
    cold = ask(searcher, names)
    ask(searcher, warming)
    warm, filtered = ask(searcher, asked), {}
    for name, sources in filters_of(searcher).items():
        ask(searcher, warming[:5], sources=sources)
        filtered[name] = percentiles(ask(searcher, asked, sources=sources), WITHOUT)
    return {
        "open": opened,
        "queries": len(asked),
        "cold": {what: percentiles(cold, what) for what in cold[0]},
        "names": len(names),
        "warm": {what: percentiles(warm, what) for what in warm[0]},
        "filtered": filtered,
        "memory": request_memory(searcher, warming[:_TRACED]),
        "recall": recall_figures(searcher, asked),
    }


def main() -> None:
    """Measure one index."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    data, index, queries = sys.argv[1:]
    with threadpool_limits(1):
        print(json.dumps(measure(Path(index), ScaleCorpus.read(Path(data)), int(queries))))


if __name__ == "__main__":
    main()
