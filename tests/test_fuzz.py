"""The tool that has readers read damaged documents: it damages them, and sees what fails, hangs or ends a reader."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import fuzz
import pytest
from mutations import LONGEST, damaged
from small_files import WHOLE

from indexer.notice import skipped
from indexer.sources.formats import ENDINGS
from indexer.sources.reading import UNFORESEEN


@pytest.fixture
def reader() -> Iterator[fuzz.Reader]:
    reader = fuzz.Reader()
    yield reader
    reader.close()


def test_every_format_has_documents_to_begin_with(tmp_path: Path) -> None:
    endings = fuzz.open_corpus(tmp_path).documents.keys()
    like_another = {".tgz", ".tbz2", ".txz", ".tzst", ".bz2", ".xz", ".zst", ".gz", ".xlsb", ".xls", ".ods"}
    assert set(ENDINGS) - like_another <= endings
    assert {".jsonl.gz", ".jsonl.bz2", ".jsonl.xz", ".jsonl.zst"} <= endings


def test_damage_is_repeatable_bounded_and_also_within_what_is_packed() -> None:
    for content in WHOLE.values():
        some = [damaged(random.Random(seed), content, [content]) for seed in range(40)]
        assert some == [damaged(random.Random(seed), content, [content]) for seed in range(40)]
        assert len(set(some)) > 20
        assert all(len(each) <= LONGEST for each in some)
    packed = [damaged(random.Random(seed), WHOLE[".docx"], []) for seed in range(60)]
    assert any(each.startswith(b"PK") and b"word/document.xml" in each for each in packed)


def test_documents_that_are_read_in_a_new_way_are_kept_for_the_next_run(tmp_path: Path) -> None:
    corpus = fuzz.open_corpus(tmp_path)
    before = len(corpus.documents[".txt"])
    fuzz.fuzz(
        fuzz.Corpus(tmp_path, {".txt": corpus.documents[".txt"]}),
        seconds=3,
        seed=1,
    )
    assert len(fuzz.open_corpus(tmp_path).documents[".txt"]) > before
    assert not (tmp_path / "found").exists()


def test_a_reader_that_ends_is_named_and_replaced(reader: fuzz.Reader) -> None:
    assert reader.read(".txt", WHOLE[".txt"]).kind == "read"
    assert reader._process.pid
    os.kill(reader._process.pid, signal.SIGSEGV)
    reader._process.join()
    assert reader.read(".txt", WHOLE[".txt"]) == fuzz.Outcome("crash", f"the process ended with {-signal.SIGSEGV}")
    assert reader.read(".txt", WHOLE[".txt"]).kind == "read"


def test_a_reader_that_hangs_is_named_and_replaced(reader: fuzz.Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 0.0)
    assert reader.read(".html", WHOLE[".html"] * 20) == fuzz.Outcome("hang", "longer than 0 s")
    monkeypatch.undo()
    assert reader.read(".txt", WHOLE[".txt"]).kind == "read"


def test_what_nobody_foresaw_fails_and_is_written_down(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="nobody foresaw"):
        fuzz._told([skipped("news.txt", f"cannot be read, {UNFORESEEN}: KeyError: 'a'")])
    corpus = fuzz.Corpus(tmp_path, {".txt": []})
    corpus.note(".txt", b"The ferry", fuzz.Outcome("failed", "KeyError"))
    (path,) = corpus.found
    assert path.read_bytes() == b"The ferry"
    assert path.with_name(f"{path.name}.why").read_text(encoding="utf-8") == "KeyError"
