"""Seal a generation: write its report and, as the last file, the manifest with the digest of every other file."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson

from indexer.build.encoding import WrittenVectors
from indexer.build.plan import BuildPlan
from indexer.environment import installed_version
from indexer.generations.checking import describe_files
from indexer.generations.layout import COMPLETE, GenerationLayout
from indexer.generations.manifest import (
    FORMAT,
    LanguageRecord,
    Manifest,
    SourcesRecord,
)
from indexer.generations.manifest_file import write_manifest, write_sources
from indexer.generations.report import BuildReport
from indexer.sources.content import text_of
from indexer.sources.inputs import STANDARD_INPUT, is_address
from indexer.storage.tables import Tables


def seal(plan: BuildPlan, folder: Path, report: BuildReport, fingerprint: str, vectors: WrittenVectors) -> Manifest:
    """Write the report, the record of the sources and the manifest, and return the manifest.

    Args:
        plan: What is being built.
        folder: Where the files of the generation are.
        report: What was read, kept and skipped.
        fingerprint: The digest of what it was built from; empty where that is not known.
        vectors: What was found out while the vectors were written.
    """
    files = GenerationLayout(folder)
    files.report.write_bytes(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2))
    sources = _sources(plan)
    write_sources(sources, folder)
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        built_at=datetime.now(UTC),
        built_by=f"dateline {installed_version()}",
        encoder=plan.encoder_record,
        cutting=plan.cutting_record,
        vectors=vectors.nominations.kind,
        nominations=vectors.nominations,
        articles=report.articles,
        passages=report.passages,
        skipped=len(report.skipped),
        newest=_newest(Tables(files.tables)),
        languages={language: LanguageRecord(**asdict(fit)) for language, fit in vectors.languages.items()},
        inputs=fingerprint,
        read=sources,
        files=describe_files(folder, COMPLETE),
    )
    write_manifest(manifest, folder)
    return manifest


def _sources(plan: BuildPlan) -> SourcesRecord:
    return SourcesRecord(
        sources=tuple(
            str(source) if is_address(str(source)) else text_of(Path(source).absolute())
            for source in plan.sources
            if str(source) != STANDARD_INPUT
        ),
        include=tuple(plan.choice.include),
        exclude=tuple(plan.choice.exclude),
        fields=dict(plan.choice.fields.given),
        day_order=plan.choice.day_order,
        follow_links=plan.choice.follow_links,
        allow_private=plan.choice.allow_private,
        removed=tuple(sorted(plan.removed)),
    )


def _newest(tables: Tables) -> str | None:
    """Return when the newest article appeared, at the precision it came with."""
    dates = zip(tables.article_column("published_latest"), tables.article_column("published"), strict=True)
    return max(((latest, iso) for latest, iso in dates if iso), default=(None, None))[1]
