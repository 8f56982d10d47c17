"""A dry run: read everything as a build would, and say what was found, without building anything."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.build.reading_plan import ReadingPlan, context_of, inputs_of
from indexer.generations.layout import IndexLayout
from indexer.generations.report import BuildReport
from indexer.generations.store import storage_errors
from indexer.notice import Notice
from indexer.sources.fields import FieldNames
from indexer.sources.guard.reader import GuardedReader


@dataclass(frozen=True, slots=True)
class Survey:
    """What a dry run found."""

    report: BuildReport
    fields: Counter[tuple[str, str]]
    """In how many records a name was used for a field; the keys are (field, name)."""

    def as_dict(self) -> dict[str, Any]:
        """Return the findings as plain data for JSON."""
        found = [{"field": field, "name": name, "records": count} for (field, name), count in self.fields.most_common()]
        names = ("files", "articles", "languages", "sources", "undated", "dating", "skipped", "left_out", "flagged")
        report = self.report.as_dict()
        return {name: report[name] for name in names} | {"fields": found}


def survey(plan: ReadingPlan, index: Path) -> Survey:
    """Read everything in the plan; what is fetched of feeds is stored in the folder of the index.

    Raises:
        StorageError: A disk is full or read-only.
    """
    inputs = inputs_of(plan.sources, plan.choice)
    report, used = BuildReport(files=len(inputs.read)), Counter[tuple[str, str]]()
    report.notices += inputs.notices
    context = replace(
        context_of(plan.choice, IndexLayout(index).fetched), fields=FieldNames(plan.choice.fields.given, used)
    )
    with storage_errors(index), GuardedReader() as guard:
        for item in (item for each in inputs.read for item in guard.items(each, context)):
            if isinstance(item, Notice):
                report.notices.append(item)
            else:
                report.count(item)
    return Survey(report, used)
