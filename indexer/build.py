"""Build a generation: read and cut, encode, write, verify, publish. Readers come and go; the order of stages stays."""

import functools
import resource
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from indexer import generation, store
from indexer.article import Article, Passage
from indexer.checkpoint import drop_checkpoint, has_checkpoint, load_checkpoint, save_checkpoint
from indexer.context import CONTEXT, room_for_text
from indexer.encoders.choose import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.errors import SourceError
from indexer.former import open_former
from indexer.gathering import Reader, read_articles, set_aside, write_articles
from indexer.inputs import READING, Contents, contents_of, digest_inputs, find_unchanged
from indexer.legs import FILES, DenseLeg, Keep, write_vectors
from indexer.manifest import (
    FORMAT,
    CuttingRecord,
    EncoderRecord,
    LanguageRecord,
    Manifest,
    SourcesRecord,
    describe_file,
    write_manifest,
)
from indexer.passage_language import tell_languages
from indexer.passages import PassageLimits, cut_passages
from indexer.progress import BuildProgress, Silent
from indexer.read_cache import ReadCache
from indexer.report import BuildReport
from indexer.soundness import find_headlines, refuse_worse
from indexer.sources.files import Choice
from indexer.sources.inputs import STANDARD_INPUT, find_inputs, is_address
from indexer.spool import Spool
from indexer.tables import TABLES, Tables
from indexer.vector_cache import VectorCache
from indexer.vectors import KIND
from indexer.writing import ArticleWriter

_MEMORY_OF_ENCODER, _MEMORY_OF_OCCURRENCE = 600 * 2**20, 100
"""Bytes that the embedded encoder takes with all that is loaded, and an occurrence of a term before it goes to disk."""
_LEAST_RUN, _MOST_RUN = 2**16, 2**24
"""Occurrences of terms in memory: fewer make too many runs, more save no time."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What to build, from what, with what, and where."""

    sources: Sequence[str | Path]
    """Files, folders, addresses of feeds, and ``-`` for standard input."""
    index: Path
    encoder: Encoder
    options: EncoderOptions = field(default_factory=EncoderOptions)
    limits: PassageLimits = field(default_factory=PassageLimits)
    cache_bytes: int = 4 * 2**30
    """The vectors of earlier builds are kept up to this size; beyond it, those of this build."""
    memory: int = 1024 * 2**20
    """Bytes that a build may take, beside some 2 kB of each article and 12 bytes of each text encoded."""
    only_if_changed: bool = False
    """Build nothing where the generation that answers was made from the same and is whole."""
    choice: Choice = field(default_factory=Choice)
    removed: Collection[str] = ()
    """Ids of articles to be left out."""
    forget: bool = False
    """Leave no trace of what is not in this build: in earlier generations, cached vectors, and what was fetched."""
    strict: bool = False
    """Publish nothing where an article had to be skipped."""
    read_again: bool = False
    """Read also files that have not changed since they were read for an earlier build."""
    publish_worse: bool = False
    """Publish also what is clearly worse than what answers."""


def rebuild_index(plan: BuildPlan, progress: BuildProgress | None = None) -> BuildReport:
    """Read the sources, build a generation beside the one that answers, and publish it.

    A bad article is a notice in the report. Whatever else happens, also kill -9 at any moment, the generation
    that was there answers until the new one is complete.

    Raises:
        SourceError: A source is missing, nothing in any of them could be read, or something could not where nothing
            may be skipped.
        IndexLockedError: Another rebuild is under way.
        StorageError: The disk is full or read-only.
        WorseError: What was built is clearly worse than what answers, and must not be published.
    """
    progress = progress or Silent()
    inputs = find_inputs([str(source) for source in plan.sources], plan.choice)
    plan = replace(plan, limits=_readable(plan.limits, plan.encoder.max_tokens))
    encoder = (plan.encoder.identity, plan.options, plan.limits, CONTEXT, KIND, FORMAT)
    contents = contents_of(inputs)
    digest = digest_inputs(contents, (*encoder, plan.choice, sorted(plan.removed)))
    if plan.only_if_changed and (unchanged := find_unchanged(plan.index, digest)):
        return unchanged
    with store.build_folder(plan.index, digest) as folder:
        if has_checkpoint(folder, digest):
            report = load_checkpoint(folder)
        else:
            report = BuildReport(files=len(inputs), generation=folder.name)
            with _timed(report, "reading"):
                _write_articles(plan, contents, folder, report, progress)
                save_checkpoint(folder, digest, report)
        with _timed(report, "encoding"):
            cache = VectorCache(plan.index / store.CACHE, plan.encoder.identity)
            dense = write_vectors(folder, plan.encoder, cache, Keep(plan.cache_bytes, plan.forget), progress)
            report.encoded = dense.encoded
            known = {language: fit.known for language, fit in dense.languages.items()}
            report.headlines = find_headlines(folder, known, plan.encoder)
        with _timed(report, "publishing"):
            _seal(plan, folder, report, digest, dense)
            built = generation.open_folder(folder)
            if not plan.publish_worse:
                refuse_worse(plan.index, built.manifest, report)
            drop_checkpoint(folder)
            store.publish(plan.index, folder)
            if plan.forget:
                shutil.rmtree(_fetched(plan.index), ignore_errors=True)
                _known(plan.index).unlink(missing_ok=True)
            store.remove_old(plan.index, keep=1 if plan.forget else store.KEPT)
    return report


def _fetched(index: Path) -> Path:
    return index / store.CACHE / "fetched"


def _known(index: Path) -> Path:
    return index / store.CACHE / "read.sqlite"


def _readable(limits: PassageLimits, max_tokens: int | None) -> PassageLimits:
    """Keep passages within what the encoder reads."""
    if max_tokens is None or limits.max_tokens <= room_for_text(max_tokens):
        return limits
    room = room_for_text(max_tokens)
    return PassageLimits(min(limits.min_tokens, room), room)


def _write_articles(
    plan: BuildPlan, contents: Contents, folder: Path, report: BuildReport, progress: BuildProgress
) -> None:
    if plan.read_again:
        _known(plan.index).unlink(missing_ok=True)
    settings = READING, plan.choice.fields
    with ReadCache(_known(plan.index), settings, plan.removed) as cache, Spool(folder / "read.arrow") as spool:
        reader = Reader(plan.choice.fields, _fetched(plan.index), cache, contents)
        articles = read_articles(reader, report, progress)
        aside = set_aside(articles, spool, frozenset(plan.removed), report)
        cache.forget_others()
        if plan.strict and report.skipped:
            first = report.skipped[0]
            raise SourceError(
                f"{len(report.skipped):,} skipped, and none may be; the first: {first.origin}: {first.reason}",
                "mend or remove it, or leave out --strict",
            )
        cut = functools.partial(_cut, plan)
        former = open_former(plan.index, _encoder(plan), _cutting(plan))
        write_articles(aside, ArticleWriter(folder, cut, _run(plan.memory), former), report)


def _run(memory: int) -> int:
    """Return how many occurrences of terms may be in memory."""
    room = (memory - _MEMORY_OF_ENCODER) // _MEMORY_OF_OCCURRENCE
    return min(max(room, _LEAST_RUN), _MOST_RUN)


def _cut(plan: BuildPlan, article: Article) -> list[Passage]:
    return tell_languages(article, cut_passages(article, plan.limits, plan.encoder.count_tokens))


def _encoder(plan: BuildPlan) -> EncoderRecord:
    return EncoderRecord.of(plan.encoder.identity, plan.options)


def _cutting(plan: BuildPlan) -> CuttingRecord:
    return CuttingRecord(min_tokens=plan.limits.min_tokens, max_tokens=plan.limits.max_tokens, context=CONTEXT)


def _seal(plan: BuildPlan, folder: Path, report: BuildReport, inputs: str, dense: DenseLeg) -> None:
    """Write the report and, last of all, the manifest."""
    report.peak_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    (folder / generation.REPORT).write_bytes(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2))
    languages = {language: LanguageRecord(**asdict(fit)) for language, fit in dense.languages.items()}
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        built_at=datetime.now(UTC),
        built_by=f"dateline {_version()}",
        encoder=_encoder(plan),
        cutting=_cutting(plan),
        vectors=KIND,
        articles=report.articles,
        passages=report.passages,
        skipped=len(report.skipped),
        newest=_newest(Tables(folder)),
        languages=languages,
        inputs=inputs,
        read=_sources(plan),
        files={name: describe_file(folder / name) for name in (*TABLES, *FILES, generation.REPORT)},
    )
    write_manifest(manifest, folder)


def _sources(plan: BuildPlan) -> SourcesRecord:
    return SourcesRecord(
        sources=tuple(
            str(source) if is_address(str(source)) else str(Path(source).absolute())
            for source in plan.sources
            if str(source) != STANDARD_INPUT
        ),
        include=tuple(plan.choice.include),
        exclude=tuple(plan.choice.exclude),
        fields=dict(plan.choice.fields.given),
        removed=tuple(sorted(plan.removed)),
    )


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
