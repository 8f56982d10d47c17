"""The command ``rebuild-index``: it parses options, calls the build and prints the report."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from indexer.encoders.options import EncoderOptions
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

EncoderOption = Annotated[
    str,
    typer.Option(
        envvar="DATELINE_ENCODER",
        help="'embedded' (offline, 16 languages), or a sentence-transformers model by name or folder.",
    ),
]
DtypeOption = Annotated[str, typer.Option(help="float32, bfloat16, float16. [default: the encoder's own best]")]
BackendOption = Annotated[str, typer.Option(help="torch, onnx, openvino; for a named model.")]
ModelFileOption = Annotated[
    str, typer.Option(help="The exported file to run, of a named model: onnx/model_qint8_avx512.onnx.")
]
BatchSizeOption = Annotated[
    int,
    typer.Option(
        min=0,
        show_default=False,
        help="Texts that pass through a named model together. [default: depends on the device]",
    ),
]
ProcessesOption = Annotated[
    int,
    typer.Option(
        envvar="DATELINE_PROCESSES",
        min=0,
        show_default=False,
        help="Processes that encode with a named model. [default: one a GPU where there are several]",
    ),
]
TruncateDimOption = Annotated[int | None, typer.Option(help="Keep only the first dimensions of a named model.")]
QueryPromptOption = Annotated[str | None, typer.Option(help="Put before each query, for a named model.")]
PassagePromptOption = Annotated[str | None, typer.Option(help="Put before each passage, for a named model.")]

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Folders or files of news, addresses of feeds, - for standard input. "
        "[default: what the index was built from, else seeds/]",
        metavar="[PATH]...",
    ),
]
AddOption = Annotated[
    list[str] | None,
    typer.Option("--add", metavar="PATH", help="Read this too, besides the sources of the last build."),
]
IncludeOption = Annotated[
    list[str] | None, typer.Option(metavar="PATTERN", help="Of folders, read only such files: '*.csv', '2025/*'.")
]
ExcludeOption = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Of folders, do not read such files.")]
FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="FIELD=NAME", help="What a field is called in the files: title=headline."),
]
DayFirstOption = Annotated[
    bool | None,
    typer.Option(
        "--day-first/--month-first",
        show_default=False,
        help="What 03/04/2025 means where a file does not tell. [default: such articles have no date]",
    ),
]
MinTokensOption = Annotated[int, typer.Option(help="Join paragraphs of fewer tokens to their neighbour.")]
MaxTokensOption = Annotated[int, typer.Option(help="Cut paragraphs of more tokens at the ends of sentences.")]
CacheOption = Annotated[
    int, typer.Option(envvar="DATELINE_CACHE_MB", min=0, help="Keep the vectors of earlier builds up to this size.")
]
MemoryOption = Annotated[
    int,
    typer.Option(
        "--memory",
        envvar="DATELINE_MEMORY",
        metavar="MB",
        min=640,
        help="Memory that a build may take, besides 2 kB an article. Less is slower.",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Build even if nothing has changed, and publish even if the index is worse.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Publish nothing if anything was skipped.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Read everything and print what was found, but build nothing.")
]
LimitsOption = Annotated[bool, typer.Option("--limits", help="Print every bound on what is read, and exit.")]

app = new_app("Build the index that dateline searches.")


@app.command("rebuild-index")
def rebuild(
    paths: PathsArgument = None,
    add: AddOption = None,
    include: IncludeOption = None,
    exclude: ExcludeOption = None,
    field: FieldOption = None,
    day_first: DayFirstOption = None,
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
        _print_limits(as_json)
        return
    from indexer.build.reading_plan import RebuildRequest, plan_build, plan_reading
    from indexer.dates.day_order import DayOrder
    from indexer.passages.cutting import PassageLimits

    order = None if day_first is None else DayOrder.DAY_FIRST if day_first else DayOrder.MONTH_FIRST
    request = RebuildRequest(paths or [], add or [], include or [], exclude or [], field or [], order)
    reading = plan_reading(index, request)
    if dry_run:
        _survey(reading, index, as_json)
        return
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
    _build(plan, as_json)


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


def _print_limits(as_json: bool) -> None:
    from indexer.sources.limits import LIMITS

    bounds = {limit.what: limit.most for limit in LIMITS}
    if as_json:
        print_json(bounds)
    else:
        print_facts(bounds)


def _survey(reading: "ReadingPlan", index: Path, as_json: bool) -> None:
    from indexer.build.dry_run import survey
    from indexer.generations.layout import IndexLayout
    from indexer.terminal.printing import print_survey

    found = survey(reading, IndexLayout(index).fetched)
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
