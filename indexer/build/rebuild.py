"""Build a generation, stage by stage: read, cut and write the articles; encode; seal; publish."""

import functools
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from indexer.article import Article, Passage
from indexer.build.article_writer import ArticleWriter
from indexer.build.atom_process import atom_writer
from indexer.build.atom_writer import AtomPaths
from indexer.build.encoding import CachePolicy, WrittenVectors, write_vectors
from indexer.build.fingerprint import READING, InputContents, contents_of, digest_inputs, find_unchanged
from indexer.build.ingest import InputReader, read_articles, settle, spool_articles
from indexer.build.memory import PeakMemory
from indexer.build.nominating import shortfalls
from indexer.build.plan import BuildPlan
from indexer.build.previous import PreviousGeneration, open_previous
from indexer.build.quality_gate import find_headlines, refuse_worse
from indexer.build.read_cache import ReadCache
from indexer.build.reading_plan import context_of, inputs_of
from indexer.build.sampling import sample_keywords
from indexer.build.sealing import seal
from indexer.build.spool import Spool
from indexer.build.writing import complete_report, write_articles
from indexer.duplicates.removed import Removals
from indexer.encoders.protocol import Encoder
from indexer.errors import IndexCorruptError, SourceError
from indexer.generations import store
from indexer.generations.checkpoint import drop_checkpoint, has_checkpoint, load_checkpoint, save_checkpoint
from indexer.generations.generation import open_described
from indexer.generations.layout import GenerationLayout, IndexLayout
from indexer.generations.manifest import FORMAT, Manifest
from indexer.generations.report import BuildReport
from indexer.notice import Notice, flagged
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.passages.languages import tell_languages
from indexer.progress import BuildProgress, Silent
from indexer.sources.guard.reader import GuardedReader
from indexer.vectors.cache import VectorCache
from indexer.vectors.nomination.kinds import FLAT


def rebuild_index(plan: BuildPlan, progress: BuildProgress | None = None) -> BuildReport:
    """Read the sources, build a generation beside the one that answers, and publish it.

    A bad article is a notice in the report. Whatever else happens, even kill -9 at any moment, the generation that
    was there goes on answering until the new one is complete.

    Raises:
        SourceError: A source is missing, no article could be read, or one was skipped although the plan is strict.
        IndexLockedError: Another process is rebuilding the same index.
        StorageError: The disk is full or read-only.
        EncoderError: The encoder failed. What was read and cut is kept for the next rebuild from the same sources.
        WorseError: The new generation is clearly worse than the one that answers, and was not published.
    """
    progress = progress or Silent()
    inputs = plan.inputs
    if inputs is None:
        inputs = inputs_of(plan.sources, plan.choice)
    contents = contents_of(inputs.read)
    digest = digest_inputs(contents, [*_settings(plan), inputs.notices])
    if plan.only_if_changed and (unchanged := find_unchanged(plan.index, digest)):
        return unchanged
    with store.build_folder(plan.index, digest) as folder, PeakMemory() as peak:
        if has_checkpoint(folder, digest):
            report = load_checkpoint(folder)
        else:
            report = BuildReport(files=len(inputs.read), generation=folder.name)
            with _timed(report, "reading"):
                _write_articles(plan, contents, folder, report, progress, peak)
                report.notices += inputs.notices
                save_checkpoint(folder, digest, report)
        with _timed(report, "encoding"):
            vectors = _encode(plan, folder, report, progress)
        with _timed(report, "publishing"):
            report.peak_memory, report.peak_resident = peak.own, peak.resident
            manifest = seal(plan, folder, report, digest, vectors)
            _publish(plan, folder, manifest, report)
    return report


def _settings(plan: BuildPlan) -> Sequence[object]:
    """Return everything besides the sources that decides what is built.

    Options that make a build faster, or differ in rounding alone, are left out: device, dtype, batch size, processes.
    """
    removed = sorted(plan.removed)
    return plan.encoder_record, plan.cutting_record, FLAT.name, FORMAT, plan.choice, removed


def _write_articles(
    plan: BuildPlan,
    contents: InputContents,
    folder: Path,
    report: BuildReport,
    progress: BuildProgress,
    peak: PeakMemory,
) -> None:
    files = IndexLayout(plan.index)
    if plan.read_again:
        files.read_cache.unlink(missing_ok=True)
    settings = READING, plan.choice.fields, plan.choice.day_order
    removals = Removals(plan.removed)
    with (
        ReadCache(files.read_cache, settings, removals.may_hold) as cache,
        Spool(GenerationLayout(folder).spool) as spool,
        GuardedReader() as guard,
    ):
        context = context_of(plan.choice, files.fetched)
        reader = InputReader(context, guard, cache, contents)
        spooled = spool_articles(read_articles(reader, progress), spool, removals)
        cache.forget_others()
        if plan.strict and spooled.skipped:
            first = spooled.skipped[0]
            raise SourceError(
                f"{len(spooled.skipped):,} skipped, and none may be; the first: {first.origin}: {first.reason}",
                "mend or remove it, or leave out --strict",
            )
        cut = functools.partial(_cut, plan.encoder, plan.readable_limits)
        previous, problems = _previous(plan)
        made, before = GenerationLayout(folder), previous.atoms if previous else None
        paths = AtomPaths(made.sketches, made.keywords)
        with atom_writer(paths, plan.postings_in_memory, before, len(spool), peak.watch) as atoms:
            writer = ArticleWriter(folder, cut, atoms, previous)
            written = write_articles(spooled, settle(spooled, removals), writer)
        complete_report(report, spooled, written)
        report.notices += [*plan.doubts, *problems]


def _previous(plan: BuildPlan) -> tuple[PreviousGeneration | None, list[Notice]]:
    """Open the generation that answers, or say that it is damaged: then everything is built anew."""
    try:
        return open_previous(plan.index, plan.encoder_record, plan.cutting_record), []
    except IndexCorruptError as error:
        return None, [flagged(str(plan.index), f"was damaged, and is built anew: {error.message}")]


def _encode(plan: BuildPlan, folder: Path, report: BuildReport, progress: BuildProgress) -> WrittenVectors:
    """Write the vectors; return what was found out about them."""
    cache = VectorCache.open(IndexLayout(plan.index).cache, plan.encoder.identity)
    policy = CachePolicy(plan.cache_bytes, only_this_build=plan.forget)
    written = write_vectors(folder, plan.encoder, cache, policy, progress, plan.nominations_in_memory)
    report.encoded = written.encoded
    known = {language: fit.known for language, fit in written.languages.items()}
    sample_keywords(folder, known)
    report.headlines = find_headlines(folder, known, plan.encoder)
    report.nominations = written.nominations.model_dump()
    report.notices += [
        flagged(GenerationLayout(folder).nominations.name, each) for each in shortfalls(written.nominations)
    ]
    return written


def _publish(plan: BuildPlan, folder: Path, manifest: Manifest, report: BuildReport) -> None:
    """Let a sealed generation answer, unless it is clearly worse, and remove what it replaces."""
    open_described(manifest, folder)
    if not plan.publish_worse:
        refuse_worse(plan.index, manifest, report)
    drop_checkpoint(folder)
    store.publish(plan.index, folder)
    if plan.forget:
        files = IndexLayout(plan.index)
        shutil.rmtree(files.fetched, ignore_errors=True)
        files.read_cache.unlink(missing_ok=True)
    store.remove_old(plan.index, keep=1 if plan.forget else store.GENERATIONS_KEPT)


def _cut(encoder: Encoder, limits: PassageLimits, article: Article) -> list[Passage]:
    return tell_languages(article, cut_passages(article, limits, encoder.count_tokens))


@contextmanager
def _timed(report: BuildReport, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    report.seconds[stage] = time.perf_counter() - began
