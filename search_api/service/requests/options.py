"""The options of a search and of a list.

The bounds that stand in the documentation are checked by ``make_query``, whose errors have a hint.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from search_api.checks import MAX_DEPTH, MAX_LIMIT, MAX_NAMES, MAX_OFFSET, MIN_DEPTH
from search_api.choices import Facet, Group, Interval, Order, Sort
from search_api.query import DEFAULT_LIMIT, Query, make_query
from search_api.service.cursors import MAX_CURSOR, Cursor


def _listed(value: object) -> object:
    """Return a list that holds only the value if it is a single string."""
    return [value] if isinstance(value, str) else value


Strings = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=MAX_NAMES), BeforeValidator(_listed)]
Limit = Annotated[
    int,
    Field(
        description=f"At most so many hits, 1 to {MAX_LIMIT}.", json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT}
    ),
]
_DATE = (
    "a year, month or day as hits show it, in the zone that the article was published in, such as 2025, 2025-05 or "
    "2025-05-27; or an instant, such as 2025-05-27T18:20:00+02:00."
)


class FilterOptions(BaseModel):
    """Filters, sorting and counts: the options that need no query, each under its name in ``OPTIONS``."""

    model_config = ConfigDict(extra="forbid")

    languages: Strings = Field([], alias="language", description="ISO 639 codes, such as fr; several mean any of them.")
    sources: Strings = Field([], alias="source", description="Names of outlets; several mean any of them.")
    not_languages: Strings = Field([], alias="not_language", description="Leave out articles in these languages.")
    not_sources: Strings = Field([], alias="not_source", description="Leave out articles of these outlets.")
    articles: Strings = Field([], alias="article", description="Only in these articles, by their ids.")
    not_articles: Strings = Field([], alias="not_article", description="Leave out these articles, by their ids.")
    published_from: str = Field("", max_length=100, description=f"The first date, included: {_DATE}")
    published_to: str = Field("", max_length=100, description=f"The last date, included: {_DATE}")
    since: str = Field(
        "",
        max_length=20,
        description="Published within this span until now: 24h, 7d, 2w, 6mo, 1y. Not with published_from.",
    )

    def filter_options(self, cursor: Cursor | None = None) -> dict[str, object]:
        """Return the filters by their names in ``OPTIONS``; a cursor says when a span until now began."""
        given = {name: getattr(self, name) for name in FilterOptions.model_fields}
        if cursor and cursor.since and self.since:
            given |= {"since": "", "published_from": cursor.since}
        return given


class ListOptions(FilterOptions):
    """The options of a list of articles, and of any page of hits."""

    limit: Limit = DEFAULT_LIMIT
    offset: int = Field(
        0,
        description="Hits before the first that is returned. A cursor is better: it stays true when news comes in.",
        json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET},
    )
    cursor: str = Field("", max_length=MAX_CURSOR, description="The cursor of the page before: returns the next page.")
    facets: Strings = Field(
        [],
        description="Count hits by these fields: language, source, month. Counts ignore the filter by their own field.",
        json_schema_extra={"items": {"type": "string", "enum": [each.value for each in Facet]}},
    )
    timeline: Interval | None = Field(None, description="Count hits by time, in spans of this length.")

    def page_options(self) -> dict[str, object]:
        """Return what is neither filter nor cursor, by the names in ``OPTIONS``."""
        kept = set(ListOptions.model_fields) - set(FilterOptions.model_fields) - {"cursor", "timeline"}
        return {name: getattr(self, name) for name in kept} | {"timeline": self.timeline or ""}


class RankingOptions(BaseModel):
    """What is searched for and how it is ranked: the options that need a query."""

    order: Order = Field(Order.BEST_ANYWHERE, description="How hits in different languages are ordered in one list.")
    sort: Sort = Field(Sort.RELEVANCE, description="relevance, or the date of what is relevant.")
    group: Group = Field(Group.ARTICLE, description="What a hit is: an article with its best passages, or a passage.")
    query_language: str = Field(
        "", max_length=100, description="ISO 639 code of the query's own language; empty: it is found out."
    )
    min_relevance: float | None = Field(
        None,
        description="Leave out hits of lower relevance, 0 to 1; 0 keeps all.",
        json_schema_extra={"minimum": 0, "maximum": 1},
    )
    half_life: float | None = Field(
        None,
        description="Days after which news counts half; empty: age does not count.",
        json_schema_extra={"exclusiveMinimum": 0},
    )
    depth: int | None = Field(
        None,
        description="Passages that each way of searching looks at, at most. Where more answer, total_is is at_least.",
        json_schema_extra={"minimum": MIN_DEPTH, "maximum": MAX_DEPTH},
    )
    explain: bool = Field(False, description="Return the numbers that each hit was ranked by.")
    rerank: bool = Field(True, description="Let the reranker order the best, where the service has one; it takes time.")

    def ranking_options(self) -> dict[str, object]:
        """Return these options by their names in ``OPTIONS``."""
        return {name: getattr(self, name) for name in RankingOptions.model_fields}


class SearchOptions(ListOptions, RankingOptions):
    """The options of a search."""

    timeout_ms: int | None = Field(
        None,
        ge=1,
        le=600_000,
        description="After so many milliseconds the ranking looks no deeper, and `cut_short` says so.",
    )

    def to_query(self, text: str, cursor: Cursor | None = None) -> Query:
        """Return the checked query for a text with these options.

        Raises:
            QueryError: The text or an option cannot be searched with.
        """
        return make_query(text, **self.ranking_options(), **self.page_options(), **self.filter_options(cursor))
