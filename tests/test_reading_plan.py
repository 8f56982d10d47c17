"""A rebuild repeats what was read before, takes more in, and leaves no trace of what is removed."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from backports import zstd
from typer.testing import CliRunner

from indexer.build.reading_plan import RebuildRequest, plan_reading
from indexer.cli import app
from indexer.generations import store
from search_api.cli import main as dateline

SECRET = "Ptarmigan smugglers"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of two articles, built twice, so that there is an earlier generation."""
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    Path("news/a.txt").write_text(f"{SECRET} were caught in the harbour of Skerrin on Friday night.")
    Path("news/b.txt").write_text("The bridge of Lindau fell into the river after the flood.")
    Path("news/c.csv").write_text("Kop,Artikel\nStrike,Nurses will strike on Monday.\n")
    for _ in range(2):
        assert _rebuild("news", "--field", "text=Artikel", "--exclude", "x*", "--force") == 0
    return tmp_path / "index"


def _rebuild(*arguments: str) -> int:
    return CliRunner().invoke(app, [*arguments, "--index", "index"]).exit_code


def _ids(index: Path) -> list[str]:
    return sorted(store.open_current(index).tables.article_column("title").tolist())


def _bytes(folder: Path) -> Iterator[bytes]:
    """Yield what is in all files, and what is packed in the cache of what was read."""
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for path in folder.rglob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as database:
            yield from (zstd.decompress(items) for (items,) in database.execute("SELECT items FROM part"))


def test_a_bare_rebuild_reads_the_same_again(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("news/d.csv").write_text("Kop,Artikel\nFire,A fire broke out.\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    read = plan_reading(index, RebuildRequest())
    assert read.sources == [str(tmp_path / "news")]
    assert (read.choice.exclude, read.choice.fields.given) == (("x*",), {"text": "Artikel"})
    assert CliRunner().invoke(app, ["--index", str(index)]).exit_code == 0
    assert store.open_current(index).manifest.articles == 4


def test_more_is_added_to_what_was_read(index: Path) -> None:
    Path("more.txt").write_text("Rain is on its way to the coast.")
    assert _rebuild("--add", "more.txt") == 0
    assert store.open_current(index).manifest.articles == 4
    assert _rebuild() == 0
    assert store.open_current(index).manifest.articles == 4


def test_a_removed_article_leaves_no_trace_and_stays_out(index: Path) -> None:
    before = store.open_current(index)
    row = before.tables.article_column("id").tolist().index("a")
    passage = int(before.tables.article_column("first_passage")[row])
    vector = before.vectors.rows(slice(passage, passage + 1)).tobytes()
    assert any(vector in content for content in _bytes(index / "cache"))
    assert any(SECRET.encode() in content for content in _bytes(index / "generations"))
    assert any(SECRET.encode() in content for content in _bytes(index / "cache"))
    assert dateline_exit("remove", "a", "--index", "index") == 0
    for _ in range(2):
        assert store.open_current(index).manifest.articles == 2
        assert not any(SECRET.encode() in content or vector in content for content in _bytes(index))
        assert _rebuild("--force") == 0


def dateline_exit(*arguments: str) -> Callable[[], int] | int | str | None:
    with pytest.raises(SystemExit) as caught:
        dateline(list(arguments))
    return caught.value.code


def test_a_dry_run_says_what_is_taken_for_what_and_builds_nothing(index: Path) -> None:
    before = store.current_id(index)
    done = CliRunner().invoke(app, ["--dry-run", "--index", "index"])
    assert done.exit_code == 0
    assert "articles   3 from 3 files" in done.stdout
    assert "text from Artikel 1" in done.stdout
    assert store.current_id(index) == before


def test_nothing_is_published_where_nothing_may_be_skipped(index: Path) -> None:
    before = store.current_id(index)
    Path("news/bad.jsonl").write_text("{")
    assert _rebuild("--strict") != 0
    assert store.current_id(index) == before
    assert _rebuild() == 0
    assert store.current_id(index) != before
