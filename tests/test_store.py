"""Generations: published at once, opened with every check, the last two kept, one rebuild at a time."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import (
    IndexCorruptError,
    IndexFormatError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    StorageError,
)
from indexer.generations import store
from indexer.generations.manifest import FORMAT
from indexer.generations.report import BuildReport
from indexer.generations.sealed import with_digest, without_digest

Build = Callable[..., BuildReport]


@pytest.fixture
def index(build: Build, write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    """An index of two articles."""
    build(write_jsonl({"id": "a", "text": "the ferry ran aground"}, {"id": "b", "text": "the bank raised rates"}))
    return tmp_path / "index"


def test_what_was_built_is_opened(index: Path) -> None:
    generation = store.open_current(index)
    manifest = generation.manifest
    assert (manifest.articles, manifest.passages, manifest.encoder.name, manifest.encoder.dim) == (2, 2, "words", 64)
    assert (manifest.format, manifest.vectors) == (FORMAT, "Flat+RaBitQ")
    assert manifest.cutting.model_dump() == {"min_tokens": 24, "max_tokens": 256, "context": "title"}
    assert sorted(manifest.files) == [
        "article-keywords.index",
        "articles.arrow",
        "columns.index",
        "families.arrow",
        "history.arrow",
        "keyword-sample.index",
        "keywords.index",
        "nominations.faiss",
        "passages.arrow",
        "report.json",
        "signals.index",
        "sketches.index",
        "sounds.index",
        "sources.json",
        "vectors.faiss",
        "vocabulary.index",
    ]
    assert generation.folder == index / "generations" / manifest.generation
    assert (generation.vectors.count, generation.tables.articles.num_rows) == (2, 2)


def test_nothing_built_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=f"there is no index in {tmp_path}") as caught:
        store.open_current(tmp_path)
    assert caught.value.hint == "run rebuild-index, or name another with --index"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("content", ["", "../elsewhere", ".hidden", "a/b"])
def test_a_pointer_that_names_no_generation_is_refused(index: Path, content: str) -> None:
    (index / "CURRENT").write_text(content)
    with pytest.raises(IndexCorruptError, match=r"CURRENT is damaged: it names no generation"):
        store.open_current(index)


def test_a_pointer_to_a_generation_that_is_gone_is_refused(index: Path) -> None:
    (index / "CURRENT").write_text("20200101T000000000000Z-0000\n")
    with pytest.raises(IndexCorruptError, match=r"CURRENT names the generation '20200101T0.*', which is not there"):
        store.open_current(index)


def _file(index: Path, name: str) -> Path:
    return store.generation_folder(index, store.current_id(index)) / name


@pytest.mark.parametrize("name", ["articles.arrow", "passages.arrow", "vectors.faiss", "report.json"])
def test_a_truncated_file_is_refused_by_name_and_size(index: Path, name: str) -> None:
    path = _file(index, name)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(
        IndexCorruptError, match=rf"{name} is truncated or altered: {len(content) - 1} bytes, wanted {len(content)}"
    ):
        store.open_current(index)


@pytest.mark.parametrize("name", ["articles.arrow", "passages.arrow", "vectors.faiss", "report.json"])
def test_one_flipped_bit_is_refused(index: Path, name: str) -> None:
    path = _file(index, name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match=rf"{name} is altered: SHA-256"):
        store.open_current(index)


def test_a_missing_file_is_refused(index: Path) -> None:
    _file(index, "vectors.faiss").unlink()
    with pytest.raises(IndexCorruptError, match=r"cannot read .*vectors\.faiss: No such file"):
        store.open_current(index)


def test_a_file_that_the_disk_does_not_give_is_named(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(file: Any, digest: str) -> Any:
        if file.name.endswith("passages.arrow"):
            raise OSError(errno.EIO, "Input/output error")
        return digesting(file, digest)

    digesting = hashlib.file_digest
    monkeypatch.setattr("indexer.generations.checking.hashlib.file_digest", failing)
    with pytest.raises(IndexCorruptError, match=r"cannot read .*passages\.arrow: Input/output error"):
        store.open_current(index)


def _change_manifest(index: Path, **changes: object) -> None:
    """Write other values into the manifest, and the digest that belongs to them."""
    path = _file(index, "manifest.json")
    values = json.loads(without_digest(path.read_bytes()))
    path.write_bytes(with_digest(json.dumps(values | changes, indent=2).encode()))


def test_another_format_version_is_refused_before_anything_else_is_read(index: Path) -> None:
    _change_manifest(index, format=FORMAT + 1, encoder="something that this version does not know")
    with pytest.raises(
        IndexFormatError, match=f"is of index format {FORMAT + 1}, this version of Dateline reads format {FORMAT}"
    ) as caught:
        store.open_current(index)
    assert caught.value.hint == "run rebuild-index"


def test_a_manifest_that_is_not_json_is_refused(index: Path) -> None:
    _file(index, "manifest.json").write_text('{"format": 1, ')
    with pytest.raises(IndexCorruptError, match=r"manifest\.json is damaged"):
        store.open_current(index)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"articles": 3},
            "articles.arrow holds 2 articles, wanted 3; article-keywords.index holds 2 articles, wanted 3; "
            "signals.index holds 2 articles, wanted 3; columns.index holds 2 articles, wanted 3",
        ),
        (
            {"passages": 1},
            "passages.arrow holds 2 passages, wanted 1; columns.index holds 2 passages, wanted 1; "
            "vectors.faiss holds 2 passages, wanted 1; "
            "nominations.faiss holds 2 passages, wanted 1; keywords.index holds 2 passages, wanted 1; "
            "vocabulary.index holds 2 passages, wanted 1; signals.index holds 2 passages, wanted 1",
        ),
        (
            {"languages": {}},
            "signals.index knows other languages than the manifest; "
            "columns.index knows other languages than the manifest",
        ),
    ],
)
def test_counts_that_disagree_are_refused(index: Path, change: dict[str, object], message: str) -> None:
    _change_manifest(index, **change)
    with pytest.raises(IndexCorruptError) as caught:
        store.open_current(index)
    assert caught.value.message.endswith(f" disagrees with itself: {message}")


def test_a_dimension_that_disagrees_is_refused(index: Path) -> None:
    _change_manifest(index, encoder={"name": "words", "revision": "1", "dim": 32})
    with pytest.raises(
        IndexCorruptError,
        match=r"vectors.faiss holds 64 dimensions, wanted 32; signals.index holds 64",
    ):
        store.open_current(index)


def test_the_last_two_generations_are_kept(build: Build, write_jsonl: Callable[..., Path], tmp_path: Path) -> None:
    news = write_jsonl({"text": "the ferry ran aground"})
    built = [build(news).generation for _ in range(4)]
    index = tmp_path / "index"
    assert store.current_id(index) == built[-1]
    assert sorted(path.name for path in (index / "generations").iterdir()) == built[-2:]
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "cache", "generations", "rebuild.lock"]


def test_what_a_killed_rebuild_left_is_removed_by_the_next(
    index: Path, build: Build, write_jsonl: Callable[..., Path]
) -> None:
    (index / "building" / "half").mkdir(parents=True)
    (index / "building" / "half" / "articles.arrow").write_bytes(b"half")
    build(write_jsonl({"text": "again"}))
    assert not (index / "building").exists()


def test_the_second_rebuild_is_told_who_holds_the_lock(index: Path) -> None:
    holding = (
        "import sys; from pathlib import Path; from indexer.generations.store import build_folder\n"
        "with build_folder(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holding, str(index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(
                IndexLockedError, match=f"is being rebuilt by process {holder.pid} of .+ on .+ since 20"
            ) as caught,
            store.build_folder(index),
        ):
            pass
        assert caught.value.exit_code == 4
        holder.kill()
    with store.build_folder(index) as folder:  # the kernel let go of the lock
        assert folder.is_dir()


def test_a_failing_rebuild_leaves_nothing_and_the_old_index_answers(index: Path) -> None:
    before = store.current_id(index)

    def fail(folder: Path) -> None:
        (folder / "articles.arrow").write_bytes(b"half")
        raise ZeroDivisionError(folder)

    with pytest.raises(ZeroDivisionError, match="building"), store.build_folder(index) as folder:
        fail(folder)
    assert not (index / "building").exists()
    assert store.open_current(index).manifest.generation == before


def test_an_index_that_is_a_file_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.write_text("a file")
    with pytest.raises(StorageError, match="cannot write the index in"), store.build_folder(index):
        pass
    with pytest.raises(IndexUnavailableError, match="there is no index in"):
        store.open_current(index)


def test_a_read_only_folder_is_refused(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write anywhere, so it steps down for the length of the test."""
    for path in (index, *index.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in index.parents:
        if parent.stat().st_uid == os.getuid() and parent.stat().st_mode & 0o011 != 0o011:
            parent.chmod(parent.stat().st_mode | 0o011)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with (
            pytest.raises(
                StorageError, match=r"cannot write to .*: Permission denied; the index that was there still answers"
            ),
            store.build_folder(index),
        ):
            pass
    finally:
        if root:
            os.seteuid(0)
        index.chmod(0o755)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the system has no folder without any space")
def test_where_the_temporary_folder_is_full_it_is_named_and_not_the_index(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/proc")
    for folder in (index, index.parent / "not-yet" / "there"):
        with pytest.raises(StorageError, match=r"^no space left in the temporary folder /proc") as caught:
            _fill(folder, OSError(errno.ENOSPC, "No space left on device"))
        assert caught.value.hint == "free some, or set TMPDIR to another folder"
    with pytest.raises(StorageError, match=f"^no space left for the index in {index}; the index that was there still"):
        _fill(index, OSError(errno.ENOSPC, "No space left on device", str(index / "building")))
    monkeypatch.setenv("TMPDIR", str(index.parent))
    with pytest.raises(StorageError, match=f"^no space left for the index in {index}"):
        _fill(index, OSError(errno.ENOSPC, "No space left on device"))


def _fill(index: Path, error: OSError) -> None:
    with store.storage_errors(index):
        raise error
