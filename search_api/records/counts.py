"""How many hits there are, by which values and in which time, and with which filters: records for every interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

Exactness = Literal["exact", "at_least"]
"""``at_least`` where the ranking did not look as deep as passages answer, so that there may be more."""
_TotalIs = Annotated[Exactness, Field(description="at_least: more may answer than the ranking looked at.")]
_Articles = Annotated[
    NonNegativeInt, Field(description="Articles: those of the hits, and those whose copies hits stand for.")
]


@dataclass(frozen=True)
class FacetValue:
    """A value of a field, and how many hits have it."""

    value: Annotated[str, Field(description="Empty for articles without one.")]
    count: Annotated[NonNegativeInt, Field(description="Hits.")]
    articles: _Articles


@dataclass(frozen=True)
class FacetCounts:
    """How many hits have each value of a field. A filter by this field does not narrow the counts."""

    values: Sequence[FacetValue]
    total_is: _TotalIs


@dataclass(frozen=True)
class TimelineSpan:
    """A day, week, month or year, and how many hits appeared in it."""

    start: Annotated[str | None, Field(description="The first day; null for hits of which no such span is known.")]
    end: Annotated[str | None, Field(description="The last day.")]
    count: Annotated[NonNegativeInt, Field(description="Hits.")]
    articles: _Articles


@dataclass(frozen=True)
class Timeline:
    """How many hits appeared when: spans with hits, the earliest first."""

    interval: Literal["day", "week", "month", "year"]
    spans: Sequence[TimelineSpan]
    total_is: _TotalIs


@dataclass(frozen=True)
class Applied:
    """The filters and settings of a search as they were understood."""

    languages: Sequence[str] = ()
    sources: Sequence[str] = ()
    not_languages: Sequence[str] = ()
    not_sources: Sequence[str] = ()
    articles: Sequence[str] = ()
    not_articles: Sequence[str] = ()
    published_from: Annotated[str | None, Field(description="The first day or instant that passes.")] = None
    published_to: Annotated[str | None, Field(description="The last day or instant that passes.")] = None


@dataclass(frozen=True)
class Counts:
    """How large the set is that a page of hits or articles comes from, and what it consists of."""

    total: Annotated[NonNegativeInt, Field(description="Hits on all pages together, each with its copies once.")]
    total_is: _TotalIs
    articles: _Articles
    facets: dict[str, FacetCounts]
    """Only those that were asked for."""
    timeline: Timeline | None
    """Only if it was asked for."""
