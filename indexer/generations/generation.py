"""The files of a generation, opened together: every one is checked, and they must agree."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import IndexCorruptError
from indexer.generations.manifest import Manifest, check_files, describe_files, read_manifest
from indexer.keywords.index import LexicalIndex
from indexer.keywords.pair import ARTICLE_KEYWORDS, PASSAGE_KEYWORDS
from indexer.storage.tables import ARTICLES, PASSAGES, Tables, digest_tables
from indexer.vectors.faiss_index import NominationIndex, VectorIndex
from indexer.vectors.signals import Signals

VECTORS = "vectors.faiss"
NOMINATIONS = "nominations.faiss"
SIGNALS = "signals.index"
SKETCHES = "sketches.index"
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation: all its files agree with one another."""

    manifest: Manifest
    folder: Path
    tables: Tables
    vectors: VectorIndex
    nominations: NominationIndex
    signals: Signals
    keywords: LexicalIndex
    """Of passages."""
    article_keywords: LexicalIndex
    """Of whole articles."""


def open_folder(folder: Path) -> Generation:
    """Open the generation in a folder."""
    manifest = read_manifest(folder)
    check_files(manifest, folder)
    generation = Generation(
        manifest,
        folder,
        Tables(folder),
        VectorIndex(folder / VECTORS),
        NominationIndex(folder / NOMINATIONS),
        Signals(folder / SIGNALS),
        LexicalIndex(folder / PASSAGE_KEYWORDS),
        LexicalIndex(folder / ARTICLE_KEYWORDS),
    )
    if disagreements := "; ".join(_disagreements(generation)):
        raise IndexCorruptError(f"{folder} disagrees with itself: {disagreements}", "run rebuild-index")
    return generation


def _disagreements(generation: Generation) -> Iterator[str]:
    """Say which files of a generation do not hold what its manifest tells."""
    manifest, signals = generation.manifest, generation.signals
    wanted = {"articles": manifest.articles, "passages": manifest.passages, "dimensions": manifest.encoder.dim}
    found = [
        ("articles", ARTICLES, generation.tables.articles.num_rows),
        ("articles", ARTICLE_KEYWORDS, generation.article_keywords.count),
        ("articles", SIGNALS, signals.articles),
        ("passages", PASSAGES, generation.tables.passages.num_rows),
        ("passages", VECTORS, generation.vectors.count),
        ("passages", NOMINATIONS, generation.nominations.count),
        ("passages", PASSAGE_KEYWORDS, generation.keywords.count),
        ("passages", SIGNALS, signals.passages),
        ("dimensions", VECTORS, generation.vectors.dim),
        ("dimensions", SIGNALS, signals.dim),
    ]
    for what, file, count in found:
        if count != wanted[what]:
            yield f"{file} holds {count} {what}, wanted {wanted[what]}"
    if set(signals.languages) != set(manifest.languages):
        yield f"{SIGNALS} knows other languages than the manifest"


def content_digest(generation: Generation) -> str:
    """Return a digest of all that is searched and shown: the same for the same news, however they were built."""
    digest = hashlib.sha256(digest_tables(generation.tables).encode())
    names = VECTORS, NOMINATIONS, SIGNALS, SKETCHES, PASSAGE_KEYWORDS, ARTICLE_KEYWORDS
    for described in describe_files(generation.folder, names).values():
        digest.update(described.sha256.encode())
    return digest.hexdigest()
