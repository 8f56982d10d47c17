"""What ``/search`` and ``/search/batch`` are asked."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from search_api.checks import MAX_CHARACTERS
from search_api.service.requests.options import SearchOptions

MOST_QUERIES = 100
"""Queries in a batch at most."""
EXAMPLE = "Will the ferry sail again this week?"
TEXT: dict[str, JsonValue] = {"minLength": 1, "maxLength": MAX_CHARACTERS}
"""The bounds of a query's text, for the documentation: ``make_query`` checks them, with a hint."""


class SearchParameters(SearchOptions):
    """The query string of ``GET /search``."""

    q: str = Field(description="What to look for, in any language.", examples=[EXAMPLE], json_schema_extra=TEXT)


class SearchRequest(SearchOptions):
    """The body of ``POST /search``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": EXAMPLE, "language": ["en"], "limit": 5}]})

    query: str = Field(description="What to look for, in any language.", examples=[EXAMPLE], json_schema_extra=TEXT)


class BatchRequest(BaseModel):
    """The body of ``POST /search/batch``. Each query is checked by itself, so that a bad one is an error of its own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"queries": [{"query": EXAMPLE}, {"query": "渡轮"}]}]},
    )

    timeout_ms: int | None = Field(None, ge=1, le=600_000, description="For the whole batch.")
    queries: list[dict[str, JsonValue]] = Field(
        min_length=1,
        max_length=MOST_QUERIES,
        description="Bodies of POST /search.",
        json_schema_extra={"items": {"$ref": "#/components/schemas/SearchRequest"}},
    )
