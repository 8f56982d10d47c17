"""Index labelled passages without cutting them, so that the passages ranked are the ones that were judged."""

import csv
import gzip
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from indexer.article import Article, Passage
from indexer.build.article_writer import ArticleWriter
from indexer.build.atom_writer import AtomPaths, AtomWriter
from indexer.build.encoding import CachePolicy, write_vectors
from indexer.build.sampling import sample_keywords
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.generations.checking import describe_files
from indexer.generations.generation import Generation, open_described
from indexer.generations.layout import SEARCHED, TABLES, GenerationLayout
from indexer.generations.manifest import (
    FORMAT,
    CuttingRecord,
    EncoderRecord,
    LanguageRecord,
    Manifest,
)
from indexer.generations.manifest_file import write_manifest
from indexer.progress import Silent
from indexer.text.sentences import find_sentences
from indexer.vectors.cache import VectorCache

CACHE_BYTES = 8 * 2**30
"""Limit of the vector cache."""


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """One line of a corpus file, in which the passages of an article are adjacent."""

    id: str
    article: str
    text: str
    language: str


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file, which may be gzipped."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from (orjson.loads(line) for line in file)


def read_qrels(path: Path) -> dict[str, set[str]]:
    """Return the ids of the documents relevant to each query. Some of these files are gzipped, even twice."""
    content = path.read_bytes()
    while content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    relevant: dict[str, set[str]] = {}
    _header, *lines = csv.reader(io.StringIO(content.decode()), delimiter="\t")
    for query, name, grade in lines:
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(name)
    return relevant


def index_passages(passages: Iterable[LabelledPassage], folder: Path, encoder: Encoder, cache: Path) -> Generation:
    """Write and open a generation over these passages. Vectors that are in the cache are not computed again."""
    folder.mkdir(parents=True)
    cut: list[Passage] = []
    files = GenerationLayout(folder)
    atoms = AtomWriter(AtomPaths(files.sketches, files.keywords), 2**22)
    writer, articles = ArticleWriter(folder, lambda _: cut, atoms), 0
    for name, lines in groupby(passages, key=lambda passage: passage.article):
        article, cut = _as_article(name, list(lines))
        articles += writer.add(article)
    writer.close()
    vectors = VectorCache.open(cache, encoder.identity)
    dense = write_vectors(folder, encoder, vectors, CachePolicy(CACHE_BYTES), Silent())
    sample_keywords(folder, {language: fit.known for language, fit in dense.languages.items()})
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        built_at=datetime.now(UTC),
        built_by="benchmark",
        encoder=EncoderRecord.of(encoder.identity, EncoderOptions()),
        cutting=CuttingRecord(min_tokens=1, max_tokens=1, context="none"),
        vectors=dense.nominations.kind,
        nominations=dense.nominations,
        articles=articles,
        passages=writer.passages,
        skipped=0,
        newest=None,
        languages={language: LanguageRecord(**asdict(fit)) for language, fit in dense.languages.items()},
        files=describe_files(folder, (*TABLES, *SEARCHED)),
    )
    write_manifest(manifest, folder)
    return open_described(manifest, folder)


def in_languages(passages: Iterable[LabelledPassage], languages: Collection[str] | None) -> Iterator[LabelledPassage]:
    """Yield the passages in the given languages; None: in all."""
    yield from (passage for passage in passages if languages is None or passage.language in languages)


def _as_article(name: str, lines: list[LabelledPassage]) -> tuple[Article, list[Passage]]:
    body, passages = "", []
    for ordinal, line in enumerate(lines):
        start = len(body) + 2 if body else 0
        body = f"{body}\n\n{line.text}" if body else line.text
        sentences = find_sentences(line.text, line.language)
        passages.append(Passage(name, ordinal, line.text, start, len(body), 0, sentences))
    return Article(name, "", body, None, lines[0].language, "", "", name), passages
