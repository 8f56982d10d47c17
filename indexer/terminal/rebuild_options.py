"""The options of ``rebuild-index`` that no other command has."""

from typing import Annotated

import typer

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
FollowLinksOption = Annotated[
    bool | None,
    typer.Option(
        "--follow-links/--no-follow-links",
        show_default=False,
        help="Whether links in folders are followed. [default: they are]",
    ),
]
AllowPrivateOption = Annotated[
    bool | None,
    typer.Option(
        "--allow-private/--no-allow-private",
        envvar="DATELINE_ALLOW_PRIVATE",
        show_default=False,
        help="Whether feeds and pages may lie on this machine or in a private network. [default: they may not]",
    ),
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
