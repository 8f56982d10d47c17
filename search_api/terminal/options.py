"""The options of ``dateline``'s commands, with what ``--help`` says of them."""

from pathlib import Path
from typing import Annotated

import typer

EncoderOption = Annotated[
    str,
    typer.Option(
        "--encoder", envvar="DATELINE_ENCODER", help="Refuse an index that another encoder built. [default: any]"
    ),
]

RerankerOption = Annotated[
    str,
    typer.Option(
        "--reranker",
        envvar="DATELINE_RERANKER",
        help="Cross encoder, a name on a hub or a folder, that reads the best passages again. [default: none]",
    ),
]

EvaluatedEncoderOption = Annotated[
    str,
    typer.Option(
        "--encoder",
        envvar="DATELINE_ENCODER",
        help="With --corpus the encoder to use ('embedded'); else refuse an index of another one. [default: any]",
    ),
]

QueryArgument = Annotated[str, typer.Argument(help="A question or some words, in any language.")]
LimitOption = Annotated[int, typer.Option(help="The most hits to print.")]
LanguageOption = Annotated[list[str] | None, typer.Option(help="Only articles in this language; may be repeated.")]
SourceOption = Annotated[list[str] | None, typer.Option(help="Only articles of this outlet; may be repeated.")]
FromOption = Annotated[
    str,
    typer.Option("--from", help="Only articles published then or later: 2025, 2025-05, 2025-05-27 as shown."),
]
ToOption = Annotated[str, typer.Option("--to", help="Only articles published then or earlier.")]
NotLanguageOption = Annotated[list[str] | None, typer.Option(help="No article in this language; may be repeated.")]
NotSourceOption = Annotated[list[str] | None, typer.Option(help="No article of this outlet; may be repeated.")]
SinceOption = Annotated[str, typer.Option(help="Only articles of the last 24h, 7d, 2w, 6mo or 1y.")]
SortOption = Annotated[str, typer.Option(help="relevance; newest or oldest of what is relevant.")]
OffsetOption = Annotated[int, typer.Option(help="Leave out so many of the first hits.")]
QueriesOption = Annotated[
    Path | None,
    typer.Option("--queries", help="Answer the queries of a file: one a line, or JSON Lines or CSV with 'query'."),
]
UrlOption = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="DATELINE_URL",
        help="Ask the service at this address in place of an index; DATELINE_KEY has its key.",
        show_default=False,
    ),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print all hits as CSV, for a spreadsheet.")]
OrderOption = Annotated[str, typer.Option(help="best-anywhere, my-language-first, one-lane-per-language.")]
GroupOption = Annotated[str, typer.Option(help="article: articles with their best passages; passage: single passages.")]
QueryLanguageOption = Annotated[
    str, typer.Option(help="The language of the query. [default: identified from its words]")
]
MinRelevanceOption = Annotated[
    float | None, typer.Option(help="Print no hit below this relevance, 0 to 1; 0 prints all.", show_default=False)
]
HalfLifeOption = Annotated[float | None, typer.Option(help="Days after which news counts half.", show_default=False)]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Print the scores of each hit by vectors and by words.")]

QueriesArgument = Annotated[
    Path, typer.Argument(help="Queries: BEIR queries.jsonl or TREC id, tab and text; also .gz.")
]
QrelsArgument = Annotated[
    Path, typer.Argument(help="Judgements of passages or articles: BEIR or TREC qrels; also .gz.")
]
CorpusOption = Annotated[
    Path | None, typer.Option(help="A BEIR corpus.jsonl, also .gz, to index for this evaluation only.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An option of the search: languages=fr; may be repeated."),
]
AgainstOption = Annotated[Path | None, typer.Option(help="Folder of another index to compare with.")]
AgainstSetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--against-set",
        metavar="NAME=VALUE",
        help="An option of a search to compare with, which takes none from --set; may be repeated.",
    ),
]
RunOption = Annotated[Path | None, typer.Option("--run", help="Write the rankings here as a TREC run.")]
