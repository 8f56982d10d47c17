"""``rebuild-index``: parse, call, print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from indexer.encoders.options import EncoderOptions
from indexer.terminal.shell import DEFAULT_INDEX, DeviceOption, IndexOption, JsonOption, new_app, print_json, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.build.plan import BuildPlan
    from indexer.build.reading_plan import ToRead

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
        help="Texts that pass through a named model together. [default: as suits the device]",
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
    list[str] | None, typer.Option("--add", metavar="PATH", help="Read this too, beside what was read before.")
]
IncludeOption = Annotated[
    list[str] | None, typer.Option(metavar="PATTERN", help="Of folders, only files such as '*.csv' or '2025/*'.")
]
ExcludeOption = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Of folders, no such files.")]
FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="FIELD=NAME", help="What a field is called in the files: title=headline."),
]
MinTokensOption = Annotated[int, typer.Option(help="Shorter paragraphs join their neighbour.")]
MaxTokensOption = Annotated[int, typer.Option(help="Longer paragraphs are cut at sentence boundaries.")]
CacheOption = Annotated[
    int, typer.Option(envvar="DATELINE_CACHE_MB", min=0, help="Keep vectors of earlier builds up to this size.")
]
MemoryOption = Annotated[
    int,
    typer.Option(
        "--memory",
        envvar="DATELINE_MEMORY",
        metavar="MB",
        min=640,
        help="What a build may take, beside 2 kB an article. Less is slower.",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Build though nothing has changed; publish though it is worse.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Publish nothing if anything was skipped.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Read all, say what was found, build nothing.")]

app = new_app("Build the index that dateline searches.")


@app.command("rebuild-index")
def rebuild(
    paths: PathsArgument = None,
    add: AddOption = None,
    include: IncludeOption = None,
    exclude: ExcludeOption = None,
    field: FieldOption = None,
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
    as_json: JsonOption = False,
) -> None:
    """Build the index over folders and files of news, and publish it when it is complete.

    What was there before answers until then. Articles that cannot be read are named and skipped.
    """
    from indexer.build.plan import BuildPlan
    from indexer.build.reading_plan import Told, what_to_read
    from indexer.encoders.choose import open_encoder
    from indexer.passages.cutting import PassageLimits
    from indexer.sources.inputs import find_inputs

    read = what_to_read(index, Told(paths or [], add or [], include or [], exclude or [], field or []))
    find_inputs(read.sources, read.choice)  # a slip of the pen is said before the encoder is loaded
    if dry_run:
        _survey(read, index, as_json)
        return
    options = EncoderOptions(
        device, dtype, backend, model_file, truncate_dim, query_prompt, passage_prompt, batch_size, processes
    )
    plan = BuildPlan(
        limits=PassageLimits(min_tokens, max_tokens),
        sources=read.sources,
        index=index,
        encoder=open_encoder(encoder, options),
        options=options,
        cache_bytes=cache_mb * 2**20,
        only_if_changed=not force,
        memory=memory * 2**20,
        read_again=force,
        publish_worse=force,
        choice=read.choice,
        removed=read.removed,
        strict=strict,
    )
    _build(plan, as_json)


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of articles, as the hits show them.")],
    index: IndexOption = DEFAULT_INDEX,
    device: DeviceOption = "",
    as_json: JsonOption = False,
) -> None:
    """Rebuild the index without some articles, and leave no trace of them: not in earlier generations, nor in caches.

    They stay out of later rebuilds too. The files they were read from are not touched.
    """
    from indexer.build.reading_plan import plan_without

    _build(plan_without(index, ids, device), as_json)


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Run ``rebuild-index``."""
    sys.exit(run(app, "rebuild-index", arguments))


def _survey(read: "ToRead", index: Path, as_json: bool) -> None:
    from indexer.build.dry_run import survey
    from indexer.terminal.printing import print_survey

    found = survey(read, index / "cache" / "fetched")
    if as_json:
        print_json(found.as_dict())
    else:
        print_survey(found, read.sources)


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
