"""The query that a searcher answers: a text and the options of the search, checked before anything is searched.

An option is declared once: as a field of ``Query`` or ``Filters``, and in ``OPTIONS`` with the function that checks
it. The HTTP API, the command line and the evaluation pass what they were given to ``make_query`` by these names.
"""

import difflib
import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from indexer.dates.parsing import parse_published
from indexer.dates.published import Published
from indexer.errors import QueryError
from indexer.keywords.query_syntax import KeywordQuery, parse_keywords
from indexer.text.language import UNKNOWN, normalise_tag
from indexer.text.normal_forms import normalise

DEFAULT_LIMIT = 10
MAX_LIMIT = 1000
MAX_CHARACTERS = 50_000
"""The longest query in characters. A whole article can be pasted."""


class Order(StrEnum):
    """How hits in different languages are ordered in one list."""

    BEST_ANYWHERE = "best-anywhere"
    """By score, whatever the language."""
    MY_LANGUAGE_FIRST = "my-language-first"
    """All hits in the query's language before all others."""
    ONE_LANE_PER_LANGUAGE = "one-lane-per-language"
    """Up to ``limit`` hits in each language; the language with the best hit comes first."""


class Group(StrEnum):
    """What one hit is."""

    ARTICLE = "article"
    """An article with its best passages."""
    PASSAGE = "passage"
    """A single passage."""


_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions that the article of a hit must meet. An empty filter lets every article pass."""

    languages: frozenset[str] = field(default=frozenset())
    """ISO 639 codes; the article is in one of them."""
    sources: frozenset[str] = field(default=frozenset())
    """Case-folded names of outlets; the article is from one of them."""
    published_from: Published | None = None
    published_to: Published | None = None
    """Both ends are included. A day, month or year is that which the hit shows, in the zone of its publication; a time
    is an instant. An article known only by its month passes if any day of that month does.
    """

    def __bool__(self) -> bool:
        return bool(self.languages or self.sources or self.published_from or self.published_to)


@dataclass(frozen=True)
class Query:
    """A checked query: what to search for, in any language, and how."""

    text: str
    limit: int = DEFAULT_LIMIT
    """The largest number of hits; with ``Order.ONE_LANE_PER_LANGUAGE`` the largest number in each language."""
    filters: Filters = Filters()
    order: Order = Order.BEST_ANYWHERE
    group: Group = Group.ARTICLE
    language: str = ""
    """ISO 639 code of the query's own language. If it is empty, the searcher identifies the language."""
    min_relevance: float | None = None
    """Hits of lower relevance are not returned. None stands for the searcher's own threshold."""
    half_life: float | None = None
    """The age in days at which an article counts half. None: age does not count."""
    explain: bool = False
    """Whether each hit says how its score came about."""
    rerank: bool = True
    """Whether the searcher's reranker, if it has one, orders the best hits."""

    @cached_property
    def keywords(self) -> KeywordQuery:
        """The query parsed: the words to rank by, and the words and phrases that must or must not occur."""
        return parse_keywords(self.text)


def make_query(text: str, **options: Any) -> Query:
    """Return a query after checking everything that a person or program asks for.

    Args:
        text: What to search for.
        options: What is given for options of the search, by their names in ``OPTIONS``.

    Raises:
        QueryError: The text has no words or is too long, an option has an impossible value, or there is no such option.
    """
    checked = {name: _check_of(name)(name, given) for name, given in options.items()}
    filters = Filters(**{each.name: checked.pop(each.name) for each in fields(Filters) if each.name in checked})
    first, last = filters.published_from, filters.published_to
    if first and last and _is_after(first, last):
        raise QueryError(f"published_from {first.iso} is after published_to {last.iso}", "swap them")
    language = checked.pop("query_language", "")
    query = Query(_text(text), filters=filters, language=language, **checked)
    if not query.keywords.text:
        raise QueryError(f"the query {query.text[:40]!r} says only what to leave out", "add a word to look for")
    return query


def _check_of(name: str) -> Callable[[str, Any], Any]:
    if name not in OPTIONS:
        near = difflib.get_close_matches(name, OPTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the options are {', '.join(OPTIONS)}"
        raise QueryError(f"a search has no option {name!r}", hint)
    return OPTIONS[name]


def _text(text: str) -> str:
    text = text.encode(errors="replace").decode().strip()  # half a surrogate pair cannot be encoded in UTF-8
    if not text:
        raise QueryError("the query is empty", "ask a question or give some words, in any language")
    if len(text) > MAX_CHARACTERS:
        raise QueryError(f"the query has {len(text):,} characters, wanted at most {MAX_CHARACTERS:,}", "shorten it")
    length = len(normalise("NFKC", text))
    if length > MAX_CHARACTERS:
        written = f"the query has {length:,} characters with its ligatures written out"
        raise QueryError(f"{written}, wanted at most {MAX_CHARACTERS:,}", "shorten it")
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise QueryError(f"the query {text[:40]!r} has no words", "ask a question or give some words, in any language")
    return text


def _limit(name: str, given: int) -> int:
    if not 1 <= given <= MAX_LIMIT:
        raise QueryError(f"{name} is {given}, wanted 1 to {MAX_LIMIT}")
    return given


def _languages(_: str, given: Iterable[str]) -> frozenset[str]:
    return frozenset(_language_code(tag) for tags in given for tag in tags.split(",") if tag.strip())


def _sources(_: str, given: Iterable[str]) -> frozenset[str]:
    return frozenset(source.strip().casefold() for source in given if source.strip())


def _is_after(first: Published, last: Published) -> bool:
    if first.precision == last.precision == "time":
        return first.earliest > last.latest
    return first.first_day > last.last_day


def _published(name: str, given: str) -> Published | None:
    try:
        return parse_published(given) if given.strip() else None
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from error


def _order(name: str, given: str) -> Order:
    return _choice(name, given, Order)


def _group(name: str, given: str) -> Group:
    return _choice(name, given, Group)


def _choice(name: str, given: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(given)
    except ValueError:
        raise QueryError(f"{name} is {given!r}, wanted {', '.join(choices)}") from None


def _language(_: str, given: str) -> str:
    return _language_code(given) if given.strip() else ""


def _language_code(tag: str) -> str:
    language = UNKNOWN if tag.strip().casefold() == UNKNOWN else normalise_tag(tag)
    if language is None:
        raise QueryError(f"language {tag.strip()!r} is no ISO 639 code", "use a code such as fr, tr, ar or zh")
    return language


def _probability(name: str, given: float | None) -> float | None:
    if given is not None and not 0 <= given <= 1:
        raise QueryError(f"{name} is {given:g}, wanted 0 to 1")
    return given


def _days(name: str, given: float | None) -> float | None:
    if given is not None and not 0 < given < math.inf:
        raise QueryError(f"{name} is {given:g} days, wanted more than 0")
    return given


def _flag(_: str, given: bool) -> bool:
    return given


OPTIONS: Mapping[str, Callable[[str, Any], Any]] = {
    "limit": _limit,
    "languages": _languages,
    "sources": _sources,
    "published_from": _published,
    "published_to": _published,
    "order": _order,
    "group": _group,
    "query_language": _language,
    "min_relevance": _probability,
    "half_life": _days,
    "explain": _flag,
    "rerank": _flag,
}
"""The options of a search by name, each with the function that checks it.

A check takes the name of the option and what is given for it. It returns the value of the field in ``Query`` or
``Filters``, or raises ``QueryError``. The annotation of its second parameter is the type of what may be given.
"""
