"""Files that have not changed are not read again; whatever is amiss with what was kept of them, they are."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from indexer.article import Article
from indexer.build import read_cache
from indexer.build.fingerprint import contents_of
from indexer.build.read_cache import ReadCache
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.sources import files
from indexer.sources.fields import FieldNames
from indexer.sources.files import SourceFile, read_file
from indexer.text.language import Judge

Build = Callable[..., BuildReport]


class Reading:
    """Reads files through a cache, and counts how many it had to open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened: list[str] = []

    def __call__(self, *names: Path, private: tuple[str, ...] = (), settings: object = "") -> list[Article | Notice]:
        """Return what the files hold; ``opened`` has the names of those that were read."""
        self.opened.clear()
        found: list[Article | Notice] = []
        with ReadCache(self.path, settings, private) as cache:
            for name in names:
                file = SourceFile(name, name.stem)
                content = contents_of([file])[file]
                assert content
                found.extend(cache.items(file, content, lambda judge, file=file: self._read(file, judge)))  # type: ignore[misc]
            cache.forget_others()
        return found

    def _read(self, file: SourceFile, judge: Judge) -> Iterator[Article | Notice]:
        self.opened.append(file.path.name)
        yield from read_file(file, judge=judge)

    def kept(self) -> bytes:
        """Return all that is kept, unpacked."""
        database = sqlite3.connect(self.path)
        parts = database.execute("SELECT items FROM part ORDER BY file, number").fetchall()
        database.close()
        return b"".join(zstd.decompress(part) for (part,) in parts)


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
    content = contents_of([file])[file]
    assert content
    with ReadCache(read.path, "") as cache:
        items = cache.items(file, content, lambda judge: read_file(file, FieldNames(), judge))
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
    database = sqlite3.connect(read.path)
    database.execute(f"UPDATE told SET languages = {languages}")
    database.commit()
    database.close()
    found = read(write_jsonl(*stories[:2]))
    assert [item.language for item in found if isinstance(item, Article)] == ["de", "de"]


def test_nothing_is_told_of_files_that_are_gone_or_private(
    read: Reading, news: Path, write_jsonl: Callable[..., Path]
) -> None:
    def told() -> int:
        database = sqlite3.connect(read.path)
        (count,) = database.execute("SELECT count(*) FROM told").fetchone()
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
        database = sqlite3.connect(read.path)
        harm = {
            "no table": "DROP TABLE whole",
            "a part gone": "DELETE FROM part WHERE number = 1",
            "no zstd": "UPDATE part SET items = x'00' WHERE number = 1",
            "no json": f"UPDATE part SET items = x'{zstd.compress(b'[').hex()}' WHERE number = 1",
        }
        database.execute(harm[damage])
        database.commit()
        database.close()
    assert read(news) == first
    assert read.opened == ["news.jsonl"]
    assert read(news) == first


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
