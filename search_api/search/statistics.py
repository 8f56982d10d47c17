"""Counts of what a generation holds."""

from collections import Counter

from indexer.generations.generation import Generation
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
        languages=dict(Counter(tables.article_column("language")).most_common()),
        sources=dict(Counter(tables.article_column("source")).most_common()),
        encoder=manifest.encoder.name,
        encoder_revision=manifest.encoder.revision,
        dim=manifest.encoder.dim,
        bytes=sum(file.bytes for file in manifest.files.values()),
    )
