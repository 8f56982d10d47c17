"""With ``--json`` an error is one JSON object on standard output too, and the exit code stays what it was."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from indexer.cli import app as rebuild_app
from indexer.terminal.shell import run
from search_api import cli
from search_api.evaluation.run import StorageError

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (name for name in os.environ if name.startswith("DATELINE_")):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def _error(captured: Captured) -> dict[str, Any]:
    output = captured.readouterr()
    assert output.err == ""
    (name, error), *others = json.loads(output.out).items()
    assert (name, others) == ("error", [])
    return dict(error)


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (
            ["search", "???", "--json"],
            2,
            {
                "code": "bad_query",
                "message": "the query '???' has no words",
                "hint": "ask a question or give some words, in any language",
            },
        ),
        (
            ["search", "--json", "--index", "gone", "--", "ferry"],
            3,
            {
                "code": "index_missing",
                "message": "there is no index in gone",
                "hint": "run rebuild-index, or name another with --index",
            },
        ),
        (
            ["search", "--json"],
            2,
            {
                "code": "settings",
                "message": "give a query, or a file of queries with --queries",
                "hint": "dateline search 'ferry aground'",
            },
        ),
        (
            ["sarch", "ferry", "--json"],
            2,
            {
                "code": "usage",
                "message": "No such command 'sarch'. Did you mean 'search', 'watch'?",
                "hint": "dateline --help",
            },
        ),
        (
            ["serve", "--json"],
            2,
            {"code": "usage", "message": "No such option: --json", "hint": "dateline serve --help"},
        ),
    ],
)
def test_an_error_is_an_object_with_code_message_and_hint(
    arguments: list[str], code: int, error: dict[str, str], capsys: Captured
) -> None:
    assert run(cli.app, "dateline", arguments) == code
    assert _error(capsys) == error


def test_a_wrong_variable_is_an_object_too(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("DATELINE_INDX", "x")
    assert run(cli.app, "dateline", ["status", "--json"]) == 2
    assert _error(capsys)["hint"] == "DATELINE_INDEX=..."


def test_a_rebuild_reports_its_errors_in_the_same_way(capsys: Captured) -> None:
    assert run(rebuild_app, "rebuild-index", ["--json"]) == 2
    assert _error(capsys) == {
        "code": "source",
        "message": "no source was named, and there is no folder seeds/ here",
        "hint": "rebuild-index PATH",
    }


def test_what_follows_two_dashes_is_no_option(capsys: Captured) -> None:
    assert run(cli.app, "dateline", ["search", "--", "--json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: the query '--json' says only what to leave out\n")


def test_an_evaluation_that_cannot_write_its_run_prints_the_error_alone(
    seed_index: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "queries.tsv").write_text("q1\tferry aground\n")
    (tmp_path / "qrels.tsv").write_text("q1 0 ferry-en 1\n")
    arguments = ["evaluate", "queries.tsv", "qrels.tsv", "--index", str(seed_index), "--run", "gone/run.txt", "--json"]
    assert run(cli.app, "dateline", arguments) == StorageError.exit_code
    assert list(json.loads(capsys.readouterr().out)) == ["error"]
