"""How precisely the articles of each outlet are dated, and which have no date: a part of the report of a build."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from indexer.article import Article

EXAMPLES: Final = 3
"""How many articles without a date are named."""
PRECISIONS: Final = ("time", "day", "month", "year", "none")


class Undated(NamedTuple):
    """An article without a date."""

    origin: str
    written: str
    """What its source gives as the date; empty if it gives none."""


@dataclass(slots=True)
class Dating:
    """The dates of the articles that were counted."""

    outlets: dict[str, Counter[str]] = field(default_factory=dict)
    """How many articles of each outlet are dated to the time, the day, the month or the year, or not at all."""
    examples: list[Undated] = field(default_factory=list)
    """The first articles without a date."""

    @property
    def undated(self) -> int:
        return sum(counts["none"] for counts in self.outlets.values())

    def count(self, article: Article) -> None:
        """Count one article."""
        precision = article.published.precision if article.published else "none"
        self.outlets.setdefault(article.source, Counter())[precision] += 1
        if article.published is None and len(self.examples) < EXAMPLES:
            self.examples.append(Undated(article.origin, article.unread_date))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Return what ``as_dict`` turned into these data."""
        outlets = {outlet: Counter(counts) for outlet, counts in content["outlets"].items()}
        return cls(outlets, [Undated(**each) for each in content["undated"]])

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain data for JSON, the outlets of most articles first."""
        largest = sorted(self.outlets.items(), key=lambda outlet: -outlet[1].total())
        return {
            "outlets": {
                outlet: {name: counts[name] for name in PRECISIONS if counts[name]} for outlet, counts in largest
            },
            "undated": [each._asdict() for each in self.examples],
        }
