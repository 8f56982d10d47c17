"""Output in an encoding that lacks some characters: escapes take their place, and JSON stays valid."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.cli import app as rebuild_app
from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.terminal.shell import run
from search_api import cli
from search_api.search import opening as opening_module

Build = Callable[..., BuildReport]
Write = Callable[..., Path]
Typed = Callable[..., tuple[int, str, str]]
ENCODINGS = ["ascii", "latin-1", "cp1251", "utf-8"]
TEXT = "Le bac a coulé 🚢 у берега."


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", *(name for name in os.environ if name.startswith("DATELINE_"))):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=ENCODINGS)
def typed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Return a function that runs a command with both outputs in an encoding, and returns the exit code and outputs."""

    def typed(*arguments: object, program: str = "dateline") -> tuple[int, str, str]:
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=request.param) for _ in range(2)]
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            app = cli.app if program == "dateline" else rebuild_app
            code = run(app, program, [str(each) for each in arguments])
        for stream in streams:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode(request.param) for stream in streams)  # type: ignore[attr-defined]
        return code, out, err

    return typed


def shown(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)


@pytest.fixture
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["typed"])


@pytest.fixture
def index(
    build: Build, write_jsonl: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder
) -> Path:
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    article = {"id": "bac", "title": "Échoué", "text": TEXT, "language": "fr", "source": "Журнал"}
    build(write_jsonl(article), index="índice")
    return tmp_path / "índice"


def test_hits(typed: Typed, encoding: str, index: Path) -> None:
    code, out, err = typed("search", "bac", "--min-relevance", "0", "--index", index)
    assert (code, err) == (0, "")
    lines = [f"  {shown('Échoué', encoding)}", f"  {shown(TEXT, encoding)}", "  has bac", "  id bac"]
    assert out.splitlines()[1:5] == lines


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_what_is_said_of_an_index(command: str, typed: Typed, encoding: str, index: Path) -> None:
    code, out, err = typed(command, "--index", index)
    assert (code, err) == (0, "")
    assert shown("Журнал" if command == "status" else "headlines in fr", encoding) in out


def test_the_index_in_an_evaluation(typed: Typed, encoding: str, index: Path, tmp_path: Path) -> None:
    (tmp_path / "queries.tsv").write_text("q1\tbac\n")
    (tmp_path / "qrels.tsv").write_text("q1 0 bac 1\n")
    code, out, _ = typed("evaluate", tmp_path / "queries.tsv", tmp_path / "qrels.tsv", "--index", index)
    assert code == 0
    assert out.splitlines()[0] == shown(f"index    {index}", encoding)


def test_the_report_of_a_build(typed: Typed, encoding: str, write_jsonl: Write, tmp_path: Path) -> None:
    news = write_jsonl({"id": "a", "text": TEXT, "published": "вчера"}, name="новости.jsonl")
    code, out, err = typed(news, "--index", tmp_path / "índice", program="rebuild-index")
    assert code == 0
    assert shown(f"{news}:1: date 'вчера' not understood", encoding) in out
    assert shown(f"{tmp_path}/índice, generation", encoding) in out
    assert "encoding: 1 passages" in err


@pytest.mark.parametrize("program", ["dateline", "rebuild-index"])
def test_help(program: str, typed: Typed) -> None:
    code, out, err = typed("--help", program=program)
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: {program} [OPTIONS]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "x", "--index", "índice-ж"], "error: there is no index in índice-ж"),
        (["search", "x", "--índice"], "No such option: --índice"),
    ],
)
def test_errors(arguments: list[str], said: str, typed: Typed, encoding: str) -> None:
    code, out, err = typed(*arguments)
    assert (code, out) == (3 if "--index" in arguments else 2, "")
    assert shown(said, encoding) in err


def test_json_is_valid_and_says_the_same(typed: Typed, encoding: str, index: Path) -> None:
    code, out, err = typed("search", "bac", "--min-relevance", "0", "--index", index, "--json")
    assert (code, err) == (0, "")
    (hit,) = json.loads(out)["hits"]
    assert (hit["text"], hit["title"], hit["source"]) == (TEXT, "Échoué", "Журнал")
    assert (TEXT in out) == (encoding == "utf-8")


def test_an_error_in_json_is_valid_too(typed: Typed) -> None:
    code, out, err = typed("search", "x", "--index", "índice-\udcff-ж", "--json")
    assert (code, err) == (3, "")
    assert json.loads(out)["error"]["message"] == r"there is no index in índice-\udcff-ж"


def test_the_real_command_in_the_c_locale(seed_index: Path) -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment.pop("PYTHONIOENCODING", None)
    command = [str(Path(sys.executable).parent / "dateline"), "search", "F-35 Turquie", "--limit", "1"]
    done = subprocess.run(
        [*command, "--index", str(seed_index)], env=environment, capture_output=True, check=False, timeout=600
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"  Une source du minist\xe8re turc" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_output_that_the_disk_does_not_take_is_an_error(seed_index: Path, more: list[str]) -> None:
    command = [str(Path(sys.executable).parent / "dateline"), "status", "--index", str(seed_index), *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (
        1,
        "error: cannot write the output: No space left on device\n  try: free some space, or write elsewhere\n",
    )
