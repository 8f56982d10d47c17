"""Ingest news: read all inputs, tell versions of an article apart, and write what is left into the tables.

Articles are spooled to disk between reading and writing, because only after the last one is known which of them were
replaced by a newer version, and which lines a source repeats in all of its articles.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from indexer.article import Article
from indexer.build.article_writer import ArticleWriter
from indexer.build.fingerprint import InputContents
from indexer.build.read_cache import ReadCache
from indexer.build.spool import Spool
from indexer.duplicates.versions import Versions
from indexer.errors import SourceError
from indexer.generations.report import BuildReport
from indexer.notice import Notice, flagged, skipped
from indexer.passages.boilerplate import RepeatedLines
from indexer.progress import BuildProgress
from indexer.sources.content import FileContent
from indexer.sources.context import ReadingContext
from indexer.sources.guard.reader import GuardedReader
from indexer.sources.inputs import Input
from indexer.text.language import Judgements


@dataclass(frozen=True, slots=True)
class InputReader:
    """Reads inputs, or takes from the cache what was read of them before."""

    context: ReadingContext
    guard: GuardedReader
    cache: ReadCache
    contents: InputContents
    """The inputs in the order in which they are read, and what they hold."""

    def items(self, each: Input) -> Iterator[Article | Notice]:
        """Yield what one of the inputs holds."""
        content = self.contents[each]
        if content is None:
            yield from self.guard.items(each, self.context)
        else:
            yield from self._cached_items(each, content)

    def _cached_items(self, each: Input, content: FileContent) -> Iterator[Article | Notice]:
        """Yield what an input holds, from the cache if possible, and else by reading it and storing it there.

        If a damaged cache knows only the beginning, the rest is read, and the input is stored in the next build.
        """
        entry = self.cache.entry(each.name, content.digest)
        known = 0
        for item in entry.items():
            yield item
            known += 1
        if entry.complete:
            return
        if known:
            yield from islice(self.guard.items(each, self.context), known, None)
            return
        judge = Judgements(entry.languages())
        for item in self.guard.items(each, replace(self.context, judge=judge)):
            yield item
            entry.add(item)
        if content.stamp and each.stamp() == content.stamp:
            entry.keep(judge.told)
        else:
            entry.drop()


def read_articles(reader: InputReader, progress: BuildProgress) -> Iterator[Article | Notice]:
    """Yield what all inputs hold, in their order, and advance the progress after each input."""
    progress.start("reading", len(reader.contents), "files")
    for each in reader.contents:
        yield from reader.items(each)
        progress.advance()


@dataclass(slots=True)
class SpooledArticles:
    """All articles that were read, on disk, and what is known about them as a whole."""

    spool: Spool
    versions: Versions = field(default_factory=Versions)
    repeated_lines: RepeatedLines = field(default_factory=RepeatedLines)
    read: int = 0
    """The number of articles that were read, with those that were removed."""
    removed: int = 0
    """The number of articles that the user wants to be left out."""
    notices: list[Notice] = field(default_factory=list)

    @property
    def skipped(self) -> list[Notice]:
        """The notices about articles that could not be read."""
        return [notice for notice in self.notices if notice.kind == "skipped"]


def spool_articles(items: Iterable[Article | Notice], spool: Spool, removed: frozenset[str]) -> SpooledArticles:
    """Spool all articles except those with one of the removed ids."""
    spooled = SpooledArticles(spool)
    for item in items:
        if isinstance(item, Notice):
            spooled.notices.append(item)
            continue
        spooled.read += 1
        if item.id in removed:
            spooled.removed += 1
            continue
        spooled.versions.add(item)
        spooled.repeated_lines.add(item)
        spool.add(item)
    return spooled


@dataclass(slots=True)
class WrittenArticles:
    """What was written into the tables."""

    articles: int = 0
    passages: int = 0
    families: int = 0
    """Stories that several articles tell in nearly the same words."""
    carried: int = 0
    """Articles that are unchanged since the previous generation, so that they were not cut again."""
    replaced: int = 0
    """Articles that gave way to a newer version of themselves."""
    versions: int = 0
    """Replaced articles whose text differs from that of the newer version: they are its history."""
    undated: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)

    def count(self, article: Article) -> None:
        """Count one article that is searched."""
        self.articles += 1
        self.languages[article.language] += 1
        self.sources[article.source] += 1
        self.undated += article.published is None


def write_articles(spooled: SpooledArticles, writer: ArticleWriter) -> WrittenArticles:
    """Write the newest version of each article, and the earlier ones as its history.

    Raises:
        SourceError: No article is left to write.
    """
    written = WrittenArticles()
    replaced = {each.row: each for each in spooled.versions.replaced()}
    newest = _names(spooled.spool, {each.by for each in replaced.values()})
    for row, article in enumerate(spooled.spool.articles()):
        if earlier := replaced.get(row):
            written.replaced += 1
            if not earlier.same_text:
                written.versions += 1
                article_id, origin = newest[earlier.by]
                writer.add_version(article_id, article)
                written.notices.append(flagged(article.origin, f"is an earlier version of what stands at {origin}"))
        elif writer.add(marked := spooled.repeated_lines.mark(article)):
            written.count(marked)
        else:
            written.notices.append(skipped(article.origin, "nothing in it is the article's own words"))
    if not written.articles:
        raise SourceError(_nothing_left(spooled, written), "mend or remove what is named, or name other sources")
    writer.close()
    written.passages, written.families, written.carried = writer.passages, writer.families, writer.carried
    return written


def complete_report(report: BuildReport, spooled: SpooledArticles, written: WrittenArticles) -> None:
    """Enter into a report what was read and what was written."""
    report.read, report.removed = spooled.read, spooled.removed
    report.notices = [*spooled.notices, *written.notices]
    report.articles, report.passages, report.families = written.articles, written.passages, written.families
    report.carried, report.replaced, report.versions = written.carried, written.replaced, written.versions
    report.languages, report.sources, report.undated = written.languages, written.sources, written.undated


def _names(spool: Spool, rows: set[int]) -> dict[int, tuple[str, str]]:
    """Return the id and the origin of the articles in some rows of the spool."""
    if not rows:
        return {}
    return {row: (article.id, article.origin) for row, article in enumerate(spool.articles()) if row in rows}


def _nothing_left(spooled: SpooledArticles, written: WrittenArticles) -> str:
    problems = [*spooled.skipped, *(notice for notice in written.notices if notice.kind == "skipped")]
    if problems:
        return f"none of the articles could be read; the first: {problems[0].origin}: {problems[0].reason}"
    return "none of the articles is left" if spooled.read else "there is no article in any of the sources"
