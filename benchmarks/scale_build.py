"""Build the index of one size in a process of its own.

    python benchmarks/scale_build.py DATA WORK PASSAGES

``scale`` runs it, with one thread. Beyond the real articles it needs the index of all of these, which PASSAGES = 0
builds.
"""

import json
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from resampled import Bases, Moves, ResampledEncoder
from scale_corpus import ScaleCorpus, write_articles

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.errors import IndexUnavailableError
from indexer.generations.store import open_current
from indexer.passages.context import encoder_input
from indexer.storage.tables import Tables
from indexer.text.sentences import find_sentences
from indexer.vectors.cache import CachingEncoder, VectorCache

if TYPE_CHECKING:
    from indexer.encoders.protocol import Encoder

_SAMPLED = 2000
"""Edited texts that are really encoded: half of them passages, half sentences. As many more are compared."""
_AT = (5, 25, 50, 75, 95)
"""The percentiles of the cosines that are compared."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of one size are in the working folder."""

    work: Path
    passages: int
    """About how many; 0 stands for all real articles and no others."""

    @property
    def name(self) -> str:
        return f"{self.passages or 'real'}"

    @property
    def index(self) -> Path:
        return self.work / self.name

    @property
    def news(self) -> Path:
        return self.work / f"{self.name}.jsonl.gz"

    @property
    def built(self) -> Path:
        """What the build took and made; it is written last."""
        return self.work / f"{self.name}.json"

    @property
    def is_ready(self) -> bool:
        """Whether the index is there, and of a format that is read today."""
        try:
            return self.built.exists() and open_current(self.index).manifest.passages > 0
        except IndexUnavailableError:
            return False


def build(data: Path, place: Place) -> None:
    """Build an index unless it is there, and write down what that took."""
    corpus = ScaleCorpus.read(data)
    real = CachingEncoder(open_encoder(), VectorCache.open(place.work / "cache", open_encoder().identity))
    encoder: Encoder = real
    compared: dict[str, Any] = {}
    if place.passages > corpus.real_passages:
        tables = open_current(Place(place.work, 0).index).tables
        encoder, compared = resampled(corpus, tables, place.work, real)
    write_articles(corpus.articles(place.passages or None), place.news)
    began, used = time.perf_counter(), time.process_time()
    report = rebuild_index(BuildPlan([place.news], place.index, encoder, cache_bytes=0))
    found = {
        "passages": report.passages,
        "articles": report.articles,
        "seconds": time.perf_counter() - began,
        "cpu seconds of the main process": time.process_time() - used,
        "stages": report.seconds,
        "memory": report.peak_memory,
        "encoded": real.encoded,
        "resampled": encoder.resampled if isinstance(encoder, ResampledEncoder) else 0,
        **compared,
    }
    place.news.unlink()
    place.built.write_text(json.dumps(found, indent=2), encoding="utf-8")


def resampled(
    corpus: ScaleCorpus, tables: Tables, work: Path, real: CachingEncoder
) -> tuple[ResampledEncoder, dict[str, Any]]:
    """Return an encoder that resamples the vectors of edited texts, and how its cosines compare with real ones.

    Args:
        corpus: What is edited.
        tables: Of the index of all real articles.
        work: The working folder.
        real: Encodes.
    """
    bases = Bases(tables, real, work / "bases.npy")
    texts = sample_edits(corpus, 2 * _SAMPLED)
    moves = Moves.measure(texts[::2], bases, real)
    encoder = ResampledEncoder(real, VectorCache.open(work / "cache", real.identity), bases, moves)
    others = texts[1::2]
    vectors, found = bases.find(others)
    kept = [text for text, one in zip(others, found.tolist(), strict=True) if one]
    drawn = np.einsum("ij,ij->i", moves.move(kept, vectors[found]), vectors[found])
    seen = Moves.measure(kept, bases, real).cosines
    percentiles = {
        name: np.percentile(each, _AT).round(3).tolist() for name, each in (("really", seen), ("resampled", drawn))
    }
    return encoder, {"cosines of edits": {"percentiles": _AT, **percentiles}}


def sample_edits(corpus: ScaleCorpus, count: int) -> list[str]:
    """Return passages and sentences, in turn, of edited articles that are in no corpus."""
    passages, sentences = [], []
    for article in corpus.edited(count):
        paragraph = max(article["text"].split("\n\n"), key=len)
        passages.append(encoder_input(article["title"], paragraph))
        sentences += [paragraph[start:end] for start, end in islice(find_sentences(paragraph, article["language"]), 1)]
    chosen = zip(passages[: count // 2], sentences[: count // 2], strict=False)
    return [text for index, pair in enumerate(chosen) for text in (pair if index % 4 < 2 else pair[::-1])]


def main() -> None:
    """Build one index."""
    data, work, passages = sys.argv[1:]
    build(Path(data), Place(Path(work), int(passages)))


if __name__ == "__main__":
    main()
