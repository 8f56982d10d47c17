"""Measure the cost of rebuilds.

It measures the time of a build compared with that of the encoder alone, the time of rebuilds with unchanged and with
slightly changed news, peak memory, and recovery from kills. Each build runs in its own process, so that its peak memory
can be measured.
"""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from figures import Figures, figure
from news import read_records

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.generations import store
from indexer.generations.generation import content_digest

SETS = ("reuters21578_en", "masakhane_news")
_CHANGED = 0.01


class TimedEncoder:
    """An encoder that records how long each call took."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity, self.max_tokens = encoder.identity, encoder.max_tokens
        self.languages, self.at_once = encoder.languages, encoder.at_once
        self.calls: list[tuple[int, float]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        began = time.perf_counter()
        vectors = self._encoder.encode_passages(texts)
        self.calls.append((len(texts), time.perf_counter() - began))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def seconds(self, first: int) -> float:
        """Return the seconds that the calls with the first ``first`` texts took."""
        done, seconds = 0, 0.0
        for texts, took in self.calls:
            if done >= first:
                break
            done, seconds = done + texts, seconds + took
        return seconds


class QuickEncoder:
    """A fast stand-in for the encoder where its time does not matter. It makes 512 dimensions from a text's bytes."""

    max_tokens, languages, at_once = 512, None, 256
    identity = EncoderIdentity("quick", "1", 512)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        seeds = [np.frombuffer((text.encode() * (4096 // max(len(text), 1) + 1))[:2048], np.int32) for text in texts]
        vectors = np.stack(seeds).astype(np.float32) % 1013 - 506
        units: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
        return units

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // 4 for text in texts]


def read_corpus(data: Path, every: int) -> list[dict[str, Any]]:
    """Return one article in ``every`` of the two sets."""
    articles = []
    for name in SETS:
        for number, record in enumerate(read_records(data / name / "articles.jsonl.gz")):
            if number % every == 0:
                articles.append(record | {"id": f"{name}-{record['id']}"})
    return articles


def write_corpus(articles: Sequence[dict[str, Any]], path: Path) -> None:
    """Write a gzipped JSON Lines file."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.writelines(orjson.dumps(article) + b"\n" for article in articles)


def change(articles: Sequence[dict[str, Any]], share: float = _CHANGED) -> list[dict[str, Any]]:
    """Return the articles with changes: a share of ``share / 3`` each is edited, removed and added."""
    chance, changed = random.Random(0), []
    for number, article in enumerate(articles):
        luck = chance.random()
        if luck < share / 3:
            continue
        if luck < 2 * share / 3:
            changed.append(article | {"text": f"{article['text']}\n\nCorrected on day {number} by the desk."})
            continue
        changed.append(article)
        if luck < share:
            added = {"id": f"added-{number}", "text": _edited(str(article["text"]), chance)}
            changed.append(article | added)
    return changed


def repeat(articles: Sequence[dict[str, Any]], times: int) -> Iterator[dict[str, Any]]:
    """Yield each article ``times`` times, edited differently each time."""
    for time_ in range(times):
        chance = random.Random(time_)
        for article in articles:
            other = {"id": f"{article['id']}-{time_}", "text": _edited(str(article["text"]), chance)}
            yield article | other | ({"url": f"{article['url']}/{time_}"} if article.get("url") else {})


def _edited(text: str, chance: random.Random) -> str:
    words = [word if chance.random() > 0.1 else str(chance.randrange(10**6)) for word in text.split(" ")]
    return " ".join(words)


def rebuild_figures(data: Path, folder: Path, every: int) -> Figures:
    """Build an index of one article in ``every``, then rebuild it unchanged and with a few changes."""
    articles, news, index = read_corpus(data, every), folder / "news.jsonl.gz", folder / "index"
    write_corpus(articles, news)
    first = build_apart(news, index)
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in first["stages"].items())
    wall, how = first["wall"], f"{first['articles']:,} articles, {first['passages']:,} passages; {stages}"
    figures = {
        "rebuild / encoder on the passages": figure(wall / first["passage_seconds"], 1.3, "lower", how),
        "rebuild / encoder on passages and sentences": figure(wall / first["encoder_seconds"], None, "lower", how),
        "peak memory, MB": figure(first["memory"] / 1e6, 1500, "lower", _resident(first)),
    }
    again = build_apart(news, index)
    figures["nothing changed / first"] = figure(again["wall"] / wall, 0.05, "lower", f"{again['wall']:.1f} s")
    write_corpus(change(articles), news)
    some = build_apart(news, index)
    how = f"{some['wall']:.1f} of {wall:.1f} s, {some['carried']:,} articles taken over"
    figures["1 % changed / first"] = figure(some["wall"] / wall, 0.08, "lower", how)
    return figures


def memory_figures(data: Path, folder: Path, every: int) -> Figures:
    """Measure memory on ten times as many articles, made by repetition with edits.

    A stand-in replaces the encoder, which would take hours.
    """
    news = folder / "ten.jsonl.gz"
    with gzip.open(news, "wb", compresslevel=1) as file:
        file.writelines(orjson.dumps(article) + b"\n" for article in repeat(read_corpus(data, every), 10))
    built = build_apart(news, folder / "ten", quick=True)
    how = f"{built['articles']:,} articles, {built['passages']:,} passages, no encoder; {_resident(built)}"
    return {"peak memory of ten times as much, MB": figure(built["memory"] / 1e6, 2000, "lower", how)}


def kill_figures(data: Path, folder: Path, every: int, kills: int) -> Figures:
    """Kill builds at random moments, rerun each, and compare the results with a build that was not killed."""
    news, chance = folder / "few.jsonl.gz", random.Random(1)
    write_corpus(read_corpus(data, every), news)
    alone = build_apart(news, folder / "alone")
    same = resumed = 0
    for number in range(kills):
        index = folder / f"killed{number}"
        process = subprocess.Popen(_command(news, index, quick=False), stdout=subprocess.PIPE)
        started = process.stdout.readline() if process.stdout else b""  # printed when the encoder is loaded
        time.sleep(chance.uniform(0, alone["wall"]) if started else 0)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        rerun = build_apart(news, index)
        same += rerun["digest"] == alone["digest"]
        resumed += rerun["resumed"]
    how = f"same content digest as an undisturbed build; {resumed} had read all and went on from there"
    return {f"finished of {kills} killed at random": figure(same, kills, "higher", how)}


def build_apart(news: Path, index: Path, *, quick: bool = False) -> dict[str, Any]:
    """Run ``build_here`` in a separate process and return its output."""
    done = subprocess.run(_command(news, index, quick=quick), stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def build_here(news: Path, index: Path, *, quick: bool) -> None:
    """Build an index and print seconds, counts, peak memory and content digest as one line of JSON."""
    encoder = TimedEncoder(QuickEncoder() if quick else open_encoder())
    encoder.encode_queries(["warm"])
    print("ready", flush=True)
    began = time.perf_counter()
    report = rebuild_index(BuildPlan([news], index, encoder, only_if_changed=True))
    wall = time.perf_counter() - began
    found = {
        "wall": wall,
        "passage_seconds": encoder.seconds(report.passages),
        "encoder_seconds": encoder.seconds(10**9),
        "memory": report.peak_memory,
        "resident": report.peak_resident,
        "articles": report.articles,
        "passages": report.passages,
        "carried": report.carried,
        "resumed": report.resumed,
        "stages": report.seconds,
        "digest": content_digest(store.open_current(index)),
    }
    print(json.dumps(found))


def _resident(built: dict[str, Any]) -> str:
    return f"{built['resident'] / 1e6:,.0f} with the pages of mapped files"


def _command(news: Path, index: Path, *, quick: bool) -> list[str]:
    return [sys.executable, __file__, str(news), str(index), *(["quick"] if quick else [])]


if __name__ == "__main__":
    build_here(Path(sys.argv[1]), Path(sys.argv[2]), quick="quick" in sys.argv)
