"""A query as the searcher takes it: checked, with its filters."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from indexer.dates import Published, parse_published
from indexer.errors import QueryError
from indexer.keywords.query_syntax import KeywordQuery, parse_keywords
from indexer.text.language import UNKNOWN, normalise_tag

DEFAULT_LIMIT = 10
MAX_LIMIT = 1000
MAX_CHARACTERS = 50_000
"""A long pasted article still fits."""


class Order(StrEnum):
    """How languages meet in one list."""

    BEST_ANYWHERE = "best-anywhere"
    """By score, whatever the language."""
    MY_LANGUAGE_FIRST = "my-language-first"
    """All in the query's language before all others."""
    ONE_LANE_PER_LANGUAGE = "one-lane-per-language"
    """As many hits in each language, the language with the best hit first."""


class Group(StrEnum):
    """What a row of the answer is."""

    ARTICLE = "article"
    """An article with its best passages."""
    PASSAGE = "passage"
    """A passage."""


_Choice = TypeVar("_Choice", Order, Group)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit's article must be; an empty filter lets everything pass."""

    languages: frozenset[str] = field(default=frozenset())
    sources: frozenset[str] = field(default=frozenset())
    """Case-folded."""
    published_from: datetime | None = None
    published_to: datetime | None = None
    """Both ends included. An article known only by its month passes when any day of the month does."""

    def __bool__(self) -> bool:
        return bool(self.languages or self.sources or self.published_from or self.published_to)


@dataclass(frozen=True)
class Query:
    """What to search for, in any language, and how many hits to return at most."""

    text: str
    limit: int = DEFAULT_LIMIT
    filters: Filters = Filters()
    order: Order = Order.BEST_ANYWHERE
    group: Group = Group.ARTICLE
    language: str = ""
    """The language the query is in; empty: the searcher finds out."""
    min_relevance: float | None = None
    """Below it nothing is returned; None: the searcher's own floor."""
    half_life: float | None = None
    """Days after which news counts half; None: age does not count."""
    explain: bool = False
    rerank: bool = True
    """By the searcher's reranker, where it has one."""

    @cached_property
    def keywords(self) -> KeywordQuery:
        """The query taken apart: what to rank by, and what must and must not occur."""
        return parse_keywords(self.text)


def make_query(  # noqa: PLR0913  every one is an option of the search
    text: str,
    *,
    limit: int = DEFAULT_LIMIT,
    languages: Iterable[str] = (),
    sources: Iterable[str] = (),
    published_from: str = "",
    published_to: str = "",
    order: str = Order.BEST_ANYWHERE,
    group: str = Group.ARTICLE,
    query_language: str = "",
    min_relevance: float | None = None,
    half_life: float | None = None,
    explain: bool = False,
    rerank: bool = True,
) -> Query:
    """Check what a person or program asks for.

    Raises:
        QueryError: The query has no words or is too long, a limit is out of range, or a filter makes no sense.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise QueryError(f"limit is {limit}, wanted 1 to {MAX_LIMIT}")
    filters = _filters(languages, sources, published_from, published_to)
    if min_relevance is not None and not 0 <= min_relevance <= 1:
        raise QueryError(f"min_relevance is {min_relevance:g}, wanted 0 to 1")
    if half_life is not None and not 0 < half_life < math.inf:
        raise QueryError(f"half_life is {half_life:g} days, wanted more than 0")
    query = Query(
        _text(text),
        limit,
        filters,
        _choice("order", order, Order),
        _choice("group", group, Group),
        _language(query_language) if query_language.strip() else "",
        min_relevance,
        half_life,
        explain,
        rerank,
    )
    if not query.keywords.text:
        raise QueryError(f"the query {query.text[:40]!r} says only what to leave out", "add a word to look for")
    return query


def _filters(languages: Iterable[str], sources: Iterable[str], published_from: str, published_to: str) -> Filters:
    first, last = _date("published_from", published_from), _date("published_to", published_to)
    if first and last and first.earliest > last.latest:
        raise QueryError(f"published_from {first.iso} is after published_to {last.iso}", "swap them")
    return Filters(
        languages=frozenset(_language(tag) for tags in languages for tag in tags.split(",") if tag.strip()),
        sources=frozenset(source.strip().casefold() for source in sources if source.strip()),
        published_from=first.earliest if first else None,
        published_to=last.latest if last else None,
    )


def _text(text: str) -> str:
    text = text.encode(errors="replace").decode().strip()  # half a surrogate pair has no UTF-8
    if not text:
        raise QueryError("the query is empty", "ask a question or give some words, in any language")
    if len(text) > MAX_CHARACTERS:
        raise QueryError(f"the query has {len(text):,} characters, wanted at most {MAX_CHARACTERS:,}", "shorten it")
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise QueryError(f"the query {text[:40]!r} has no words", "ask a question or give some words, in any language")
    return text


def _choice(name: str, value: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        raise QueryError(f"{name} is {value!r}, wanted {', '.join(choices)}") from None


def _language(tag: str) -> str:
    language = UNKNOWN if tag.strip().casefold() == UNKNOWN else normalise_tag(tag)
    if language is None:
        raise QueryError(f"language {tag.strip()!r} is no ISO 639 code", "use a code such as fr, tr, ar or zh")
    return language


def _date(name: str, value: str) -> Published | None:
    try:
        return parse_published(value) if value.strip() else None
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from error
