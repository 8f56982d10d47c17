"""Where everything lies in the folder of an index: the only module that spells a file's name.

index/CURRENT              the id of the generation that answers
index/generations/<id>/    complete and immutable; see ``GenerationLayout``
index/building/<id>/       a generation in the making, owned by the rebuild that holds the lock
index/cache/               vectors, read articles and fetched pages, so that a rebuild does nothing twice
index/rebuild.lock*        which process is rebuilding
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indexer.keywords.pair import KeywordPaths
from indexer.storage.tables import TablePaths

ARTICLES: Final = "articles.arrow"
PASSAGES: Final = "passages.arrow"
HISTORY: Final = "history.arrow"
FAMILIES: Final = "families.arrow"
COLUMNS: Final = "columns.index"
VECTORS: Final = "vectors.faiss"
NOMINATIONS: Final = "nominations.faiss"
SIGNALS: Final = "signals.index"
PASSAGE_KEYWORDS: Final = "keywords.index"
ARTICLE_KEYWORDS: Final = "article-keywords.index"
VOCABULARY: Final = "vocabulary.index"
KEYWORD_SAMPLE: Final = "keyword-sample.index"
SOUNDS: Final = "sounds.index"
SKETCHES: Final = "sketches.index"
REPORT: Final = "report.json"
SOURCES: Final = "sources.json"
MANIFEST: Final = "manifest.json"
CHECKPOINT: Final = "checkpoint.json"
SPOOL: Final = "read.arrow"

TABLES: Final = (ARTICLES, PASSAGES, HISTORY, FAMILIES)
SEARCHED: Final = (
    COLUMNS, VECTORS, NOMINATIONS, SIGNALS, SKETCHES, PASSAGE_KEYWORDS, ARTICLE_KEYWORDS, KEYWORD_SAMPLE, VOCABULARY,
    SOUNDS,
)  # fmt: skip
"""Files whose bytes follow from the news alone, whichever way they were built."""
COMPLETE: Final = (*TABLES, *SEARCHED, REPORT, SOURCES)
"""All files of a generation that its manifest vouches for."""


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The paths in the folder of one generation, finished or in the making."""

    folder: Path

    @property
    def tables(self) -> TablePaths:
        """Articles, passages, earlier versions and families, as Arrow files."""
        return TablePaths(*(self.folder / name for name in TABLES))

    @property
    def columns(self) -> Path:
        """What every query needs of the tables, as numbers and as sets of passages."""
        return self.folder / COLUMNS

    @property
    def keywords(self) -> KeywordPaths:
        """The keyword indexes of passages and of whole articles, the words of the passages, and how these sound."""
        return KeywordPaths(*(self.folder / name for name in (PASSAGE_KEYWORDS, ARTICLE_KEYWORDS, VOCABULARY, SOUNDS)))

    @property
    def keyword_sample(self) -> Path:
        """The postings of some passages of each language that has very many."""
        return self.folder / KEYWORD_SAMPLE

    @property
    def vectors(self) -> Path:
        """One unit vector a passage."""
        return self.folder / VECTORS

    @property
    def nominations(self) -> Path:
        """One bit a dimension of the same vectors, scanned for candidates."""
        return self.folder / NOMINATIONS

    @property
    def signals(self) -> Path:
        """Vectors of sentences and articles, and the means of languages."""
        return self.folder / SIGNALS

    @property
    def sketches(self) -> Path:
        """The sketch of each article, by which copies are found."""
        return self.folder / SKETCHES

    @property
    def report(self) -> Path:
        """What the build read, kept, flagged and skipped."""
        return self.folder / REPORT

    @property
    def sources(self) -> Path:
        """What was read, and what was removed: the same as in the manifest."""
        return self.folder / SOURCES

    @property
    def manifest(self) -> Path:
        """What the generation is, with the digest of every other file."""
        return self.folder / MANIFEST

    @property
    def checkpoint(self) -> Path:
        """While it is built: that all articles are read and written."""
        return self.folder / CHECKPOINT

    @property
    def spool(self) -> Path:
        """While it is built: articles that were read, before it is known which of them are kept."""
        return self.folder / SPOOL


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """The paths in the folder of an index."""

    index: Path

    @property
    def current(self) -> Path:
        """One line: the id of the generation that answers."""
        return self.index / "CURRENT"

    @property
    def generations(self) -> Path:
        """A folder for each generation, named by its id."""
        return self.index / "generations"

    @property
    def building(self) -> Path:
        """The folder of the generation in the making."""
        return self.index / "building"

    @property
    def cache(self) -> Path:
        """What a rebuild need not do again; the vector cache names its own files."""
        return self.index / "cache"

    @property
    def fetched(self) -> Path:
        """Feeds and pages that were fetched."""
        return self.cache / "fetched"

    @property
    def read_cache(self) -> Path:
        """The articles that were read of each file."""
        return self.cache / "read.sqlite"

    @property
    def lock(self) -> Path:
        """Locked by the process that rebuilds."""
        return self.index / "rebuild.lock"

    @property
    def lock_holder(self) -> Path:
        """Which process that is, for people."""
        return self.index / "rebuild.lock.json"


def is_index_folder(folder: Path) -> bool:
    """Return whether a folder is an index, a part of one, or a copy, whatever its name and even without ``CURRENT``."""
    files = IndexLayout(folder)
    if _is_generation(folder) or (folder / files.read_cache.name).is_file():
        return True
    if not files.generations.is_dir():
        return files.lock.is_file() and (files.cache.is_dir() or files.building.is_dir())
    known = files.current.is_file() or files.lock.is_file()
    return known or any(_is_generation(each) for each in files.generations.iterdir())


def _is_generation(folder: Path) -> bool:
    files = GenerationLayout(folder)
    return files.tables.articles.is_file() and (files.manifest.is_file() or files.tables.passages.is_file())
