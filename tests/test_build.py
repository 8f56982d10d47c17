"""A rebuild from end to end: what it reads, reports and survives."""

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder
from indexer.errors import SourceError, StorageError
from indexer.generations import store
from indexer.generations.generation import content_digest
from indexer.generations.report import BuildReport
from indexer.keywords.postings import Run
from indexer.passages.cutting import PassageLimits

Build = Callable[..., BuildReport]
Write = Callable[..., Path]
InChild = Callable[..., Any]


def test_the_report_says_what_was_read(build: Build, write_jsonl: Write, tmp_path: Path) -> None:
    news = write_jsonl(
        {"id": "a", "text": "The ferry ran aground.", "language": "en", "source": "Gazette", "published": "2024-03-14"},
        {"id": "b", "text": "Die Fähre lief auf ein Riff.", "language": "de", "published": "soon"},
        {"id": "c"},
        ["not an object"],
    )
    report = build(news)
    assert (report.files, report.articles, report.passages, report.undated) == (1, 2, 2, 1)
    assert (dict(report.languages), dict(report.sources)) == ({"en": 1, "de": 1}, {"Gazette": 1, "": 1})
    assert [notice.origin for notice in report.skipped] == [f"{news}:3", f"{news}:4"]
    assert report.flagged[0].origin == f"{news}:2"
    assert list(report.seconds) == ["reading", "encoding", "publishing"]
    generation = store.open_current(tmp_path / "index")
    assert generation.manifest.skipped == 2
    assert generation.manifest.newest == "2024-03-14"
    kept = orjson.loads((generation.folder / "report.json").read_bytes())
    assert kept["skipped"][0] == {
        "origin": f"{news}:3",
        "reason": "it has no text: wanted a field 'text', got the fields id",
    }
    assert (kept["articles"], kept["languages"]) == (2, {"en": 1, "de": 1})


def test_of_versions_of_one_article_the_newest_is_kept_and_the_others_are_its_history(
    build: Build, write_jsonl: Write, tmp_path: Path
) -> None:
    first = write_jsonl(
        {
            "id": "a",
            "title": "Ferry aground",
            "text": "A ferry ran aground.",
            "published": "2024-03-14",
            "url": "https://www.a.example/1/?utm_source=x",
        },
        {"id": "b", "text": "A bridge  fell.", "source": "Gazette"},
        {"id": "c", "text": "A bridge fell.", "source": "Herald"},
        name="1.jsonl",
    )
    second = write_jsonl(
        {
            "id": "a2",
            "title": "Ferry aground",
            "text": "A ferry ran aground; all are safe.",
            "published": "2024-03-15",
            "url": "http://a.example/1#top",
        },
        {"id": "d", "text": "A bridge fell.", "source": "gazette"},
        {"id": "a", "title": "Ferry aground", "text": "A ferry may have run aground.", "published": "2024-03-13"},
        name="2.jsonl",
    )
    report = build(first, second)
    assert (report.read, report.articles, report.replaced, report.versions) == (6, 3, 3, 2)
    tables = store.open_current(tmp_path / "index").tables
    assert tables.article_column("id").tolist() == ["c", "a2", "d"]
    history = tables.history.to_pylist()
    assert [(row["article"], row["id"], row["body"]) for row in history] == [
        ("a2", "a", "A ferry ran aground."),
        ("a2", "a", "A ferry may have run aground."),
    ]
    assert [(notice.origin, notice.reason) for notice in report.flagged] == [
        (f"{first}:1", f"is an earlier version of what stands at {second}:1"),
        (f"{second}:3", f"is an earlier version of what stands at {second}:1"),
    ]


def test_nothing_readable_is_an_error_and_the_old_index_answers(
    build: Build, write_jsonl: Write, tmp_path: Path
) -> None:
    build(write_jsonl({"text": "old news"}, name="old.jsonl"))
    before = store.current_id(tmp_path / "index")
    with pytest.raises(
        SourceError, match=r"none of the articles could be read; the first: .*bad\.jsonl:1: its text is empty"
    ) as caught:
        build(write_jsonl({"text": ""}, name="bad.jsonl"))
    assert caught.value.exit_code == 2
    assert store.open_current(tmp_path / "index").manifest.generation == before


def test_an_article_of_asides_alone_is_skipped(build: Build, write_jsonl: Write) -> None:
    report = build(write_jsonl({"id": "a", "text": "Related: another story 🔗"}, {"id": "b", "text": "news"}))
    assert [notice.reason for notice in report.skipped] == ["nothing in it is the article's own words"]
    assert report.articles == 1


def test_changed_and_removed_articles_are_gone(build: Build, write_jsonl: Write, tmp_path: Path) -> None:
    build(write_jsonl({"id": "a", "text": "the first wording"}, {"id": "b", "text": "to be removed"}))
    build(write_jsonl({"id": "a", "text": "the second wording"}))
    generation = store.open_current(tmp_path / "index")
    assert generation.tables.passages.column("text").to_pylist() == ["the second wording"]
    assert (generation.vectors.count, generation.manifest.articles) == (1, 1)


def test_the_title_is_encoded_with_each_passage(
    build: Build, write_jsonl: Write, word_encoder: Encoder, tmp_path: Path
) -> None:
    build(write_jsonl({"id": "a", "title": "Ferry aground", "text": "All were rescued."}), encoder=word_encoder)
    query = word_encoder.encode_queries(["Ferry aground\nAll were rescued."])[0]
    (vector,) = store.open_current(tmp_path / "index").vectors.rows(slice(None))
    assert vector @ query == pytest.approx(1, abs=1e-6)


def test_passages_stay_within_what_the_encoder_reads(write_jsonl: Write, word_encoder: Encoder, tmp_path: Path) -> None:
    word_encoder.max_tokens = 100  # type: ignore[misc]
    news = write_jsonl({"id": "a", "text": " ".join(f"Word{number} ends." for number in range(500))})
    rebuild_index(BuildPlan([news], tmp_path / "index", word_encoder, limits=PassageLimits(24, 256)))
    generation = store.open_current(tmp_path / "index")
    assert generation.manifest.cutting.max_tokens == 50
    assert max(word_encoder.count_tokens(generation.tables.passages.column("text").to_pylist())) <= 50


def test_the_same_news_give_the_same_index(build: Build, write_jsonl: Write, tmp_path: Path) -> None:
    news = write_jsonl(*({"text": f"story number {number}"} for number in range(50)))
    build(news)
    first = store.open_current(tmp_path / "index").manifest
    build(news)
    second = store.open_current(tmp_path / "index").manifest
    assert first.generation != second.generation
    for name in ("articles.arrow", "passages.arrow", "vectors.faiss"):
        assert first.files[name] == second.files[name]


@pytest.mark.parametrize(
    ("owner", "function"),
    [
        ("indexer.build.rebuild", "_write_articles"),
        ("indexer.build.article_writer:ArticleWriter", "close"),
        ("indexer.build.rebuild", "write_vectors"),
        ("indexer.build.rebuild", "seal"),
        ("indexer.generations.store", "publish"),
        ("pathlib:Path", "rename"),
        ("pathlib:Path", "replace"),
    ],
)
def test_a_rebuild_killed_before_it_publishes_changes_nothing(
    owner: str, function: str, build: Build, write_jsonl: Write, tmp_path: Path, in_child: InChild
) -> None:
    index = tmp_path / "index"
    old = build(write_jsonl({"id": "old", "text": "the old index answers"}, name="old.jsonl")).generation
    news = write_jsonl({"id": "new", "text": "the new index answers"}, name="new.jsonl")
    assert in_child(news, index, owner, function).returncode == -signal.SIGKILL
    generation = store.open_current(index)
    assert generation.manifest.generation == old
    assert generation.tables.passage_row(0)["text"] == "the old index answers"
    new = build(news).generation
    assert store.open_current(index).tables.passage_row(0)["text"] == "the new index answers"
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "cache", "generations", "rebuild.lock"]
    kept = [path.name for path in (index / "generations").iterdir()]
    assert new in kept
    assert len(kept) == 2


def test_a_rebuild_killed_after_it_published_is_published(
    build: Build, write_jsonl: Write, tmp_path: Path, in_child: InChild
) -> None:
    index = tmp_path / "index"
    build(write_jsonl({"id": "old", "text": "the old index answers"}, name="old.jsonl"))
    news = write_jsonl({"id": "new", "text": "the new index answers"}, name="new.jsonl")
    assert in_child(news, index, "indexer.generations.store", "remove_old").returncode == -signal.SIGKILL
    assert store.open_current(index).tables.passage_row(0)["text"] == "the new index answers"
    build(news)
    assert len(list((index / "generations").iterdir())) == 2


@pytest.mark.parametrize("limit", [4_000, 20_000], ids=["tables", "vectors"])
def test_a_full_disk_is_said_and_the_old_index_answers(
    limit: int, build: Build, write_jsonl: Write, tmp_path: Path, in_child: InChild
) -> None:
    """A limit on the size of files stands in for the disk: the system refuses the write in the same way."""
    index = tmp_path / "index"
    old = build(write_jsonl({"text": "the old index answers"}, name="old.jsonl")).generation
    news = write_jsonl(*({"text": f"story {number}", "language": "en"} for number in range(100)), name="new.jsonl")
    done = in_child(news, index, limit=limit)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("StorageError no space left for the index in "), done.stdout
    assert done.stdout.endswith("the index that was there still answers\n")
    assert store.open_current(index).manifest.generation == old
    assert not (index / "building").exists()


def test_trouble_of_the_system_is_not_blamed_on_the_file_being_read(
    build: Build, write_jsonl: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(text: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("indexer.text.language.identify_language", full)
    with pytest.raises(StorageError, match="no space left for the index in"):
        build(write_jsonl({"text": "its language is not declared"}))


def test_two_megabytes_without_a_break_are_cut_and_searched(build: Build, tmp_path: Path) -> None:
    source = tmp_path / "long.txt"
    source.write_text("word " * 400_000, encoding="utf-8")
    report = build(source)
    assert report.articles == 1
    assert report.passages >= 400_000 // 256


def test_a_report_of_ten_thousand_bad_lines_stays_whole(build: Build, write_jsonl: Write) -> None:
    report = build(write_jsonl(*([] for _ in range(10_000)), {"text": "one good article"}))
    assert (report.articles, len(report.skipped)) == (1, 10_000)


def test_less_memory_is_fewer_occurrences_and_the_same_index(
    build: Build, write_jsonl: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write_jsonl(*({"id": str(number), "text": f"Story {number} of the harbour."} for number in range(200)))
    runs: list[int] = []
    save = Run.save

    def noted(run: Run, folder: Path) -> None:
        runs.append(run.rows.size)
        save(run, folder)

    monkeypatch.setattr(Run, "save", noted)
    monkeypatch.setattr("indexer.build.plan._MIN_RUN", 100)
    build(news, index="much")
    assert len(runs) == 2
    build(news, index="little", memory=660 * 2**20 + 100 * 500)
    assert len(runs) == 2 + 2 * 3
    assert max(runs[2:]) < 1000
    assert content_digest(store.open_current(tmp_path / "much")) == content_digest(
        store.open_current(tmp_path / "little")
    )
