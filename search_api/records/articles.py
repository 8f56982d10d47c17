"""Articles as they are listed and as they are stored, and counts of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from search_api.records.counts import Applied, Counts
from search_api.records.values import (
    End,
    HeadingEnd,
    Opening,
    PassageLanguage,
    PublishedText,
    Sentences,
    SpanValue,
    Start,
    UpdatedText,
)


@dataclass(frozen=True)
class Family:
    """The articles that tell the story in nearly the same words, such as copies of one wire report."""

    articles: NonNegativeInt
    outlets: Annotated[NonNegativeInt, Field(description="Sources beside the hit's own.")]
    first_source: str
    first_published: Annotated[str | None, Field(description="Where and when it appeared first, as far as dates tell.")]


@dataclass(frozen=True)
class ListedArticle:
    """An article in a list."""

    article_id: str
    title: Annotated[str, Field(description="Empty when the article has none; then show opening.")]
    opening: Opening
    source: str
    url: str
    language: Annotated[str, Field(description="ISO 639 code.")]
    published: PublishedText
    updated: UpdatedText
    family: Family | None = None
    """None where nobody else has the story in these words."""


@dataclass(frozen=True)
class Listing:
    """A page of the articles that pass some filters."""

    articles: list[ListedArticle]
    more: bool
    """Whether there are further pages."""
    counts: Counts
    applied: Applied
    generation: str
    built_at: datetime
    newest: str | None


@dataclass(frozen=True)
class StoredPassage:
    """A passage of an article."""

    passage_id: str
    text: str
    start: Start
    end: End
    heading_end: HeadingEnd
    sentences: Sentences
    language: PassageLanguage


@dataclass(frozen=True)
class StoredVersion:
    """An article as it was before it was corrected."""

    title: str
    body: str
    published: PublishedText
    updated: UpdatedText
    origin: str


@dataclass(frozen=True)
class StoredArticle:
    """An article with its passages."""

    id: str
    title: str
    opening: Opening
    body: str
    language: str
    source: str
    url: str
    published: PublishedText
    published_precision: Literal["year", "month", "day", "time"] | None
    updated: UpdatedText
    origin: Annotated[str, Field(description="The file it was read from.")]
    asides: Annotated[tuple[SpanValue, ...], Field(description="Parts that are not the article's own words.")]
    passages: Sequence[StoredPassage]
    versions: Sequence[StoredVersion]
    """Earlier versions, in the order they were read."""
    family: Sequence[ListedArticle]
    """The other articles that tell it in nearly the same words, in the order in which they appeared."""


@dataclass(frozen=True)
class PassageInArticle:
    """A passage and the article that it is part of."""

    passage: StoredPassage
    article: ListedArticle


@dataclass(frozen=True)
class Stats:
    """What the index holds."""

    generation: str
    built_at: datetime
    articles: int
    passages: int
    skipped: Annotated[
        int, Field(description="Articles that could not be read; report.json of the generation says why.")
    ]
    newest: Annotated[str | None, Field(description="The latest date of publication, at its own precision.")]
    oldest: Annotated[str | None, Field(description="The earliest date of publication, at its own precision.")]
    languages: Annotated[dict[str, int], Field(description="Articles by language, most first.")]
    known_languages: Annotated[
        Sequence[str], Field(description="Languages between which meaning is found; in the others, words and names.")
    ]
    sources: Annotated[
        dict[str, int], Field(description="Articles by source, most first; those without one under an empty name.")
    ]
    encoder: str
    encoder_revision: str
    dim: Annotated[int, Field(description="The length of a vector.")]
    bytes: Annotated[int, Field(description="The size of the generation's files.")]
