"""The quality gate before publication: a new index must not be clearly worse than the one that answers.

Two figures are compared: how many articles the same sources gave, and which share of a sample of articles is found by
their own headlines, by vectors and by keywords.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder, Vectors
from indexer.errors import IndexUnavailableError, WorseError
from indexer.generations import store
from indexer.generations.layout import GenerationLayout
from indexer.generations.manifest import Manifest
from indexer.generations.manifest_file import read_manifest
from indexer.generations.report import BuildReport
from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import parse_keywords
from indexer.storage.tables import Tables
from indexer.vectors.centring import blocks
from indexer.vectors.faiss_index import VectorIndex

SAMPLE: Final = 60
"""Articles that are searched for by their own headlines."""
_MIN_SAMPLE = 20
"""With fewer headlines, or articles, nothing is concluded."""
_TOP = 10
"""An article counts as found when it is among this many."""
_MAX_LOSS = 0.15
"""How much smaller the share of headlines that lead to their article may become."""
_MIN_ARTICLES_LEFT = 0.5
"""The share of its articles that an index over the same sources must keep."""
_MIN_KNOWN = 0.5
"""How well the encoder must know a language for its headlines to be searched by vectors, 0 to 1."""


def find_headlines(folder: Path, known: Mapping[str, float], encoder: Encoder) -> dict[str, float]:
    """Return which share of a sample of articles vectors and keywords find by their own headlines.

    Args:
        folder: The generation.
        known: How well the encoder knows each language, 0 to 1; headlines in others are not searched by vectors.
        encoder: The encoder of the generation.

    Either share is left out where too few articles have a headline.
    """
    files = GenerationLayout(folder)
    tables = Tables(files.tables)
    titles, languages = tables.article_column("title").tolist(), tables.article_column("language").tolist()
    titled = [row for row, title in enumerate(titles) if title]
    sample = np.random.default_rng(0).permutation(titled)[:SAMPLE].tolist() if titled else []
    in_known_languages = [row for row in sample if known.get(languages[row], 0) >= _MIN_KNOWN]
    found = {}
    if len(in_known_languages) >= _MIN_SAMPLE:
        queries = encoder.encode_queries([titles[row] for row in in_known_languages])
        nearest = _nearest_articles(VectorIndex(files.vectors), tables.passage_column("article"), queries)
        found["vectors"] = float(
            np.mean([row in articles for row, articles in zip(in_known_languages, nearest, strict=True)])
        )
    if len(sample) >= _MIN_SAMPLE:
        keywords = KeywordIndex(files.keywords.articles)
        scores = (keywords.shares(parse_keywords(titles[row]), languages[row]) for row in sample)
        found["keywords"] = float(
            np.mean([(shares > shares[row]).sum() < _TOP for row, shares in zip(sample, scores, strict=True)])
        )
    return {leg: round(share, 4) for leg, share in found.items()}


def refuse_worse(index: Path, manifest: Manifest, report: BuildReport) -> None:
    """Compare a new generation with the one that answers.

    Raises:
        WorseError: The new one is clearly worse; the message says in what.
    """
    try:
        folder = store.generation_folder(index, store.current_id(index))
        old, old_report = read_manifest(folder), BuildReport.from_file(GenerationLayout(folder).report)
    except (IndexUnavailableError, OSError, ValueError):
        return
    if problems := "; ".join(_losses(old, old_report, manifest, report)):
        raise WorseError(
            f"the new index is worse than the one that answers, which stays: {problems}",
            "mend the sources, or publish it all the same with --force",
        )


def _losses(old: Manifest, old_report: BuildReport, manifest: Manifest, report: BuildReport) -> Iterator[str]:
    same = set(old.read.sources) <= set(manifest.read.sources) and old.read.removed == manifest.read.removed
    chosen = (old.read.include, old.read.exclude) == (manifest.read.include, manifest.read.exclude)
    few_left = manifest.articles < _MIN_ARTICLES_LEFT * old.articles
    if same and chosen and old.articles >= _MIN_SAMPLE and few_left:
        yield f"the same sources gave {old.articles:,} articles, and now {manifest.articles:,}"
    for leg, share in report.headlines.items():
        if share < old_report.headlines.get(leg, 0) - _MAX_LOSS:
            yield f"by {leg}, {old_report.headlines[leg]:.0%} of headlines led to their article, and now {share:.0%}"


def _nearest_articles(vectors: VectorIndex, article_of: NDArray[np.int64], queries: Vectors) -> list[list[int]]:
    """Return, for each query, the articles of the ``_TOP`` passages nearest to it."""
    scores = np.full((len(queries), 0), 0, np.float32)
    rows = np.zeros((len(queries), 0), np.int64)
    for block in blocks(vectors.count):
        found = queries @ vectors.rows(block).T
        scores = np.hstack([scores, found])
        rows = np.hstack([rows, np.broadcast_to(np.arange(block.start, block.stop), found.shape)])
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :_TOP]
        scores, rows = np.take_along_axis(scores, kept, 1), np.take_along_axis(rows, kept, 1)
    nearest: list[list[int]] = article_of[rows].tolist()
    return nearest
