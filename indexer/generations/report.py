"""What a build did: counts, seconds, and every article that was not taken as it came."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped


@dataclass(slots=True)
class BuildReport:
    """Filled while a build runs; written into the generation as ``report.json``."""

    files: int = 0
    read: int = 0
    """Articles that were read; those in the index are fewer where there were several versions of one."""
    articles: int = 0
    passages: int = 0
    carried: int = 0
    """Articles that are as they were in the generation before, so that they were not cut again."""
    encoded: int = 0
    """Passages whose vectors were not in the cache."""
    generation: str = ""
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    replaced: int = 0
    """Articles that gave way to a newer version of themselves."""
    versions: int = 0
    """Of these, those that said something else: they are kept as its history."""
    removed: int = 0
    """Articles that were to be left out."""
    families: int = 0
    """Stories that several articles tell in nearly the same words."""
    headlines: dict[str, float] = field(default_factory=dict)
    """The share of a sample of articles that vectors and keywords find by their own headlines."""
    peak_memory: int = 0
    """Bytes, less the pages of mapped files."""
    peak_resident: int = 0
    """Bytes with those pages, which the system takes back when it is short of memory."""
    undated: int = 0
    notices: list[Notice] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    resumed: bool = False
    """An earlier rebuild was cut off after it had read and cut the articles; this one went on from there."""
    unchanged: bool = False
    """Nothing was built: the generation that answers was made from the same."""

    @property
    def skipped(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == "skipped"]

    @property
    def flagged(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == "flagged"]

    def count(self, article: Article) -> None:
        """Count one article that is in the index."""
        self.articles += 1
        self.languages[article.language] += 1
        self.sources[article.source] += 1
        self.undated += article.published is None

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a ``report.json``.

        Raises:
            OSError, ValueError: It cannot be read, or is no report.
        """
        return cls.from_dict(orjson.loads(path.read_bytes()))

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Return the report of which ``as_dict`` gave this."""
        notices = [skipped(**each) for each in content.pop("skipped")]
        notices += [flagged(**each) for each in content.pop("flagged")]
        languages, sources = Counter(content.pop("languages")), Counter(content.pop("sources"))
        return cls(notices=notices, languages=languages, sources=sources, **content)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        report = asdict(self)
        del report["notices"]
        return report | {
            "languages": dict(self.languages.most_common()),
            "sources": dict(self.sources.most_common()),
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
            "skipped": [{"origin": notice.origin, "reason": notice.reason} for notice in self.skipped],
            "flagged": [{"origin": notice.origin, "reason": notice.reason} for notice in self.flagged],
        }
