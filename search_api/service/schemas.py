"""The JSON of the HTTP API and of ``--json``, as pydantic models."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt

from search_api.query import DEFAULT_LIMIT, MAX_LIMIT, Group, Order, Query, make_query


def _listed(value: object) -> object:
    """Take a single string for a list of one."""
    return [value] if isinstance(value, str) else value


Strings = Annotated[list[str], BeforeValidator(_listed)]
Limit = Annotated[int, Field(description=f"At most so many hits, 1 to {MAX_LIMIT}.")]


class _Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Limit = DEFAULT_LIMIT
    language: Strings = Field([], description="ISO 639 codes, such as fr; several mean any of them.")
    source: Strings = Field([], description="Names of outlets; several mean any of them.")
    published_from: str = Field("", description="ISO 8601 year, month, day or time, included.")
    published_to: str = Field("", description="ISO 8601 year, month, day or time, included.")
    order: Order = Field(Order.BEST_ANYWHERE, description="How languages meet in one list.")
    group: Group = Field(Group.ARTICLE, description="What a hit is: an article with its best passages, or a passage.")
    query_language: str = Field("", description="ISO 639 code of the query's own language; empty: it is found out.")
    min_relevance: float | None = Field(None, description="Return nothing below it, 0 to 1; 0 returns everything.")
    half_life: float | None = Field(None, description="Days after which news counts half; empty: age does not count.")
    explain: bool = Field(False, description="Say what each leg said of each hit.")
    rerank: bool = Field(True, description="Let the reranker order the best, where the service has one; it takes time.")

    def checked(self, text: str) -> Query:
        """Return the query these parameters ask for, or raise ``QueryError``."""
        return make_query(
            text,
            limit=self.limit,
            languages=self.language,
            sources=self.source,
            published_from=self.published_from,
            published_to=self.published_to,
            order=self.order,
            group=self.group,
            query_language=self.query_language,
            min_relevance=self.min_relevance,
            half_life=self.half_life,
            explain=self.explain,
            rerank=self.rerank,
        )


class SearchParameters(_Filters):
    """The query string of ``GET /search``."""

    q: str = Field(description="What to look for, in any language.")


class SearchRequest(_Filters):
    """The body of ``POST /search``."""

    query: str = Field(description="What to look for, in any language.")


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SpanOut(_Record):
    """A half-open range of code points."""

    start: NonNegativeInt
    end: NonNegativeInt


class PassageHitOut(_Record):
    """A passage that answers the query."""

    passage_id: str
    text: str
    score: float = Field(description="Cosine similarity of query and passage, -1 to 1.")
    relevance: float = Field(description="How likely it is that the passage answers, 0 to 1, in every language alike.")
    start: NonNegativeInt = Field(description="Where the passage starts in the article's body, in code points.")
    end: NonNegativeInt
    heading_end: NonNegativeInt = Field(description="text[:heading_end] is a sub-heading; 0 when there is none.")
    sentences: list[SpanOut] = Field(description="Offsets of the sentences in text.")
    best_sentence: SpanOut = Field(description="Offsets in text of the sentence that answers best.")
    language: str = Field(description="The passage's: its article's, unless somebody is quoted in another.")


class ExplanationOut(_Record):
    """What each leg said of a hit; docs/ranking.md tells how it adds up."""

    passage: float
    sentence: float
    article: float
    lead: float
    words: float
    article_words: float
    lead_words: float
    feedback: float
    seed: str | None
    rank_score: float


class FamilyOut(_Record):
    """The articles that tell the story in nearly the same words, such as copies of one wire report."""

    articles: NonNegativeInt
    outlets: NonNegativeInt = Field(description="Sources beside the hit's own.")
    first_source: str
    first_published: str | None = Field(description="Where and when it appeared first, as far as dates tell.")


class HitOut(PassageHitOut):
    """A passage that answers the query, and its article."""

    article_id: str
    title: str = Field(description="Empty when the article has none; then show opening.")
    opening: str = Field(description="The first words of the article.")
    source: str
    url: str
    published: str | None = Field(description="ISO 8601 at the precision it came with: 2025-05 is a month.")
    others: list[PassageHitOut] = Field(description="Further passages of the article; empty when a hit is a passage.")
    copies: NonNegativeInt = Field(description="Near-identical passages of other articles that are not shown.")
    family: FamilyOut | None = Field(description="Null where nobody else has the story in these words.")
    explanation: ExplanationOut | None = Field(description="Only when explain was asked for.")


class SearchResponse(BaseModel):
    """The answer to a query."""

    query: str
    hits: list[HitOut]
    answerable: bool = Field(
        description="Whether anything is likely to answer; if not, any hits are what `min_relevance` lets in."
    )
    query_language: str = Field(description="The query's language; empty when the index holds nothing in it.")
    searched: int = Field(description="Passages that passed the filters and were compared.")
    generation: str
    reranker: str = Field(description="What gave relevance and order; empty when no reranker did.")
    took_ms: float


class PassageOut(_Record):
    """A passage of an article."""

    passage_id: str
    text: str
    start: NonNegativeInt
    end: NonNegativeInt
    heading_end: NonNegativeInt
    sentences: list[SpanOut]
    language: str


class VersionOut(_Record):
    """An article as it was before it was corrected."""

    title: str
    body: str
    published: str | None
    origin: str


class ArticleOut(_Record):
    """An article with its passages."""

    id: str
    title: str
    opening: str
    body: str
    language: str
    source: str
    url: str
    published: str | None
    published_precision: Literal["year", "month", "day", "time"] | None
    origin: str = Field(description="The file it was read from.")
    asides: list[SpanOut] = Field(description="Parts of the body that are not the article's own words.")
    passages: list[PassageOut]
    versions: list[VersionOut] = Field(description="Earlier versions, in the order they were read.")


class StatsOut(_Record):
    """What the index holds."""

    generation: str
    built_at: datetime
    articles: int
    passages: int
    skipped: int = Field(description="Articles that could not be read; report.json of the generation says why.")
    newest: str | None
    languages: dict[str, int]
    sources: dict[str, int]
    encoder: str
    encoder_revision: str
    dim: int
    bytes: int


class HealthOut(BaseModel):
    """The service is there."""

    status: Literal["ok"] = "ok"


class ReadyOut(BaseModel):
    """The service can answer."""

    status: Literal["ready"] = "ready"
    generation: str


class ErrorDetail(BaseModel):
    """What went wrong, and what to do."""

    code: str
    message: str
    hint: str = ""


class ErrorOut(BaseModel):
    """The one shape of every error."""

    error: ErrorDetail
