"""A record of named fields becomes an article, and each field that could not be taken is a notice."""

from datetime import UTC, datetime
from typing import Any

import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.notice import Notice, flagged, skipped
from indexer.sources.fields import FieldNames
from indexer.sources.record import read_record

TEXT = "Le ferry s’est échoué jeudi dans le détroit, et tous les passagers sont saufs."


def read(**record: Any) -> tuple[list[Notice], Article]:
    *notices, article = read_record({"text": TEXT} | record, "news.jsonl:7")
    assert isinstance(article, Article)
    return notices, article  # type: ignore[return-value]


def refuse(**record: Any) -> Notice:
    (notice,) = read_record(record, "news.jsonl:7")
    assert isinstance(notice, Notice)
    return notice


def test_record_with_every_field_is_taken_as_it_is() -> None:
    notices, article = read(
        id="ferry-fr",
        title=" Échouement \n",
        text=f"\n {TEXT}\r\n",
        published="2024-03-14T20:45:00+01:00",
        updated="2024-03-15",
        language="fr-FR",
        source="Le Courrier du Littoral",
        url="https://courrier-littoral.example/1",
        author="somebody",
    )
    assert notices == []
    assert article == Article(
        id="ferry-fr",
        title="Échouement",
        body=f"\n {TEXT}\r\n",
        published=parse_published("2024-03-14T20:45:00+01:00"),
        updated=parse_published("2024-03-15"),
        language="fr",
        source="Le Courrier du Littoral",
        url="https://courrier-littoral.example/1",
        origin="news.jsonl:7",
    )


def test_only_the_text_is_needed() -> None:
    notices, article = read()
    assert notices == []
    assert (article.title, article.published, article.language, article.source, article.url) == ("", None, "fr", "", "")


def test_null_is_the_same_as_no_field() -> None:
    assert read(id=None, title=None, published=None, language=None, source=None, url=None) == read()


def test_boxes_in_the_text_are_its_asides() -> None:
    _, article = read(text=f"{TEXT}\n\nLire aussi : le radar 🔗")
    assert [article.body[start:end] for start, end in article.asides] == ["Lire aussi : le radar 🔗"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "it has no text: wanted a field 'text', got the fields none"),
        ({"summary": "x", "id": 1}, "it has no text: wanted a field 'text', got the fields summary, id"),
        ({"text": None}, "it has no text: wanted a field 'text', got the fields text"),
        (dict.fromkeys("abcdefghij"), "it has no text: wanted a field 'text', got the fields a, b, c, d, e, f, g, h"),
        ({"text": ""}, "its text is empty"),
        ({"text": " \n\u00a0\u2028"}, "its text is only white space"),
        ({"text": [["a"]]}, "its text is a list, wanted a string"),
        ({"text": {"a": 1}}, "its text is an object, wanted a string"),
        ({"text": 5}, "its text is a number, wanted a string"),
        ({"text": 0.5}, "its text is a number, wanted a string"),
        ({"text": True}, "its text is true or false, wanted a string"),
    ],
)
def test_record_without_a_text_is_skipped(record: dict[str, Any], reason: str) -> None:
    assert refuse(**record) == skipped("news.jsonl:7", reason)


def test_unparsable_date_is_flagged_and_the_article_kept_without_it() -> None:
    notices, article = read(published="last Tuesday")
    wanted = "wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00+02:00"
    reason = f"date 'last Tuesday' not understood: {wanted}; kept without a date"
    assert notices == [flagged("news.jsonl:7", reason)]
    assert article.published is None
    assert article.body == TEXT


@pytest.mark.parametrize(
    "name",
    ["updated", "updatedAt", "date_modified", "dateModified", "modified", "last_modified", "modified_at", "lastmod",
     "post_modified", "date_modify"],
)  # fmt: skip
def test_the_time_of_the_last_change_is_known_by_its_usual_names(name: str) -> None:
    record = {"text": TEXT, "published": "2022-02-28", name: "2022-03-01"}
    notices, article = read(**FieldNames().pick(record).values)
    assert notices == []
    assert (article.published, article.updated) == (parse_published("2022-02-28"), parse_published("2022-03-01"))


def test_the_time_of_the_last_change_is_taken_in_utc_where_both_are_given() -> None:
    record = {"text": TEXT, "modified": "2022-03-01T08:00:00", "modified_gmt": "2022-03-01T06:00:00"}
    _, article = read(**FieldNames().pick(record).values)
    assert article.updated == parse_published("2022-03-01T06:00:00")


def test_unparsable_time_of_the_last_change_is_flagged_as_that() -> None:
    notices, article = read(published="2022-02-28", updated="lately")
    assert (article.published, article.updated) == (parse_published("2022-02-28"), None)
    (notice,) = notices
    assert notice.reason.startswith("of its last change: date 'lately' not understood: ")


@pytest.mark.parametrize("name", ["retrieved", "date_download", "crawled_at", "fetched_at", "scraped_at"])
def test_the_time_of_retrieval_is_known_by_its_usual_names(name: str) -> None:
    assert FieldNames().pick({name: "2022-03-01"}).values == {"retrieved": "2022-03-01"}


def test_a_bad_time_of_retrieval_is_not_worth_a_notice() -> None:
    assert read(retrieved="2022-03-01")[1].retrieved == parse_published("2022-03-01")
    assert read(retrieved="lately") == read(retrieved="03/04/2025") == read()


def test_id_by_content_stays_when_only_the_time_of_the_last_change_is_another() -> None:
    assert read(updated="2022-03-01")[1].id == read(updated="2022-03-02")[1].id == read()[1].id


def test_unix_time_is_read() -> None:
    notices, article = read(published=1712121200123)
    assert notices == []
    assert article.published == parse_published("2024-04-03T05:13:20.123+00:00")


@pytest.mark.parametrize("value", ["2999-01-01", "1446-05-27"])
def test_date_when_nothing_can_have_appeared_is_flagged_and_not_taken(value: str) -> None:
    (notice,), article = read(published=value)
    assert article.published is None
    assert notice.reason.startswith(f"date {value!r} lies ")
    assert notice.reason.endswith("; kept without a date")


def test_declared_language_that_the_text_clearly_is_not_in_is_corrected() -> None:
    (notice,), article = read(text=TEXT * 2, language="en")
    assert article.language == "fr"
    assert notice.reason == "language 'en' is declared, but the text reads as fr"


def test_names_lose_what_moves_the_cursor() -> None:
    _, article = read(id="a\x1b[2Jb\nc", title="One\u2028two\x00three")
    assert (article.id, article.title) == ("a [2Jb c", "One two three")


def test_source_is_the_domain_where_none_is_given() -> None:
    _, article = read(url="https://www.courrier-littoral.example/1")
    assert article.source == "courrier-littoral.example"
    _, article = read(url="http://[bad")
    assert article.source == ""


def test_date_keeps_the_precision_it_came_with() -> None:
    assert read(published="2025-05")[1].published == parse_published("2025-05")
    known = read(published=2025)[1].published
    assert known is not None
    assert (known.precision, known.earliest) == ("year", datetime(2025, 1, 1, tzinfo=UTC))


def test_unknown_declared_language_is_flagged_and_the_text_identified() -> None:
    notices, article = read(language="frenchish")
    assert notices == [flagged("news.jsonl:7", "language 'frenchish' is no ISO 639 code; the text reads as fr")]
    assert article.language == "fr"


def test_declared_language_wins_over_the_identified_one() -> None:
    assert read(language="oc")[1].language == "oc"


@pytest.mark.parametrize("tag", ["", " ", "und", "UND"])
def test_language_that_is_not_told_is_identified_without_a_notice(tag: str) -> None:
    notices, article = read(language=tag)
    assert notices == []
    assert article.language == "fr"


def test_text_without_letters_has_the_language_und() -> None:
    assert read(text="12 : 7")[1].language == "und"


@pytest.mark.parametrize(("number", "name"), [(0, "0"), (17, "17"), (2**64 - 1, "18446744073709551615"), (1.5, "1.5")])
def test_ids_that_are_numbers_become_text(number: float, name: str) -> None:
    notices, article = read(id=number)
    assert notices == []
    assert article.id == name


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("title", ["A"], "a list"),
        ("source", {"rank": 1}, "an object"),
        ("url", True, "true or false"),
        ("id", [1], "a list"),
        ("published", {"$date": 1}, "an object"),
        ("language", ["fr"], "a list"),
    ],
)
def test_field_of_another_kind_is_flagged_and_left_empty(field: str, value: object, kind: str) -> None:
    notices, article = read(**{field: value})
    assert notices == [flagged("news.jsonl:7", f"{field} is {kind}, wanted a string; left empty")]
    assert article == read()[1]


def test_every_bad_field_has_its_own_notice() -> None:
    notices, article = read(title=["A"], published="never", language="xx")
    assert [notice.reason.split()[0] for notice in notices] == ["title", "date", "language"]
    assert article.body == TEXT


def test_id_of_the_record_wins_over_the_default() -> None:
    (named,) = read_record({"text": TEXT, "id": "own"}, "a.txt", default_id="default")
    (unnamed,) = read_record({"text": TEXT, "id": " "}, "a.txt", default_id="default")
    assert isinstance(named, Article)
    assert isinstance(unnamed, Article)
    assert (named.id, unnamed.id) == ("own", "default")


def test_article_without_any_id_is_named_by_its_content() -> None:
    first = read(title="A")[1].id
    assert first == "f33ad1d0fc8bf3c1"
    assert read(title="A", id="")[1].id == first
    assert read(title="B")[1].id != first
    assert read(title="", source="A")[1].id != first
