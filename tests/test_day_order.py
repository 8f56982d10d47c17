"""In each file the other dates of a field tell whether 03/04/2025 is in March or in April, in every format."""

import csv
import errno
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from indexer.article import Article
from indexer.cli import app
from indexer.dates.day_order import DayOrder
from indexer.generations import store
from indexer.notice import Notice
from indexer.sources import waiting
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.files import SourceFile
from indexer.sources.guard.process import EndedError
from indexer.sources.guard.reader import GuardedReader

TEXT = "The ferry Aurelia ran aground off Vellmar on Thursday, and all passengers were taken ashore."
UNDECIDED = "can have the day first or the month, and no other date of the file tells which; kept without a date"


def rows(dates: Sequence[str], name: str = "date") -> list[dict[str, str]]:
    return [{"id": str(number), "text": f"{TEXT} {number}.", name: date} for number, date in enumerate(dates)]


def as_csv(dates: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["id", "text", "date"])
    writer.writeheader()
    writer.writerows(rows(dates))
    return text.getvalue().encode()


def as_json(dates: Sequence[str]) -> bytes:
    return json.dumps(rows(dates)).encode()


def as_jsonl(dates: Sequence[str]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows(dates))


def as_parquet(dates: Sequence[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows(dates)), sink)
    return sink.getvalue()


def as_feed(dates: Sequence[str]) -> bytes:
    items = "".join(
        f"<item><guid>{row['id']}</guid><description>{row['text']}</description><pubDate>{row['date']}</pubDate></item>"
        for row in rows(dates)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'.encode()


FORMATS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "news.csv": as_csv,
    "news.json": as_json,
    "news.jsonl": as_jsonl,
    "news.parquet": as_parquet,
    "news.rss": as_feed,
}


def read(path: Path, content: bytes, context: ReadingContext = DEFAULT_CONTEXT) -> tuple[list[Article], list[Notice]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items(context))
    return [each for each in items if isinstance(each, Article)], [each for each in items if isinstance(each, Notice)]


def days(articles: Sequence[Article]) -> list[str]:
    return [article.published.iso if article.published else "" for article in articles]


@pytest.mark.parametrize("name", FORMATS)
def test_one_date_decides_the_others_of_its_file_before_and_after_it(name: str, tmp_path: Path) -> None:
    articles, notices = read(tmp_path / name, FORMATS[name](["03/04/2025", "27/05/2025", "05/06/2025 18:20"]))
    assert days(articles) == ["2025-04-03", "2025-05-27", "2025-06-05T18:20:00+00:00"]
    assert [article.id for article in articles] == ["0", "1", "2"]
    assert [article.unread_date for article in articles] == ["", "", ""]
    assert notices == []
    articles, notices = read(tmp_path / name, FORMATS[name](["03/04/2025", "5/27/2025 6:20 PM"]))
    assert days(articles) == ["2025-03-04", "2025-05-27T18:20:00+00:00"]


def test_a_year_of_two_digits_is_read_in_the_order_that_others_show(tmp_path: Path) -> None:
    articles, notices = read(tmp_path / "a.csv", as_csv(["27/05/25", "27/05/2025"]))
    assert (days(articles), notices) == (["2025-05-27", "2025-05-27"], [])


def test_dates_that_nothing_decides_are_named_once_with_what_to_say(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    articles, (notice,) = read(path, as_csv(["2025-05-27", "03/04/2025", "05/06/2025", "04/04/2025"]))
    assert days(articles) == ["2025-05-27", "", "", "2025-04-04"]
    assert [article.unread_date for article in articles] == ["", "03/04/2025", "05/06/2025", ""]
    assert notice.kind == "flagged"
    assert notice.origin == str(path)
    assert notice.reason == f"2 dates such as '03/04/2025' {UNDECIDED}: say it with --day-first or --month-first"


def test_dates_that_contradict_one_another_decide_nothing(tmp_path: Path) -> None:
    articles, (notice,) = read(tmp_path / "a.csv", as_csv(["27/05/2025", "03/04/2025", "05/27/2025"]))
    assert days(articles) == ["2025-05-27", "", "2025-05-27"]
    assert (
        "1 date such as '03/04/2025' can have the day first or the month, and its other dates show both"
        in notice.reason
    )


@pytest.mark.parametrize(
    ("order", "expected"), [(DayOrder.DAY_FIRST, "2025-04-03"), (DayOrder.MONTH_FIRST, "2025-03-04")]
)
def test_the_user_can_say_the_order(order: DayOrder, expected: str, tmp_path: Path) -> None:
    articles, notices = read(tmp_path / "a.csv", as_csv(["03/04/2025"]), ReadingContext(day_order=order))
    assert (days(articles), notices) == ([expected], [])


def test_members_of_an_archive_decide_each_for_itself(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", as_csv(["03/04/2025", "27/05/2025"]))
        archive.writestr("b.csv", as_csv(["03/04/2025", "05/27/2025"]))
    articles, notices = read(tmp_path / "both.zip", packed.getvalue())
    assert (days(articles), notices) == (["2025-04-03", "2025-05-27", "2025-03-04", "2025-05-27"], [])


def test_a_member_of_a_stream_that_cannot_be_read_twice_is_held_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_IN_MEMORY", 1000)
    content = as_jsonl([*["03/04/2025"] * 300, "", "27/05/2025"])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.jsonl")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    articles, notices = read(tmp_path / "a.tar.gz", packed.getvalue())
    assert (days(articles), notices) == ([*["2025-04-03"] * 300, "", "2025-05-27"], [])


def test_the_last_change_is_decided_by_dates_of_its_own(tmp_path: Path) -> None:
    lines = [{**row, "updated": "03/04/2025"} for row in rows(["27/05/2025"])]
    lines.append({**rows(["02/05/2025"])[0], "id": "b", "updated": "05/27/2025"})
    articles, notices = read(tmp_path / "a.json", json.dumps(lines).encode())
    assert days(articles) == ["2025-05-27", "2025-05-02"]
    assert [article.updated.iso for article in articles if article.updated] == ["2025-03-04", "2025-05-27"]
    assert notices == []


def test_a_decided_date_in_the_future_is_named(tmp_path: Path) -> None:
    articles, (notice,) = read(tmp_path / "a.csv", as_csv(["03/04/2999", "27/05/2025"]))
    assert days(articles) == ["", "2025-05-27"]
    assert articles[0].unread_date == "03/04/2999"
    assert notice.reason == "date '03/04/2999' lies in the future; kept without a date"


def test_the_order_is_an_option_that_a_rebuild_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_bytes(as_csv(["03/04/2025"]))

    def published(*arguments: str) -> list[str | None]:
        done = CliRunner().invoke(app, [*arguments, "--index", "index"])
        assert done.exit_code == 0, done.output
        return store.open_current(Path("index")).tables.article_column("published").tolist()

    assert published("a.csv") == [None]
    assert published("a.csv", "--month-first") == ["2025-03-04"]
    assert published("--force") == ["2025-03-04"]
    assert published("--day-first") == ["2025-04-03"]
    assert "0 without a date" in CliRunner().invoke(app, ["a.csv", "--day-first", "--dry-run"]).output


def test_what_was_held_back_is_not_lost_when_the_reader_ends(tmp_path: Path) -> None:
    def items() -> Iterator[Article | Notice]:
        yield from marked
        raise EndedError("ran out of memory")

    path = tmp_path / "a.jsonl"
    path.write_bytes(as_jsonl(["03/04/2025", "2025-05-27"]))
    marked = list(SourceFile(path, "a").items(ReadingContext(leaves_marks=True)))[:-1]
    given = waiting.in_one_order(items())
    first, second, notice = (next(given) for _ in range(3))
    with pytest.raises(EndedError, match="ran out of memory"):
        next(given)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert days([first, second]) == ["", "2025-05-27"]
    assert isinstance(notice, Notice)
    assert UNDECIDED in notice.reason


def test_a_full_temporary_folder_costs_the_dates_that_need_it_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        """A file on a disk that has space for some articles, and for a part of the next."""

        def write(self, content: Any) -> int:
            room = 2_000 - self.tell()
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(memoryview(content)[:room])

    path = tmp_path / "a.jsonl"
    path.write_bytes(as_jsonl([*["03/04/2025"] * 20, "27/05/2025"]))
    monkeypatch.setattr(waiting, "_IN_MEMORY", 3_000)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda buffering: Full(tmp_path / "held", "w+"))
    articles, (notice,) = read(path, path.read_bytes())
    assert days(articles) == [*[""] * 20, "2025-05-27"]
    assert [article.id for article in articles] == sorted({article.id for article in articles}, key=int)
    assert (tmp_path / "held").stat().st_size == 2_000
    assert notice.origin == str(path)
    assert notice.reason == (
        "20 dates such as '03/04/2025' can have the day first or the month, and no space left in the temporary folder "
        f"{tempfile.gettempdir()}; set TMPDIR to another; kept without a date: say it with --day-first or --month-first"
    )


def test_a_table_is_dated_by_the_process_that_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(as_parquet(["03/04/2025", "27/05/2025"]))
    with GuardedReader() as guard:
        items = list(guard.items(SourceFile(path, "a"), DEFAULT_CONTEXT))
    assert [type(item) for item in items] == [Article, Article]
    assert days([item for item in items if isinstance(item, Article)]) == ["2025-04-03", "2025-05-27"]
