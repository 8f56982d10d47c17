"""The JSON of the HTTP API and of ``--json``, as pydantic models.

The models of answers inherit the fields of the records in ``search_api.answer``, and replace a record in a field by
its model.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from search_api.answer import Explanation, Hit, PassageHit, Reason, SearchedForms
from search_api.records.articles import (
    Family,
    ListedArticle,
    PassageInArticle,
    Stats,
    StoredArticle,
    StoredPassage,
    StoredVersion,
)
from search_api.records.counts import Applied, Exactness, FacetCounts, Timeline
from search_api.records.quotations import QuotationMatch, Verification


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


class PageOut(BaseModel):
    """What every page of hits or articles says of the set that it comes from."""

    total: NonNegativeInt = Field(description="Hits on all pages together, copies of one story counted once.")
    total_is: Exactness = Field(
        description="at_least: the ranking looked as deep as it may, and more may answer. Every count says so alike."
    )
    articles_total: NonNegativeInt = Field(
        description="Articles: those of all hits, and the copies that hits stand for."
    )
    facets: dict[str, FacetCounts] = Field(description="Counts by the fields that were asked for.")
    timeline: Timeline | None = Field(description="Counts by time; null unless they were asked for.")
    applied: Applied
    cursor: str | None = Field(description="Give it back to get the next page; null on the last.")
    generation: str
    built_at: datetime
    newest: str | None = Field(description="The latest date of publication in the index, at its own precision.")
    took_ms: float


class SearchResponse(PageOut):
    """The answer to a query."""

    query: str
    hits: list[HitOut]
    answerable: bool = Field(
        description="Whether anything is likely to answer; if not, any hits are what `min_relevance` lets in."
    )
    cut_short: bool = Field(description="Whether time was up before the ranking had looked as deep as it may.")
    near: list[HitOut] = Field(
        description="Where nothing is likely to answer: a few passages that come nearest. They are no answer."
    )
    query_language: str = Field(description="The query's language; empty when the index holds nothing in it.")
    searched: int = Field(description="Passages that passed the filters and were compared.")
    reranker: str = Field(description="What gave relevance and order; empty when no reranker did.")
    also_searched: list[SearchedFormsOut] = Field(
        description="Words of a short query that were searched in other forms too: other spellings and scripts."
    )
    did_you_mean: str = Field(description="The query with words that stand nowhere spelt likelier; empty if none are.")


class ListedArticleOut(_Record, ListedArticle):
    """An article in a list."""

    family: FamilyOut | None = Field(description="Null where nobody else has the story in these words.")


class ListingResponse(PageOut):
    """A page of the articles that pass the filters."""

    articles: list[ListedArticleOut]


class BatchItem(BaseModel):
    """The answer to one query of a batch, or its error; the other is null."""

    answer: SearchResponse | None = None
    error: "ErrorDetail | None" = None


class BatchResponse(BaseModel):
    """The answers to a batch, in the order of its queries, all of one generation."""

    results: list[BatchItem]
    generation: str


class PassageOut(_Record, StoredPassage):
    """A passage of an article."""


class VersionOut(_Record, StoredVersion):
    """An article as it was before it was corrected."""


class ArticleOut(_Record, StoredArticle):
    """An article with its passages."""

    passages: list[PassageOut]
    versions: list[VersionOut] = Field(description="Earlier versions, in the order they were read.")
    family: list[ListedArticleOut] = Field(description="Others that tell it in nearly the same words, the first first.")


class PassageInArticleOut(_Record, PassageInArticle):
    """A passage and the article that it is part of."""

    passage: PassageOut
    article: ListedArticleOut


class QuotationMatchOut(_Record, QuotationMatch):
    """A place where a quotation stands, or what is most like it."""

    article: ListedArticleOut


class VerificationOut(_Record, Verification):
    """The outcome for a quotation."""

    matches: list[QuotationMatchOut] = Field(description="The best first; of exact ones up to ten.")


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
    checking: bool = Field(False, description="Whether the digests of the index's files are still being compared.")


class ErrorDetail(BaseModel):
    """What went wrong, and what to do."""

    code: str
    message: str
    hint: str = ""
    request_id: str = Field("", description="The response's X-Request-ID, which the log of the service names too.")


class ErrorOut(BaseModel):
    """The one shape of every error."""

    error: ErrorDetail
