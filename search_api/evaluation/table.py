"""Print an evaluation for people."""

from rich.console import Console
from rich.table import Table

from indexer.terminal.layout import output_console, print_text
from indexer.terminal.shell import print_facts
from search_api.evaluation.evaluate import Evaluation, Pair
from search_api.evaluation.measures import MEASURES, NDCG, RECALL, Comparison, Mean
from search_api.evaluation.plan import EvaluationReport

_LEVELS = {"article": "articles, each by its best passage", "passage": "passages"}
_SHOWN_PAIRS = 30
_NARROW = 60
"""On terminals of fewer columns the headings of the tables take two lines."""


def print_report(report: EvaluationReport) -> None:
    """Print what was judged, the measures, and the comparison if there is one."""
    print_facts(_facts(report))
    console = output_console()
    console.print()
    _print_evaluation(report.first, console)
    if report.second and report.comparison:
        console.print()
        _print_comparison(report.first, report.second, report.comparison, console)


def _print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print the measures overall, by language and by pair of languages."""
    table = _table(console, "asked in", "queries", *MEASURES)
    table.add_row("all", *_cells(evaluation.overall))
    for language, row in evaluation.by_language.items():
        table.add_row(language, *_cells(row))
    console.print(table)
    if len({found for _, found in evaluation.by_pair}) > 1:
        console.print()
        _print_pairs(evaluation.by_pair, console)
    console.print()
    _print_own_language(evaluation, console)


def _print_pairs(pairs: dict[Pair, Mean], console: Console) -> None:
    """Print the pairs of languages, or where there are many those that do worst."""
    shown = list(pairs.items())
    if len(shown) > _SHOWN_PAIRS:
        print_text(console, f"the {_SHOWN_PAIRS} lowest of {len(shown)} pairs of languages; --json has them all")
        shown = sorted(shown, key=lambda pair: pair[1].scores[NDCG])[:_SHOWN_PAIRS]
    table = _table(console, "asked in", "relevant in", "queries", NDCG, RECALL)
    for (asked, found), row in shown:
        table.add_row(asked, found, *_cells(row))
    console.print(table)


def _print_comparison(first: Evaluation, second: Evaluation, comparison: Comparison, console: Console) -> None:
    """Print two systems side by side, and whether they differ by more than chance."""
    table = _table(console, "", *MEASURES)
    for name, each in (("first", first), ("against", second)):
        table.add_row(name, *(f"{each.overall.scores[measure]:.3f}" for measure in MEASURES))
    differences = (first.overall.scores[name] - second.overall.scores[name] for name in MEASURES)
    table.add_row("difference", *(f"{value:+.3f}" for value in differences))
    console.print(table)
    console.print()
    print_text(
        console,
        f"{NDCG} is higher for {comparison.wins:,}, equal for {comparison.ties:,} and lower for "
        f"{comparison.losses:,} of the queries: p = {comparison.p:.4f} (paired randomisation test, two-sided)",
    )


def _facts(report: EvaluationReport) -> dict[str, str]:
    evaluation, collection = report.first, report.collection
    facts = {
        "index": evaluation.system.name,
        "queries": f"{len(collection.topics):,}",
        "judged": _LEVELS[evaluation.level],
    }
    if report.second:
        facts["against"] = report.second.system.name
    if collection.unjudged:
        facts["left out"] = f"queries without a relevant document: {collection.unjudged:,}"
    if collection.unasked:
        facts["not asked"] = f"ids in the qrels that are no query: {collection.unasked:,}"
    missing = [each.missing for each in (evaluation, report.second) if each]
    if any(missing):
        counts = ", against ".join(f"{count:,}" for count in missing)
        facts["missing"] = f"relevant {evaluation.level}s not in the index, counted as not found: {counts}"
    if skipped := [notice for notice in report.notices if notice.kind == "skipped"]:
        facts["skipped"] = f"{len(skipped):,} of the corpus; the first: {skipped[0].origin}: {skipped[0].reason}"
    return facts


def _print_own_language(evaluation: Evaluation, console: Console) -> None:
    own = evaluation.own_language
    if own is None:
        print_text(console, "first hit in the language of the query: no query to tell it by")
        return
    print_text(
        console,
        f"first hit in the language of the query: {own.first:.3f}, due {own.due:.3f}, difference {own.difference:+.3f} "
        f"({own.queries:,} queries)",
    )


def _cells(row: Mean) -> list[str]:
    return [f"{row.queries:,}", *(f"{value:.3f}" for value in row.scores.values())]


def _table(console: Console, *columns: str) -> Table:
    """Return a table whose headings of two words take two lines on a narrow terminal; no number is ever wrapped."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in columns:
        heading = column.replace(" ", "\n") if console.width < _NARROW else column
        words = column in {"", "asked in", "relevant in"}
        table.add_column(heading, justify="left" if words else "right", no_wrap=not words, vertical="bottom")
    return table
