"""The command ``rebuild-index``: it parses options, calls the build and prints the report."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from indexer.encoders.options import EncoderOptions
from indexer.terminal.rebuild_options import (
    AddOption,
    AllowPrivateOption,
    BackendOption,
    BatchSizeOption,
    CacheOption,
    DayFirstOption,
    DryRunOption,
    DtypeOption,
    EncoderOption,
    ExcludeOption,
    FieldOption,
    FollowLinksOption,
    ForceOption,
    IncludeOption,
    LimitsOption,
    MaxTokensOption,
    MemoryOption,
    MinTokensOption,
    ModelFileOption,
    PassagePromptOption,
    PathsArgument,
    ProcessesOption,
    QueryPromptOption,
    StrictOption,
    TruncateDimOption,
)
from indexer.terminal.shell import (
    DEFAULT_INDEX,
    DeviceOption,
    IndexOption,
    JsonOption,
    VersionOption,
    new_app,
    print_facts,
    print_json,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.build.plan import BuildPlan
    from indexer.build.reading_plan import ReadingPlan
    from indexer.dates.day_order import DayOrder

app = new_app("Build the index that dateline searches.")


@app.command("rebuild-index")
def rebuild(
    paths: PathsArgument = None,
    add: AddOption = None,
    include: IncludeOption = None,
    exclude: ExcludeOption = None,
    field: FieldOption = None,
    day_first: DayFirstOption = None,
    follow_links: FollowLinksOption = None,
    allow_private: AllowPrivateOption = None,
    index: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = "embedded",
    device: DeviceOption = "",
    dtype: DtypeOption = "",
    backend: BackendOption = "torch",
    model_file: ModelFileOption = "",
    batch_size: BatchSizeOption = 0,
    processes: ProcessesOption = 0,
    truncate_dim: TruncateDimOption = None,
    query_prompt: QueryPromptOption = None,
    passage_prompt: PassagePromptOption = None,
    min_tokens: MinTokensOption = 24,
    max_tokens: MaxTokensOption = 256,
    cache_mb: CacheOption = 4096,
    memory: MemoryOption = 1024,
    force: ForceOption = False,
    strict: StrictOption = False,
    dry_run: DryRunOption = False,
    limits: LimitsOption = False,
    as_json: JsonOption = False,
    _version: VersionOption = False,
) -> None:
    """Build the index over folders and files of news, and publish it when it is complete.

    Until then the index that was there before answers. Articles that cannot be read are named and skipped.
    """
    if limits:
        return _print_limits(as_json)
    from indexer.build.reading_plan import RebuildRequest, plan_build, plan_reading
    from indexer.passages.cutting import PassageLimits

    order = _day_order(day_first)
    request = RebuildRequest(
        paths or [], add or [], include or [], exclude or [], field or [], order, follow_links, allow_private
    )
    reading = plan_reading(index, request)
    if dry_run:
        return _survey(reading, index, as_json)
    options = EncoderOptions(
        device, dtype, backend, model_file, truncate_dim, query_prompt, passage_prompt, batch_size, processes
    )
    plan = replace(
        plan_build(index, reading, encoder, options, PassageLimits(min_tokens, max_tokens)),
        cache_bytes=cache_mb * 2**20,
        only_if_changed=not force,
        memory=memory * 2**20,
        read_again=force,
        publish_worse=force,
        strict=strict,
    )
    return _build(plan, as_json)


def remove(
    articles: Annotated[
        list[str],
        typer.Argument(metavar="ARTICLE...", help="Ids of articles, which search prints after id, or their addresses."),
    ],
    index: IndexOption = DEFAULT_INDEX,
    device: DeviceOption = "",
    as_json: JsonOption = False,
) -> None:
    """Rebuild the index without some articles, and leave no trace of them: not in earlier generations, nor in caches.

    They stay out of later rebuilds too. The files they were read from are not touched.
    """
    from indexer.build.removal import plan_without

    _build(plan_without(index, articles, device), as_json)


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Run ``rebuild-index``."""
    sys.exit(run(app, "rebuild-index", arguments))


def _day_order(day_first: bool | None) -> "DayOrder | None":
    from indexer.dates.day_order import DayOrder

    return None if day_first is None else DayOrder.DAY_FIRST if day_first else DayOrder.MONTH_FIRST


def _print_limits(as_json: bool) -> None:
    from indexer.sources.limits import LIMITS

    bounds = {limit.what: limit.most for limit in LIMITS}
    if as_json:
        print_json(bounds)
    else:
        print_facts(bounds)


def _survey(reading: "ReadingPlan", index: Path, as_json: bool) -> None:
    from indexer.build.dry_run import survey
    from indexer.terminal.printing import print_survey

    found = survey(reading, index)
    if as_json:
        print_json(found.as_dict())
    else:
        print_survey(found, reading.sources)


def _build(plan: "BuildPlan", as_json: bool) -> None:
    from indexer.build.rebuild import rebuild_index
    from indexer.terminal.printing import print_report
    from indexer.terminal.progress import progress_for

    with progress_for(Console(stderr=True)) as progress:
        report = rebuild_index(plan, progress)
    if as_json:
        print_json(report.as_dict())
    else:
        print_report(report, plan.index)
