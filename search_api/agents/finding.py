"""The tools ``search`` and ``coverage``: what answers a query, and how much of it there is when and where."""

from typing import Any

from search_api.agents.arguments import CoverageArguments, Filters, SearchArguments
from search_api.agents.budget import check_room, clipped, cost, described, fitting, shortened
from search_api.deadline import Deadline
from search_api.records.counts import Applied
from search_api.search.searcher import Searchers
from search_api.service.cursors import Cursor, digest_of, read_cursor
from search_api.service.requests.options import SearchOptions
from search_api.service.response import answer_search
from search_api.service.schemas import HitOut, SearchResponse

COVERAGE_TOKENS = 2000
_NOTHING = "Nothing in the index is likely to answer this. Say so."
_LOOSE = 2
"""Tokens for the marks around a list."""


def search(searchers: Searchers, asked: SearchArguments, deadline: Deadline) -> dict[str, Any]:
    """Return the hits that fit into the budget, and where the rest begins."""
    options = SearchOptions.model_validate(
        {**_filters(asked), "limit": asked.limit, "sort": asked.order, "cursor": asked.cursor}
    )
    found = answer_search(searchers, options, asked.query, deadline)
    cursor = read_cursor(asked.cursor) if asked.cursor else None
    begin = cursor.offset if cursor else 0
    query = digest_of(options.to_query(asked.query, cursor))

    def following(shown: int) -> str | None:
        left = found.total > begin + shown
        return Cursor(found.generation, query, begin + shown, "").text if left else None

    frame = _frame(found, asked.max_tokens)
    widest = {**frame, "left_out": len(found.hits), "next": following(0)}
    room = asked.max_tokens - cost(widest) - _LOOSE
    check_room(room, 2 * asked.max_tokens - room, asked.max_tokens)
    hits = [_hit(hit, asked.detail) for hit in found.hits]
    results = fitting(hits, room) or _first_clipped(hits, room)
    return {
        **frame,
        "results": results,
        "left_out": len(hits) - len(results),
        "next": following(len(results)),
    }


def coverage(searchers: Searchers, asked: CoverageArguments, deadline: Deadline) -> dict[str, Any]:
    """Return how many stories and articles answer a query, by time, language or source."""
    by_time = asked.by in {"day", "week", "month"}
    counted = {"timeline": asked.by} if by_time else {"facets": [asked.by]}
    options = SearchOptions.model_validate({**_filters(asked), "limit": 1, **counted})
    found = answer_search(searchers, options, asked.query, deadline)
    counts = _spans(found) if by_time else _values(found, asked.by)
    frame = {
        "by": asked.by,
        "stories": found.total,
        "articles": found.articles_total,
        "total_is": found.total_is,
        "answerable": found.answerable,
        "applied": _applied(found.applied, COVERAGE_TOKENS // 8),
        **({} if found.answerable else {"note": _NOTHING}),
    }
    kept = fitting(counts, COVERAGE_TOKENS - cost({**frame, "counts": [], "left_out": len(counts)}) - _LOOSE)
    return {**frame, "counts": kept, "left_out": len(counts) - len(kept)}


def _filters(asked: Filters) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Filters.model_fields}


def _frame(found: SearchResponse, budget: int) -> dict[str, Any]:
    """Return what an answer says beside its hits."""
    frame = {
        "results": [],
        "answerable": found.answerable,
        "total": found.total,
        "total_is": found.total_is,
        "newest_article": found.newest,
        "applied": _applied(found.applied, budget // 8),
    }
    if not found.answerable:
        frame["note"] = _NOTHING
    if found.cut_short:
        frame["cut_short"] = True
    return frame


def _applied(applied: Applied, room: int) -> dict[str, Any]:
    """Return the filters as they were understood, without those that were not given."""
    lists = {"language": applied.languages, "source": applied.sources}
    said: dict[str, Any] = {name: shortened(values, room) for name, values in lists.items() if values}
    dates = {"published_from": applied.published_from, "published_to": applied.published_to}
    return said | {name: date for name, date in dates.items() if date}


def _hit(hit: HitOut, detail: str) -> dict[str, Any]:
    best = hit.best_sentence
    said = {
        "id": hit.passage_id,
        **described(hit.title, hit.opening, hit.url, hit.source, hit.published),
        "language": hit.language,
        "relevance": round(hit.relevance, 2),
        "text": hit.text if detail == "passage" else hit.text[best.start : best.end],
    }
    return said | ({"outlets": hit.family.outlets + 1} if hit.family else {})


def _first_clipped(hits: list[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """Return the first hit with as much of its text as fits, or nothing where not even its head does."""
    if not hits:
        return []
    head = {**hits[0], "text": "", "truncated": True}
    text = clipped(hits[0]["text"], room - cost(head) - 1)
    return [{**head, "text": text}] if text else []


def _spans(found: SearchResponse) -> list[dict[str, Any]]:
    """Return counts by time, the latest first: where not all fit, the earliest are left out."""
    spans = found.timeline.spans if found.timeline else ()
    counts = [{"from": each.start, "to": each.end, "stories": each.count, "articles": each.articles} for each in spans]
    return sorted(counts, key=lambda each: str(each["from"] or ""), reverse=True)


def _values(found: SearchResponse, by: str) -> list[dict[str, Any]]:
    """Return counts by a field, of the values that pass the filters: facets count the others too."""
    passing = found.applied.languages if by == "language" else found.applied.sources
    return [
        {"value": each.value[:200], "stories": each.count, "articles": each.articles}
        for each in found.facets[by].values
        if not passing or each.value in passing
    ]
