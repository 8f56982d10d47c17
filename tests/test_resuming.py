"""What was done is not done again: a killed rebuild goes on, and unchanged articles are taken over as they are."""

import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.generations import store
from indexer.generations.generation import content_digest
from indexer.generations.report import BuildReport
from indexer.passages.cutting import PassageLimits, cut_passages

Build = Callable[..., BuildReport]
Write = Callable[..., Path]
InChild = Callable[..., Any]

STORIES: list[dict[str, Any]] = [
    {
        "id": str(number),
        "title": f"Story {number} of the harbour",
        "text": f"Ship {number} left the harbour at dawn with {number * 7} crates.\n\n"
        f"It was bound for port {number % 5}, said its captain, who has made that journey {number} times.",
        "language": "en" if number % 3 else "fr",
        "source": "Bote",
        "published": f"2025-05-{number % 28 + 1:02d}",
    }
    for number in range(60)
]


def digest(index: Path) -> str:
    return content_digest(store.open_current(index))


@pytest.mark.parametrize(
    ("killed", "resumed"),
    [
        (("indexer.build.rebuild", "set_aside"), False),
        (("indexer.build.article_writer:ArticleWriter", "close"), False),
        (("indexer.build.rebuild", "save_checkpoint"), False),
        (("indexer.build.rebuild", "write_vectors"), True),
        (("indexer.vectors.signals_writer:SignalsWriter", "write"), True),
        (("indexer.build.rebuild", "seal"), True),
        (("indexer.build.rebuild", "drop_checkpoint"), True),
        (("indexer.generations.store", "publish"), False),
    ],
)
def test_a_killed_rebuild_goes_on_and_gives_the_same_index(
    killed: tuple[str, str], resumed: bool, build: Build, in_child: InChild, write_jsonl: Write, tmp_path: Path
) -> None:
    news = write_jsonl(*STORIES)
    assert in_child(news, tmp_path / "index", *killed).returncode == -signal.SIGKILL
    report = build(news)
    assert report.resumed == resumed
    assert (report.read, report.articles) == (60, 60)
    build(news, index="undisturbed")
    assert digest(tmp_path / "index") == digest(tmp_path / "undisturbed")
    assert not (tmp_path / "index" / "building").exists()
    assert not list((tmp_path / "index").rglob("checkpoint.json"))


def test_what_another_rebuild_left_is_not_gone_on_from(
    build: Build, in_child: InChild, write_jsonl: Write, tmp_path: Path
) -> None:
    news = write_jsonl(*STORIES)
    assert in_child(news, tmp_path / "index", "indexer.build.rebuild", "write_vectors").returncode == -signal.SIGKILL
    write_jsonl(*STORIES[:50])
    report = build(news)
    assert (report.resumed, report.articles) == (False, 50)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the articles that were cut."""
    ids: list[str] = []

    def counted(article: Any, limits: PassageLimits, count_tokens: Any) -> Any:
        ids.append(article.id)
        return cut_passages(article, limits, count_tokens)

    monkeypatch.setattr("indexer.build.rebuild.cut_passages", counted)
    return ids


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lambda stories: stories[:20] + stories[21:], []),
        (lambda stories: [*stories, {"id": "new", "text": "A new story about rain."}], ["new"]),
        (lambda stories: [{**stories[0], "text": "Another text."}, *stories[1:]], ["0"]),
        (lambda stories: [{**stories[0], "title": "Another title"}, *stories[1:]], ["0"]),
        (lambda stories: [{**stories[0], "published": "2024-01-01", "source": "Post"}, *stories[1:]], []),
        (lambda stories: list(reversed(stories)), []),
    ],
)
def test_only_what_changed_is_cut_again_and_the_index_is_as_if_all_were(
    change: Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]],
    again: list[str],
    cut: list[str],
    build: Build,
    write_jsonl: Write,
    tmp_path: Path,
) -> None:
    build(write_jsonl(*STORIES))
    cut.clear()
    news = write_jsonl(*change(STORIES))
    report = build(news)
    assert cut == again
    assert report.carried == report.articles - len(again)
    build(news, index="fresh")
    assert digest(tmp_path / "index") == digest(tmp_path / "fresh")


def test_nothing_is_taken_over_from_an_index_that_was_cut_otherwise(
    cut: list[str], build: Build, write_jsonl: Write
) -> None:
    news = write_jsonl(*STORIES)
    build(news, limits=PassageLimits(1, 12))
    cut.clear()
    assert build(news).carried == 0
    assert len(cut) == 60
