"""``rebuild-index``: parse, call, print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from indexer.errors import SourceError
from indexer.shell import (
    DEFAULT_INDEX,
    DeviceOption,
    IndexOption,
    JsonOption,
    new_app,
    print_facts,
    print_json,
    printable,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.report import BuildReport
    from indexer.sources.notice import Notice

SEEDS = Path("seeds")
_SHOWN_NOTICES = 20

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

app = new_app("Build the index that dateline searches.")


@app.command("rebuild-index")
def rebuild(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files of news: .txt, .jsonl, .ndjson. [default: seeds/]", metavar="[PATH]..."),
    ] = None,
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
    min_tokens: Annotated[int, typer.Option(help="Shorter paragraphs join their neighbour.")] = 24,
    max_tokens: Annotated[int, typer.Option(help="Longer paragraphs are cut at sentence boundaries.")] = 256,
    cache_mb: Annotated[
        int, typer.Option(envvar="DATELINE_CACHE_MB", min=0, help="Keep vectors of earlier builds up to this size.")
    ] = 4096,
    force: Annotated[bool, typer.Option("--force", help="Build also where nothing has changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Build the index over folders and files of news, and publish it when it is complete.

    What was there before answers until then. Articles that cannot be read are named and skipped.
    """
    from indexer.build import BuildPlan, rebuild_index
    from indexer.encoders.choose import EncoderOptions, open_encoder
    from indexer.passages import PassageLimits
    from indexer.progress import progress_for
    from indexer.sources.files import find_files

    sources = paths or [_seeds()]
    limits = PassageLimits(min_tokens, max_tokens)
    find_files(sources)  # a slip of the pen is said before the encoder is loaded
    options = EncoderOptions(
        device, dtype, backend, model_file, truncate_dim, query_prompt, passage_prompt, batch_size, processes
    )
    plan = BuildPlan(sources, index, open_encoder(encoder, options), options, limits, cache_mb * 2**20, not force)
    with progress_for(Console(stderr=True)) as progress:
        report = rebuild_index(plan, progress)
    if as_json:
        print_json(report.as_dict())
    else:
        _print_report(report, index)


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Run ``rebuild-index``."""
    sys.exit(run(app, "rebuild-index", arguments))


def _seeds() -> Path:
    if not SEEDS.is_dir():
        raise SourceError("no source was named, and there is no folder seeds/ here", "rebuild-index PATH")
    return SEEDS


def _print_report(report: "BuildReport", index: Path) -> None:
    took = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    print_facts(
        {
            "articles": f"{report.articles:,} from {report.files:,} files, {report.undated:,} without a date",
            "passages": f"{report.passages:,}, {report.encoded:,} of them new to the encoder",
            "languages": ", ".join(f"{language} {count}" for language, count in report.languages.most_common()),
            "took": "no time: nothing has changed since the last build; --force builds all the same"
            if report.unchanged
            else took,
            "index": f"{index}, generation {report.generation}",
        }
    )
    _print_notices("skipped", report.skipped)
    _print_notices("flagged", report.flagged)


def _print_notices(kind: str, notices: "list[Notice]") -> None:
    if not notices:
        return
    typer.echo(f"\n{len(notices):,} {kind}:")
    for notice in notices[:_SHOWN_NOTICES]:
        typer.echo(f"  {printable(notice.origin)}: {printable(notice.reason)}")
    if len(notices) > _SHOWN_NOTICES:
        typer.echo(f"  and {len(notices) - _SHOWN_NOTICES:,} more, all in report.json of the generation")
