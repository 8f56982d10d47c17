"""A generation opened: every file is checked against the manifest, and the files must agree with one another."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import IndexCorruptError
from indexer.generations import layout
from indexer.generations.checking import CHECKED_AT_ONCE, check_files, check_sizes, describe_files
from indexer.generations.layout import GenerationLayout
from indexer.generations.manifest import Manifest
from indexer.generations.manifest_file import read_manifest
from indexer.generations.watch import FileWatch
from indexer.keywords.backend import IndexedKeywords
from indexer.keywords.index import KeywordIndex
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import KeywordBackend
from indexer.keywords.sample import KeywordSample
from indexer.keywords.sound_index import SoundIndex, open_sounds
from indexer.keywords.vocabulary import Vocabulary
from indexer.storage.columns import Columns
from indexer.storage.tables import Tables, digest_tables
from indexer.vectors.faiss_index import VectorIndex
from indexer.vectors.local import LocalVectors
from indexer.vectors.nomination.index import NominationIndex
from indexer.vectors.protocol import VectorBackend
from indexer.vectors.signals import Signals


@dataclass(frozen=True, slots=True)
class Generation:
    """The open files of one generation, which agree with one another."""

    manifest: Manifest
    layout: GenerationLayout
    tables: Tables
    columns: Columns
    vectors: VectorBackend
    signals: Signals
    keywords: KeywordIndex
    """Of passages."""
    article_keywords: KeywordIndex
    """Of whole articles."""
    words: KeywordBackend
    """What the ranking asks of both."""
    vocabulary: Vocabulary
    """Of passages."""
    sounds: SoundIndex
    """Of the words of the vocabulary, which are known by their places."""
    watch: FileWatch
    """Notices when one of the files is written to."""
    is_checked: bool
    """Whether the digests of the files were compared with the manifest, and not their sizes alone."""

    @property
    def folder(self) -> Path:
        """The folder that the files lie in."""
        return self.layout.folder


def open_generation(folder: Path) -> Generation:
    """Open the generation in a folder, after comparing the size of every file with the manifest, and the digests.

    The digests of a generation of more than ``CHECKED_AT_ONCE`` bytes are left to the caller.

    Raises:
        IndexUnavailableError: A file is missing or altered, is of another format, or disagrees with the others.
    """
    watch = FileWatch(folder, (*layout.TABLES, *layout.SEARCHED))
    manifest = read_manifest(folder)
    if manifest.generation != folder.name:
        raise IndexCorruptError(f"{folder} holds another generation: {manifest.generation}", "run rebuild-index")
    is_checked = sum(file.bytes for file in manifest.files.values()) <= CHECKED_AT_ONCE
    (check_files if is_checked else check_sizes)(manifest, folder)
    return open_described(manifest, folder, watch, is_checked=is_checked)


def open_described(
    manifest: Manifest, folder: Path, watch: FileWatch | None = None, *, is_checked: bool = True
) -> Generation:
    """Open a generation whose files are known to be those that its manifest describes: no digest is computed.

    Args:
        manifest: Describes the generation.
        folder: Where it lies.
        watch: A watch over its files since before they were checked; without one it begins now.
        is_checked: Whether their digests are known to be right.

    Raises:
        IndexUnavailableError: The files disagree with one another.
    """
    files, watch = GenerationLayout(folder), watch or FileWatch(folder, (*layout.TABLES, *layout.SEARCHED))
    tables = Tables(files.tables)
    columns = Columns(files.columns, tables.articles.column("id"))
    passages, articles = KeywordIndex(files.keywords.passages), KeywordIndex(files.keywords.articles)
    placement = Placement.of(columns)
    generation = Generation(
        manifest,
        files,
        tables,
        columns,
        LocalVectors(VectorIndex(files.vectors), NominationIndex.open(files.nominations)),
        Signals(files.signals),
        passages,
        articles,
        IndexedKeywords(passages, articles, placement, KeywordSample(files.keyword_sample, placement)),
        Vocabulary(files.keywords.vocabulary),
        open_sounds(files.keywords.sounds),
        watch,
        is_checked,
    )
    if disagreements := "; ".join(_disagreements(generation)):
        raise IndexCorruptError(f"{folder} disagrees with itself: {disagreements}", "run rebuild-index")
    return generation


def _disagreements(generation: Generation) -> Iterator[str]:
    """Yield a sentence for each file that holds another number of things than the manifest says, or other words."""
    manifest, signals = generation.manifest, generation.signals
    wanted = {"articles": manifest.articles, "passages": manifest.passages, "dimensions": manifest.encoder.dim}
    found = [
        ("articles", layout.ARTICLES, generation.tables.articles.num_rows),
        ("articles", layout.ARTICLE_KEYWORDS, generation.article_keywords.count),
        ("articles", layout.SIGNALS, signals.articles),
        ("articles", layout.COLUMNS, generation.columns.articles),
        ("passages", layout.PASSAGES, generation.tables.passages.num_rows),
        ("passages", layout.COLUMNS, generation.columns.passages),
        ("passages", layout.VECTORS, generation.vectors.count),
        ("passages", layout.NOMINATIONS, generation.vectors.searched),
        ("passages", layout.PASSAGE_KEYWORDS, generation.keywords.count),
        ("passages", layout.VOCABULARY, generation.vocabulary.passages),
        ("passages", layout.SIGNALS, signals.passages),
        ("dimensions", layout.VECTORS, generation.vectors.dim),
        ("dimensions", layout.SIGNALS, signals.dim),
    ]
    for what, file, count in found:
        if count != wanted[what]:
            yield f"{file} holds {count} {what}, wanted {wanted[what]}"
    for file, languages in ((layout.SIGNALS, signals.languages), (layout.COLUMNS, generation.columns.languages)):
        if set(languages) != set(manifest.languages):
            yield f"{file} knows other languages than the manifest"
    if not generation.vocabulary.is_of(generation.keywords):
        yield f"{layout.VOCABULARY} holds other words than {layout.PASSAGE_KEYWORDS}"


def content_digest(generation: Generation) -> str:
    """Return a digest of everything that is searched and shown.

    It is the same for the same news, whether they were built at once, after an interruption, or carried over.
    """
    digest = hashlib.sha256(digest_tables(generation.tables).encode())
    for described in describe_files(generation.folder, layout.SEARCHED).values():
        digest.update(described.sha256.encode())
    return digest.hexdigest()
