"""Build a generation: read and cut, encode, write, verify, publish. Readers come and go; the order of stages stays."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from indexer import generation, store
from indexer.article import Article
from indexer.context import CONTEXT, room_for_text
from indexer.encoders.choose import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.errors import SourceError
from indexer.inputs import digest_inputs, find_unchanged
from indexer.legs import FILES, DenseLeg, write_keywords, write_vectors
from indexer.manifest import (
    FORMAT,
    CuttingRecord,
    EncoderRecord,
    LanguageRecord,
    Manifest,
    describe_file,
    write_manifest,
)
from indexer.passages import PassageLimits, cut_passages
from indexer.progress import BuildProgress, Silent
from indexer.report import BuildReport
from indexer.sources.files import SourceFile, find_files, read_file
from indexer.sources.notice import Notice, skipped
from indexer.tables import ARTICLES, PASSAGES, Tables, TableWriter
from indexer.vector_cache import VectorCache
from indexer.vectors import KIND


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What to build, from what, with what, and where."""

    sources: Sequence[Path]
    index: Path
    encoder: Encoder
    options: EncoderOptions = field(default_factory=EncoderOptions)
    limits: PassageLimits = field(default_factory=PassageLimits)
    cache_bytes: int = 4 * 2**30
    """The vectors of earlier builds are kept up to this size; beyond it, those of this build."""
    only_if_changed: bool = False
    """Build nothing where the generation that answers was made from the same and is whole."""


def rebuild_index(plan: BuildPlan, progress: BuildProgress | None = None) -> BuildReport:
    """Read the sources, build a generation beside the one that answers, and publish it.

    A bad article is a notice in the report. Whatever else happens, also kill -9 at any moment, the generation
    that was there answers until the new one is complete.

    Raises:
        SourceError: A source is missing, or nothing in any of them could be read.
        IndexLockedError: Another rebuild is under way.
        StorageError: The disk is full or read-only.
    """
    progress = progress or Silent()
    files = find_files(plan.sources)
    plan = replace(plan, limits=_readable(plan.limits, plan.encoder.max_tokens))
    inputs = digest_inputs(files, (plan.encoder.identity, plan.options, plan.limits, CONTEXT, KIND, FORMAT))
    if plan.only_if_changed and (unchanged := find_unchanged(plan.index, inputs)):
        return unchanged
    report = BuildReport(files=len(files))
    with store.build_folder(plan.index) as folder:
        report.generation = folder.name
        with _timed(report, "reading"):
            _write_tables(plan, files, folder, report, progress)
            write_keywords(folder)
        with _timed(report, "encoding"):
            cache = VectorCache(plan.index / store.CACHE, plan.encoder.identity)
            dense = write_vectors(folder, plan.encoder, cache, plan.cache_bytes, progress)
            report.encoded = dense.encoded
        with _timed(report, "publishing"):
            _seal(plan, folder, report, inputs, dense)
            generation.open_folder(folder)
            store.publish(plan.index, folder)
            store.remove_old(plan.index)
    return report


def read_articles(files: Sequence[SourceFile], report: BuildReport, progress: BuildProgress) -> Iterator[Article]:
    """Yield the articles of all files, each id once; what could not be taken goes into the report."""
    seen: dict[str, str] = {}
    progress.start("reading", len(files), "files")
    for file in files:
        for item in read_file(file):
            if isinstance(item, Notice):
                report.notices.append(item)
            elif item.id in seen:
                reason = f"id {item.id!r} was read before, at {seen[item.id]}; give it another id to keep both"
                report.notices.append(skipped(item.origin, reason))
            else:
                seen[item.id] = item.origin
                yield item
        progress.advance()


def _readable(limits: PassageLimits, max_tokens: int | None) -> PassageLimits:
    """Keep passages within what the encoder reads."""
    if max_tokens is None or limits.max_tokens <= room_for_text(max_tokens):
        return limits
    room = room_for_text(max_tokens)
    return PassageLimits(min(limits.min_tokens, room), room)


def _write_tables(
    plan: BuildPlan, files: Sequence[SourceFile], folder: Path, report: BuildReport, progress: BuildProgress
) -> None:
    writer = TableWriter(folder)
    for article in read_articles(files, report, progress):
        passages = cut_passages(article, plan.limits, plan.encoder.count_tokens)
        if not passages:
            report.notices.append(skipped(article.origin, "nothing in it is the article's own words"))
            continue
        writer.add(article, passages)
        report.count(article)
    writer.close()
    report.passages = writer.passages
    if not report.articles:
        first = report.skipped[0]
        raise SourceError(
            f"none of the articles could be read; the first: {first.origin}: {first.reason}",
            "mend or remove what is named, or name other sources",
        )


def _seal(plan: BuildPlan, folder: Path, report: BuildReport, inputs: str, dense: DenseLeg) -> None:
    """Write the report and, last of all, the manifest."""
    (folder / generation.REPORT).write_bytes(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2))
    languages = {language: LanguageRecord(**asdict(fit)) for language, fit in dense.languages.items()}
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        built_at=datetime.now(UTC),
        built_by=f"dateline {_version()}",
        encoder=EncoderRecord.of(plan.encoder.identity, plan.options),
        cutting=CuttingRecord(min_tokens=plan.limits.min_tokens, max_tokens=plan.limits.max_tokens, context=CONTEXT),
        vectors=KIND,
        articles=report.articles,
        passages=report.passages,
        skipped=len(report.skipped),
        newest=_newest(Tables(folder)),
        languages=languages,
        inputs=inputs,
        files={name: describe_file(folder / name) for name in (ARTICLES, PASSAGES, *FILES, generation.REPORT)},
    )
    write_manifest(manifest, folder)


def _newest(tables: Tables) -> str | None:
    """Return when the newest article appeared, at the precision it came with."""
    dates = zip(tables.article_column("published_latest"), tables.article_column("published"), strict=True)
    return max(((latest, iso) for latest, iso in dates if iso), default=(None, None))[1]


def _version() -> str:
    try:
        return version("dateline")
    except PackageNotFoundError:
        return "from source"


@contextmanager
def _timed(report: BuildReport, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    report.seconds[stage] = time.perf_counter() - began
