"""Publication times keep the precision they came with, and what is no date is refused with what was wanted."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates.parsing import parse_published
from indexer.dates.plausibility import implausible
from indexer.dates.published import Published


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025", Published("2025", "year", utc(2025, 1, 1), utc(2025, 12, 31, 23, 59, 59, 999999))),
        ("2025-05", Published("2025-05", "month", utc(2025, 5, 1), utc(2025, 5, 31, 23, 59, 59, 999999))),
        ("2024-02", Published("2024-02", "month", utc(2024, 2, 1), utc(2024, 2, 29, 23, 59, 59, 999999))),
        ("2025-12", Published("2025-12", "month", utc(2025, 12, 1), utc(2025, 12, 31, 23, 59, 59, 999999))),
        ("9999-12", Published("9999-12", "month", utc(9999, 12, 1), utc(9999, 12, 31, 23, 59, 59, 999999))),
        ("2025-05-27", Published("2025-05-27", "day", utc(2025, 5, 27), utc(2025, 5, 27, 23, 59, 59, 999999))),
    ],
)
def test_year_month_and_day_are_intervals_with_both_ends_included(value: str, expected: Published) -> None:
    assert parse_published(value) == expected


@pytest.mark.parametrize(
    ("value", "iso", "instant"),
    [
        ("2025-05-27T18:20:00+02:00", "2025-05-27T18:20:00+02:00", utc(2025, 5, 27, 16, 20)),
        ("2025-05-27T18:20:00Z", "2025-05-27T18:20:00+00:00", utc(2025, 5, 27, 18, 20)),
        ("2025-05-27t18:20Z", "2025-05-27T18:20:00+00:00", utc(2025, 5, 27, 18, 20)),
        ("2025-05-27 18:20:00.5-03:30", "2025-05-27T18:20:00.500000-03:30", utc(2025, 5, 27, 21, 50, 0, 500000)),
        ("20250527T182000Z", "2025-05-27T18:20:00+00:00", utc(2025, 5, 27, 18, 20)),
    ],
)
def test_time_is_one_instant_and_keeps_its_own_zone(value: str, iso: str, instant: datetime) -> None:
    assert parse_published(value) == Published(iso, "time", instant, instant)


@pytest.fixture
def in_tokyo() -> Iterator[None]:
    """Put the process nine hours east of UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_time_without_a_zone_is_utc_wherever_the_machine_is() -> None:
    assert datetime(2025, 5, 27).astimezone().utcoffset() == timedelta(hours=9)
    assert parse_published("2025-05-27T18:20").earliest == utc(2025, 5, 27, 18, 20)


def test_white_space_around_a_date_does_not_matter() -> None:
    assert parse_published(" 2025-05\n") == parse_published("2025-05")


def test_compact_day_is_a_day_and_no_instant_at_midnight() -> None:
    assert parse_published("20250527") == parse_published("2025-05-27")


@given(st.dates())
def test_every_day_lies_in_its_month_and_its_year(day: date) -> None:
    known = parse_published(day.isoformat())
    for coarser in (parse_published(day.isoformat()[:7]), parse_published(day.isoformat()[:4])):
        assert coarser.earliest <= known.earliest < known.latest <= coarser.latest


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2025-13",
        "2025-02-29",
        "202505",
        "2025-W22",
        "2025-W22-2",
        "2025-05-27T25:00",
        "2025-05-27x18:20",
        "2025-05-27T18:20:00+99:00",
    ],
)
def test_what_is_no_date_is_refused_with_what_was_wanted(value: str) -> None:
    wanted = "not understood: wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00"
    with pytest.raises(ValueError, match=wanted) as refusal:
        parse_published(value)
    assert str(refusal.value).startswith(f"date {value!r} not understood")


def test_refusal_quotes_only_the_start_of_a_long_text() -> None:
    with pytest.raises(ValueError, match=r"^date 'a{60}' not understood"):
        parse_published("a" * 1000)


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("1716800000", "2024-05-27T08:53:20+00:00"),
        ("1716800000123", "2024-05-27T08:53:20.123000+00:00"),
        ("٢٠٢٥-٠٥", "2025-05"),
        ("二〇二五", None),
        ("Tue, 27 May 2025 18:20:00 +0200", "2025-05-27T18:20:00+02:00"),
        ("27 May 2025 18:20 GMT", "2025-05-27T18:20:00+00:00"),
        ("2025/5/7", "2025-05-07"),
        ("7.5.2025", "2025-05-07"),
        ("May 7, 2025", "2025-05-07"),
        ("7 May 2025", "2025-05-07"),
        ("31.2.2025", None),
    ],
)
def test_what_papers_and_feeds_write_is_read_where_it_can_mean_but_one_day(value: str, iso: str | None) -> None:
    if iso is None:
        with pytest.raises(ValueError, match="not understood"):
            parse_published(value)
    else:
        assert parse_published(value).iso == iso


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1446-11-29", "lies before 1605, when the first papers appeared: is it of another calendar?"),
        ("1605", ""),
        ("2026-11-27T11:00:00+00:00", ""),
        ("2026-11-28", "lies in the future"),
        ("2027", "lies in the future"),
        ("2026", ""),
    ],
)
def test_dates_when_nothing_can_have_appeared_are_told(value: str, reason: str) -> None:
    assert implausible(parse_published(value), utc(2026, 11, 26, 12)) == reason
