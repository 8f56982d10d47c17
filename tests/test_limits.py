"""Every bound is in one place: printed by a command, listed in the documentation, and named nowhere else."""

import json
import re
from pathlib import Path

import pytest

from indexer import cli
from indexer.sources.limits import LIMITS
from indexer.terminal.shell import run

REPOSITORY = Path(__file__).resolve().parent.parent


def test_the_documentation_lists_every_bound() -> None:
    page = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    table = page[page.index("| what | at most |") :].split("\n\n")[0]
    listed = re.findall(r"^\| (.+) \| (.+) \|$", table, re.MULTILINE)[1:]
    assert listed == [(limit.what, limit.most) for limit in LIMITS]


def test_the_command_prints_every_bound_and_reads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli.app, "rebuild-index", ["--limits", "/nowhere"]) == 0
    printed = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [[limit.what, limit.most] for limit in LIMITS]
    assert ["memory of the process that reads", "1,024 MiB"] in printed


def test_the_bounds_are_json_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli.app, "rebuild-index", ["--limits", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["time for one article"] == "30 seconds of a core"
