"""The documentation is held against the code: commands, options, variables, exit codes and the printed table."""

import dataclasses
import functools
import itertools
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from fastapi.testclient import TestClient
from packaging.requirements import Requirement
from seed_questions import ask, read_questions, render

from indexer import cli as rebuild_cli
from indexer import errors
from indexer.encoders.loading import _translated
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.environment import NAMES, PREFIX
from indexer.generations.store import open_current
from indexer.sources.formats import ENDINGS
from indexer.terminal.shell import run
from search_api import cli as dateline_cli
from search_api.app import create_app
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def _rows(heading: str) -> list[list[str]]:
    """Return the rows of the table below a header row."""
    lines = README[README.index(heading) :].splitlines()[2:]
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_first_command_is_make_run() -> None:
    assert README.index("make run") < README.index("##")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake (\w+)", README)) <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_the_example_of_a_search_prints_what_it_shows(seed_index: Path) -> None:
    shown = re.search(r"    \$ \.venv/bin/dateline (search .+)\n((?:    .*\n|\n)+?)\n(?=\S)", README)
    assert shown is not None
    arguments = re.findall(r'"[^"]*"|\S+', shown[1])
    done = subprocess.run(
        [str(BIN / "dateline"), *(argument.strip('"') for argument in arguments), "--index", str(seed_index)],
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    printed = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert [line.strip() for line in shown[2].splitlines() if line.strip()] == printed[:-1]
    assert printed[-1].startswith("1 of ")


def test_every_documented_option_exists() -> None:
    options: set[str] = set()
    for app in (rebuild_cli.app, dateline_cli.app):
        command = typer.main.get_command(app)
        for one in getattr(command, "commands", {"": command}).values():
            options |= {option for each in one.params for option in (*each.opts, *each.secondary_opts)}
    documented = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert documented - {"--help", "--factory", "--force-reinstall", "--data-urlencode", "--extra-index-url"} <= options


def test_the_variables_are_those_of_the_settings() -> None:
    rows = _rows("| variable |")
    assert [row[0].strip("`") for row in rows] == [f"{PREFIX}{name}" for name in NAMES]
    defaults = {row[0].strip("`"): row[2].strip("`") for row in rows}
    for each in dataclasses.fields(Settings):
        shown = int(each.default) if isinstance(each.default, bool) else each.default
        assert defaults[f"{PREFIX}{each.name.upper()}"] == str(shown)


def test_the_exit_codes_are_those_of_the_errors() -> None:
    codes = {
        value.exit_code for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert {int(row[0]) for row in _rows("| exit code |")} == codes | {0}
    drawn = dict(re.findall(r"(\w+Error) +exit (\d)", errors.__doc__ or ""))
    assert drawn == {name: str(getattr(errors, name).exit_code) for name in drawn}
    tree = set(re.findall(r"\w+Error", errors.__doc__ or ""))
    assert tree == {name for name, value in vars(errors).items() if isinstance(value, type)}


def test_the_requests_are_those_of_the_api() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    served = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    documented = {request.split("?")[0] for row in _rows("| request |") for request in re.findall(r"`([^`]+)`", row[0])}
    plain = {re.sub(r"/(article|passage)s/{id}", r"/\1s/{\1_id}", each) for each in documented}
    plain -= {"GET /docs", "GET /openapi.json"}
    assert plain == served


@pytest.fixture(scope="module")
def service(seed_index: Path, embedded: Encoder) -> TestClient:
    searcher = IndexSearcher(open_current(seed_index), embedded)
    return TestClient(create_app(Settings(), searcher=searcher))


API = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^    (curl .+)$", API, re.MULTILINE)


@pytest.mark.parametrize("line", CURLS)
def test_each_line_of_the_page_on_the_api_is_answered(service: TestClient, line: str) -> None:
    words = shlex.split(line)[1:]
    values = {
        name: [words[place + 1] for place, word in enumerate(words) if word == name]
        for name in ("-d", "--data-urlencode")
    }
    address = next(word for word in words if word.startswith("$D")).removeprefix("$D")
    given = [each.partition("=") for each in values["--data-urlencode"]] + [
        unquote(each).partition("=") for each in values["-d"] if "-G" in words
    ]
    if "-G" in words or not values["-d"]:
        response = service.get(address, params=[(name, value) for name, _, value in given] or None)
    else:
        response = service.post(address, content=values["-d"][0], headers={"Content-Type": "application/json"})
    assert response.status_code == 200, response.text


def test_the_page_on_the_api_has_a_line_for_each_operation() -> None:
    addresses = {re.split(r"[?\s\"]", line.split("$D")[1])[0] for line in CURLS}
    served = set(create_app(Settings()).openapi()["paths"])
    shown = {
        re.sub(r"/(articles|passages)/[^/]+", lambda found: f"/{found[1]}/{{{found[1][:-1]}_id}}", each)
        for each in addresses
    }
    assert shown == served


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a folder ``site`` with a feed in it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "rss").write_text(
        "<rss version='2.0'><channel><title>Bote</title><item><title>Fähre auf Grund</title>"
        "<description>Die Fähre lief am Donnerstag vor Sandhagen auf Grund.</description></item></channel></rss>"
    )
    handler = functools.partial(_Quiet, directory=tmp_path / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_the_commands_for_ones_own_news_do_what_is_said_of_them(
    tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, which has loaded what they need; other tests start the commands as programs."""
    damage = "Für die Schäden der Flut zahlt das Land, sagte der Minister in Niederau."
    for folder, text in (("news", "Rates were raised by half a point."), ("more", damage)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.txt").write_text(f"date 2025-10-01\n{text}\n")
    block = README.split("## Bring your own news\n\n")[1].split("\n\n")[0]
    places = {".venv/bin/": "", "https://example.org": site, "~": str(tmp_path), "ARTICLE-ID": "one"}
    programs = {"rebuild-index": rebuild_cli.app, "dateline": dateline_cli.app}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_ALLOW_PRIVATE", "1")
    printed = []
    for line in block.splitlines():
        command = line.partition("#")[0].strip()
        for place, ours in places.items():
            command = command.replace(place, ours)
        program, *arguments = shlex.split(command)
        code, output = run(programs[program], program, arguments), capsys.readouterr()
        assert code == 0, f"{command}\n{output.out}{output.err}"
        printed.append(output.out)
    folder, feed, added, search, removed, _, planned = (" ".join(each.split()) for each in printed)
    assert "articles 1 from 1 files" in folder
    assert "articles 1 from 1 files" in feed
    assert "articles 2 from 2 files" in added
    assert "articles 1 from 2 files" in removed
    assert "Für die Schäden der Flut" in search
    assert "passages 1,000,000" in planned


def test_the_formats_are_those_that_are_read() -> None:
    named = {suffix for row in _rows("| files |") for suffix in re.findall(r"`(\.[\w.]+)`", row[0])}
    assert named == set(ENDINGS)


def test_the_table_of_questions_is_what_the_benchmark_prints(seed_index: Path) -> None:
    shown = README.split("<!-- benchmarks/seed_questions.py -->\n```\n")[1].split("```")[0]
    printed = render(ask(open_searcher(seed_index), read_questions()))
    assert [line.rstrip() for line in shown.splitlines()] == [line.rstrip() for line in printed.splitlines()]


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_exported_models_are_installed_without_the_constraints_that_rule_them_out(backend: str) -> None:
    """The extra needs an older transformers than the one pinned; once it does not, the README asks for too much."""
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {each.name: each for each in map(Requirement, extras["optional-dependencies"][backend])}
    pins = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)$", pins, re.MULTILINE))
    assert pinned["transformers"] not in needed["transformers"].specifier
    (always,) = [each for each in map(Requirement, extras["dependencies"]) if each.name == "sentence-transformers"]
    assert needed["sentence-transformers"].extras == {backend}
    assert not (always.specifier & needed["sentence-transformers"].specifier).is_unsatisfiable()
    said = re.search(r"\((.*?)\) than the one that `constraints.txt` pins", README, re.DOTALL)
    assert said is not None
    release = re.search(rf"([\d.]+) for {backend}", said[1])
    assert release is not None
    assert release[1] in needed["transformers"].specifier
    assert f"'.[{backend}]'" in README


def test_the_command_for_exported_models_is_the_one_that_the_error_names() -> None:
    (command,) = re.findall(r"^    ~/dateline-onnx/bin/(pip install .+)$", README, re.MULTILINE)
    assert "constraint" not in command
    arguments = shlex.split(command)
    hint = _translated(ImportError("no"), "model", EncoderOptions(backend="onnx")).hint
    named = shlex.split(hint.partition(" in ")[0])
    assert named == [*arguments[:2], arguments[-1]] == ["pip", "install", ".[onnx]"]


def test_the_links_lead_somewhere() -> None:
    for document in (README, (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document):
            assert (REPOSITORY / target).exists(), target
