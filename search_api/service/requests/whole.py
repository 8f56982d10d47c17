"""What is asked for whole sets: exports and feeds."""

from pydantic import Field

from search_api.checks import MAX_CHARACTERS, MAX_LIMIT, MAX_OFFSET
from search_api.choices import Sort
from search_api.query import Listed, Query, make_listed, make_query
from search_api.service.exporting import Format
from search_api.service.requests.options import FilterOptions, RankingOptions

DEFAULT_ENTRIES = 50
"""Entries of a feed, unless more are wanted."""


class ExportParameters(FilterOptions, RankingOptions):
    """The query string of ``GET /export``: that of a search or of a list, all pages at once."""

    q: str = Field(
        "",
        description="What to look for; without it, all articles that pass the filters.",
        json_schema_extra={"maxLength": MAX_CHARACTERS},
    )
    format: Format = Field("ndjson", description="A JSON object a line, or CSV for spreadsheets.")
    generation: str = Field(
        "", max_length=100, description="Go on with an export that broke off: its X-Generation, and offset its rows."
    )
    offset: int = Field(
        0,
        description="Rows that came before the export broke off.",
        json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET},
    )
    sort: Sort | None = Field(None, description="relevance with a query, else newest; oldest.")  # type: ignore[assignment]

    def to_query(self) -> Query:
        """Return the query whose hits are exported.

        Raises:
            QueryError: It cannot be searched with.
        """
        options = self.ranking_options() | {"sort": self.sort or Sort.RELEVANCE, "offset": self.offset}
        return make_query(self.q, **options, **self.filter_options())

    def to_listed(self) -> Listed:
        """Return what is to be listed where there is no query.

        Raises:
            QueryError: An option is given that needs a query.
        """
        given = {name: getattr(self, name) for name in RankingOptions.model_fields if name in self.model_fields_set}
        given["sort"] = self.sort or Sort.NEWEST
        return make_listed(**given, offset=self.offset, **self.filter_options())


class FeedParameters(FilterOptions):
    """The query string of a feed."""

    q: str = Field(
        "",
        description="What to look for; without it, the feed has the newest articles that pass the filters.",
        json_schema_extra={"maxLength": MAX_CHARACTERS},
    )
    min_relevance: float | None = Field(
        None,
        description="Leave out hits of lower relevance, 0 to 1; 0 keeps all.",
        json_schema_extra={"minimum": 0, "maximum": 1},
    )
    limit: int = Field(
        DEFAULT_ENTRIES,
        description="Entries, the newest first.",
        json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT},
    )

    def to_query(self) -> Query:
        """Return the query of the feed.

        Raises:
            QueryError: It cannot be searched with.
        """
        options = {"sort": Sort.NEWEST, "limit": self.limit, "min_relevance": self.min_relevance}
        return make_query(self.q, **options, **self.filter_options())

    def to_listed(self) -> Listed:
        """Return what is listed where there is no query.

        Raises:
            QueryError: A filter is impossible.
        """
        given = {} if self.min_relevance is None else {"min_relevance": self.min_relevance}
        return make_listed(sort=Sort.NEWEST, limit=self.limit, **given, **self.filter_options())
