"""Print what ``rebuild-index`` found or did: a line for each fact, then what was skipped and flagged."""

from collections.abc import Sequence
from pathlib import Path

from indexer.build.dry_run import Survey
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.terminal.layout import output_console, print_line, print_text
from indexer.terminal.shell import print_facts, printable

_SHOWN_NOTICES = 20


def print_survey(found: Survey, sources: Sequence[str]) -> None:
    """Print what a dry run found."""
    report = found.report
    print_facts(
        {
            "sources": ", ".join(sources),
            "articles": f"{report.articles:,} from {report.files:,} files, {report.undated:,} without a date",
            "languages": ", ".join(f"{language} {count:,}" for language, count in report.languages.most_common()),
            "fields": ", ".join(
                f"{field} from {name} {count:,}" for (field, name), count in found.fields.most_common()
            ),
            "built": "nothing: this was a dry run",
        }
    )
    _print_notices("skipped", report.skipped)
    _print_notices("flagged", report.flagged)


def print_report(report: BuildReport, index: Path) -> None:
    """Print what a build did."""
    took = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    print_facts(
        {
            "articles": f"{report.articles:,} from {report.files:,} files, {report.undated:,} without a date"
            f"{_given_way(report)}",
            "passages": f"{report.passages:,}, {report.encoded:,} of them new to the encoder{_taken_over(report)}",
            "languages": ", ".join(f"{language} {count}" for language, count in report.languages.most_common()),
            "took": "no time: nothing has changed since the last build; --force builds all the same"
            if report.unchanged
            else took,
            "memory": f"{report.peak_memory / 2**20:,.0f} MiB at most",
            "index": f"{index}, generation {report.generation}",
        }
    )
    _print_notices("skipped", report.skipped)
    _print_notices("flagged", report.flagged)


def _given_way(report: BuildReport) -> str:
    parts = {
        "replaced by newer versions": report.replaced,
        "left out as asked": report.removed,
        "stories told in several copies": report.families,
    }
    return "".join(f", {count:,} {what}" for what, count in parts.items() if count)


def _taken_over(report: BuildReport) -> str:
    carried = f"; {report.carried:,} articles as they were before" if report.carried else ""
    return carried + ("; went on where a build was cut off" if report.resumed else "")


def _print_notices(kind: str, notices: Sequence[Notice]) -> None:
    if not notices:
        return
    console = output_console()
    print_line(console, f"\n{len(notices):,} {kind}:")
    for notice in notices[:_SHOWN_NOTICES]:
        print_text(console, f"{printable(notice.origin)}: {printable(notice.reason)}", 2)
    if len(notices) > _SHOWN_NOTICES:
        print_text(console, f"and {len(notices) - _SHOWN_NOTICES:,} more, all in report.json of the generation", 2)
