"""``rebuild-index`` as it is typed: output, exit codes, and a tiny model of one's own through the same commands."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import cli
from indexer.generations import store
from indexer.generations.sealed import with_digest, without_digest
from indexer.terminal.shell import run
from search_api import cli as dateline

Write = Callable[..., Path]
BIN = Path(sys.executable).parent


def _rebuild(*arguments: object) -> int:
    return run(cli.app, "rebuild-index", [str(argument) for argument in arguments])


def _dateline(*arguments: object) -> int:
    return run(dateline.app, "dateline", [str(argument) for argument in arguments])


@pytest.fixture
def news(write_jsonl: Write) -> Path:
    return write_jsonl(
        {
            "id": "a",
            "title": "Ferry aground",
            "text": "All 412 passengers were rescued.",
            "language": "en",
            "published": "2024-03-14",
        },
        {"id": "b", "text": ""},
        {"id": "c", "text": "Die Zentralbank erhöhte den Leitzins.", "language": "de", "published": "gestern"},
    )


def test_the_summary_names_what_was_skipped_and_flagged(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _rebuild(news, "--index", tmp_path / "index") == 0
    output = capsys.readouterr()
    generation = store.current_id(tmp_path / "index")
    lines = [re.sub(r"\d+\.\d s|[\d,]+ MiB", "-", line.rstrip()) for line in output.out.splitlines()]
    assert lines == [
        "articles   2 from 1 files, 1 without a date",
        "passages   2, 2 of them new to the encoder",
        "languages  en 1, de 1",
        "dates      no outlet: 1 with a day, 1 without a date",
        "took       reading -, encoding -, publishing -",
        "memory     - at most",
        f"index      {tmp_path}/index, generation {generation}",
        "",
        "1 without a date, such as:",
        f"  {news}:3: the date is given as 'gestern'",
        "",
        "1 skipped:",
        f"  {news}:2: its text is empty",
        "",
        "1 flagged:",
        f"  {news}:3: date 'gestern' not understood: wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or"
        " 2025-05-27T18:20:00+02:00; kept without a date",
    ]
    assert [line.split(",")[0] for line in output.err.splitlines()] == [
        "reading: 1 files",
        "reading: 1 of 1 files",
        "encoding: 2 passages",
        "encoding: 2 of 2 passages",
    ]


def test_nothing_is_built_where_nothing_has_changed_unless_it_is_forced(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rebuild(*options: str) -> str:
        assert _rebuild(news, "--index", tmp_path, *options) == 0
        generation, printed = store.current_id(tmp_path), capsys.readouterr().out
        assert f"generation {generation}" in printed
        return f"{generation} unchanged" if "nothing has changed" in printed else generation

    first = rebuild()
    assert rebuild() == f"{first} unchanged"
    assert rebuild("--force") not in {first, f"{first} unchanged"}


def test_json_is_one_object(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _rebuild(news, "--index", tmp_path / "index", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["articles"], report["passages"], report["languages"]) == (2, 2, {"en": 1, "de": 1})
    assert report["skipped"] == [{"origin": f"{news}:2", "reason": "its text is empty"}]
    assert (report["undated"], report["dating"]["outlets"]) == (1, {"": {"day": 1, "none": 1}})
    assert report["dating"]["undated"] == [{"origin": f"{news}:3", "written": "gestern"}]


def test_the_index_may_be_named_in_the_environment(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_INDEX", str(tmp_path / "elsewhere"))
    assert _rebuild(news) == 0
    assert store.open_current(tmp_path / "elsewhere").manifest.articles == 2


def test_without_a_source_it_reads_seeds(write_jsonl: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_jsonl({"text": "from the seeds"}, name="seeds/a.jsonl")
    monkeypatch.chdir(tmp_path)
    assert _rebuild() == 0
    assert store.open_current(tmp_path / "index").tables.passage_row(0)["text"] == "from the seeds"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["gone"],
            2,
            "error: gone does not exist: wanted a folder of news, or a file of text, Markdown, HTML, RSS, Atom,"
            " JSON, JSON Lines, CSV, TSV, Parquet, Arrow, WARC, PDF, Word, OpenDocument, RTF, spreadsheets, e-mail or"
            " dumps of a wiki, packed or in an archive\n"
            "  try: rebuild-index FOLDER_OR_FILE\n",
        ),
        (
            [],
            2,
            "error: no source was named, and there is no folder seeds/ here\n  try: rebuild-index PATH\n",
        ),
        (
            ["n.txt", "--min-tokens", "9", "--max-tokens", "5"],
            2,
            "error: wanted 1 <= min-tokens <= max-tokens, got 9 and 5\n",
        ),
        (
            ["n.txt", "--dtype", "float16"],
            2,
            "error: dtype float16 is for sentence-transformers models: the embedded encoder computes in float32 or"
            " bfloat16\n"
            "  try: add --dtype bfloat16, or drop the option\n",
        ),
        (
            ["n.txt", "--processes", "2"],
            2,
            "error: backend, model-file, truncate-dim, prompts, batch-size and several processes belong to"
            " sentence-transformers models, and the encoder is the embedded one\n"
            "  try: add --encoder NAME (for instance intfloat/multilingual-e5-small), or drop the option\n",
        ),
    ],
    ids=["missing", "no seeds", "limits", "dtype", "options"],
)
def test_mistakes_are_said_on_standard_error(
    arguments: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "n.txt").write_text("news", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert _rebuild(*arguments) == code
    assert capsys.readouterr() == ("", message)
    assert not (tmp_path / "index").exists()


def test_an_option_that_does_not_exist_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert _rebuild("--no-such-option") == 2
    assert "No such option: --no-such-option" in capsys.readouterr().err


def test_a_second_rebuild_is_refused_with_a_code_of_its_own(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with store.build_folder(tmp_path / "index"):
        assert _rebuild(news, "--index", tmp_path / "index") == 4
    error = capsys.readouterr().err
    assert f"is being rebuilt by process {os.getpid()} of " in error
    assert "  try: wait until it is done, or build elsewhere with --index DIR\n" in error


def test_the_real_command_killed_while_it_encodes_leaves_the_old_index(news: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    command = [str(BIN / "rebuild-index"), str(news), "--index", str(index), "--force"]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    before = store.current_id(index)
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("encoding:"):
            assert process.poll() is None
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert store.open_current(index).manifest.generation == before
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    assert store.current_id(index) != before
    assert not (index / "building").exists()


def test_a_model_of_ones_own_indexes_and_searches_and_the_wrong_one_is_refused(
    news: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    assert _rebuild(news, "--index", index, "--encoder", tiny_model) == 0
    record = store.open_current(index).manifest.encoder
    assert (record.name, record.dim) == (str(tiny_model), 48)
    capsys.readouterr()
    assert _dateline("search", "All 412 passengers were rescued.", "--index", index, "--json") == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["article_id"] == "a"
    assert _dateline("search", "ferry", "--index", index, "--encoder", "embedded") == 3
    assert capsys.readouterr().err == (
        f"error: the index was built with the encoder {tiny_model}, and embedded is asked for\n"
        "  try: drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder embedded\n"
    )


def test_a_model_that_changed_since_is_refused_with_both_revisions(
    news: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    assert _rebuild(news, "--index", index, "--encoder", tiny_model, "--query-prompt", "ask: ") == 0
    built = store.open_current(index).manifest.encoder
    manifest = store.generation_folder(index, store.current_id(index)) / "manifest.json"
    other = without_digest(manifest.read_bytes()).replace(built.revision.encode(), b"000000000000")
    manifest.write_bytes(with_digest(other))
    capsys.readouterr()
    assert _dateline("search", "ferry", "--index", index) == 3
    error = capsys.readouterr().err
    assert f"the index was built with {tiny_model} (revision 000000000000, 48 dimensions)" in error
    assert f"and the encoder is now {tiny_model} (revision {built.revision}, 48 dimensions)" in error


def test_a_model_whose_dimension_changed_since_is_refused_with_both_and_the_way_out(
    news: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense

    index, model = tmp_path / "index", tmp_path / "model"
    shutil.copytree(tiny_model, model)
    assert _rebuild(news, "--index", index, "--encoder", model, "--query-prompt", "ask: ") == 0
    wider = SentenceTransformer(str(model), device="cpu")
    wider.append(Dense(48, 32))
    wider.save(str(model))
    capsys.readouterr()
    assert _dateline("search", "ferry", "--index", index) == 3
    error = capsys.readouterr().err
    assert re.search(rf"built with {model} \(revision \w+, 48 dimensions\), and the encoder is now {model} \(", error)
    assert error.endswith(f", 32 dimensions)\n  try: run rebuild-index --encoder {model} --query-prompt 'ask: '\n")
    assert _rebuild(news, "--index", index, "--encoder", model, "--query-prompt", "ask: ") == 0
    assert _dateline("search", "ferry", "--index", index) == 0


def test_a_dry_run_and_a_build_say_how_each_outlet_is_dated_and_name_three_without_a_date(
    write_jsonl: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = ["2025-05-27", "27 May 2025 18:20", "2025", "May 2025", "", "soon", "0000-00-00", "03/04/2025"]
    news = write_jsonl(
        *({"id": date, "text": f"The ferry {date}.", "date": date, "source": "Courier"} for date in dates),
        *({"text": f"Die Fähre {number}.", "date": "2025-05", "source": f"Bote {number}"} for number in range(9)),
    )
    wanted = [
        "dates      Courier: 1 with a time, 1 with a day, 1 with a month, 1 with a year, 4 without a date;",
        "4 without a date, such as:",
        f"  {news}:5: no date is given",
        f"  {news}:6: the date is given as 'soon'",
        f"  {news}:7: the date is given as '0000-00-00'",
    ]
    assert _rebuild(news, "--dry-run", "--index", tmp_path / "index") == 0
    surveyed = capsys.readouterr().out
    assert _rebuild(news, "--index", tmp_path / "index") == 0
    built = capsys.readouterr().out
    for printed in (surveyed, built):
        assert [line for line in wanted if line not in printed] == []
        assert "Bote 6: 1 with a month; 2 more outlets" in " ".join(printed.split())
        assert f"{news}:8" not in printed
