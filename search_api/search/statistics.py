"""Counts of what a generation holds."""

from collections import Counter

import numpy as np

from indexer.generations.generation import Generation
from search_api.ranking.fusion import KNOWN
from search_api.records.articles import Stats


def stats_of(generation: Generation) -> Stats:
    """Return counts of what a generation holds."""
    manifest, tables = generation.manifest, generation.tables
    return Stats(
        generation=manifest.generation,
        built_at=manifest.built_at,
        articles=manifest.articles,
        passages=manifest.passages,
        skipped=manifest.skipped,
        newest=manifest.newest,
        oldest=_oldest(generation),
        languages=dict(Counter(tables.article_column("language")).most_common()),
        known_languages=sorted(name for name, each in manifest.languages.items() if each.known >= KNOWN),
        sources=dict(Counter(tables.article_column("source")).most_common()),
        encoder=manifest.encoder.name,
        encoder_revision=manifest.encoder.revision,
        dim=manifest.encoder.dim,
        bytes=sum(file.bytes for file in manifest.files.values()),
    )


def _oldest(generation: Generation) -> str | None:
    """Return the earliest date of publication, at its own precision."""
    when = generation.tables.article_column("published_earliest")
    dated = np.flatnonzero(~np.isnat(when))
    if not dated.size:
        return None
    shown: str = generation.tables.article_row(int(dated[np.argmin(when[dated])]))["published"]
    return shown
