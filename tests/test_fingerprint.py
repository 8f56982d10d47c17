"""A rebuild of unchanged news builds nothing, and any change is noticed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build.fingerprint import contents_of, digest_inputs
from indexer.build.plan import BuildPlan
from indexer.build.reading_plan import inputs_of
from indexer.build.rebuild import rebuild_index
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder, EncoderIdentity
from indexer.generations import checking, store
from indexer.generations.layout import COMPLETE, VECTORS
from indexer.generations.manifest import FileRecord
from indexer.passages.cutting import PassageLimits
from indexer.sources.files import Choice
from indexer.sources.inputs import find_inputs


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


def test_options_that_make_no_other_vectors_are_no_change(plan: BuildPlan) -> None:
    for options in (
        EncoderOptions(batch_size=4),
        EncoderOptions(device="cpu"),
        EncoderOptions(dtype="bfloat16"),
        EncoderOptions(processes=2),
    ):
        assert rebuild_index(replace(plan, options=options)).unchanged
    assert not rebuild_index(replace(plan, options=EncoderOptions(truncate_dim=8))).unchanged


def test_a_new_generation_is_hashed_once(plan: BuildPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digests are computed for the manifest, and by nobody else before it answers."""
    hashed: list[Path] = []
    describe = checking.describe_file

    def counted(path: Path) -> FileRecord:
        hashed.append(path)
        return describe(path)

    before = store.current_id(plan.index)
    monkeypatch.setattr(checking, "describe_file", counted)
    rebuild_index(replace(plan, only_if_changed=False))
    new = [path.name for path in hashed if before not in path.parts]
    assert sorted(new) == sorted(COMPLETE)


def test_sources_that_were_found_are_not_looked_for_again(plan: BuildPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = inputs_of(plan.sources, plan.choice)
    monkeypatch.setattr("indexer.build.rebuild.inputs_of", lambda *_: pytest.fail("looked again"))
    assert rebuild_index(replace(plan, inputs=inputs)).unchanged


def test_a_damaged_generation_is_built_anew(plan: BuildPlan) -> None:
    before = store.current_id(plan.index)
    (store.generation_folder(plan.index, before) / VECTORS).write_bytes(b"damaged")
    assert not rebuild_index(plan).unchanged
    assert store.open_current(plan.index).manifest.generation != before


def test_a_build_that_depends_on_standard_input_or_a_feed_has_no_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Another story.")
    for source in ("-", "https://bote.example/feed"):
        assert digest_inputs(contents_of(find_inputs([str(tmp_path), source], Choice()).read), ["settings"]) == ""
    assert len(digest_inputs(contents_of(find_inputs([str(tmp_path)], Choice()).read), ["settings"])) == 64
