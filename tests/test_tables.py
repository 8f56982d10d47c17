"""What goes into the tables comes out of them, for us and for anyone who reads Arrow."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from indexer.article import Article, Passage, Span
from indexer.dates.parsing import parse_published
from indexer.errors import IndexCorruptError
from indexer.generations.layout import ARTICLES, PASSAGES, GenerationLayout
from indexer.storage.table_writer import TableWriter, content_of
from indexer.storage.tables import Tables, spans

FERRY = Article(
    "ferry",
    "Fähre auf Riff",
    "Erster Satz. Zweiter.\n\nWer half 🔗",
    parse_published("2024-03"),
    "de",
    "Bote",
    "https://a.example/1",
    "a.jsonl:1",
    (Span(23, 33),),
    parse_published("2024-04-02"),
    parse_published("2024-04-03"),
)
QUAKE = Article("quake", "", "地震です。", None, "ja", "", "", "b.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    writer = TableWriter(GenerationLayout(tmp_path).tables)
    writer.add(FERRY, [Passage("ferry", 0, FERRY.body[:21], 0, 21, 0, (Span(0, 12), Span(13, 21)))])
    writer.add(QUAKE, [Passage("quake", 0, "地震", 0, 2), Passage("quake", 1, "です。", 2, 5, 2)])
    assert (writer.articles, writer.passages) == (2, 3)
    writer.close()
    return tmp_path


def test_articles_come_back_whole(folder: Path) -> None:
    row = Tables(GenerationLayout(folder).tables).article_row(0)
    assert spans(row.pop("asides")) == (Span(23, 33),)
    earliest, latest = row.pop("published_earliest"), row.pop("published_latest")
    assert (earliest.isoformat(), latest.isoformat()) == (
        "2024-03-01T00:00:00+00:00",
        "2024-03-31T23:59:59.999999+00:00",
    )
    assert row == {
        "id": "ferry",
        "title": "Fähre auf Riff",
        "body": FERRY.body,
        "published": "2024-03",
        "published_precision": "month",
        "first_day": date(2024, 3, 1),
        "last_day": date(2024, 3, 31),
        "updated": "2024-04-02",
        "unread_date": "",
        "retrieved": "2024-04-03",
        "language": "de",
        "source": "Bote",
        "url": "https://a.example/1",
        "origin": "a.jsonl:1",
        "content": content_of(FERRY),
        "first_passage": 0,
        "passages": 1,
    }


def test_passages_come_back_whole(folder: Path) -> None:
    tables = Tables(GenerationLayout(folder).tables)
    first, last = tables.passage_row(0), tables.passage_row(2)
    assert (first["article"], first["ordinal"], first["text"]) == (0, 0, "Erster Satz. Zweiter.")
    assert spans(first["sentences"]) == (Span(0, 12), Span(13, 21))
    assert (last["article"], last["ordinal"], last["start"], last["end"], last["heading_end"]) == (1, 1, 2, 5, 2)
    assert spans(last["sentences"]) == ()


def test_columns_are_arrays(folder: Path) -> None:
    tables = Tables(GenerationLayout(folder).tables)
    assert tables.passage_column("article").tolist() == [0, 1, 1]
    latest = tables.article_column("published_latest")
    assert latest.dtype == np.dtype("datetime64[us]")
    assert np.isnat(latest).tolist() == [False, True]


def test_texts_come_with_the_title_of_their_article(folder: Path) -> None:
    batches = list(Tables(GenerationLayout(folder).tables).titled_texts(2))
    assert [pair for batch in batches for pair in batch] == [
        ("Fähre auf Riff", "Erster Satz. Zweiter."),
        ("", "地震"),
        ("", "です。"),
    ]
    assert max(len(batch) for batch in batches) <= 2


def test_more_rows_than_one_batch_holds(tmp_path: Path) -> None:
    writer = TableWriter(GenerationLayout(tmp_path).tables)
    for number in range(5000):
        writer.add(
            Article(str(number), "", f"text {number}", None, "en", "", "", ""), [Passage(str(number), 0, "text", 0, 4)]
        )
    writer.close()
    tables = Tables(GenerationLayout(tmp_path).tables)
    assert tables.article_row(4999)["body"] == "text 4999"
    assert tables.passage_column("article").tolist() == list(range(5000))


def test_the_tables_open_without_dateline(folder: Path) -> None:
    assert feather.read_table(folder / ARTICLES).column("title").to_pylist() == ["Fähre auf Riff", ""]
    assert pa.ipc.open_file(str(folder / PASSAGES)).num_record_batches == 1


def test_a_file_that_is_no_table_is_refused(folder: Path) -> None:
    (folder / PASSAGES).write_bytes(b"ARROW1 it is not")
    with pytest.raises(IndexCorruptError, match=r"passages\.arrow is no Arrow file"):
        Tables(GenerationLayout(folder).tables)


def test_a_table_of_other_columns_is_refused(folder: Path) -> None:
    feather.write_feather(pa.table({"id": ["a"]}), str(folder / ARTICLES), compression="uncompressed")
    with pytest.raises(IndexCorruptError, match=r"articles\.arrow has other columns"):
        Tables(GenerationLayout(folder).tables)
