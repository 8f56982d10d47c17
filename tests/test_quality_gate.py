"""An index that is clearly worse than the one that answers does not take its place, unless it is forced."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.protocol import Encoder, Vectors
from indexer.errors import WorseError
from indexer.generations import store
from indexer.generations.report import BuildReport

Build = Callable[..., BuildReport]
WORDS = (
    *("harbour", "ferry", "bridge", "flood", "strike", "nurse", "school", "forest"),
    *("fire", "river", "mayor", "vote", "budget", "train", "snow", "market"),
)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(40):
        title = f"{WORDS[number % 16]} {WORDS[number // 16 + 3]} {number}"
        (folder / f"{number:02}.txt").write_text(f"{title}\n\nWhat is known of {title} was said on day {number}.")
    return folder


def test_a_sound_index_finds_articles_by_their_headlines(news: Path, build: Build) -> None:
    assert build(news).headlines == {"vectors": 1.0, "keywords": 1.0}


def test_half_of_the_articles_gone_is_refused_and_forced(news: Path, build: Build) -> None:
    before = build(news).generation
    for path in sorted(news.iterdir())[10:]:
        path.unlink()
    with pytest.raises(WorseError, match=r"the same sources gave 40 articles, and now 10") as refused:
        build(news)
    assert refused.value.exit_code == 5
    assert "--force" in refused.value.hint
    assert store.current_id(news.parent / "index") == before
    forced = build(news, publish_worse=True)
    assert forced.resumed
    assert store.current_id(news.parent / "index") == forced.generation


def test_fewer_articles_from_other_sources_are_as_wanted(news: Path, build: Build) -> None:
    build(news)
    assert build(news / "00.txt").articles == 1


def test_vectors_that_answer_no_headline_any_more_are_refused(
    news: Path, build: Build, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), word_encoder.identity.dim), np.float32)
        vectors[:, 0] = 1
        return vectors

    build(news)
    monkeypatch.setattr(word_encoder, "encode_queries", deaf)
    with pytest.raises(WorseError, match=r"by vectors, 100% of headlines led to their article, and now \d+%"):
        build(news, encoder=word_encoder)


def test_keywords_that_answer_no_headline_any_more_are_refused(
    news: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(news)
    monkeypatch.setattr(
        "indexer.keywords.index.KeywordIndex.shares", lambda self, *_: -np.arange(self.count)[::-1] * 1.0
    )
    with pytest.raises(WorseError, match="by keywords, 100% of headlines"):
        build(news)
