"""What was done is not done again: a killed rebuild goes on, and unchanged articles are taken over as they are."""

import errno
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Vectors
from indexer.errors import EncoderError, IndexCorruptError, StorageError
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
        (("indexer.build.rebuild", "spool_articles"), False),
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


@pytest.fixture
def failing(word_encoder: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], Any]:
    """Return a function that makes an encoder which fails at its second batch, as a GPU does whose memory is full."""
    encode = word_encoder.encode_passages

    def make(error: BaseException) -> Any:
        def encode_passages(texts: Sequence[str]) -> Vectors:
            if word_encoder.calls:
                raise error
            vectors: Vectors = encode(texts)
            return vectors

        monkeypatch.setattr(word_encoder, "encode_passages", encode_passages)
        return word_encoder

    return make


OUT_OF_MEMORY = EncoderError("no memory for a batch of 64 texts", "use a smaller --batch-size, such as 32")


@pytest.mark.parametrize("error", [OUT_OF_MEMORY, MemoryError("128 GiB"), KeyboardInterrupt("ctrl-c")])
def test_a_rebuild_that_fails_while_it_encodes_goes_on_and_so_does_one_that_follows_the_hint(
    error: BaseException, failing: Callable[[BaseException], Any], build: Build, write_jsonl: Write, tmp_path: Path
) -> None:
    news = write_jsonl(*STORIES)
    with pytest.raises(type(error), match=str(error)):
        build(news, encoder=failing(error), options=EncoderOptions(batch_size=64))
    report = build(news, options=EncoderOptions(batch_size=32, device="cpu", processes=2))
    assert (report.resumed, report.read, report.articles) == (True, 60, 60)
    build(news, index="undisturbed")
    assert digest(tmp_path / "index") == digest(tmp_path / "undisturbed")
    assert not (tmp_path / "index" / "building").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageError),
        (IndexCorruptError("damaged"), IndexCorruptError),
        (ZeroDivisionError("a bug"), ZeroDivisionError),
    ],
)
def test_a_rebuild_that_would_only_fail_again_starts_anew(
    error: Exception,
    said: type[Exception],
    failing: Callable[[BaseException], Any],
    build: Build,
    write_jsonl: Write,
    tmp_path: Path,
) -> None:
    news = write_jsonl(*STORIES)
    with pytest.raises(said, match=r"no space left|damaged|a bug"):
        build(news, encoder=failing(error))
    assert not (tmp_path / "index" / "building").exists()
    assert not build(news).resumed


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


def test_a_word_that_only_an_article_that_is_gone_held_is_gone_from_the_vocabulary(
    build: Build, write_jsonl: Write, tmp_path: Path
) -> None:
    kept = [{"id": "a", "text": "An e-mail from 2024-25."}, {"id": "b", "text": "A letter of May."}]
    build(write_jsonl(*kept, {"id": "c", "text": "Email 202425, said the postmaster."}))
    assert "postmaster" in store.open_current(tmp_path / "index").vocabulary
    news = write_jsonl(*kept)
    assert build(news).carried == 2
    build(news, index="fresh")
    words = set(store.open_current(tmp_path / "index").vocabulary)
    assert words == {"a", "letter", "of", "may", "an", "e", "mail", "email", "from", "2024", "25", "202425"}
    assert digest(tmp_path / "index") == digest(tmp_path / "fresh")


def test_nothing_is_taken_over_from_an_index_that_was_cut_otherwise(
    cut: list[str], build: Build, write_jsonl: Write
) -> None:
    news = write_jsonl(*STORIES)
    build(news, limits=PassageLimits(1, 12))
    cut.clear()
    assert build(news).carried == 0
    assert len(cut) == 60
