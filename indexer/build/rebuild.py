"""Build a generation: read and cut, encode, write, verify, publish. Readers come and go; the order of stages stays."""

import functools
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from indexer.article import Article, Passage
from indexer.build.article_writer import ArticleWriter
from indexer.build.encoding import DenseLeg, Keep, write_vectors
from indexer.build.fingerprint import READING, Contents, contents_of, digest_inputs, find_unchanged
from indexer.build.ingest import Reader, read_articles, set_aside, write_articles
from indexer.build.memory import PeakMemory
from indexer.build.plan import BuildPlan
from indexer.build.previous import open_former
from indexer.build.quality_gate import find_headlines, refuse_worse
from indexer.build.read_cache import ReadCache
from indexer.build.sealing import cutting_record, encoder_record, seal
from indexer.build.spool import Spool
from indexer.errors import SourceError
from indexer.generations import generation, store
from indexer.generations.checkpoint import drop_checkpoint, has_checkpoint, load_checkpoint, save_checkpoint
from indexer.generations.manifest import FORMAT
from indexer.generations.report import BuildReport
from indexer.passages.context import CONTEXT, room_for_text
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.passages.languages import tell_languages
from indexer.progress import BuildProgress, Silent
from indexer.sources.inputs import find_inputs
from indexer.vectors.cache import VectorCache
from indexer.vectors.faiss_index import KIND


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
    with store.build_folder(plan.index, digest) as folder, PeakMemory() as peak:
        if has_checkpoint(folder, digest):
            report = load_checkpoint(folder)
        else:
            report = BuildReport(files=len(inputs), generation=folder.name)
            with _timed(report, "reading"):
                _write_articles(plan, contents, folder, report, progress)
                save_checkpoint(folder, digest, report)
        with _timed(report, "encoding"):
            dense = _encode(plan, folder, report, progress)
        with _timed(report, "publishing"):
            report.peak_memory, report.peak_resident = peak.own, peak.resident
            seal(plan, folder, report, digest, dense)
            _publish(plan, folder, report)
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
        former = open_former(plan.index, encoder_record(plan), cutting_record(plan))
        write_articles(aside, ArticleWriter(folder, cut, plan.occurrences, former), report)


def _encode(plan: BuildPlan, folder: Path, report: BuildReport, progress: BuildProgress) -> DenseLeg:
    cache = VectorCache(plan.index / store.CACHE, plan.encoder.identity)
    dense = write_vectors(folder, plan.encoder, cache, Keep(plan.cache_bytes, plan.forget), progress)
    report.encoded = dense.encoded
    known = {language: fit.known for language, fit in dense.languages.items()}
    report.headlines = find_headlines(folder, known, plan.encoder)
    return dense


def _publish(plan: BuildPlan, folder: Path, report: BuildReport) -> None:
    """Let a sealed generation answer, unless it is clearly worse, and remove what it replaces."""
    built = generation.open_folder(folder)
    if not plan.publish_worse:
        refuse_worse(plan.index, built.manifest, report)
    drop_checkpoint(folder)
    store.publish(plan.index, folder)
    if plan.forget:
        shutil.rmtree(_fetched(plan.index), ignore_errors=True)
        _known(plan.index).unlink(missing_ok=True)
    store.remove_old(plan.index, keep=1 if plan.forget else store.KEPT)


def _cut(plan: BuildPlan, article: Article) -> list[Passage]:
    return tell_languages(article, cut_passages(article, plan.limits, plan.encoder.count_tokens))


@contextmanager
def _timed(report: BuildReport, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    report.seconds[stage] = time.perf_counter() - began
