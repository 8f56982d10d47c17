"""``dateline`` as it is typed: search, serve and status, with their whole output and their exit codes."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer
from fastapi.testclient import TestClient

from indexer.cli import app as rebuild_app
from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import current_id, generation_folder, open_current
from indexer.terminal.shell import run
from search_api import cli
from search_api.app import create_app
from search_api.search import opening as opening_module
from search_api.service.settings import Settings

Build = Callable[..., BuildReport]
Write = Callable[..., Path]
Captured = pytest.CaptureFixture[str]

ARTICLES = [
    {
        "id": "ferry",
        "title": "Ferry [red] aground",
        "text": "The ferry ran aground 🚢 on a reef off the coast of Veldhaven at dawn.",
        "published": "2025-05-27T18:20:00+02:00",
        "language": "en",
        "source": "The [/b] Gazette :car:",
        "url": "https://gazette.example/ferry",
        "updated": "2025-05-27T19:00:00+02:00",
    },
    {
        "id": "bac",
        "text": "le bac",
        "published": "2025-05",
        "updated": "2025-06-02T09:00:00+02:00",
        "language": "fr",
        "source": "Le\x1b[31m Courrier",
    },
    {"id": "bank", "text": "the bank\n\x1b]0;owned\x07raised rates", "language": "en"},
]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fix what output depends on."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", *(name for name in os.environ if name.startswith("DATELINE_"))):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def index(build: Build, write_jsonl: Write, tmp_path: Path) -> Path:
    build(write_jsonl(*ARTICLES))
    return tmp_path / "index"


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder) -> None:
    """Let the fake encoder open where the index names it."""
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where a server would listen; tests/test_serve.py starts real ones."""
    places: list[tuple[str, int]] = []
    monkeypatch.setattr(
        "search_api.service.server.serve", lambda _, settings: places.append((settings.host, settings.port))
    )
    return places


def _run(*arguments: object) -> int:
    return run(cli.app, "dateline", [str(argument) for argument in arguments])


def _lines(text: str) -> list[str]:
    return [re.sub(r"in [\d,]+ ms$", "in 5 ms", line.rstrip()) for line in text.splitlines()]


def test_hits_are_printed_one_below_the_other(index: Path, words: None, capsys: Captured) -> None:
    assert _run("search", "the ferry", "--min-relevance", "0", "--index", index) == 0
    output = capsys.readouterr()
    lines = _lines(output.out)
    relevances = [line[:4] for line in lines if re.match(r"\d\.\d\d  ", line)]
    assert len(relevances) == 3
    assert relevances == sorted(relevances, reverse=True)
    assert [re.sub(r"^\d\.\d\d", "0.50", line) for line in lines] == [
        "0.50  2025-05-27  en  The [/b] Gazette :car:",
        "  Ferry [red] aground",
        "  The ferry ran aground 🚢 on a reef off the coast of Veldhaven at dawn.",
        "  has The, Ferry",
        "  https://gazette.example/ferry",
        "  id ferry",
        "",
        "0.50  undated  en",
        "  the bank ]0;owned raised rates",
        "  the bank ]0;owned raised rates",
        "  has the",
        "  id bank",
        "",
        "0.50  2025-05, updated 2025-06-02  fr  Le [31m Courrier",
        "  le bac",
        "  le bac",
        "  by its meaning",
        "  id bac",
        "",
        "3 of 3 hits in 3 passages in 5 ms",
    ]
    assert output.err == ""


def test_options_filter_as_the_api_does(index: Path, words: None, capsys: Captured) -> None:
    options = ["--language", "fr", "--language", "en", "--source", "le [31m courrier", "--from", "2025-05-31"]
    assert (
        _run(
            "search",
            "the ferry",
            "--to",
            "2025-06",
            "--limit",
            "5",
            "--min-relevance",
            "0",
            *options,
            "--index",
            index,
            "--json",
        )
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert ([hit["article_id"] for hit in answer["hits"]], answer["searched"]) == (["bac"], 1)


def test_a_long_address_is_printed_whole(
    build: Build, write_jsonl: Write, tmp_path: Path, words: None, capsys: Captured
) -> None:
    address = "https://gazette.example/2024/03/" + "a-very-long-slug-" * 8
    build(write_jsonl({"id": "a", "text": "The ferry ran aground.", "url": address}))
    assert _run("search", "ferry", "--index", tmp_path / "index") == 0
    assert f"  {address}" in capsys.readouterr().out.splitlines()


def test_sentences_stand_apart_around_the_one_that_answers_best(
    build: Build, write_jsonl: Write, tmp_path: Path, words: None, capsys: Captured
) -> None:
    text = "Rain fell all day. The ferry ran aground. All were saved."
    build(write_jsonl({"id": "a", "title": "Rescue", "text": text}))
    assert _run("search", "ferry aground", "--index", tmp_path / "index") == 0
    assert text in " ".join(capsys.readouterr().out.split())


def test_nothing_found_is_said(index: Path, words: None, capsys: Captured) -> None:
    assert _run("search", "ferry", "--to", "1999", "--index", index) == 0
    assert capsys.readouterr().out == "no passage passes the filters and has the required words\n"


def test_an_outlet_that_is_not_there_is_an_error_with_one_that_is(index: Path, words: None, capsys: Captured) -> None:
    assert _run("search", "ferry", "--source", "Courier", "--index", index) == 2
    assert "did you mean 'Le Courrier'?" in " ".join(capsys.readouterr().err.replace("[31m ", "").split())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("queries.txt", "the ferry\n\n???\nle bac\n"),
        ("queries.jsonl", '{"query": "the ferry"}\n"???"\n{"_id": "3", "text": "le bac"}\n'),
        ("queries.csv", 'id,query\n1,the ferry\n2,???\n3,"le bac"\n'),
    ],
)
def test_the_queries_of_a_file_are_answered_in_order(
    index: Path, words: None, capsys: Captured, tmp_path: Path, name: str, content: str
) -> None:
    queries = tmp_path / name
    queries.write_text(content)
    asked = ["search", "--queries", queries, "--index", index, "--min-relevance", "0", "--limit", "1"]
    assert _run(*asked, "--json") == 2
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["query"] for answer in answers] == ["the ferry", "???", "le bac"]
    assert [answer["answer"] and answer["answer"]["hits"][0]["article_id"] for answer in answers] == [
        *("ferry", None, "bac"),
    ]
    assert answers[1]["error"]["message"] == "the query '???' has no words"
    assert _run(*asked, "--csv") == 2
    output = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(output.out.removeprefix("\ufeff"))))
    assert {(row["query"], row["article_id"]) for row in rows} >= {("the ferry", "ferry"), ("le bac", "bac")}
    assert output.err.startswith("error: query 2: the query '???' has no words")
    assert _run(*asked) == 2
    assert "=== le bac" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no queries"),
        ("id,text\n1,x\n", "its columns are id, text, wanted one named 'query'"),
    ],
)
def test_a_file_without_queries_exits_2(tmp_path: Path, capsys: Captured, content: str, said: str) -> None:
    queries = tmp_path / "queries.csv"
    queries.write_text(content)
    assert _run("search", "--queries", queries) == 2
    assert said in capsys.readouterr().err or not content
    assert _run("search", "--queries", tmp_path / "none.txt") == 2
    assert "No such file" in capsys.readouterr().err
    assert _run("search", "x", "--queries", queries) == 2


def test_json_is_what_the_api_answers(index: Path, words: None, capsys: Captured) -> None:
    assert _run("search", "the ferry", "--limit", "2", "--min-relevance", "0", "--index", index, "--json") == 0
    output = capsys.readouterr()
    found = json.loads(output.out)
    client = TestClient(create_app(Settings(index=index)))
    answered = client.get("/search", params={"q": "the ferry", "limit": 2, "min_relevance": 0}).json()
    assert [hit["article_id"] for hit in found["hits"]] == ["ferry", "bank"]
    assert found | {"took_ms": 0} == answered | {"took_ms": 0}
    assert output.err == ""


def test_a_question_across_languages(seed_index: Path, capsys: Captured) -> None:
    assert _run("search", "土耳其会重返F-35项目吗？", "--limit", "1", "--index", seed_index) == 0
    lines = _lines(capsys.readouterr().out)
    assert [re.sub(r"^0\.\d\d", "0.60", line) for line in lines[:5]] == [
        "0.60  2025-05  fr",
        "  Une source du ministère turc des Affaires étrangères a déclaré que la Turquie et les…",
        "  Il devait plaider en faveur de la levée des sanctions contre la Turquie ainsi que de la réintégration"
        " du pays dans le programme des avions de chasse F-35.",
        "  has F-35",
        "  id 000_bfaee044f52e0d90",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["  "], ["error: the query is empty", "  try: ask a question or give some words, in any language"]),
        (["???"], ["error: the query '???' has no words", "  try: ask a question or give some words, in any language"]),
        (["x", "--limit", "0"], ["error: limit is 0, wanted 1 to 1000"]),
        (
            ["x", "--language", "klingon"],
            ["error: language 'klingon' is no ISO 639 code", "  try: use a code such as fr, tr, ar or zh"],
        ),
        (
            ["x", "--from", "2025", "--to", "2024"],
            ["error: published_from 2025 is after published_to 2024", "  try: swap them"],
        ),
    ],
)
def test_a_query_that_makes_no_sense_exits_2(arguments: list[str], said: list[str], capsys: Captured) -> None:
    assert _run("search", *arguments) == 2
    output = capsys.readouterr()
    assert (output.out, output.err.splitlines()) == ("", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search"], "give a query, or a file of queries with --queries"),
        (["search", "x", "--limit", "many"], "--limit"),
        (["search", "x", "--langauge", "fr"], "--langauge"),
        (["serve", "--port", "70000"], "65535"),
        (["sarch", "x"], "sarch"),
    ],
)
def test_a_command_line_that_is_none_exits_2(arguments: list[str], said: str, capsys: Captured) -> None:
    assert _run(*arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err


@pytest.mark.parametrize("arguments", [["search", "ferry"], ["status"], ["serve"]])
def test_without_an_index_every_command_exits_3_and_says_how_to_build_one(
    arguments: list[str], tmp_path: Path, capsys: Captured, served: list[tuple[str, int]]
) -> None:
    assert _run(*arguments, "--index", tmp_path) == 3
    assert served == []
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        f"error: there is no index in {tmp_path}\n  try: run rebuild-index, or name another with --index\n"
    )


@pytest.mark.parametrize("command", ["search", "status"])
def test_a_damaged_index_exits_3(command: str, index: Path, words: None, capsys: Captured) -> None:
    damaged = generation_folder(index, current_id(index)) / "passages.arrow"
    size = damaged.stat().st_size
    damaged.write_bytes(b"damaged")
    assert _run(command, *(["ferry"] if command == "search" else []), "--index", index) == 3
    assert capsys.readouterr().err == (
        f"error: {damaged} is truncated or altered: 7 bytes, wanted {size}\n  try: run rebuild-index\n"
    )


def test_another_encoder_is_refused_with_both_names(index: Path, capsys: Captured) -> None:
    assert _run("search", "ferry", "--encoder", "embedded", "--index", index) == 3
    assert capsys.readouterr().err == (
        "error: the index was built with the encoder words, and embedded is asked for\n"
        "  try: drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder embedded\n"
    )


def test_index_and_encoder_may_be_named_in_the_environment(
    index: Path, words: None, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("DATELINE_INDEX", str(index))
    monkeypatch.setenv("DATELINE_ENCODER", "words")
    assert _run("search", "the ferry", "--min-relevance", "0", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["hits"]) == 3
    monkeypatch.setenv("DATELINE_ENCODER", "others")
    assert _run("search", "the ferry", "--json") == 3


def test_status_says_what_the_index_holds(build: Build, write_jsonl: Write, tmp_path: Path, capsys: Captured) -> None:
    generation = build(write_jsonl(*ARTICLES, {"id": "bad"})).generation
    manifest = open_current(tmp_path / "index").manifest
    assert _run("status", "--index", tmp_path / "index") == 0
    output = capsys.readouterr()
    assert (" ".join(output.out.split()), output.err) == (
        f"index {tmp_path}/index, generation {generation}, every file checked"
        f" built {manifest.built_at:%Y-%m-%d %H:%M} UTC"
        " encoder words (revision 1, 64 dimensions)"
        " articles 3, newest 2025-05, 1 skipped"
        " passages 3"
        f" size {sum(file.bytes for file in manifest.files.values()) / 2**20:.1f} MiB"
        " languages en 2, fr 1"
        " sources The [/b] Gazette :car: 1, Le [31m Courrier 1, (none) 1",
        "",
    )


def test_status_is_aligned(seed_index: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert _run("status", "--index", seed_index) == 0
    lines = _lines(capsys.readouterr().out)
    assert lines[2:5] == [
        "encoder    embedded (revision 0db566fd0af8, 512 dimensions)",
        "articles   101, newest 2026-03-13, 0 skipped",
        f"passages   {open_current(seed_index).manifest.passages}",
    ]
    assert lines[6].startswith("languages  fr 11, en 11, ")
    assert lines[7].startswith("sources    The Harbour Gazette 9, Le Courrier du Littoral 8, صحيفة المرفأ 6, ")


def test_status_as_json_is_what_the_api_says(index: Path, words: None, capsys: Captured) -> None:
    assert _run("status", "--index", index, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said.pop("nominations")["kind"] == "Flat+RaBitQ"
    assert said == TestClient(create_app(Settings(index=index))).get("/stats").json()
    assert said["articles"] == 3


def test_serve_listens_where_it_is_told(
    index: Path, served: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_INDEX", str(index))
    assert _run("serve") == 0
    monkeypatch.setenv("DATELINE_PORT", "8123")
    assert _run("serve", "--host", "0.0.0.0", "--without-keys") == 0
    assert _run("serve", "--port", "0") == 0
    assert served == [("127.0.0.1", 8000), ("0.0.0.0", 8123), ("127.0.0.1", 0)]


def test_help_names_every_command(capsys: Captured) -> None:
    assert _run("--help") == 0
    output = capsys.readouterr().out
    assert re.findall(r"^  ([a-z][a-z-]+)  ", output, re.MULTILINE) == [
        "rebuild-index",
        "remove",
        "watch",
        "plan",
        "search",
        "evaluate",
        "serve",
        "mcp",
        "config",
        "status",
        "doctor",
        "keys",
    ]


def test_a_reader_that_has_had_enough_ends_the_command_well(seed_index: Path) -> None:
    command = [str(Path(sys.executable).parent / "dateline"), "status", "--index", str(seed_index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.wait(60), process.stderr.read()) == (0, b"")


@pytest.mark.parametrize(("program", "name"), [(cli.app, "dateline"), (rebuild_app, "rebuild-index")])
def test_each_program_prints_the_version_that_is_installed(program: typer.Typer, name: str, capsys: Captured) -> None:
    project = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert run(program, name, ["--version"]) == 0
    assert capsys.readouterr() == (f"dateline {project['project']['version']}\n", "")


def test_dateline_is_what_is_installed(capsys: Captured) -> None:
    (script,) = entry_points(group="console_scripts", name="dateline")
    with pytest.raises(SystemExit, match=r"^2$"):
        script.load()(["search", "???"])
    assert "has no words" in capsys.readouterr().err
