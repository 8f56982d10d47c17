"""Ingest news: read all inputs, spool their articles to disk, and find which are versions of one.

Articles are spooled between reading and writing, because only after the last one is known which of them were replaced
by a newer version, and which lines a source repeats in all of its articles.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from indexer.article import Article
from indexer.build.fingerprint import InputContents
from indexer.build.read_cache import ReadCache
from indexer.build.spool import Spool
from indexer.duplicates.removed import Removals
from indexer.duplicates.versions import Ambiguous, Settled, Versions
from indexer.notice import Notice, flagged
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
    undecided: list[int] = field(default_factory=list)
    """The rows of articles that may be versions of removed ones, whose lines are not counted yet."""
    notices: list[Notice] = field(default_factory=list)

    @property
    def skipped(self) -> list[Notice]:
        """The notices about articles that could not be read."""
        return [notice for notice in self.notices if notice.kind == "skipped"]


def spool_articles(items: Iterable[Article | Notice], spool: Spool, removals: Removals) -> SpooledArticles:
    """Spool all articles except those that were removed, as far as that can be told of each by itself."""
    spooled = SpooledArticles(spool)
    for item in items:
        if isinstance(item, Notice):
            spooled.notices.append(item)
            continue
        spooled.read += 1
        if removals.hold(item):
            spooled.removed += 1
            continue
        if removals.may_hold(item):
            spooled.undecided.append(len(spool))
        else:
            spooled.repeated_lines.add(item)
        spooled.versions.add(item)
        spool.add(item)
    return spooled


def settle(spooled: SpooledArticles, removals: Removals) -> Settled:
    """Find the versions of each article, and those of removed ones, and note where ids or addresses are ambiguous."""
    for row, article in spooled.spool.select(spooled.versions.doubtful()):
        spooled.versions.compare(row, article)
    settled = spooled.versions.settle(removals)
    spooled.removed += len(settled.removed)
    for _, article in spooled.spool.select([row for row in spooled.undecided if row not in settled.removed]):
        spooled.repeated_lines.add(article)
    spooled.notices[:0] = [
        flagged(article.origin, _said(each, article))
        for each in settled.ambiguous
        for _, article in spooled.spool.select([each.row])
    ]
    return settled


def _said(found: Ambiguous, article: Article) -> str:
    kind, name, others = {
        "id": ("id", article.id, "addresses and texts"),
        "url": ("address", article.url, "ids and texts"),
    }[found.kind]
    more = f", and so do {found.keys - 1:,} more" if found.keys > 1 else ""
    return (
        f"{kind} {name[:80]!r} stands in articles with other titles and texts{more}: "
        f"{found.articles:,} articles are told apart by their {others} instead"
    )
