"""From what is read to tables: articles are set aside, versions of one told apart, what is kept is cut and written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from indexer.article import Article, Passage
from indexer.duplicates import FamilyFinder
from indexer.errors import SourceError
from indexer.progress import BuildProgress
from indexer.report import BuildReport
from indexer.sources.fields import FieldNames
from indexer.sources.inputs import Input, read_input
from indexer.sources.notice import Notice, flagged, skipped
from indexer.spool import Spool
from indexer.tables import TableWriter
from indexer.versions import Versions


def read_articles(
    inputs: Sequence[Input], fields: FieldNames, kept: Path, report: BuildReport, progress: BuildProgress
) -> Iterator[Article]:
    """Yield the articles of all inputs; what could not be taken goes into the report.

    Args:
        inputs: What to read.
        fields: What its fields are called.
        kept: A folder for what was fetched before.
        report: Counts what is read.
        progress: Told of each input.
    """
    progress.start("reading", len(inputs), "files")
    for each in inputs:
        for item in read_input(each, fields, kept):
            if isinstance(item, Notice):
                report.notices.append(item)
            else:
                report.read += 1
                yield item
        progress.advance()


def set_aside(articles: Iterable[Article], spool: Spool, removed: frozenset[str], report: BuildReport) -> Versions:
    """Set all articles aside that are not to be left out, and return which of them are versions of one."""
    versions = Versions()
    for article in articles:
        if article.id in removed:
            report.removed += 1
            continue
        versions.add(article)
        spool.add(article)
    return versions


def write_tables(
    folder: Path, spool: Spool, versions: Versions, cut: Callable[[Article], list[Passage]], report: BuildReport
) -> None:
    """Cut the newest version of each article and write it, and the earlier ones as its history.

    Raises:
        SourceError: Nothing is left to write.
    """
    writer, finder = TableWriter(folder), FamilyFinder()
    replaced = {each.row: each for each in versions.replaced()}
    kept = {each.by for each in replaced.values()}
    names = {row: (article.id, article.origin) for row, article in enumerate(spool.articles()) if row in kept}
    for row, article in enumerate(spool.articles()):
        if earlier := replaced.get(row):
            report.replaced += 1
            if not earlier.same_text:
                report.versions += 1
                name, origin = names[earlier.by]
                writer.add_version(name, article)
                report.notices.append(flagged(article.origin, f"is an earlier version of what stands at {origin}"))
        elif passages := cut(article):
            writer.add(article, passages)
            finder.add(article.body)
            report.count(article)
        else:
            report.notices.append(skipped(article.origin, "nothing in it is the article's own words"))
    families = finder.families()
    writer.close(families)
    report.passages, report.families = writer.passages, int((np.bincount(families) > 1).sum())
    if not report.articles:
        raise SourceError(_nothing(report), "mend or remove what is named, or name other sources")


def _nothing(report: BuildReport) -> str:
    if not report.skipped:
        return "none of the articles is left" if report.read else "there is no article in any of the sources"
    first = report.skipped[0]
    return f"none of the articles could be read; the first: {first.origin}: {first.reason}"
