"""The report of a build: counts, seconds, and a notice for every article that was skipped or changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson

from indexer.article import Article
from indexer.generations.dating import Dating
from indexer.notice import Notice, flagged, left_out, skipped


@dataclass(slots=True)
class BuildReport:
    """Filled in while a build runs, and kept with the generation."""

    files: int = 0
    read: int = 0
    """Articles that were read. The index holds fewer where some of them are versions of one article."""
    articles: int = 0
    passages: int = 0
    carried: int = 0
    """Articles that were carried over unchanged from the generation before, instead of being cut again."""
    encoded: int = 0
    """Passages whose vectors were not in the cache."""
    generation: str = ""
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    replaced: int = 0
    """Articles of which a newer version was kept."""
    versions: int = 0
    """Those among them with another text: they are kept as the history of the newer version."""
    removed: int = 0
    """Articles that were left out because somebody had removed them."""
    families: int = 0
    """Stories that several articles tell in nearly the same words."""
    headlines: dict[str, float] = field(default_factory=dict)
    """For vectors and for keywords: the share of a sample of articles that are found by their own headlines."""
    nominations: dict[str, Any] = field(default_factory=dict)
    """What was planned for the index that nominates candidates, and what came of it: the same as in the manifest."""
    peak_memory: int = 0
    """Bytes at most, without the pages of mapped files."""
    peak_resident: int = 0
    """Bytes at most with those pages, which the system takes back when it is short of memory."""
    dating: Dating = field(default_factory=Dating)
    """How precisely the articles in the index are dated."""
    notices: list[Notice] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    resumed: bool = False
    """An earlier rebuild was interrupted after its checkpoint, and this one went on from there."""
    unchanged: bool = False
    """Nothing was built, since the generation that answers was built from the same sources in the same way."""

    @property
    def undated(self) -> int:
        return self.dating.undated

    @property
    def skipped(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == "skipped"]

    @property
    def left_out(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == "left_out"]

    @property
    def flagged(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == "flagged"]

    def count(self, article: Article) -> None:
        """Count one article that is in the index."""
        self.articles += 1
        self.languages[article.language] += 1
        self.sources[article.source] += 1
        self.dating.count(article)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a ``report.json``.

        Raises:
            OSError, ValueError: It cannot be read, or is no report.
        """
        try:
            return cls.from_dict(orjson.loads(path.read_bytes()))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is no report") from error

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Return the report that ``as_dict`` turned into these data."""
        notices = [skipped(**each) for each in content.pop("skipped")]
        notices += [left_out(**each) for each in content.pop("left_out")]
        notices += [flagged(**each) for each in content.pop("flagged")]
        languages, sources = Counter(content.pop("languages")), Counter(content.pop("sources"))
        dating = Dating.from_dict(content.pop("dating"))
        del content["undated"]
        return cls(notices=notices, languages=languages, sources=sources, dating=dating, **content)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        report = asdict(self)
        del report["notices"]
        return report | {
            "languages": dict(self.languages.most_common()),
            "sources": dict(self.sources.most_common()),
            "undated": self.undated,
            "dating": self.dating.as_dict(),
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
            "skipped": _listed(self.skipped),
            "left_out": _listed(self.left_out),
            "flagged": _listed(self.flagged),
        }


def _listed(notices: Sequence[Notice]) -> list[dict[str, str]]:
    return [{"origin": notice.origin, "reason": notice.reason} for notice in notices]
