"""The program ``dateline``: each of its commands parses options, calls the library and prints the result."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from indexer.cli import rebuild, remove
from indexer.terminal.shell import (
    DEFAULT_INDEX,
    DeviceOption,
    IndexOption,
    JsonOption,
    VersionOption,
    new_app,
    print_json,
    run,
)
from search_api.commands.config import config
from search_api.commands.keys import keys
from search_api.commands.serve import serve

if TYPE_CHECKING:
    from collections.abc import Sequence

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

app = new_app("Semantic search over a multilingual news corpus, on your own machine.")
app.command("rebuild-index")(rebuild)
app.command("remove")(remove)


@app.callback()
def dateline(_version: VersionOption = False) -> None:
    """Semantic search over a multilingual news corpus, on your own machine."""


@app.command()
def search(
    query: QueryArgument,
    limit: LimitOption = 10,
    language: LanguageOption = None,
    source: SourceOption = None,
    published_from: FromOption = "",
    published_to: ToOption = "",
    order: OrderOption = "best-anywhere",
    group: GroupOption = "article",
    query_language: QueryLanguageOption = "",
    min_relevance: MinRelevanceOption = None,
    half_life: HalfLifeOption = None,
    explain: ExplainOption = False,
    index: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = "",
    device: DeviceOption = "",
    reranker: RerankerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the passages that answer a query, whatever language either is in."""
    from search_api.query import OPTIONS, make_query
    from search_api.search.searcher import open_searcher
    from search_api.service.response import search_response
    from search_api.terminal.hits import print_hits

    given = {**locals(), "languages": language or (), "sources": source or ()}  # parameters are named like options
    checked = make_query(query, **{name: given[name] for name in OPTIONS if name in given})
    found = search_response(open_searcher(index, encoder, device, reranker), checked)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_hits(found)


@app.command()
def evaluate(
    context: typer.Context,
    queries: QueriesArgument,
    qrels: QrelsArgument,
    index: IndexOption = DEFAULT_INDEX,
    corpus: CorpusOption = None,
    settings: SetOption = None,
    against: AgainstOption = None,
    against_settings: AgainstSetOption = None,
    run_file: RunOption = None,
    encoder: EvaluatedEncoderOption = "",
    device: DeviceOption = "",
    reranker: RerankerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Measure an index with your own queries and judgements.

    Prints nDCG@10, RR@10 and recall@100, also by language, and whether the search prefers the language of the query.
    With --against or --against-set two searches are compared, and tested for a difference by more than chance.
    """
    from indexer.errors import SettingsError
    from indexer.terminal.progress import progress_for
    from search_api.evaluation.options import read_options
    from search_api.evaluation.plan import EvaluationPlan, carry_out
    from search_api.evaluation.run import write_run
    from search_api.evaluation.table import print_report

    source = context.get_parameter_source("index")
    if corpus and source and source.name == "COMMANDLINE":
        raise SettingsError("both --index and --corpus are given", "drop one of them")
    asked = read_options(settings or (), "--set")
    other = None if against_settings is None else read_options(against_settings, "--against-set")
    plan = EvaluationPlan(queries, qrels, index, corpus, asked, against, other, encoder, device, reranker)
    with progress_for(Console(stderr=True)) as progress:
        report = carry_out(plan, progress)
    if run_file:
        write_run(report.first.rankings, run_file)
    if as_json:
        print_json(report.as_dict())
    else:
        print_report(report)


app.command()(serve)
app.command()(config)
app.add_typer(keys, name="keys")


@app.command()
def status(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """Say what the index holds, after checking every file of it."""
    from indexer.generations.store import open_current
    from search_api.search.catalogue import Catalogue
    from search_api.service.schemas import StatsOut
    from search_api.terminal.hits import print_stats

    stats = Catalogue(open_current(index)).stats
    if as_json:
        print_json(StatsOut.model_validate(stats).model_dump(mode="json"))
    else:
        print_stats(stats, index)


@app.command()
def doctor(index: IndexOption = DEFAULT_INDEX, device: DeviceOption = "", as_json: JsonOption = False) -> None:
    """Test the index against itself: headlines, recall, keywords, lengths, dates, copies, sources.

    Exits with 1 where something is bad.
    """
    from dataclasses import asdict

    from search_api.search.doctor import examine
    from search_api.search.searcher import open_searcher
    from search_api.terminal.hits import print_findings

    findings = examine(open_searcher(index, device=device))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        print_findings(findings)
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Run ``dateline``."""
    sys.exit(run(app, "dateline", arguments))
