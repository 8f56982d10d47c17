"""What a large build makes of atoms is written by a process of its own, with the same bytes and the same errors."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.build import atom_process
from indexer.build.atom_child import names_of
from indexer.build.atom_process import LEAST_ARTICLES, AtomProcess, atom_writer
from indexer.build.atom_writer import AtomPaths, AtomWriter
from indexer.build.memory import PeakMemory
from indexer.errors import DatelineError, IndexCorruptError
from indexer.generations import store
from indexer.generations.generation import Generation, content_digest
from indexer.generations.report import BuildReport
from indexer.keywords.pair import KeywordPaths
from indexer.text.atoms import split_atoms

REPOSITORY = Path(__file__).resolve().parent.parent
LONG = 120
ARTICLES = [
    (
        "Ferry aground",
        "en",
        ["The night ferry of Göteborg's O'Brien line ran aground at 5.30.", "C++ and AT&T: e-mail"],
    ),
    ("", "sr", ["Градоначелник Острва рекао је да ће UN помоћи."]),
    ("埃尔多安", "zh", ["土耳其总统埃尔多安星期一抵达奥斯陆。", "エルドアン大統領"]),
    ("عنوان", "ar", ["وصل الوزير إلى المدينة في عام ٢٠٢٥", ""]),
    ("a lone \ud800 surrogate", "und", ["\ud800 stays \udfff what it is"]),
]
Build = Callable[..., BuildReport]
Write = Callable[..., Path]
Folder = Callable[[str], AtomPaths]


def paths(folder: Path) -> AtomPaths:
    return AtomPaths(folder / "sketches", KeywordPaths(*(folder / name for name in KeywordPaths._fields)))


def finish(writer: AtomWriter | AtomProcess) -> None:
    writer.save_sketches()
    writer.close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a function that makes a folder and names the files in it."""

    def make(name: str) -> AtomPaths:
        (tmp_path / name).mkdir()
        return paths(tmp_path / name)

    return make


def add_all(writer: AtomWriter | AtomProcess, times: int = 1) -> None:
    for title, language, passages in ARTICLES * times:
        writer.add(title, [split_atoms(text, language) for text in passages], language, [language] * len(passages))


def carry_some(writer: AtomWriter | AtomProcess) -> None:
    writer.carry(2, 3, "zh", ["zh", "ja"])
    add_all(writer)
    writer.carry(0, 0, "en", ["en", "en"])


@contextlib.contextmanager
def started(*given: Any) -> Iterator[AtomProcess]:
    process = AtomProcess(*given)
    try:
        yield process
    finally:
        process.end()


def contents(files: AtomPaths) -> list[bytes]:
    return [path.read_bytes() for path in (files.sketches, *files.keywords)]


def files_of(generation: Generation) -> AtomPaths:
    return AtomPaths(generation.layout.sketches, generation.layout.keywords)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_process_writes_the_same_bytes(folder: Folder, tmp_path: Path) -> None:
    here, apart = folder("here"), folder("apart")
    writer = AtomWriter(here, 2**16)
    add_all(writer)
    finish(writer)
    with started(apart, 2**16) as process:
        add_all(process)
        finish(process)
    assert contents(apart) == contents(here)
    carried, carried_apart = folder("carried"), folder("carried apart")
    writer = AtomWriter(carried, 2**16, here)
    carry_some(writer)
    finish(writer)
    with started(carried_apart, 2**16, apart) as process:
        carry_some(process)
        finish(process)
    assert contents(carried_apart) == contents(carried)
    assert not list(tmp_path.rglob("*.runs"))


def test_what_is_sent_in_many_batches_arrives_in_its_order(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom_process, "_ATOMS_AT_ONCE", 7)
    here, apart = folder("here"), folder("apart")
    writer = AtomWriter(here, 2**16)
    with started(apart, 2**16) as process:
        for each in (writer, process):
            add_all(each, 40)
            finish(each)
    assert contents(apart) == contents(here)


def test_a_file_that_cannot_be_written_is_the_error_of_the_system(folder: Folder) -> None:
    files = folder("files")
    files.keywords.vocabulary.mkdir()
    with started(files, 2**16) as process:
        add_all(process)
        with pytest.raises(IsADirectoryError) as caught:
            finish(process)
    assert caught.value.filename == str(files.keywords.vocabulary)


def test_an_error_is_raised_long_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom_process, "_ATOMS_AT_ONCE", 1)
    files = paths(tmp_path / "a file")
    (tmp_path / "a file").write_text("no folder")
    with started(files, 2**16) as process, pytest.raises(NotADirectoryError):
        add_all(process, 10**5)


def test_a_damaged_earlier_index_is_named(folder: Folder) -> None:
    earlier = folder("earlier")
    earlier.sketches.write_bytes(b"no index")
    with started(folder("files"), 2**16, earlier) as process, pytest.raises(IndexCorruptError) as caught:
        finish(process)
    assert str(earlier.sketches) in caught.value.message
    assert caught.value.hint == "run rebuild-index"


def test_a_process_that_is_killed_is_an_error_and_no_hang(folder: Folder) -> None:
    with started(folder("files"), 2**16) as process:
        add_all(process)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(
            DatelineError, match=r"^the process that writes sketches and keyword indexes was ended by signal 9"
        ):
            finish(process)


def test_a_process_without_memory_is_a_memory_error(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 77\n")
    python.chmod(stat.S_IRWXU)
    monkeypatch.setattr(sys, "executable", str(python))
    with started(folder("files"), 2**16) as process, pytest.raises(MemoryError, match="ran out of memory"):
        finish(process)


def test_no_process_is_left_when_the_build_is_interrupted(folder: Folder) -> None:
    begun: list[int] = []

    def interrupted() -> None:
        with PeakMemory() as peak, atom_writer(folder("files"), 2**16, None, LEAST_ARTICLES, peak.watch) as writer:
            assert isinstance(writer, AtomProcess)
            begun.append(writer.pid)
            add_all(writer)
            assert is_running(writer.pid)
            assert os.getpgid(writer.pid) == writer.pid  # the terminal sends Ctrl-C to the group of the build alone
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not is_running(begun[0])


def test_the_process_ends_when_the_build_is_killed(folder: Folder) -> None:
    """Both hold standard error open: it ends when both have ended."""
    script = (
        "import os, pathlib, signal, sys\n"
        "from indexer.build.atom_process import AtomProcess\n"
        "from indexer.build.atom_writer import AtomPaths\n"
        "from indexer.keywords.pair import KeywordPaths\n"
        "sketches, *keywords = map(pathlib.Path, sys.argv[1:])\n"
        "process = AtomProcess(AtomPaths(sketches, KeywordPaths(*keywords)), 2**16)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *names_of(folder("files"))],
        capture_output=True,
        cwd=REPOSITORY,
        timeout=LONG,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGKILL, b"", b"")


def test_a_small_build_starts_no_process_and_a_large_one_does(folder: Folder) -> None:
    with PeakMemory() as peak:
        with atom_writer(folder("few"), 2**16, None, LEAST_ARTICLES - 1, peak.watch) as few:
            assert isinstance(few, AtomWriter)
        with atom_writer(folder("many"), 2**16, None, LEAST_ARTICLES, peak.watch) as many:
            assert isinstance(many, AtomProcess)


def test_where_no_process_can_be_started_the_build_writes_itself(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    with (
        PeakMemory() as peak,
        atom_writer(folder("files"), 2**16, None, LEAST_ARTICLES, peak.watch) as writer,
    ):
        assert isinstance(writer, AtomWriter)


@pytest.fixture
def many(write_jsonl: Write) -> Path:
    """So many short articles that the process is started."""
    records = (
        {
            "id": str(number),
            "title": f"Lot {number}",
            "text": " ".join(str(10**6 + number * 40 + crate) for crate in range(40)),
            "language": "en",
            "published": "2025-05-01",
        }
        for number in range(LEAST_ARTICLES)
    )
    return write_jsonl(*records)


def test_a_build_with_the_process_is_one_without(
    many: Path, build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = build(many, index="apart")
    monkeypatch.setattr(atom_process, "LEAST_ARTICLES", LEAST_ARTICLES + 1)
    here = build(many, index="here")
    one, other = (store.open_current(tmp_path / name) for name in ("apart", "here"))
    assert content_digest(one) == content_digest(other)
    assert contents(files_of(one)) == contents(files_of(other))
    assert apart.articles == here.articles == LEAST_ARTICLES


@pytest.mark.parametrize("function", ["add", "close"])
def test_a_build_killed_while_the_process_writes_can_be_repeated(
    function: str, many: Path, build: Build, in_child: Callable[..., Any], tmp_path: Path
) -> None:
    place = "indexer.build.atom_process:AtomProcess"
    assert in_child(many, tmp_path / "index", place, function).returncode == -signal.SIGKILL
    assert build(many).articles == LEAST_ARTICLES
    build(many, index="undisturbed")
    one, other = (store.open_current(tmp_path / name) for name in ("index", "undisturbed"))
    assert content_digest(one) == content_digest(other)


def test_a_disk_that_is_full_for_the_process_ends_the_build_as_any_full_disk_does(
    many: Path, in_child: Callable[..., Any], tmp_path: Path, build: Build
) -> None:
    """The limit on the size of files lets pass whatever the build itself writes, and not the keyword index."""
    build(many, index="whole")
    files = store.open_current(tmp_path / "whole").layout
    limit = files.keywords.passages.stat().st_size - 1
    assert all(path.stat().st_size < limit / 2 for path in (*files.tables, files.sketches))
    done = in_child(many, tmp_path / "index", limit=limit)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("StorageError no space left for the index in "), done.stdout
    assert not (tmp_path / "index" / "building").exists()
