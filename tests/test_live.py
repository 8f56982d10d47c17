"""A searcher that follows the index: rebuilt, damaged, removed, or not there yet."""

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.errors import EncoderMismatchError, IndexCorruptError, IndexMissingError
from indexer.generations import generation as generation_module
from indexer.generations.layout import SEARCHED, TABLES
from indexer.generations.manifest import Manifest
from indexer.generations.report import BuildReport
from indexer.generations.store import Generation, current_id, generation_folder, open_current
from search_api.answer import Answer
from search_api.query import make_query
from search_api.search import digest_check
from search_api.search import live as live_module
from search_api.search import opening as opening_module
from search_api.search.live import LiveSearcher
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

Publish = Callable[..., str]
DEADLINE = 600
FERRY = make_query("ferry")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def publish(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path]) -> Publish:
    """Return a function that builds the index over one article and names the generation."""

    def publish(text: str, encoder: Encoder | None = None) -> str:
        return build(write_jsonl({"id": "a", "text": text}), encoder=encoder).generation

    return publish


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder) -> list[str]:
    """The encoders opened so far; the fake one stands for all of them, under the name it is asked for."""
    names: list[str] = []

    def open_encoder(name: str, options: EncoderOptions) -> Encoder:
        names.append(name)
        encoder = type(word_encoder)()
        encoder.identity = replace(encoder.identity, name=name)  # type: ignore[misc]
        return encoder

    monkeypatch.setattr(opening_module, "open_encoder", open_encoder)
    return names


def _named(encoder: Encoder, name: str) -> Encoder:
    encoder.identity = replace(encoder.identity, name=name)  # type: ignore[misc]
    return encoder


def _digests_are_compared() -> None:
    """Wait for the threads that compare digests."""
    for thread in threading.enumerate():
        if thread.name == "digests":
            thread.join(DEADLINE)


def _damage(index: Path) -> str:
    generation = current_id(index)
    (generation_folder(index, generation) / "vectors.faiss").write_bytes(b"damaged")
    return generation


def _only_text(answer: Answer) -> str:
    (hit,) = answer.hits
    return hit.text


def test_a_rebuild_answers_the_next_query_with_the_encoder_that_is_open(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    assert _only_text(live.current().search(FERRY)) == "the old ferry"
    newer = publish("the new ferry")
    answer = live.current().search(FERRY)
    assert (_only_text(answer), answer.generation) == ("the new ferry", newer)
    assert opened == ["words"]


def test_articles_and_stats_follow_too(index: Path, publish: Publish, opened: list[str]) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    assert live.current().article("a").body == "the old ferry"
    publish("the new ferry")
    assert live.current().article("a").body == "the new ferry"
    newest = publish("the newest ferry")
    assert live.current().stats().generation == newest


def test_a_generation_is_opened_once_and_kept(index: Path, publish: Publish, opened: list[str]) -> None:
    publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    first = live.current()
    publish("the new ferry")
    second = live.current()
    assert second is not first
    assert live.current() is second


def test_a_damaged_generation_is_refused_and_logged_once(
    index: Path, publish: Publish, opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    publish("the damaged ferry")
    damaged = _damage(index)
    assert [_only_text(live.current().search(FERRY)) for _ in range(3)] == ["the old ferry"] * 3
    (record,) = (record for record in caplog.records if record.levelno >= logging.ERROR)
    assert record.name == "dateline"
    assert record.getMessage().startswith(f"generation {damaged} is not used: ")
    assert "vectors.faiss is truncated or altered: 7 bytes" in record.getMessage()


def test_the_rebuild_after_a_damaged_one_answers(index: Path, publish: Publish, opened: list[str]) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    publish("the damaged ferry")
    _damage(index)
    live.current().search(FERRY)
    publish("the mended ferry")
    assert _only_text(live.current().search(FERRY)) == "the mended ferry"


def test_a_rebuild_with_another_encoder_opens_it(
    index: Path, publish: Publish, opened: list[str], word_encoder: Encoder
) -> None:
    publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    newer = publish("the new ferry", _named(word_encoder, "others"))
    assert live.current().search(FERRY).generation == newer
    assert opened == ["words", "others"]
    assert live.current().encoder.identity.name == "others"


def test_a_rebuild_with_an_encoder_that_is_not_wanted_is_refused(
    index: Path, publish: Publish, opened: list[str], word_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    publish("the ferry")
    live = LiveSearcher(index, "words")
    live.current().search(FERRY)
    publish("the new ferry", _named(word_encoder, "others"))
    assert _only_text(live.current().search(FERRY)) == "the ferry"
    assert "the index was built with the encoder others, and words is asked for" in caplog.text


def test_an_index_with_an_encoder_that_is_not_wanted_is_not_opened(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    publish("the ferry")
    with pytest.raises(EncoderMismatchError, match="built with the encoder words, and others is asked for"):
        LiveSearcher(index, "others").current().search(FERRY)
    assert opened == []


def test_an_index_removed_under_it_still_answers(
    index: Path, publish: Publish, opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    shutil.rmtree(index)
    assert _only_text(live.current().search(FERRY)) == "the ferry"
    assert live.current().article("a").body == "the ferry"
    assert caplog.records == []


def test_a_pointer_overwritten_with_rubbish_does_not_disturb_it(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    (index / "CURRENT").write_bytes(b"\xff\x00")
    assert _only_text(live.current().search(FERRY)) == "the ferry"
    newer = publish("the new ferry")
    assert live.current().search(FERRY).generation == newer


def test_an_index_that_is_built_later_answers_from_then_on(index: Path, publish: Publish, opened: list[str]) -> None:
    live = LiveSearcher(index)
    for ask in (live.current, lambda: live.at("a")):
        with pytest.raises(IndexMissingError, match=f"there is no index in {index}"):
            ask()
    publish("the ferry")
    assert _only_text(live.current().search(FERRY)) == "the ferry"


def test_an_index_damaged_from_the_start_is_refused_until_it_is_mended(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    publish("the ferry")
    _damage(index)
    live = LiveSearcher(index)
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss is truncated or altered"):
        live.current().search(FERRY)
    publish("the mended ferry")
    assert _only_text(live.current().search(FERRY)) == "the mended ferry"


def test_what_was_refused_is_opened_again_only_when_it_has_changed(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    tried: list[Path] = []

    def counted(index: Path) -> Generation:
        tried.append(index)
        return open_current(index)

    monkeypatch.setattr(live_module, "open_current", counted)
    newer = publish("the new ferry")
    vectors = generation_folder(index, newer) / "vectors.faiss"
    whole = vectors.read_bytes()
    _damage(index)
    for _ in range(3):
        assert live.current().search(FERRY).generation == first
    assert len(tried) == 1
    assert live.problem.startswith(f"generation {newer} is not used: {vectors} is truncated or altered")
    vectors.write_bytes(whole)
    assert live.current().search(FERRY).generation == newer
    assert (len(tried), live.problem) == (2, "")


def test_an_index_that_cannot_be_opened_at_first_is_tried_again_only_when_it_has_changed(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = publish("the ferry")
    vectors = generation_folder(index, newer) / "vectors.faiss"
    whole = vectors.read_bytes()
    _damage(index)
    tried: list[Path] = []

    def counted(index: Path, *rest: str) -> IndexSearcher:
        tried.append(index)
        return open_searcher(index, *rest)

    monkeypatch.setattr(live_module, "open_searcher", counted)
    live = LiveSearcher(index)
    for _ in range(3):
        with pytest.raises(IndexCorruptError, match=r"vectors\.faiss is truncated or altered"):
            live.current().search(FERRY)
    assert len(tried) == 1
    vectors.write_bytes(whole)
    assert _only_text(live.current().search(FERRY)) == "the ferry"


def test_a_manifest_with_the_name_of_another_generation_is_not_opened_again_and_again(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    first = publish("the ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    folder = generation_folder(index, first)
    shutil.copytree(folder, folder.with_name("copy"))
    (index / "CURRENT").write_text("copy\n")
    assert live.current().search(FERRY).generation == first
    assert live.problem == f"generation copy is not used: {folder.with_name('copy')} holds another generation: {first}"


@pytest.mark.parametrize("name", [*TABLES, *SEARCHED])
def test_a_file_that_is_cut_short_under_it_is_an_error_and_a_rebuild_mends_it(
    index: Path, publish: Publish, opened: list[str], name: str
) -> None:
    """Touching what is gone of a mapped file would end the process."""
    path = generation_folder(index, publish("the ferry")) / name
    live = LiveSearcher(index)
    live.current().search(FERRY)
    os.truncate(path, 0)
    for ask in (lambda: live.current().search(FERRY), live.current, lambda: live.current().article("a")):
        with pytest.raises(IndexCorruptError, match=f"{name} is truncated or altered: 0 bytes") as caught:
            ask()
        assert caught.value.hint == "run rebuild-index"
    publish("the mended ferry")
    assert _only_text(live.current().search(FERRY)) == "the mended ferry"


def test_bits_that_are_flipped_under_it_are_an_error_until_they_are_flipped_back(
    index: Path, publish: Publish, opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = generation_folder(index, publish("the ferry")) / "articles.arrow"
    live = LiveSearcher(index)
    live.current().search(FERRY)
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(bytes([content[0] ^ 1]))
    for _ in range(3):
        with pytest.raises(IndexCorruptError, match=r"articles\.arrow is altered: SHA-256"):
            live.current().search(FERRY)
    assert [record.getMessage() for record in caplog.records] == [
        f"the generation that answers is damaged: {path} is altered: SHA-256 "
        f"{hashlib.sha256(bytes([content[0] ^ 1]) + content[1:]).hexdigest()}, "
        f"wanted {hashlib.sha256(content).hexdigest()}"
    ]
    with path.open("r+b") as file:
        file.write(content)
    assert _only_text(live.current().search(FERRY)) == "the ferry"


def test_files_that_are_touched_or_removed_under_it_still_answer(
    index: Path, publish: Publish, opened: list[str]
) -> None:
    folder = generation_folder(index, publish("the ferry"))
    live = LiveSearcher(index)
    live.current().search(FERRY)
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    assert _only_text(live.current().search(FERRY)) == "the ferry"
    (folder / "articles.arrow").unlink()
    (folder / "vectors.faiss").rename(folder / "elsewhere")
    (folder / "vectors.faiss").write_bytes(b"another file")
    assert _only_text(live.current().search(FERRY)) == "the ferry"


def test_many_first_queries_open_the_index_once(index: Path, publish: Publish, opened: list[str]) -> None:
    publish("the ferry")
    live = LiveSearcher(index)
    together = threading.Barrier(8, timeout=DEADLINE)

    def ask(_: int) -> str:
        together.wait()
        return _only_text(live.current().search(FERRY))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"the ferry"}
    assert opened == ["words"]


class _Gate:
    """``open_current`` that waits at the door until it is let through."""

    def __init__(self) -> None:
        self.reached, self.released = threading.Event(), threading.Event()

    def __call__(self, index: Path) -> Generation:
        self.reached.set()
        assert self.released.wait(DEADLINE)
        return open_current(index)


def test_while_a_generation_is_being_opened_the_old_one_answers(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    publish("the new ferry")
    gate = _Gate()
    monkeypatch.setattr(live_module, "open_current", gate)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lambda: live.current().search(FERRY))
        assert gate.reached.wait(DEADLINE)
        second = threads.submit(lambda: live.current().search(FERRY))
        try:
            assert _only_text(second.result(DEADLINE)) == "the old ferry"
            assert not first.done()
        finally:
            gate.released.set()
        assert _only_text(first.result(DEADLINE)) == "the new ferry"


def test_two_threads_that_notice_a_rebuild_open_it_once(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("the old ferry")
    live = LiveSearcher(index)
    live.current().search(FERRY)
    publish("the new ferry")
    noticed, released = threading.Event(), threading.Event()

    def current_id_and_wait(index: Path) -> str:
        generation = current_id(index)
        if not noticed.is_set():
            noticed.set()
            assert released.wait(DEADLINE)
        return generation

    monkeypatch.setattr(live_module, "current_id", current_id_and_wait)
    with ThreadPoolExecutor(1) as threads:
        slower = threads.submit(live.current)
        assert noticed.wait(DEADLINE)
        try:
            faster = live.current()
        finally:
            released.set()
        assert _only_text(faster.search(FERRY)) == "the new ferry"
        assert slower.result(DEADLINE) is faster


def test_many_searches_while_two_rebuilds_publish(index: Path, publish: Publish, opened: list[str]) -> None:
    texts = {publish("ferry zero"): "ferry zero"}
    live = LiveSearcher(index)
    enough = threading.Event()
    seen: list[set[tuple[str, str]]] = [set() for _ in range(8)]

    def ask(mine: set[tuple[str, str]]) -> None:
        while not enough.is_set():
            answer = live.current().search(FERRY)
            mine.add((answer.generation, _only_text(answer)))

    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(ask, mine) for mine in seen]
        try:
            _wait_until_all_have(seen, max(texts.items()), asking)
            for text in ("ferry one", "ferry two"):
                texts[publish(text)] = text
                _wait_until_all_have(seen, max(texts.items()), asking)
        finally:
            enough.set()
        for one in asking:
            one.result(DEADLINE)
    assert seen == [set(texts.items())] * 8
    assert opened == ["words"]


def _wait_until_all_have(seen: list[set[tuple[str, str]]], answer: tuple[str, str], asking: list[Future[None]]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not all(answer in mine for mine in seen):
        assert time.monotonic() < deadline
        assert not any(one.done() for one in asking)
        time.sleep(0.005)


def test_the_depth_of_the_service_holds_for_each_generation(index: Path, publish: Publish, opened: list[str]) -> None:
    live = LiveSearcher(index, depth=400)
    for text in ("the old ferry", "the new ferry"):
        publish(text)
        assert live.current()._sets._depth == 400


def test_a_large_generation_answers_while_its_digests_are_compared_and_no_more_once_one_is_wrong(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_module, "CHECKED_AT_ONCE", 0)
    name = publish("the ferry")
    sketches = generation_folder(index, name) / "sketches.index"
    content = sketches.read_bytes()
    sketches.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    reached, go_on = threading.Event(), threading.Event()

    def check_files(manifest: Manifest, folder: Path) -> None:
        reached.set()
        assert go_on.wait(DEADLINE)
        compare(manifest, folder)

    compare = digest_check.check_files
    monkeypatch.setattr(digest_check, "check_files", check_files)
    live = LiveSearcher(index)
    assert live.current().search(FERRY).generation == name
    assert reached.wait(DEADLINE)
    assert live.checking
    go_on.set()
    _digests_are_compared()
    assert not live.checking
    with pytest.raises(IndexCorruptError, match=r"sketches\.index is altered"):
        live.current()
    newer = publish("the new ferry")
    assert live.current().search(FERRY).generation == newer
    _digests_are_compared()
    assert live.current().search(FERRY).generation == newer


def test_a_truncated_file_of_a_large_generation_is_refused_at_once(
    index: Path, publish: Publish, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_module, "CHECKED_AT_ONCE", 0)
    publish("the ferry")
    _damage(index)
    with pytest.raises(IndexCorruptError, match="is truncated or altered"):
        LiveSearcher(index).current()
