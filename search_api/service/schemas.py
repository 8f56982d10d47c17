"""The JSON of the HTTP API and of ``--json``, as pydantic models.

The models of answers inherit the fields of the records in ``search_api.answer``, and replace a record in a field by
its model.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, NonNegativeInt

from search_api.answer import (
    Explanation,
    Family,
    Hit,
    PassageHit,
    Reason,
    SearchedForms,
    Stats,
    StoredArticle,
    StoredPassage,
    StoredVersion,
)
from search_api.query import DEFAULT_LIMIT, MAX_CHARACTERS, MAX_LIMIT, Group, Order, Query, make_query


def _listed(value: object) -> object:
    """Return a list that holds only the value if it is a single string."""
    return [value] if isinstance(value, str) else value


Strings = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=100), BeforeValidator(_listed)]
Limit = Annotated[
    int,
    Field(
        description=f"At most so many hits, 1 to {MAX_LIMIT}.", json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT}
    ),
]
_EXAMPLE = "Will the ferry sail again this week?"
_TEXT: dict[str, JsonValue] = {"minLength": 1, "maxLength": MAX_CHARACTERS}
"""The bounds of a query's text, for the documentation: ``make_query`` checks them, with a hint."""

_DATE = (
    "a year, month or day as hits show it, in the zone that the article was published in, such as 2025, 2025-05 or "
    "2025-05-27; or an instant, such as 2025-05-27T18:20:00+02:00."
)


class SearchOptions(BaseModel):
    """The options of a search, each under its name in ``OPTIONS``; the API has a name of its own for two of them."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = DEFAULT_LIMIT
    languages: Strings = Field([], alias="language", description="ISO 639 codes, such as fr; several mean any of them.")
    sources: Strings = Field([], alias="source", description="Names of outlets; several mean any of them.")
    published_from: str = Field("", max_length=100, description=f"The first date, included: {_DATE}")
    published_to: str = Field("", max_length=100, description=f"The last date, included: {_DATE}")
    order: Order = Field(Order.BEST_ANYWHERE, description="How hits in different languages are ordered in one list.")
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
    explain: bool = Field(False, description="Return the numbers that each hit was ranked by.")
    rerank: bool = Field(True, description="Let the reranker order the best, where the service has one; it takes time.")

    def to_query(self, text: str) -> Query:
        """Return the checked query for a text with these options.

        Raises:
            QueryError: The text or an option cannot be searched with.
        """
        return make_query(text, **{name: getattr(self, name) for name in SearchOptions.model_fields})


class SearchParameters(SearchOptions):
    """The query string of ``GET /search``."""

    q: str = Field(description="What to look for, in any language.", examples=[_EXAMPLE], json_schema_extra=_TEXT)


class SearchRequest(SearchOptions):
    """The body of ``POST /search``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": _EXAMPLE, "language": ["en"], "limit": 5}]})

    query: str = Field(description="What to look for, in any language.", examples=[_EXAMPLE], json_schema_extra=_TEXT)


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PassageHitOut(_Record, PassageHit):
    """A passage that answers the query."""


class ExplanationOut(_Record, Explanation):
    """The numbers that a hit was ranked by; docs/ranking.md says how they add up."""


class FamilyOut(_Record, Family):
    """The articles that tell the story in nearly the same words, such as copies of one wire report."""


class ReasonOut(_Record, Reason):
    """Why a hit is there: a word of the query that the passage or its title holds, or its meaning."""


class SearchedFormsOut(_Record, SearchedForms):
    """A word of the query, and other forms of it that were searched too: other spellings and scripts."""


class HitOut(PassageHitOut, Hit):
    """A passage that answers the query, and its article."""

    others: tuple[PassageHitOut, ...] = Field(
        description="Further passages of the article; empty when a hit is a passage."
    )
    copies: NonNegativeInt = Field(description="Near-identical passages of other articles that are not shown.")
    family: FamilyOut | None = Field(description="Null where nobody else has the story in these words.")
    explanation: ExplanationOut | None = Field(description="Only when explain was asked for.")
    why: tuple[ReasonOut, ...] = Field(description="Words of the query that the passage holds; its meaning, if none.")


class SearchResponse(BaseModel):
    """The answer to a query."""

    query: str
    hits: list[HitOut]
    answerable: bool = Field(
        description="Whether anything is likely to answer; if not, any hits are what `min_relevance` lets in."
    )
    near: list[HitOut] = Field(
        description="Where nothing is likely to answer: a few passages that come nearest. They are no answer."
    )
    query_language: str = Field(description="The query's language; empty when the index holds nothing in it.")
    searched: int = Field(description="Passages that passed the filters and were compared.")
    generation: str
    reranker: str = Field(description="What gave relevance and order; empty when no reranker did.")
    also_searched: list[SearchedFormsOut] = Field(
        description="Words of a short query that were searched in other forms too: other spellings and scripts."
    )
    did_you_mean: str = Field(description="The query with words that stand nowhere spelt likelier; empty if none are.")
    took_ms: float


class PassageOut(_Record, StoredPassage):
    """A passage of an article."""


class VersionOut(_Record, StoredVersion):
    """An article as it was before it was corrected."""


class ArticleOut(_Record, StoredArticle):
    """An article with its passages."""

    passages: list[PassageOut]
    versions: list[VersionOut] = Field(description="Earlier versions, in the order they were read.")


class StatsOut(_Record, Stats):
    """What the index holds."""


class HealthOut(BaseModel):
    """The service is there."""

    status: Literal["ok"] = "ok"


class ReadyOut(BaseModel):
    """The service can answer."""

    status: Literal["ready"] = "ready"
    generation: str = Field(description="The one that answers.")
    problem: str = Field("", description="Why what is on disk is not what answers; empty while it is.")


class ErrorDetail(BaseModel):
    """What went wrong, and what to do."""

    code: str
    message: str
    hint: str = ""
    request_id: str = Field("", description="The response's X-Request-ID, which the log of the service names too.")


class ErrorOut(BaseModel):
    """The one shape of every error."""

    error: ErrorDetail
