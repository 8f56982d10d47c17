"""Checks of what a person or program asks of a search: each returns the value that a query has, or says what is wrong.

A check takes the name of the option and what is given for it, and raises ``QueryError`` where that is impossible. The
annotation of its second parameter is the type of what may be given.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from indexer.dates.parsing import parse_published
from indexer.dates.published import Published
from indexer.errors import QueryError
from indexer.text.language import UNKNOWN, normalise_tag
from indexer.text.normal_forms import normalise
from search_api.choices import Facet, Group, Interval, Order, Sort

MAX_LIMIT: Final = 1000
MAX_OFFSET: Final = 1_000_000
MAX_CHARACTERS: Final = 50_000
"""The longest query in characters. A whole article can be pasted."""
MAX_NAMES: Final = 200
"""Languages or sources that a filter names at most."""
MIN_DEPTH: Final = 200
MAX_DEPTH: Final = 20_000
_UNITS: Final = {"h": 1 / 24, "d": 1, "w": 7, "mo": 30, "y": 365}
_SINCE: Final = re.compile(r"(\d{1,5})\s*(h|d|w|mo|y)")
_MOST_DAYS: Final = 36_500

_Choice = TypeVar("_Choice", Order, Group, Sort, Facet, Interval)


def check_text(text: str) -> str:
    """Return the text of a query without white space around it."""
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


def _offset(name: str, given: int) -> int:
    if not 0 <= given <= MAX_OFFSET:
        raise QueryError(f"{name} is {given}, wanted 0 to {MAX_OFFSET:,}", "GET /export returns all there are")
    return given


def _languages(name: str, given: Iterable[str]) -> frozenset[str]:
    return _few(name, frozenset(_language_code(tag) for tags in given for tag in tags.split(",") if tag.strip()))


def _sources(name: str, given: Iterable[str]) -> frozenset[str]:
    return _few(name, frozenset(source.strip().casefold() for source in given if source.strip()))


def _ids(name: str, given: Iterable[str]) -> frozenset[str]:
    return _few(name, frozenset(each for each in given if each))


def _few(name: str, given: frozenset[str]) -> frozenset[str]:
    if len(given) > MAX_NAMES:
        raise QueryError(f"{name} has {len(given):,} values, wanted at most {MAX_NAMES}", "filter by fewer")
    return given


def _published(name: str, given: str) -> Published | None:
    try:
        return parse_published(given) if given.strip() else None
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from error


def _since(name: str, given: str) -> Published | None:
    """Return when a span of time that ends now began: on a day, or at an instant where it is given in hours."""
    if not given.strip():
        return None
    found = _SINCE.fullmatch(given.strip().casefold())
    days = int(found[1]) * _UNITS[found[2]] if found else math.inf
    if not found or days > _MOST_DAYS:
        raise QueryError(f"{name} is {given!r}", "give a span such as 24h, 7d, 2w, 6mo or 1y, at most 100 years")
    began = datetime.now(UTC) - timedelta(days=days)
    return Published.at(began.replace(second=0, microsecond=0)) if found[2] == "h" else Published.on(began.date())


def _order(name: str, given: str) -> Order:
    return _choice(name, given, Order)


def _group(name: str, given: str) -> Group:
    return _choice(name, given, Group)


def _sort(name: str, given: str) -> Sort:
    return _choice(name, given, Sort)


def _facets(name: str, given: Iterable[str]) -> frozenset[Facet]:
    names = [each.strip() for names in given for each in names.split(",") if each.strip()]
    return frozenset(_choice(name, each, Facet) for each in names)


def _timeline(name: str, given: str) -> Interval | None:
    return _choice(name, given, Interval) if given.strip() else None


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


def _depth(name: str, given: int | None) -> int | None:
    if given is not None and not MIN_DEPTH <= given <= MAX_DEPTH:
        raise QueryError(f"{name} is {given}, wanted {MIN_DEPTH} to {MAX_DEPTH:,}")
    return given


def _flag(_: str, given: bool) -> bool:
    return given


CHECKS: Final[dict[str, Callable[[str, Any], Any]]] = {
    "limit": _limit,
    "offset": _offset,
    "languages": _languages,
    "sources": _sources,
    "not_languages": _languages,
    "not_sources": _sources,
    "articles": _ids,
    "not_articles": _ids,
    "published_from": _published,
    "published_to": _published,
    "since": _since,
    "order": _order,
    "sort": _sort,
    "group": _group,
    "query_language": _language,
    "min_relevance": _probability,
    "half_life": _days,
    "facets": _facets,
    "timeline": _timeline,
    "depth": _depth,
    "explain": _flag,
    "rerank": _flag,
}
"""The checks by the names of their options."""
