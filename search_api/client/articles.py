"""What a service says of articles, quotations and itself, as frozen dataclasses."""

from dataclasses import dataclass
from datetime import datetime

from search_api.client.models import Family, Page, Span


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article in a list."""

    article_id: str
    title: str
    opening: str
    source: str
    url: str
    language: str
    published: str | None
    updated: str | None
    family: Family | None


@dataclass(frozen=True, slots=True)
class Listing(Page):
    """A page of the articles that pass the filters."""

    articles: tuple[ListedArticle, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an article."""

    passage_id: str
    text: str
    start: int
    end: int
    heading_end: int
    sentences: tuple[Span, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was before it was corrected."""

    title: str
    body: str
    published: str | None
    updated: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its passages."""

    id: str
    title: str
    opening: str
    body: str
    language: str
    source: str
    url: str
    published: str | None
    published_precision: str | None
    updated: str | None
    origin: str
    asides: tuple[Span, ...]
    passages: tuple[Passage, ...]
    versions: tuple[Version, ...]
    family: tuple[ListedArticle, ...]


@dataclass(frozen=True, slots=True)
class PassageInArticle:
    """A passage and the article that it is part of."""

    passage: Passage
    article: ListedArticle


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of a quotation and of an article that are not the same."""

    quoted: str
    found: str


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """A place where a quotation stands, or what is most like it."""

    verdict: str
    article: ListedArticle
    passage_id: str
    start: int
    end: int
    text: str
    differences: tuple[Difference, ...]
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a quotation stands somewhere: exact, near, translation or not_found."""

    verdict: str
    matches: tuple[QuotationMatch, ...]
    generation: str


@dataclass(frozen=True, slots=True)
class Stats:
    """What the index holds."""

    generation: str
    built_at: datetime
    articles: int
    passages: int
    skipped: int
    newest: str | None
    oldest: str | None
    known_languages: tuple[str, ...]
    languages: dict[str, int]
    sources: dict[str, int]
    encoder: str
    encoder_revision: str
    dim: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The service can answer; ``problem`` says why what is on disk is not what answers."""

    status: str
    generation: str
    problem: str
    checking: bool
