"""The quick test of an index that was just built, against the one that answers: no worse one takes its place."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder, Vectors
from indexer.errors import IndexUnavailableError, WorseError
from indexer.generations import generation, store
from indexer.generations.manifest import Manifest, read_manifest
from indexer.generations.report import BuildReport
from indexer.keywords.index import LexicalIndex
from indexer.keywords.pair import ARTICLE_KEYWORDS
from indexer.keywords.query_syntax import parse_keywords
from indexer.storage.tables import Tables
from indexer.vectors.centring import blocks
from indexer.vectors.faiss_index import VectorIndex

SAMPLE: Final = 60
"""Articles that are looked for by their own headlines."""
_LEAST = 20
"""From so few nothing is concluded."""
_NEAREST = 10
_CLEARLY = 0.15
"""The share of headlines that must have been lost."""
_ARTICLES_LEFT = 0.5
"""Of the same sources so many articles must be left."""
_KNOWN = 0.5


def find_headlines(folder: Path, known: Mapping[str, float], encoder: Encoder) -> dict[str, float]:
    """Return which share of a sample of articles each leg finds by their own headlines; empty where there are few.

    Args:
        folder: The generation.
        known: How well the encoder knows each language: vectors are asked only in those it knows.
        encoder: Of the generation.
    """
    tables = Tables(folder)
    titles, languages = tables.article_column("title").tolist(), tables.article_column("language").tolist()
    titled = [row for row, title in enumerate(titles) if title]
    picked = np.random.default_rng(0).permutation(titled)[:SAMPLE].tolist() if titled else []
    heard = [row for row in picked if known.get(languages[row], 0) >= _KNOWN]
    found = {}
    if len(heard) >= _LEAST:
        asked = encoder.encode_queries([titles[row] for row in heard])
        near = _nearest(VectorIndex(folder / generation.VECTORS), tables.passage_column("article"), asked)
        found["vectors"] = float(np.mean([row in rows for row, rows in zip(heard, near, strict=True)]))
    if len(picked) >= _LEAST:
        keywords = LexicalIndex(folder / ARTICLE_KEYWORDS)
        best = (keywords.shares(parse_keywords(titles[row]), languages[row]) for row in picked)
        found["keywords"] = float(
            np.mean([(shares > shares[row]).sum() < _NEAREST for row, shares in zip(picked, best, strict=True)])
        )
    return {leg: round(share, 4) for leg, share in found.items()}


def refuse_worse(index: Path, manifest: Manifest, report: BuildReport) -> None:
    """Compare what was built with what answers.

    Raises:
        WorseError: It is clearly worse: the message says in what.
    """
    try:
        folder = store.generation_folder(index, store.current_id(index))
        old, before = read_manifest(folder), BuildReport.from_file(folder / generation.REPORT)
    except (IndexUnavailableError, OSError, ValueError):
        return
    if problems := "; ".join(_worse(old, before, manifest, report)):
        raise WorseError(
            f"the new index is worse than the one that answers, which stays: {problems}",
            "mend the sources, or publish it all the same with --force",
        )


def _worse(old: Manifest, before: BuildReport, manifest: Manifest, report: BuildReport) -> Iterator[str]:
    same = set(old.read.sources) <= set(manifest.read.sources) and old.read.removed == manifest.read.removed
    chosen = (old.read.include, old.read.exclude) == (manifest.read.include, manifest.read.exclude)
    if same and chosen and old.articles >= _LEAST and manifest.articles < _ARTICLES_LEFT * old.articles:
        yield f"the same sources gave {old.articles:,} articles, and now {manifest.articles:,}"
    for leg, share in report.headlines.items():
        if share < before.headlines.get(leg, 0) - _CLEARLY:
            yield f"by {leg}, {before.headlines[leg]:.0%} of headlines led to their article, and now {share:.0%}"


def _nearest(vectors: VectorIndex, article_of: NDArray[np.int64], asked: Vectors) -> list[list[int]]:
    """Return the articles of the passages nearest to each query."""
    scores = np.full((len(asked), 0), 0, np.float32)
    rows = np.zeros((len(asked), 0), np.int64)
    for block in blocks(vectors.count):
        found = asked @ vectors.rows(block).T
        scores = np.hstack([scores, found])
        rows = np.hstack([rows, np.broadcast_to(np.arange(block.start, block.stop), found.shape)])
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :_NEAREST]
        scores, rows = np.take_along_axis(scores, kept, 1), np.take_along_axis(rows, kept, 1)
    nearest: list[list[int]] = article_of[rows].tolist()
    return nearest
