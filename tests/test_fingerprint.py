"""A rebuild of unchanged news builds nothing, and any change is noticed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder, EncoderIdentity
from indexer.generations import store
from indexer.generations.generation import VECTORS
from indexer.passages.cutting import PassageLimits


@pytest.fixture
def plan(write_jsonl: Callable[..., Path], word_encoder: Encoder, tmp_path: Path) -> BuildPlan:
    """A plan over two files, one with a bad line, already built once."""
    write_jsonl({"id": "a", "text": "the ferry", "language": "en", "source": "Post"}, {"id": "b"}, name="news/a.jsonl")
    write_jsonl({"id": "c", "text": "渡轮", "published": "never"}, name="news/c.jsonl")
    plan = BuildPlan([tmp_path / "news"], tmp_path / "index", word_encoder, only_if_changed=True)
    rebuild_index(plan)
    return plan


def test_unchanged_news_is_not_even_read(plan: BuildPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rebuild_index(replace(plan, only_if_changed=False))
    os.utime(plan.sources[0] / "a.jsonl", (1, 1))
    monkeypatch.setattr("indexer.build.rebuild.read_articles", lambda *_: pytest.fail("read"))
    again = rebuild_index(plan)
    assert again.unchanged
    assert again.generation == first.generation == store.current_id(plan.index)
    assert again.notices == first.notices
    assert len(again.skipped) == len(again.flagged) == 1
    assert again.as_dict() == first.as_dict() | {"unchanged": True, "seconds": {}, "encoded": 0}


@pytest.mark.parametrize(
    "change",
    [
        lambda news: (news / "a.jsonl").write_text('{"id": "a", "text": "the ferries"}'),
        lambda news: (news / "c.jsonl").unlink(),
        lambda news: (news / "c.jsonl").rename(news / "d.jsonl"),
        lambda news: (news / "e.txt").write_text("Another story\n\nIt is long enough."),
    ],
    ids=["edited", "removed", "renamed", "added"],
)
def test_changed_news_is_built(plan: BuildPlan, change: Callable[[Path], object]) -> None:
    before = store.current_id(plan.index)
    change(Path(plan.sources[0]))
    report = rebuild_index(plan)
    assert (report.unchanged, store.current_id(plan.index) != before) == (False, True)
    assert rebuild_index(plan).unchanged


def test_another_way_to_build_is_a_change(plan: BuildPlan, word_encoder: Encoder) -> None:
    for name, value in (("limits", PassageLimits(3, 9)), ("options", EncoderOptions(query_prompt="q: "))):
        assert not rebuild_index(replace(plan, **{name: value})).unchanged
    word_encoder.identity = EncoderIdentity("words", "2", 64)  # type: ignore[misc]
    assert not rebuild_index(plan).unchanged


def test_a_damaged_generation_is_built_anew(plan: BuildPlan) -> None:
    before = store.current_id(plan.index)
    (store.generation_folder(plan.index, before) / VECTORS).write_bytes(b"damaged")
    assert not rebuild_index(plan).unchanged
    assert store.open_current(plan.index).manifest.generation != before
