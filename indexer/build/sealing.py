"""Ends a generation: its report, and last of all the manifest that vouches for every file."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from indexer.build.encoding import FILES, DenseLeg
from indexer.build.plan import BuildPlan
from indexer.generations import generation
from indexer.generations.manifest import (
    FORMAT,
    CuttingRecord,
    EncoderRecord,
    LanguageRecord,
    Manifest,
    SourcesRecord,
    describe_files,
    write_manifest,
)
from indexer.generations.report import BuildReport
from indexer.passages.context import CONTEXT
from indexer.sources.inputs import STANDARD_INPUT, is_address
from indexer.storage.tables import TABLES, Tables
from indexer.vectors.faiss_index import KIND


def encoder_record(plan: BuildPlan) -> EncoderRecord:
    """Return what a manifest says of the encoder."""
    return EncoderRecord.of(plan.encoder.identity, plan.options)


def cutting_record(plan: BuildPlan) -> CuttingRecord:
    """Return what a manifest says of how articles are cut."""
    return CuttingRecord(min_tokens=plan.limits.min_tokens, max_tokens=plan.limits.max_tokens, context=CONTEXT)


def seal(plan: BuildPlan, folder: Path, report: BuildReport, inputs: str, dense: DenseLeg) -> None:
    """Write the report and, last of all, the manifest."""
    (folder / generation.REPORT).write_bytes(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2))
    languages = {language: LanguageRecord(**asdict(fit)) for language, fit in dense.languages.items()}
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        built_at=datetime.now(UTC),
        built_by=f"dateline {_version()}",
        encoder=encoder_record(plan),
        cutting=cutting_record(plan),
        vectors=KIND,
        articles=report.articles,
        passages=report.passages,
        skipped=len(report.skipped),
        newest=_newest(Tables(folder)),
        languages=languages,
        inputs=inputs,
        read=_sources(plan),
        files=describe_files(folder, (*TABLES, *FILES, generation.REPORT)),
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
