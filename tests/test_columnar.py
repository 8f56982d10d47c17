"""Parquet and Arrow: rows that have values which Python has not, and what data frames leave where there is nothing."""

import datetime as dt
import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.context import ReadingContext
from indexer.sources.fields import parse_fields
from indexer.sources.files import SourceFile

TEXTS = ["The ferry ran aground.", "The bridge toll will rise.", "The pilots stopped work."]
Reader = Callable[..., tuple[list[Article], list[Notice]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Return a function that reads a table, written as Arrow."""

    def read(table: pa.Table | dict[str, Any], fields: tuple[str, ...] = ()) -> tuple[list[Article], list[Notice]]:
        table = pa.table(table) if isinstance(table, dict) else table
        path = tmp_path / "news.arrow"
        with pa.ipc.new_file(str(path), table.schema) as file:
            file.write_table(table)
        items = list(SourceFile(path, "news").items(ReadingContext(parse_fields(fields))))
        notices = [each for each in items if isinstance(each, Notice)]
        return [each for each in items if isinstance(each, Article)], notices

    return read


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([1748332800, 2**62, 1748332801], pa.timestamp("s")),
        pa.array([1748332800, 2**62, 1748332801], pa.timestamp("s", "Europe/Berlin")),
        pa.array([20235, 2**30, 20236], pa.date32()),
        pa.array([1748332800, 2**62, 1748332801], pa.int64()),
        pa.array([1748332800000, None, 1748332801000], pa.timestamp("ms", "No/Such_Zone")),
    ],
    ids=str,
)
def test_date_out_of_range_costs_only_itself(read: Reader, dates: pa.Array) -> None:
    articles, _ = read({"id": ["a", "b", "c"], "text": TEXTS, "date": dates})
    assert [article.body for article in articles] == TEXTS
    assert [article.published is None for article in articles] == [False, True, False]
    assert articles[0].published is not None
    assert articles[0].published.iso.startswith("2025-05-2")


def test_bytes_that_are_no_text_cost_only_themselves(read: Reader) -> None:
    broken = pa.StringArray.from_buffers(
        2, pa.array([0, 10, 17], pa.int32()).buffers()[1], pa.py_buffer(b"The \xff ferrThe end")
    )
    articles, _ = read({"text": broken})
    assert [article.body for article in articles] == ["The \N{REPLACEMENT CHARACTER} ferr", "The end"]


@pytest.mark.parametrize(
    ("column", "digits"),
    [
        (pa.array([2**64 - 1], pa.uint64()), "18446744073709551615"),
        (pa.array([-(2**63)], pa.int64()), "-9223372036854775808"),
        (pa.array([decimal.Decimal(12345678901234567890123)], pa.decimal128(38, 0)), "12345678901234567890123"),
        (pa.array([1234.0], pa.float64()), "1234"),
        (pa.array([1.25], pa.float32()), "1.25"),
        (pa.array(["12345678901234567890123"]).dictionary_encode(), "12345678901234567890123"),
        (pa.array(["a"], pa.large_string()), "a"),
        (pa.array(["a"], pa.string_view()), "a"),
        (pa.array([b"a"], pa.binary()), "a"),
    ],
    ids=str,
)  # fmt: skip
def test_ids_of_all_types_keep_their_digits(read: Reader, column: pa.Array, digits: str) -> None:
    (article,), notices = read({"id": column, "text": TEXTS[:1]})
    assert (article.id, notices) == (digits, [])


def test_nothing_of_data_frames_is_nothing(read: Reader) -> None:
    table = {
        "title": pa.array([float("nan"), float("inf")], pa.float64()),
        "url": ["nan", "None"],
        "date": pa.array([None, None], pa.timestamp("ns")),
        "source": pa.array([None, None], pa.null()),
        "text": ["nan", TEXTS[0]],
    }
    (article,), (notice,) = read(table)
    assert (article.title, article.url, article.published, article.source) == ("", "", None, "")
    assert article.body == TEXTS[0]
    assert notice.reason == "its text is 'nan', which stands for nothing"


def test_times_to_the_nanosecond_are_read(read: Reader) -> None:
    (article,), notices = read({"text": TEXTS[:1], "date": pa.array([1748332800123456789], pa.timestamp("ns", "UTC"))})
    assert article.published is not None
    assert (article.published.iso, notices) == ("2025-05-27T08:00:00.123456+00:00", [])


def test_columns_of_objects_and_lists_are_read(read: Reader) -> None:
    table = {
        "_source": [
            {"title": "Ferry", "body": {"paragraphs": TEXTS[:2]}, "at": dt.datetime(2025, 5, 27, tzinfo=dt.UTC)}
        ],
        "embedding": [[0.5] * 4],
        "publisher": [{"name": "Gazette"}],
    }
    (article,), notices = read(pa.Table.from_pydict(table), ("published=_source.at",))
    assert (article.title, article.body, article.source) == ("Ferry", "\n\n".join(TEXTS[:2]), "Gazette")
    assert article.published is not None
    assert (article.published.iso[:10], notices) == ("2025-05-27", [])


def test_column_that_is_named_twice_is_read_once(read: Reader) -> None:
    table = pa.Table.from_arrays([pa.array(TEXTS[:1]), pa.array(TEXTS[1:2])], names=["text", "text"])
    assert [article.body for article in read(table)[0]] == TEXTS[:1]


def test_table_without_rows_or_without_a_text_says_so(read: Reader) -> None:
    assert [each.reason for each in read({"text": pa.array([], pa.string())})[1]] == ["holds no rows"]
    (notice,) = read({"kop": ["a"], "n": [1]})[1]
    assert notice.reason == "none of its columns is the text: kop, n; name it: --field text=COLUMN"


def test_parquet_of_pandas_is_read(tmp_path: Path) -> None:
    table = pa.table({"id": [1.0, None], "text": TEXTS[:2], "__index_level_0__": [0, 1]})
    pq.write_table(table, tmp_path / "news.parquet")
    articles = [each for each in SourceFile(tmp_path / "news.parquet", "news").items() if isinstance(each, Article)]
    assert [article.body for article in articles] == TEXTS[:2]
    assert articles[0].id == "1"
