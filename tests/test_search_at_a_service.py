"""``dateline search --url``: what a service answers is printed as what an index answers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_server import running

from indexer.generations.report import BuildReport
from indexer.terminal.shell import run
from search_api import cli
from search_api.app import create_app
from search_api.service.settings import Settings

Captured = pytest.CaptureFixture[str]
ARTICLES = [
    {"id": "aground", "title": "=Aground", "text": "The ferry ran aground at dawn. Nobody was hurt.", "language": "en",
     "published": "2025-05-27", "source": "The Gazette", "url": "https://gazette.example/ferry"},
    {"id": "bac", "text": "Le bac ferry est échoué.", "published": "2025-05", "language": "fr", "source": "Courrier"},
    {"id": "rates", "text": "Rates were raised by half a point.", "language": "en", "published": "2025-06-03"},
]  # fmt: skip


@pytest.fixture
def index(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tiny_model: Path, tmp_path: Path
) -> Path:
    from indexer.encoders.choose import open_encoder
    from indexer.encoders.options import EncoderOptions

    build(write_jsonl(*ARTICLES), encoder=open_encoder(str(tiny_model), EncoderOptions()))
    return tmp_path / "index"


@pytest.fixture
def url(index: Path) -> Iterator[str]:
    with running(create_app(Settings(index=index))) as server:
        yield f"http://127.0.0.1:{server.port}"


def _timeless(text: str) -> str:
    return re.sub(r'in [\d,]+ ms|"took_ms": ?[\d.]+', "", text)


QUERIES = [
    ["ferry"],
    ["ferry", "--json"],
    ["ferry", "--csv"],
    ["ferry", "--language", "fr", "--language", "en", "--sort", "oldest", "--explain", "--json"],
    ["ferry", "--limit", "1", "--offset", "1", "--from", "2025", "--to", "2025-05", "--not-source", "Bote"],
    ["zeppelin"],
    ["ferry", "--group", "passage", "--min-relevance", "0", "--half-life", "30"],
]


def test_a_service_answers_as_its_index_does(index: Path, url: str, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_text("ferry\n?\nrates\n")
    file = ["--queries", str(tmp_path / "queries.txt")]
    for query in [*QUERIES, file, [*file, "--json"], [*file, "--csv"], ["ferry", "--limit", "0"], ["-x"], ["?"]]:
        said = []
        for place in (["--index", str(index)], ["--url", url]):
            code = run(cli.app, "dateline", ["search", *query, *place])
            output = capsys.readouterr()
            said.append((code, _timeless(output.out), output.err))
        assert said[0] == said[1], query


def test_errors_of_a_service_have_the_codes_of_ours(url: str, index: Path, capsys: Captured) -> None:
    for place in (["--url", url], ["--index", str(index)]):
        assert run(cli.app, "dateline", ["search", "ferry", "--source", "The Gazet", *place]) == 2
        assert "The Gazette" in capsys.readouterr().err
    assert run(cli.app, "dateline", ["search", "ferry", "--url", "http://127.0.0.1:9"]) == 1
    assert "dateline serve" in capsys.readouterr().err
    assert run(cli.app, "dateline", ["search", "ferry", "--url", "localhost"]) == 2
    assert run(cli.app, "dateline", ["search", "ferry", "--url", url, "--index", "elsewhere"]) == 2
    assert "both --url and --index" in capsys.readouterr().err


def test_an_index_that_is_typed_is_nearer_than_a_service_that_is_set(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("DATELINE_URL", "http://127.0.0.1:9")
    assert run(cli.app, "dateline", ["search", "ferry", "--index", str(index)]) == 0
    assert run(cli.app, "dateline", ["search", "ferry"]) == 1
    assert "127.0.0.1:9" in capsys.readouterr().err
