"""Files that have not changed are not read again; whatever is amiss with what was kept of them, they are."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from backports import zstd

from indexer.article import Article
from indexer.build import read_cache
from indexer.build.fingerprint import contents_of
from indexer.build.ingest import InputReader
from indexer.build.read_cache import ReadCache
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.sources import files
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.files import SourceFile
from indexer.sources.guard.reader import GuardedReader

Build = Callable[..., BuildReport]


class NotedFile(SourceFile):
    """A file that notes when it is read."""

    opened: ClassVar[list[str]] = []

    def items(self, context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Article | Notice]:
        self.opened.append(self.path.name)
        return super().items(context)


class Reading:
    """Reads files through a cache, and notes which it had to open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = NotedFile.opened

    def __call__(self, *names: Path, private: tuple[str, ...] = (), settings: object = "") -> list[Article | Notice]:
        """Return what the files hold; ``opened`` has the names of those that were read."""
        self.opened.clear()
        found: list[Article | Notice] = []
        with ReadCache(self.path, settings, lambda article: article.id in private) as cache:
            files = [NotedFile(name, name.stem) for name in names]
            reader = InputReader(DEFAULT_CONTEXT, GuardedReader(), cache, contents_of(files))
            for file in files:
                found.extend(reader.items(file))
            cache.forget_others()
        return found

    def kept(self) -> bytes:
        """Return all that is kept, unpacked."""
        database = sqlite3.connect(self.path)
        parts = database.execute("SELECT items FROM part ORDER BY file, number").fetchall()
        database.close()
        return b"".join(zstd.decompress(part) for (part,) in parts)


def change(path: Path, *statements: str) -> None:
    """Change the database behind the back of the cache."""
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    return Reading(tmp_path / "cache" / "read.sqlite")


@pytest.fixture
def news(write_jsonl: Callable[..., Path]) -> Path:
    return write_jsonl(
        {"id": "a", "text": "The ferry ran aground.\n\nAll were saved.", "published": "2025-05", "language": "en"},
        {"id": "b", "text": ""},
        {"id": "c", "title": "Rates", "text": "The bank raised its rates.", "published": "gestern"},
    )


def test_a_file_gives_the_same_when_it_is_not_read_again(read: Reading, news: Path) -> None:
    first = read(news)
    assert [type(item).__name__ for item in first] == ["Article", "Notice", "Notice", "Article"]
    assert read.opened == ["news.jsonl"]
    assert read(news) == first
    assert read.opened == []


def test_a_long_file_is_kept_in_parts(read: Reading, write_jsonl: Callable[..., Path]) -> None:
    news = write_jsonl(*({"id": str(number), "text": f"Story {number}."} for number in range(600)))
    first = read(news)
    assert len(first) == 600
    assert read(news) == first
    assert read.opened == []


@pytest.mark.parametrize("changed", ["content", "name", "settings"])
def test_what_changed_is_read_again(read: Reading, news: Path, changed: str) -> None:
    read(news)
    if changed == "content":
        news.write_text(news.read_text().replace("aground", "ashore"))
    elif changed == "name":
        news = news.rename(news.with_name("renamed.jsonl"))
    read(news, settings="others" if changed == "settings" else "")
    assert read.opened == [news.name]


def test_what_is_no_longer_read_is_not_kept(read: Reading, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("A secret that nobody shall know.")
    read(news, other)
    assert b"secret" in read.kept()
    read(news)
    assert b"secret" not in read.kept()
    assert read.opened == []


def test_nothing_is_kept_of_a_file_with_a_private_article(read: Reading, news: Path) -> None:
    assert len(read(news, private=("a",))) == 4
    assert read.kept() == b""
    read(news)
    assert b"aground" in read.kept()


def test_a_file_without_articles_is_tried_again(read: Reading, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    for _ in range(2):
        (notice,) = read(empty)
        assert isinstance(notice, Notice)
        assert read.opened == ["empty.txt"]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    read: Reading, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = files.open_document

    def changing(*arguments: Any) -> Any:
        os.utime(news, ns=(1, 1))
        return opening(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(files, "open_document", changing)
        read(news)
    read(news)
    assert read.opened == ["news.jsonl"]


def test_reading_that_is_cut_off_is_not_taken_for_the_whole(read: Reading, write_jsonl: Callable[..., Path]) -> None:
    news = write_jsonl(*({"id": str(number), "text": f"Story {number}."} for number in range(600)))
    file = SourceFile(news, "news")
    with ReadCache(read.path, "") as cache:
        items = InputReader(DEFAULT_CONTEXT, GuardedReader(), cache, contents_of([file])).items(file)
        assert len([next(items) for _ in range(300)]) == 300
        items.close()  # type: ignore[attr-defined]
    assert len(read(news)) == 600
    assert read.opened == ["news.jsonl"]


def test_languages_of_texts_that_stayed_are_told_as_before(
    read: Reading, write_jsonl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = [{"id": str(n), "text": f"Fähre {n} lief im Hafen auf Grund.", "language": "de"} for n in range(3)]
    judged: list[tuple[str, str]] = []

    def judge(declared: str, text: str) -> str:
        judged.append((declared, text))
        return "nl"

    monkeypatch.setattr("indexer.text.language.judge_language", judge)
    read(write_jsonl(*stories))
    assert len(judged) == 3
    judged.clear()
    changed = [stories[0], stories[1] | {"language": "fr"}, {"text": "Neue Zahlen."}, stories[2] | {"title": "Sturm"}]
    found = read(write_jsonl(*changed))
    assert read.opened == ["news.jsonl"]
    assert sorted(judged) == [("", "Neue Zahlen."), ("fr", "Fähre 1 lief im Hafen auf Grund.")]
    assert [item.language for item in found if isinstance(item, Article)] == ["nl"] * 4


@pytest.mark.parametrize("languages", ["x'00'", "'text'", f"x'{zstd.compress(b'[').hex()}'", "NULL"])
def test_without_what_was_told_languages_are_told_anew(
    read: Reading, write_jsonl: Callable[..., Path], languages: str
) -> None:
    stories = [{"id": str(n), "text": f"Fähre {n} lief im Hafen auf Grund."} for n in range(3)]
    read(write_jsonl(*stories))
    change(read.path, f"UPDATE judged SET languages = {languages}")
    found = read(write_jsonl(*stories[:2]))
    assert [item.language for item in found if isinstance(item, Article)] == ["de", "de"]


def test_nothing_is_told_of_files_that_are_gone_or_private(
    read: Reading, news: Path, write_jsonl: Callable[..., Path]
) -> None:
    def told() -> int:
        database = sqlite3.connect(read.path)
        (count,) = database.execute("SELECT count(*) FROM judged").fetchone()
        database.close()
        return int(count)

    other = write_jsonl({"text": "One."}, {"text": "Two."}, name="other.jsonl")
    read(news, other)
    assert told() == 2
    read(news)
    assert told() == 1
    news.write_text(news.read_text() + "\n")
    read(news, private=("a",))
    assert told() == 0


@pytest.mark.parametrize("damage", ["no database", "no table", "a part gone", "no zstd", "no json"])
def test_a_damaged_cache_is_made_anew(
    read: Reading, write_jsonl: Callable[..., Path], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_cache, "_PART", 2)
    news = write_jsonl(*({"id": str(number), "text": f"Story {number}."} for number in range(5)))
    first = read(news)
    if damage == "no database":
        read.path.write_bytes(b"garbage" * 1000)
    else:
        harm = {
            "no table": "DROP TABLE whole",
            "a part gone": "DELETE FROM part WHERE number = 1",
            "no zstd": "UPDATE part SET items = x'00' WHERE number = 1",
            "no json": f"UPDATE part SET items = x'{zstd.compress(b'[').hex()}' WHERE number = 1",
        }
        change(read.path, harm[damage])
    assert read(news) == first
    assert read.opened == ["news.jsonl"]
    assert read(news) == first


def test_what_a_damaged_cache_knew_only_in_part_is_stored_by_the_next_build(
    read: Reading, write_jsonl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_cache, "_PART", 2)
    news = write_jsonl(*({"id": str(number), "text": f"Story {number}."} for number in range(5)))
    first = read(news)
    change(read.path, "UPDATE part SET items = x'00' WHERE number = 1")
    for opened in (["news.jsonl"], ["news.jsonl"], []):
        assert read(news) == first
        assert read.opened == opened


def test_a_private_article_in_a_later_part_leaves_nothing_of_the_earlier_ones(
    read: Reading, write_jsonl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_cache, "_PART", 2)
    news = write_jsonl(*({"id": str(number), "text": f"Story {number}."} for number in range(7)))
    assert len(read(news, private=("5",))) == 7
    assert read.kept() == b""


def test_what_the_database_could_not_do_is_logged(
    read: Reading, news: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG", logger="dateline")
    first = read(news)
    assert caplog.messages == []
    change(read.path, "DROP TABLE part", "CREATE TABLE part (word TEXT)")
    assert read(news, settings="others") == first
    assert caplog.messages[:2] == [
        "The read cache failed at removing a file: OperationalError: no such column: file",
        "The read cache failed at writing a part of a file: "
        "OperationalError: table part has 1 columns but 3 values were supplied",
    ]


def test_a_build_reads_only_what_is_new(
    build: Build, write_jsonl: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"Story {number} of the harbour.")
    assert build(folder).articles == 4
    (folder / "2.txt").write_text("Story 2 of the harbour, corrected.")
    (folder / "4.txt").write_text("Story 4 of the harbour.")
    opened: list[str] = []
    opening = files.open_document

    def noted(path: Path, *arguments: Any) -> Any:
        opened.append(path.name)
        return opening(path, *arguments)

    monkeypatch.setattr(files, "open_document", noted)
    assert build(folder).articles == 5
    assert opened == ["2.txt", "4.txt"]
    opened.clear()
    assert build(folder, read_again=True).articles == 5
    assert opened == [f"{number}.txt" for number in range(5)]
