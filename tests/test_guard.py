"""Nothing that is read ends the build: a process reads it, within bounds of memory and time, and is replaced."""

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.fields import FieldNames
from indexer.sources.files import SourceFile
from indexer.sources.guard import process
from indexer.sources.guard.reader import GuardedReader
from indexer.sources.inputs import FeedAddress, StandardInput
from indexer.text.language import Judgements

TEXT = "The night ferry to Ostrand ran aground on a sandbank at dawn, and all ninety passengers were brought ashore."
PAGE = f"<html><head><title>Ferry aground</title></head><body><article><p>{TEXT}</p></article></body></html>"


@pytest.fixture(scope="module")
def shared() -> Iterator[GuardedReader]:
    with GuardedReader() as guard:
        yield guard


def read(guard: GuardedReader, path: Path, context: ReadingContext = DEFAULT_CONTEXT) -> list[Article | Notice]:
    return list(guard.items(SourceFile(path, path.stem), context))


def bodies(items: list[Article | Notice]) -> list[str]:
    return [item.body for item in items if isinstance(item, Article)]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def process_of(guard: GuardedReader) -> int:
    assert guard._process
    return guard._process._process.pid


def claiming_gigabytes() -> bytes:
    """Return a small Arrow file that says that one of its buffers unpacks to 3 GB."""
    sink = io.BytesIO()
    table = pa.table({"text": ["ferry " * 2**16]})
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(table)
    return sink.getvalue().replace(struct.pack("<q", 6 * 2**16), struct.pack("<q", 3 * 2**30))


def test_what_is_read_in_the_other_process_is_what_is_read_here(shared: GuardedReader, tmp_path: Path) -> None:
    path = written(tmp_path / "ferry.html", PAGE.encode())
    items = read(shared, path)
    assert items == list(SourceFile(path, "ferry").items())
    assert bodies(items) == [TEXT]


def test_one_process_reads_many_files_and_none_is_started_for_small_files_of_text(tmp_path: Path) -> None:
    page, text = written(tmp_path / "a.html", PAGE.encode()), written(tmp_path / "a.txt", TEXT.encode())
    with GuardedReader() as guard:
        assert bodies(read(guard, text)) == [TEXT]
        assert guard._process is None
        assert bodies(read(guard, page)) == [TEXT]
        first = process_of(guard)
        assert bodies(read(guard, page)) == [TEXT]
        assert process_of(guard) == first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_file_of_text_that_is_large_or_packed_is_read_in_the_other_process(tmp_path: Path) -> None:
    large = written(tmp_path / "large.txt", TEXT.encode() + b"\n" * limits.SMALL_FILE)
    with GuardedReader() as guard:
        assert bodies(read(guard, large)) == [TEXT]
        assert guard._process


def test_memory_is_bounded(tmp_path: Path) -> None:
    bad, page = written(tmp_path / "bad.arrow", claiming_gigabytes()), written(tmp_path / "a.html", PAGE.encode())
    with GuardedReader() as guard:
        assert read(guard, bad) == [
            skipped(str(bad), "ran out of memory, of which a reader may take 1,024 MB"),
        ]
        assert bodies(read(guard, page)) == [TEXT]


def test_a_process_that_is_killed_keeps_what_it_had_read_and_is_replaced(tmp_path: Path) -> None:
    lines = b"".join(b'{"text": "%s", "id": "%d"}\n' % (TEXT.encode(), number) for number in range(20_000))
    many, page = written(tmp_path / "many.jsonl", lines), written(tmp_path / "ferry.html", PAGE.encode())
    with GuardedReader() as guard:
        items = guard.items(SourceFile(many, "many"), DEFAULT_CONTEXT)
        first = next(items)
        os.kill(process_of(guard), signal.SIGSEGV)
        *rest, last = items
        assert isinstance(first, Article)
        assert first.id == "0"
        assert len(rest) < 19_999
        assert last == skipped(str(many), "ended the reader: crashed with signal 11 (Segmentation fault)")
        assert bodies(read(guard, page)) == [TEXT]


def test_a_process_that_the_system_ends_for_want_of_memory_is_named_so(tmp_path: Path) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % TEXT.encode() for _ in range(20_000))
    with GuardedReader() as guard:
        items = guard.items(SourceFile(written(tmp_path / "many.jsonl", lines), "many"), DEFAULT_CONTEXT)
        next(items)
        os.kill(process_of(guard), signal.SIGKILL)
        *_, last = items
    assert isinstance(last, Notice)
    assert last.reason == "ended the reader: ran out of memory, of which it may take 1,024 MB"


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "endless.html")  # opening it waits for somebody who writes
    with GuardedReader() as guard:
        assert bodies(read(guard, written(tmp_path / "ferry.html", PAGE.encode()))) == [TEXT]
        monkeypatch.setattr(limits, "READER_SECONDS", 0.5)
        (notice,) = read(guard, tmp_path / "endless.html")
        assert notice == skipped(
            str(tmp_path / "endless.html"), "ended the reader: took longer than 0.5 s over one article"
        )
        monkeypatch.setattr(limits, "READER_SECONDS", 60)
        assert bodies(read(guard, tmp_path / "ferry.html")) == [TEXT]


@pytest.mark.parametrize(
    ("waited", "worked", "over"),
    [(9, 0, False), (11, 11, True), (11, 2, False), (99, 9, False), (101, 2, True), (11, None, True)],
)
def test_a_process_that_gets_little_of_a_core_is_waited_for(
    waited: float, worked: float | None, over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.time, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(process, "_processor_seconds", lambda _: 5.0)
    patience = process.Patience(1, 10, 100)
    monkeypatch.setattr(process.time, "monotonic", lambda: 1000.0 + waited)
    monkeypatch.setattr(process, "_processor_seconds", lambda _: None if worked is None else 5.0 + worked)
    assert patience.is_over() == over


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell it")
def test_the_seconds_of_a_core_are_those_of_the_process() -> None:
    before = process._processor_seconds(os.getpid())
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    after = process._processor_seconds(os.getpid())
    assert before is not None
    assert after is not None
    assert 0.25 <= after - before <= 30
    assert process._processor_seconds(2**22 + 7) is None


def test_what_was_learned_of_languages_and_fields_comes_back(shared: GuardedReader, tmp_path: Path) -> None:
    judge, used = Judgements({}), Counter[tuple[str, str]]({("text", "body"): 1})
    path = tmp_path / "news.parquet"
    pq.write_table(pa.table({"body": [TEXT, TEXT], "headline": ["A", "B"]}), path)
    read(shared, path, ReadingContext(FieldNames({}, used), judge))
    assert used == {("text", "body"): 3, ("title", "headline"): 2}
    assert list(judge.told.values()) == ["en"]


def test_standard_input_is_read_by_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [TEXT]}), sink)
    sink.seek(0)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(sink)))  # type: ignore[type-var]
    with GuardedReader() as guard:
        (article,) = guard.items(StandardInput(), DEFAULT_CONTEXT)
        assert guard._process is None
    assert isinstance(article, Article)
    assert (article.body, article.origin) == (TEXT, "standard input:1")


def test_an_error_of_the_system_is_raised_here(tmp_path: Path) -> None:
    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            pass

    (tmp_path / "fetched").write_text("a file where a folder is wanted")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    feed = FeedAddress(f"http://127.0.0.1:{server.server_port}/ferry")
    try:
        with GuardedReader() as guard, pytest.raises(FileExistsError, match="fetched"):
            list(guard.items(feed, ReadingContext(fetched=tmp_path / "fetched", allow_private=True)))
    finally:
        server.shutdown()
        server.server_close()


def test_the_process_ends_with_the_build() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "indexer.sources.guard.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin
    assert child.stdout
    child.stdin.close()
    assert child.wait(60) == 0
    child.stdout.close()
