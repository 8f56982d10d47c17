"""From what is read to tables: articles are set aside, versions of one told apart, what is kept is cut and written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from indexer.article import Article
from indexer.build.article_writer import ArticleWriter
from indexer.build.fingerprint import Contents
from indexer.build.read_cache import ReadCache
from indexer.build.spool import Spool
from indexer.duplicates.versions import Versions
from indexer.errors import SourceError
from indexer.generations.report import BuildReport
from indexer.notice import Notice, flagged, skipped
from indexer.passages.boilerplate import RepeatedLines
from indexer.progress import BuildProgress
from indexer.sources.fields import FieldNames
from indexer.sources.files import SourceFile
from indexer.sources.inputs import Input, read_input


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads inputs, or takes what was read of them before."""

    fields: FieldNames
    """What their fields are called."""
    fetched: Path
    """A folder for what was fetched before."""
    cache: ReadCache
    contents: Contents
    """The inputs, and what they hold."""

    def items(self, each: Input) -> Iterator[Article | Notice]:
        """Yield what an input holds."""
        content = self.contents[each]
        if content is None or not isinstance(each, SourceFile):
            yield from read_input(each, self.fields, self.fetched)
        else:
            yield from self.cache.items(each, content, lambda judge: read_input(each, self.fields, self.fetched, judge))


def read_articles(reader: Reader, report: BuildReport, progress: BuildProgress) -> Iterator[Article]:
    """Yield the articles of all inputs; what could not be taken goes into the report, and progress is told of each."""
    progress.start("reading", len(reader.contents), "files")
    for each in reader.contents:
        for item in reader.items(each):
            if isinstance(item, Notice):
                report.notices.append(item)
            else:
                report.read += 1
                yield item
        progress.advance()


@dataclass(frozen=True, slots=True)
class SetAside:
    """What is known of articles once all were read."""

    spool: Spool
    versions: Versions = field(default_factory=Versions)
    repeated: RepeatedLines = field(default_factory=RepeatedLines)


def set_aside(articles: Iterable[Article], spool: Spool, removed: frozenset[str], report: BuildReport) -> SetAside:
    """Set all articles aside that are not to be left out."""
    aside = SetAside(spool)
    for article in articles:
        if article.id in removed:
            report.removed += 1
            continue
        aside.versions.add(article)
        aside.repeated.add(article)
        spool.add(article)
    return aside


def write_articles(aside: SetAside, writer: ArticleWriter, report: BuildReport) -> None:
    """Write the newest version of each article, and the earlier ones as its history.

    Raises:
        SourceError: Nothing is left to write.
    """
    replaced = {each.row: each for each in aside.versions.replaced()}
    kept = {each.by for each in replaced.values()}
    names = {}
    if kept:
        names = {row: (each.id, each.origin) for row, each in enumerate(aside.spool.articles()) if row in kept}
    for row, article in enumerate(aside.spool.articles()):
        if earlier := replaced.get(row):
            report.replaced += 1
            if not earlier.same_text:
                report.versions += 1
                name, origin = names[earlier.by]
                writer.add_version(name, article)
                report.notices.append(flagged(article.origin, f"is an earlier version of what stands at {origin}"))
        elif writer.add(marked := aside.repeated.mark(article)):
            report.count(marked)
        else:
            report.notices.append(skipped(article.origin, "nothing in it is the article's own words"))
    if not report.articles:
        raise SourceError(_nothing(report), "mend or remove what is named, or name other sources")
    writer.close()
    report.passages, report.families, report.carried = writer.passages, writer.families, writer.carried


def _nothing(report: BuildReport) -> str:
    if not report.skipped:
        return "none of the articles is left" if report.read else "there is no article in any of the sources"
    first = report.skipped[0]
    return f"none of the articles could be read; the first: {first.origin}: {first.reason}"
