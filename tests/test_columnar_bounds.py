"""Tables in Arrow and Parquet are checked and sized before their values are touched: few bytes can stand for many."""

import io
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.files import SourceFile

TEXT = "The night ferry to Ostrand ran aground on a sandbank at dawn, and all ninety passengers were brought ashore."
KINDS = {
    "text": pa.string(),
    "large": pa.large_string(),
    "view": pa.string_view(),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
}


def arrow(texts: pa.Array) -> bytes:
    sink = io.BytesIO()
    table = pa.table({"text": texts})
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return sink.getvalue()


def parquet(texts: pa.Array) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), sink, compression="zstd")
    return sink.getvalue()


def read(path: Path, content: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items())
    notices = [(item.origin.removeprefix(str(path)), item.reason) for item in items if isinstance(item, Notice)]
    return [item.body for item in items if isinstance(item, Article)], notices


def test_a_view_outside_of_its_memory_is_named_and_not_followed(tmp_path: Path) -> None:
    content = arrow(pa.array([TEXT, TEXT], pa.string_view()))
    view = struct.pack("<i", len(TEXT)) + TEXT[:4].encode()
    second = content.index(view, content.index(view) + 1)
    crooked = content[: second + 8] + struct.pack("<ii", 0, 2**30) + content[second + 16 :]
    bodies, ((_, reason),) = read(tmp_path / "a.arrow", crooked)
    assert bodies == []
    assert reason.startswith("is damaged: View at slot 1 references range")


def test_an_index_outside_of_its_dictionary_is_named(tmp_path: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1_000_000], pa.int32()), pa.array([TEXT]), safe=False)
    bodies, ((_, reason),) = read(tmp_path / "a.arrow", arrow(column))
    assert bodies == []
    assert reason.startswith("is damaged: ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [arrow, parquet])
def test_a_row_that_is_too_large_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, write: Callable[[pa.Array], bytes]
) -> None:
    monkeypatch.setattr(limits, "ROW", 2**16)
    texts = [TEXT, "ferry " * 2**14, TEXT, *[TEXT] * 1000]
    column = pa.array(texts).dictionary_encode() if kind == "dictionary" else pa.array(texts, KINDS[kind])
    bodies, notices = read(tmp_path / "a.parquet", write(column))
    assert bodies == [TEXT] * 1002
    assert notices == [(":2", "the row has more than 0 MiB")]


def test_a_value_that_stands_often_in_a_small_file_is_counted_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 2**22)
    monkeypatch.setattr(limits, "EXPANSION", 1)
    often = pa.DictionaryArray.from_arrays(pa.array([0] * 4096, pa.int32()), pa.array(["ferry " * 2**10]))
    bodies, notices = read(tmp_path / "a.arrow", arrow(often))
    assert 256 <= len(bodies) < 700
    assert [reason for _, reason in notices] == ["unpacks to more than 1 times its size: no news does"]


def test_a_large_value_that_stands_often_in_a_parquet_file_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    often = pa.DictionaryArray.from_arrays(pa.array([0] * 4096, pa.int32()), pa.array(["ferry " * (2**24)]))
    content = parquet(often)
    assert len(content) < 2**17
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    bodies, notices = read(tmp_path / "a.parquet", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bodies == []
    assert notices == [("", "unpacks to more than 200 times its size: no news does")]
    assert peak < 2**22
    assert pa.total_allocated_bytes() - before < 2**22
