"""Print what ``rebuild-index`` found or did: a line for each fact, then what was skipped and flagged."""

from collections.abc import Sequence
from pathlib import Path

from indexer.build.dry_run import Survey
from indexer.generations.dating import Dating
from indexer.generations.manifest import NominationRecord
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.terminal.layout import output_console, print_line, print_text
from indexer.terminal.nominations import nomination_facts
from indexer.terminal.shell import print_facts, printable

_SHOWN_NOTICES = 20
_SHOWN_OUTLETS = 8
_PRECISIONS = {
    "time": "with a time",
    "day": "with a day",
    "month": "with a month",
    "year": "with a year",
    "none": "without a date",
}


def print_survey(found: Survey, sources: Sequence[str]) -> None:
    """Print what a dry run found."""
    report = found.report
    print_facts(
        {
            "sources": ", ".join(sources),
            "articles": f"{report.articles:,} from {report.files:,} files, {report.undated:,} without a date",
            "languages": ", ".join(f"{language} {count:,}" for language, count in report.languages.most_common()),
            "dates": _dates(report.dating),
            "fields": ", ".join(
                f"{field} from {name} {count:,}" for (field, name), count in found.fields.most_common()
            ),
            "built": "nothing: this was a dry run",
        }
    )
    _print_undated(report.dating)
    _print_notices("skipped", report.skipped)
    _print_notices("left out", report.left_out)
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
            "dates": _dates(report.dating),
            "took": "no time: nothing has changed since the last build; --force builds all the same"
            if report.unchanged
            else took,
            "memory": f"{report.peak_memory / 2**20:,.0f} MiB at most",
            **nomination_facts(NominationRecord.model_validate(report.nominations) if report.nominations else None),
            "index": f"{index}, generation {report.generation}",
        }
    )
    _print_undated(report.dating)
    _print_notices("skipped", report.skipped)
    _print_notices("left out", report.left_out)
    _print_notices("flagged", report.flagged)


def _dates(dating: Dating) -> str:
    """Return how many articles of the largest outlets are dated how precisely."""
    outlets = list(dating.as_dict()["outlets"].items())
    shown = [
        f"{outlet or 'no outlet'}: {', '.join(f'{count:,} {_PRECISIONS[name]}' for name, count in counts.items())}"
        for outlet, counts in outlets[:_SHOWN_OUTLETS]
    ]
    more = [f"{len(outlets) - _SHOWN_OUTLETS:,} more outlets"] if len(outlets) > _SHOWN_OUTLETS else []
    return "; ".join([*shown, *more])


def _print_undated(dating: Dating) -> None:
    if not dating.undated:
        return
    console = output_console()
    print_line(console, f"\n{dating.undated:,} without a date, such as:")
    for each in dating.examples:
        given = f"the date is given as {printable(each.written)!r}" if each.written else "no date is given"
        print_text(console, f"{printable(each.origin)}: {given}", 2)


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
