"""The program ``dateline``: each of its commands parses options, calls the library and prints the result."""

import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from indexer.cli import rebuild, remove
from indexer.errors import SettingsError
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
from search_api.commands.mcp import mcp
from search_api.commands.plan import plan
from search_api.commands.serve import serve
from search_api.commands.watch import watch
from search_api.terminal.options import (
    AgainstOption,
    AgainstSetOption,
    CorpusOption,
    CsvOption,
    EncoderOption,
    EvaluatedEncoderOption,
    ExplainOption,
    FromOption,
    GroupOption,
    HalfLifeOption,
    LanguageOption,
    LimitOption,
    MinRelevanceOption,
    NotLanguageOption,
    NotSourceOption,
    OffsetOption,
    OrderOption,
    QrelsArgument,
    QueriesArgument,
    QueriesOption,
    QueryArgument,
    QueryLanguageOption,
    RerankerOption,
    RunOption,
    SetOption,
    SinceOption,
    SortOption,
    SourceOption,
    ToOption,
    UrlOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

app = new_app("Semantic search over a multilingual news corpus, on your own machine.")
app.command("rebuild-index")(rebuild)
app.command("remove")(remove)
app.command("watch")(watch)
app.command("plan")(plan)


@app.callback()
def dateline(_version: VersionOption = False) -> None:
    """Semantic search over a multilingual news corpus, on your own machine."""


@app.command()
def search(
    context: typer.Context,
    query: QueryArgument = "",
    limit: LimitOption = 10,
    offset: OffsetOption = 0,
    language: LanguageOption = None,
    source: SourceOption = None,
    not_language: NotLanguageOption = None,
    not_source: NotSourceOption = None,
    published_from: FromOption = "",
    published_to: ToOption = "",
    since: SinceOption = "",
    order: OrderOption = "best-anywhere",
    sort: SortOption = "relevance",
    group: GroupOption = "article",
    query_language: QueryLanguageOption = "",
    min_relevance: MinRelevanceOption = None,
    half_life: HalfLifeOption = None,
    explain: ExplainOption = False,
    queries: QueriesOption = None,
    url: UrlOption = "",
    index: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = "",
    device: DeviceOption = "",
    reranker: RerankerOption = "",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print the passages that answer a query, whatever language either is in."""
    from search_api.query import OPTIONS, make_query
    from search_api.terminal.answering import Place, open_answers
    from search_api.terminal.hits import print_hits
    from search_api.terminal.many import answer_file, read_queries

    if bool(query) == bool(queries):
        raise SettingsError("give a query, or a file of queries with --queries", "dateline search 'ferry aground'")
    lists = {"languages": language, "sources": source, "not_languages": not_language, "not_sources": not_source}
    given = {**locals(), **{name: values or () for name, values in lists.items()}}  # parameters are named like options
    options = {name: given[name] for name in OPTIONS if name in given}
    asked = read_queries(queries) if queries else [query]
    make_query(query or "words", **options)
    with open_answers(context, url, Place(index, encoder, device, reranker)) as answers:
        if queries or as_csv:
            answer_file(answers, asked, options, "csv" if as_csv else "json" if as_json else "text")
        elif as_json:
            print_json(answers.response(query, options).model_dump(mode="json"))
        else:
            print_hits(answers.response(query, options))


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
app.command()(mcp)
app.command()(config)
app.add_typer(keys, name="keys")


@app.command()
def status(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """Say what the index holds, after checking every file of it."""
    from indexer.generations.store import open_current
    from search_api.search.catalogue import Catalogue
    from search_api.service.schemas import StatsOut
    from search_api.terminal.hits import print_stats

    generation = open_current(index)
    stats, nominations = Catalogue(generation).stats, generation.manifest.nominations
    if as_json:
        stated = StatsOut.model_validate(stats).model_dump(mode="json")
        print_json(stated | {"nominations": nominations.model_dump() if nominations else None})
    else:
        print_stats(stats, index, nominations)


@app.command()
def doctor(index: IndexOption = DEFAULT_INDEX, device: DeviceOption = "", as_json: JsonOption = False) -> None:
    """Test the index against itself: headlines, recall, keywords, lengths, dates, copies, sources.

    Exits with 1 where something is bad.
    """
    from dataclasses import asdict

    from search_api.search.doctor import examine
    from search_api.search.opening import open_searcher
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
