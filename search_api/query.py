"""The query that a searcher answers: a text and the options of the search, checked before anything is searched.

An option is declared once: as a field of ``Query`` or ``Filters``, and in ``CHECKS`` with the function that checks
it. The HTTP API, the command line and the evaluation pass what they were given to ``make_query`` by these names.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

from indexer.dates.published import Published
from indexer.errors import QueryError
from indexer.keywords.query_syntax import KeywordQuery, parse_keywords
from search_api.checks import CHECKS, check_text
from search_api.choices import Facet, Group, Interval, Order, Sort

DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions that the article of a hit must meet. An empty filter lets every article pass."""

    languages: frozenset[str] = field(default=frozenset())
    """ISO 639 codes; the article is in one of them."""
    sources: frozenset[str] = field(default=frozenset())
    """Case-folded names of outlets; the article is from one of them."""
    not_languages: frozenset[str] = field(default=frozenset())
    not_sources: frozenset[str] = field(default=frozenset())
    """The article is in none of these, and from none of these."""
    articles: frozenset[str] = field(default=frozenset())
    not_articles: frozenset[str] = field(default=frozenset())
    """Ids of the articles that alone pass, and of those that do not; they need not be in the index."""
    published_from: Published | None = None
    published_to: Published | None = None
    """Both ends are included. A day, month or year is that which the hit shows, in the zone of its publication; a time
    is an instant. An article known only by its month passes if any day of that month does.
    """

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def without(self, facet: Facet) -> Self:
        """Return the filters less those that a facet counts by: its counts are of what other values would give."""
        if facet == Facet.LANGUAGE:
            return replace(self, languages=frozenset(), not_languages=frozenset())
        if facet == Facet.SOURCE:
            return replace(self, sources=frozenset(), not_sources=frozenset())
        return replace(self, published_from=None, published_to=None)


@dataclass(frozen=True)
class Query:
    """A checked query: what to search for, in any language, and how."""

    text: str
    limit: int = DEFAULT_LIMIT
    """The largest number of hits; with ``Order.ONE_LANE_PER_LANGUAGE`` the largest number in each language."""
    offset: int = 0
    """The number of hits before the first that is returned, in each language where each has a lane."""
    filters: Filters = Filters()
    order: Order = Order.BEST_ANYWHERE
    sort: Sort = Sort.RELEVANCE
    group: Group = Group.ARTICLE
    language: str = ""
    """ISO 639 code of the query's own language. If it is empty, the searcher identifies the language."""
    min_relevance: float | None = None
    """Hits of lower relevance are not returned. None stands for the searcher's own threshold."""
    half_life: float | None = None
    """The age in days at which an article counts half. None: age does not count."""
    facets: frozenset[Facet] = field(default=frozenset())
    """The fields by whose values hits are counted."""
    timeline: Interval | None = None
    """The length of the spans of time in which hits are counted. None: they are not counted by time."""
    depth: int | None = None
    """How many passages each way of searching looks at, at most. None stands for the searcher's own depth."""
    explain: bool = False
    """Whether each hit says how its score came about."""
    rerank: bool = True
    """Whether the searcher's reranker, if it has one, orders the best hits."""

    @cached_property
    def keywords(self) -> KeywordQuery:
        """The query parsed: the words to rank by, and the words and phrases that must or must not occur."""
        return parse_keywords(self.text)

    @cached_property
    def whole(self) -> "Query":
        """The query as far as it decides which hits there are and in which order, wherever a page of them begins."""
        return self._but(limit=DEFAULT_LIMIT, offset=0, facets=frozenset(), timeline=None, explain=False)

    def at(self, offset: int) -> "Query":
        """Return the query for the page that begins after so many hits."""
        return self._but(offset=offset)

    def _but(self, **options: Any) -> "Query":
        """Return the query with other options. The text is the same, so it is not parsed again."""
        changed = replace(self, **options)
        changed.__dict__["keywords"] = self.keywords
        return changed


@dataclass(frozen=True, slots=True)
class Listed:
    """Which articles are listed without a query, and which of them are on the page."""

    filters: Filters = Filters()
    sort: Sort = Sort.NEWEST
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    facets: frozenset[Facet] = field(default=frozenset())
    timeline: Interval | None = None

    @property
    def whole(self) -> "Listed":
        """The list as far as it decides which articles are in it and in which order, wherever a page begins."""
        return replace(self, limit=DEFAULT_LIMIT, offset=0, facets=frozenset(), timeline=None)

    def at(self, offset: int) -> "Listed":
        """Return the list for the page that begins after so many articles."""
        return replace(self, offset=offset)

    @property
    def page(self) -> slice:
        """The places of the articles on the page."""
        return slice(self.offset, self.offset + self.limit)


def make_listed(**options: Any) -> Listed:
    """Return what is to be listed after checking the options, by their names in ``OPTIONS``.

    Raises:
        QueryError: An option has an impossible value, or needs a query.
    """
    checked = check_options(options)
    listed = Listed(filters=_take_filters(checked), **{name: checked.pop(name) for name in _LISTS if name in checked})
    if checked:
        raise QueryError(f"{next(iter(checked))} needs a query", "add q, or leave it out")
    if listed.sort == Sort.RELEVANCE:
        raise QueryError("sort=relevance needs a query", "add q, or give sort=newest or sort=oldest")
    return listed


def make_query(text: str, **options: Any) -> Query:
    """Return a query after checking everything that a person or program asks for.

    Args:
        text: What to search for.
        options: What is given for options of the search, by their names in ``OPTIONS``.

    Raises:
        QueryError: The text has no words or is too long, an option has an impossible value, or there is no such option.
    """
    checked = check_options(options)
    filters = _take_filters(checked)
    language = checked.pop("query_language", "")
    query = Query(check_text(text), filters=filters, language=language, **checked)
    if not query.keywords.text:
        raise QueryError(f"the query {query.text[:40]!r} says only what to leave out", "add a word to look for")
    if query.half_life is not None and query.sort != Sort.RELEVANCE:
        raise QueryError(f"half_life weighs age, and sort={query.sort} sorts by date alone", "drop one of them")
    return query


def check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked values of options by their names.

    Raises:
        QueryError: An option has an impossible value, or there is no such option.
    """
    return {name: _check_of(name)(name, given) for name, given in options.items()}


def _take_filters(checked: dict[str, Any]) -> Filters:
    """Return the filters among checked options, which are taken out."""
    since = checked.pop("since", None)
    taken = {name: checked.pop(name) for name in FILTERS if name in checked}
    if since and taken.get("published_from"):
        raise QueryError("both since and published_from are given", "drop one of them")
    filters = Filters(**taken)
    if since:
        filters = replace(filters, published_from=since)
    first, last = filters.published_from, filters.published_to
    if first and last and _is_after(first, last):
        raise QueryError(f"published_from {first.iso} is after published_to {last.iso}", "swap them")
    return filters


def _is_after(first: Published, last: Published) -> bool:
    if first.precision == last.precision == "time":
        return first.earliest > last.latest
    return first.first_day > last.last_day


def _check_of(name: str) -> Callable[[str, Any], Any]:
    if name not in OPTIONS:
        near = difflib.get_close_matches(name, OPTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the options are {', '.join(OPTIONS)}"
        raise QueryError(f"a search has no option {name!r}", hint)
    return OPTIONS[name]


_LISTS = ("sort", "limit", "offset", "facets", "timeline")
"""The names of the options of a list that are no filters."""
FILTERS = tuple(each.name for each in fields(Filters))
"""The names of the options that are filters; ``since`` is another way to give ``published_from``."""
OPTIONS: Mapping[str, Callable[[str, Any], Any]] = CHECKS
"""The options of a search by name, each with the function that checks it."""
