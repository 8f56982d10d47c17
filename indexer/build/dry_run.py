"""What a build would read, without building: how many articles, which names stand for which field, what is amiss."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.build.reading_plan import ToRead
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.sources.fields import FieldNames
from indexer.sources.inputs import find_inputs, read_input


@dataclass(frozen=True, slots=True)
class Survey:
    """What reading everything found."""

    report: BuildReport
    fields: Counter[tuple[str, str]]
    """How often a name stood for a field."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        found = [{"field": field, "name": name, "records": count} for (field, name), count in self.fields.most_common()]
        kept = ("files", "articles", "languages", "sources", "undated", "skipped", "flagged")
        report = self.report.as_dict()
        return {name: report[name] for name in kept} | {"fields": found}


def survey(read: ToRead, kept: Path) -> Survey:
    """Read everything and keep nothing; feeds are fetched, into the folder ``kept``."""
    inputs = find_inputs(read.sources, read.choice)
    report, used = BuildReport(files=len(inputs)), Counter[tuple[str, str]]()
    fields = FieldNames(read.choice.fields.given, used)
    for each in inputs:
        for item in read_input(each, fields, kept):
            if isinstance(item, Notice):
                report.notices.append(item)
            else:
                report.count(item)
    return Survey(report, used)
