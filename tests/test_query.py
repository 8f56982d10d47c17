"""What may be asked, what is refused, and with which words."""

import unicodedata
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates.parsing import parse_published
from indexer.errors import QueryError
from indexer.keywords.query_syntax import parse_keywords
from search_api.checks import MAX_CHARACTERS, MAX_LIMIT
from search_api.query import DEFAULT_LIMIT, OPTIONS, Filters, Query, make_query

WORDS_WANTED = "ask a question or give some words, in any language"


def test_a_question_alone_asks_for_ten_hits_and_filters_nothing() -> None:
    assert make_query("who won?") == Query("who won?", limit=10, filters=Filters())


def test_every_field_of_a_query_is_an_option() -> None:
    declared = [each.name for record in (Query, Filters) for each in fields(record)]
    assert {"language" if name == "query_language" else name for name in OPTIONS} == set(declared) - {
        "text",
        "filters",
    } | {"since"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("langauges", "did you mean languages?"),
        ("text_", f"the options are {', '.join(OPTIONS)}"),
        ("language", "did you mean languages?"),
    ],
)
def test_an_unknown_option_is_refused_with_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(QueryError, match=rf"^a search has no option '{name}'$") as caught:
        make_query("x", **{name: "fr"})
    assert caught.value.hint == hint


@pytest.mark.parametrize("text", ["F-35", "هل ستعود تركيا؟", "渡轮", "ข่าว", "7", "é", "x\x00y", "\u200fסירה"])
def test_words_of_any_script_are_a_query(text: str) -> None:
    assert make_query(text).text == text


def test_a_query_is_parsed_once_whatever_page_of_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr("search_api.query.parse_keywords", lambda text: parsed.append(text) or parse_keywords(text))
    query = make_query('"the ferry" -harbour', limit=3, offset=6)
    assert query.at(9) == make_query('"the ferry" -harbour', limit=3, offset=9)
    assert query.at(9).whole == query.whole == make_query('"the ferry" -harbour')
    parsed.clear()
    for other in (query.at(9), query.whole, query.at(9).whole):
        assert other.keywords == parse_keywords('"the ferry" -harbour')
    assert not parsed


def test_space_around_a_query_is_dropped() -> None:
    assert make_query(" \t ferry aground\n\u3000").text == "ferry aground"


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u3000"])
def test_an_empty_query_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match=r"^the query is empty$") as caught:
        make_query(text)
    assert caught.value.hint == WORDS_WANTED


@pytest.mark.parametrize("text", ["???", "😀😀", "\u200f", "\x00", "№ %", "¿…!"])
def test_a_query_without_words_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match=r"^the query '.+' has no words$") as caught:
        make_query(text)
    assert caught.value.hint == WORDS_WANTED


def test_a_pasted_article_is_still_a_query() -> None:
    assert len(make_query("x" * MAX_CHARACTERS).text) == 50_000


def test_a_longer_one_is_refused_with_both_lengths() -> None:
    with pytest.raises(QueryError, match=r"^the query has 50,001 characters, wanted at most 50,000$") as caught:
        make_query("x" * (MAX_CHARACTERS + 1))
    assert caught.value.hint == "shorten it"


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert make_query("fire \ud83d in the port").text == "fire ? in the port"


def _accepted_or_refusal(text: str) -> str:
    try:
        return make_query(text).text
    except QueryError as error:
        return error.message


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_is_accepted_or_refused_in_words_that_can_be_sent(text: str) -> None:
    said = _accepted_or_refusal(text)
    assert any(unicodedata.category(character)[0] in "LN" for character in said)
    assert said.encode().decode() == said


@pytest.mark.parametrize("limit", [1, DEFAULT_LIMIT, MAX_LIMIT])
def test_limits_within_range_are_kept(limit: int) -> None:
    assert make_query("x", limit=limit).limit == limit


@pytest.mark.parametrize("limit", [0, -1, 1001, 10**9])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(QueryError, match=rf"^limit is {limit}, wanted 1 to 1000$"):
        make_query("x", limit=limit)


def test_languages_are_made_comparable() -> None:
    assert make_query("x", languages=["pt-BR", "FR", " cmn ", "ara"]).filters.languages == {"pt", "fr", "zh", "ar"}


def test_languages_may_come_as_one_string() -> None:
    assert make_query("x", languages=["fr, tr,,", "ar"]).filters.languages == {"fr", "tr", "ar"}


def test_the_unknown_language_can_be_asked_for() -> None:
    assert make_query("x", languages=["UND"]).filters.languages == {"und"}


@pytest.mark.parametrize("language", ["xx", "klingon", "f", "\ud800", "fr tr"])
def test_a_language_that_is_none_is_refused(language: str) -> None:
    with pytest.raises(QueryError, match=r"^language '.+' is no ISO 639 code$") as caught:
        make_query("x", languages=[language])
    assert caught.value.hint == "use a code such as fr, tr, ar or zh"


def test_sources_are_case_folded_and_trimmed() -> None:
    assert make_query("x", sources=[" Straßen-Kurier ", "ВЕСТНИК"]).filters.sources == {"strassen-kurier", "вестник"}


def test_blank_filters_filter_nothing() -> None:
    query = make_query("x", languages=["", " , "], sources=[" "], published_from=" ", published_to="")
    assert query.filters == Filters()
    assert not query.filters


@pytest.mark.parametrize(
    "filters",
    [
        Filters(languages=frozenset({"fr"})),
        Filters(sources=frozenset({"x"})),
        Filters(published_from=parse_published("2025")),
        Filters(published_to=parse_published("2025")),
    ],
)
def test_any_one_filter_counts(filters: Filters) -> None:
    assert filters


def test_a_month_spans_from_its_first_to_its_last_day() -> None:
    filters = make_query("x", published_from="2024-02", published_to="2024-02").filters
    assert filters.published_from is not None
    assert filters.published_to is not None
    assert filters.published_from.first_day == date(2024, 2, 1)
    assert filters.published_to.last_day == date(2024, 2, 29)


def test_a_time_with_a_zone_is_that_instant() -> None:
    filters = make_query("x", published_from="2025-05-27T01:30:00+02:00").filters
    assert filters.published_from is not None
    assert filters.published_from.earliest == datetime(2025, 5, 26, 23, 30, tzinfo=UTC)
    assert filters.published_to is None


def test_a_day_of_a_month_up_to_that_month_is_no_contradiction() -> None:
    filters = make_query("x", published_from="2025-05-27", published_to="2025-05").filters
    assert filters.published_from == parse_published("2025-05-27")


def test_from_after_to_is_refused() -> None:
    with pytest.raises(QueryError, match=r"^published_from 2025-06 is after published_to 2025-05-31$") as caught:
        make_query("x", published_from="2025-06", published_to="2025-05-31")
    assert caught.value.hint == "swap them"


@pytest.mark.parametrize("name", ["published_from", "published_to"])
@pytest.mark.parametrize("value", ["yesterday", "2025-13", "2025-02-30", "31/05"])
def test_a_date_that_is_none_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(QueryError, match=rf"^{name}: date '{value}' not understood: wanted ISO 8601, such as 2025"):
        make_query("x", **{name: value})


def test_a_query_is_as_long_as_its_ligatures_written_out() -> None:
    """One sign of Arabic stands for eighteen letters."""
    assert make_query("ﷺ" * (MAX_CHARACTERS // 18)).text
    with pytest.raises(
        QueryError, match=r"has 900,000 characters with its ligatures written out, wanted at most 50,000"
    ):
        make_query("ﷺ" * MAX_CHARACTERS)
