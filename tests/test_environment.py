"""Variables that hold numbers: each is refused with what it holds and what to type, and agrees with its option."""

import os
from pathlib import Path

import pytest

from indexer.cli import app as rebuild_app
from indexer.environment import NAMES, NUMBERS, PREFIX, check_environment, installed_version, read_number
from indexer.errors import SettingsError
from indexer.terminal.shell import run
from indexer.threads import compute_threads
from search_api import cli

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (name for name in os.environ if name.startswith(PREFIX)):
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["four", "1.5", "-1", "1_000", "0x10", "٤", "9" * 30, "4 GB"])
def test_what_is_not_a_number_is_refused_with_what_to_type(name: str, value: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"^{PREFIX}{name} is '{value}', wanted a whole number (of|from) "
    ) as caught:
        check_environment({f"{PREFIX}{name}": value})
    example = NUMBERS[name].example
    assert caught.value.hint == f"{PREFIX}{name}={example}, or unset {PREFIX}{name} for the default"
    assert read_number(name, {f"{PREFIX}{name}": str(example)}) == example


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("PORT", 0, 65535), ("CACHE_MB", 0, 10**12), ("MEMORY", 640, 10**12), ("THREADS", 1, 4096), ("PROCESSES", 0, 64)],
)
def test_the_ends_of_the_range_are_in_it(name: str, least: int, most: int) -> None:
    assert [read_number(name, {f"{PREFIX}{name}": f" {value} "}) for value in (least, most)] == [least, most]
    with pytest.raises(SettingsError, match=f"^{PREFIX}{name} is '{least - 1}', wanted a whole number .* {least}"):
        read_number(name, {f"{PREFIX}{name}": str(least - 1)})
    if NUMBERS[name].most is not None:
        with pytest.raises(SettingsError, match=f"^{PREFIX}{name} is '{most + 1}', wanted a whole number .* {most}$"):
            read_number(name, {f"{PREFIX}{name}": str(most + 1)})


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_is_a_known_variable_and_may_be_empty(name: str) -> None:
    assert name in NAMES
    assert read_number(name, {f"{PREFIX}{name}": ""}) is None
    assert read_number(name, {}) is None


@pytest.mark.parametrize(
    ("name", "option", "wrong"),
    [("CACHE_MB", "--cache-mb", -1), ("MEMORY", "--memory", 639), ("PROCESSES", "--processes", -1)],
)
def test_an_option_has_the_limits_of_its_variable(
    name: str, option: str, wrong: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "a.txt").write_text("The ferry ran aground.")
    arguments = [str(tmp_path / "a.txt"), "--dry-run", "--index", str(tmp_path / "index")]
    assert run(rebuild_app, "rebuild-index", [*arguments, option, str(wrong)]) == 2
    assert run(rebuild_app, "rebuild-index", [*arguments, option, str(wrong + 1)]) == 0
    monkeypatch.setenv(f"{PREFIX}{name}", str(wrong + 1))
    assert run(rebuild_app, "rebuild-index", arguments) == 0
    capsys.readouterr()
    monkeypatch.setenv(f"{PREFIX}{name}", str(wrong))
    assert run(rebuild_app, "rebuild-index", arguments) == 2
    assert capsys.readouterr().err.startswith(f"error: {PREFIX}{name} is '{wrong}', wanted a whole number ")


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_command_refuses_a_wrong_number(name: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", "some")
    assert run(cli.app, "dateline", ["status"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {PREFIX}{name} is 'some', wanted a whole number ")


def test_threads_are_those_of_the_variable_or_the_cores_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compute_threads() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("DATELINE_THREADS", "3")
    assert compute_threads() == 3
    monkeypatch.setenv("DATELINE_THREADS", "four")
    with pytest.raises(SettingsError, match=r"^DATELINE_THREADS is 'four', wanted a whole number from 1 to 4096$"):
        compute_threads()


def test_without_an_installation_the_version_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert installed_version() == "from source"
