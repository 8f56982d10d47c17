"""A day in a filter is the day that the hit shows, in the zone of publication; a time in a filter is an instant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.encoders.protocol import Encoder
from indexer.errors import QueryError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.query import Filters, make_query
from search_api.search.searcher import IndexSearcher

DATES = {
    "evening": "2025-05-27T23:30:00-05:00",  # the 28th in UTC
    "morning": "2025-05-28T00:30:00+09:00",  # the 27th in UTC
    "new-year": "2026-01-01T01:00:00+09:00",  # of 2025 in UTC
    "day": "2025-05-28",
    "month": "2025-05",
    "year": "2025",
    "undated": "",
}


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    build(write_jsonl(*({"id": name, "text": f"The ferry {name}.", "published": date} for name, date in DATES.items())))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2025-05-27", "2025-05-27", {"evening", "month", "year"}),
        ("2025-05-28", "2025-05-28", {"morning", "day", "month", "year"}),
        ("2025-05", "2025-05", {"evening", "morning", "day", "month", "year"}),
        ("2025", "2025", {"evening", "morning", "day", "month", "year"}),
        ("2026", "", {"new-year"}),
        ("", "2025-05-27", {"evening", "month", "year"}),
        ("2025-05-28T04:30:00Z", "2025-05-28T04:30:00Z", {"evening", "day", "month", "year"}),
        ("2025-05-27T23:30:00-05:00", "2025-05-28", {"evening", "day", "month", "year"}),
        ("2025-05-27T15:30Z", "2025-05-27T15:30Z", {"morning", "month", "year"}),
        ("27 mai 2025", "27/05/2025", {"evening", "month", "year"}),
    ],
)
def test_a_filter_of_dates(first: str, last: str, found: set[str], searcher: IndexSearcher) -> None:
    answer = searcher.search(make_query("ferry", published_from=first, published_to=last, min_relevance=0))
    assert {hit.article_id for hit in answer.hits} == found


def test_a_day_may_end_where_an_instant_begins_it() -> None:
    filters = make_query("x", published_from="2025-05-27T23:30:00-05:00", published_to="2025-05-27").filters
    assert filters != Filters()
    with pytest.raises(QueryError, match=r"^published_from 2025-05-28T00:30:00\+09:00 is after .*_to 2025-05-27$"):
        make_query("x", published_from="2025-05-28T00:30:00+09:00", published_to="2025-05-27")
    with pytest.raises(QueryError, match="is after"):
        make_query("x", published_from="2025-05-27T12:00Z", published_to="2025-05-27T11:00Z")


def test_a_date_that_can_mean_two_days_is_refused() -> None:
    with pytest.raises(QueryError, match=r"^published_from: date '03/04/2025' can mean several days"):
        make_query("x", published_from="03/04/2025")
