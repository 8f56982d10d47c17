"""``dateline watch``: what each rebuild adds to a query, every story once."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.terminal.shell import run
from search_api import cli
from search_api.commands.watch import Watching
from search_api.query import make_query
from search_api.search import opening
from search_api.search.live import LiveSearcher
from search_api.search.searcher import IndexSearcher, OneSearcher

Publish = Callable[..., None]
WIRE = "the ferry ran aground off the coast at dawn and all aboard were rescued by boats in the night " * 3


@pytest.fixture
def publish(
    build: Callable[..., BuildReport],
    write_jsonl: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    word_encoder: Encoder,
) -> Publish:
    """Return a function that builds the index over articles, given their texts by their ids."""
    monkeypatch.setattr(opening, "open_encoder", lambda name, options: word_encoder)

    def publish(**texts: str) -> None:
        build(write_jsonl(*({"id": name, "text": text, "language": "en"} for name, text in texts.items())))

    return publish


def _run(*arguments: object) -> int:
    return run(cli.app, "dateline", [str(argument) for argument in arguments])


def test_each_rebuild_adds_what_was_not_there(publish: Publish, tmp_path: Path) -> None:
    publish(a="the ferry sails", b="the bank raised its rates")
    watching = Watching(LiveSearcher(tmp_path / "index"), make_query("ferry"), None)
    assert list(watching.news()) == []
    publish(a="the ferry sails", b="the bank", c="a ferry at night", d="the market")
    assert [hit.article_id for hit in watching.news()] == ["c"]
    assert list(watching.news()) == []
    publish(a="the ferry sails", c="a ferry at night", d="the market fell")
    assert list(watching.news()) == []


def test_a_story_is_told_once_whoever_repeats_it(publish: Publish, tmp_path: Path) -> None:
    publish(z="the market fell")
    watching = Watching(LiveSearcher(tmp_path / "index"), make_query("ferry aground"), None)
    publish(z="the market fell", a=WIRE, b=f"{WIRE} says the agency")
    assert len(list(watching.news())) == 1
    publish(z="the market fell", a=WIRE, b=f"{WIRE} says the agency", c=f"{WIRE} as was said")
    assert list(watching.news()) == []


def test_a_state_lets_the_next_watch_go_on(
    publish: Publish, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["watch", "ferry", "--once", "--state", tmp_path / "state", "--index", tmp_path / "index"]
    publish(a="the ferry sails", b="the bank")
    assert _run(*asked) == 0
    assert capsys.readouterr().out == ""
    publish(a="the ferry sails", b="the bank", c="a ferry at night")
    assert _run(*asked, "--json") == 0
    assert json.loads(capsys.readouterr().out)["article_id"] == "c"
    assert _run(*asked) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "state").write_text("[]")
    assert _run(*asked) == 2
    assert "is no state of a watch" in capsys.readouterr().err


def test_a_command_is_handed_each_hit(publish: Publish, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    publish(a="the market", b="the bank")
    state, taken = tmp_path / "state", tmp_path / "taken"
    asked = ["watch", "ferry", "--once", "--state", state, "--index", tmp_path / "index"]
    assert _run(*asked) == 0
    publish(a="the market", b="the bank", c="a ferry at night $(HOME)")
    script = f'{sys.executable} -c "import sys,pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"'
    assert _run(*asked, "--exec", f"{script} {taken}") == 0
    assert json.loads(taken.read_text())["text"] == "a ferry at night $(HOME)"
    publish(a="the market", b="the bank", c="a ferry at night $(HOME)", d="the ferry at dawn")
    assert _run(*asked, "--exec", "exit 3") == 0
    assert "--exec exited with 3" in capfd.readouterr().err


def test_hits_are_printed_as_a_search_prints_them(
    publish: Publish, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(a="the market")
    asked = ["watch", "ferry", "--once", "--state", tmp_path / "state", "--index", tmp_path / "index"]
    assert _run(*asked) == 0
    publish(a="the market", c="a ferry at night")
    assert _run(*asked) == 0
    assert "a ferry at night" in capsys.readouterr().out
    assert _run("watch", "ferry", "--index", tmp_path / "nothing") == 3


def test_what_is_there_at_the_beginning_counts_as_seen(publish: Publish, tmp_path: Path, word_encoder: Encoder) -> None:
    publish(a="the ferry sails")
    searcher = OneSearcher(IndexSearcher(open_current(tmp_path / "index"), word_encoder))
    assert Watching(searcher, make_query("ferry"), None).seen == {"a"}
    assert [hit.article_id for hit in Watching(searcher, make_query("ferry"), set()).news()] == ["a"]


def test_what_was_seen_is_remembered_from_the_beginning(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch that ends before there was news does not take what came meanwhile for seen when it goes on."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("search_api.commands.watch.time.sleep", interrupt)
    publish(a="the ferry sails", b="the bank")
    assert _run("watch", "ferry", "--state", tmp_path / "state", "--index", tmp_path / "index") != 0
    assert json.loads((tmp_path / "state").read_text()) == {"seen": ["a"]}
