"""Write the articles of a build into its tables: the newest version of each, and the earlier ones as its history."""

from collections import Counter
from dataclasses import dataclass, field, replace

from indexer.article import Article
from indexer.build.article_writer import ArticleWriter
from indexer.build.ingest import SpooledArticles
from indexer.build.spool import Spool
from indexer.duplicates.marks import SEPARATOR
from indexer.duplicates.versions import Settled
from indexer.errors import SourceError
from indexer.generations.dating import Dating
from indexer.generations.report import BuildReport
from indexer.notice import Notice, flagged, skipped


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
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    dating: Dating = field(default_factory=Dating)
    notices: list[Notice] = field(default_factory=list)

    def count(self, article: Article) -> None:
        """Count one article that is searched."""
        self.articles += 1
        self.languages[article.language] += 1
        self.sources[article.source] += 1
        self.dating.count(article)


def write_articles(spooled: SpooledArticles, settled: Settled, writer: ArticleWriter) -> WrittenArticles:
    """Write the newest version of each article, and the earlier ones as its history.

    Raises:
        SourceError: No article is left to write.
    """
    written = WrittenArticles()
    newest = _names(spooled.spool, settled)
    for row, given in enumerate(spooled.spool.articles()):
        if row in settled.removed:
            continue
        article = _named(given, settled.marks.get(row, ""))
        if earlier := settled.replaced.get(row):
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
    report.languages, report.sources, report.dating = written.languages, written.sources, written.dating


def _named(article: Article, mark: str) -> Article:
    """Return an article with a mark on its id, if it has one."""
    return replace(article, id=f"{article.id}{SEPARATOR}{mark}") if mark else article


def _names(spool: Spool, settled: Settled) -> dict[int, tuple[str, str]]:
    """Return the id and the origin of each article that replaces others, by its row."""
    named = (
        (row, _named(article, settled.marks.get(row, "")))
        for row, article in spool.select({each.by for each in settled.replaced.values()})
    )
    return {row: (article.id, article.origin) for row, article in named}


def _nothing_left(spooled: SpooledArticles, written: WrittenArticles) -> str:
    problems = [*spooled.skipped, *(notice for notice in written.notices if notice.kind == "skipped")]
    if problems:
        return f"none of the articles could be read; the first: {problems[0].origin}: {problems[0].reason}"
    return "none of the articles is left" if spooled.read else "there is no article in any of the sources"
