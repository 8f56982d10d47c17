"""What a service answers, as frozen dataclasses. Offsets count Unicode code points: ``body[start:end]`` is the text.

They are the client's own: the records of the server need pydantic and the package ``indexer``, which a program that
only asks has no use for. A test holds every field to the description of the API.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Exactness = Literal["exact", "at_least"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Family:
    """The articles that tell a story in nearly the same words."""

    articles: int
    outlets: int
    first_source: str
    first_published: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hit is there: a word of the query that it holds, or its meaning."""

    kind: str
    query: str
    found: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The numbers that a hit was ranked by."""

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


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that answers a query."""

    passage_id: str
    text: str
    score: float
    relevance: float
    start: int
    end: int
    heading_end: int
    sentences: tuple[Span, ...]
    best_sentence: Span
    language: str

    @property
    def sentence(self) -> str:
        """The sentence of the passage that answers best."""
        return self.text[self.best_sentence.start : self.best_sentence.end]


@dataclass(frozen=True, slots=True)
class Hit(PassageHit):
    """A passage that answers a query, and its article."""

    article_id: str
    title: str
    opening: str
    source: str
    url: str
    published: str | None
    updated: str | None
    others: tuple[PassageHit, ...]
    copies: int
    family: Family | None
    explanation: Explanation | None
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a field: how many hits have it, and how many articles, copies of a story each for itself."""

    value: str
    count: int
    articles: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """How many hits have each value of a field."""

    values: tuple[FacetValue, ...]
    total_is: Exactness


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A day, week, month or year, and how many hits and articles appeared in it."""

    start: str | None
    end: str | None
    count: int
    articles: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many hits appeared when, the earliest span first."""

    interval: str
    spans: tuple[TimelineSpan, ...]
    total_is: Exactness


@dataclass(frozen=True, slots=True)
class Applied:
    """The filters of a search as they were understood."""

    languages: tuple[str, ...]
    sources: tuple[str, ...]
    not_languages: tuple[str, ...]
    not_sources: tuple[str, ...]
    articles: tuple[str, ...]
    not_articles: tuple[str, ...]
    published_from: str | None
    published_to: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What every page of hits or articles says of the set that it comes from."""

    total: int
    total_is: Exactness
    articles_total: int
    facets: dict[str, FacetCounts]
    timeline: Timeline | None
    applied: Applied
    cursor: str | None
    """Of the next page; None on the last."""
    generation: str
    built_at: datetime
    newest: str | None
    took_ms: float


@dataclass(frozen=True, slots=True)
class SearchedForms:
    """A word of a query, and other forms of it that were searched too."""

    word: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer(Page):
    """The answer to a query."""

    query: str
    hits: tuple[Hit, ...]
    answerable: bool
    """Whether anything in the index is likely to answer."""
    cut_short: bool
    near: tuple[Hit, ...]
    """Where nothing is likely to answer: what comes nearest. It is no answer."""
    query_language: str
    searched: int
    reranker: str
    also_searched: tuple[SearchedForms, ...]
    did_you_mean: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one query of a batch has no answer."""

    code: str
    message: str
    hint: str
    request_id: str


@dataclass(frozen=True, slots=True)
class BatchItem:
    """The answer to one query of a batch, or its error; the other is None."""

    answer: Answer | None
    error: Problem | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers to a batch, in the order of its queries."""

    results: tuple[BatchItem, ...]
    generation: str
