"""Articles to remove are named by id or address; a wrong name is refused with similar ones and with what to type."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.build import reading_plan
from indexer.build.removal import article_ids
from indexer.encoders.protocol import Encoder
from indexer.errors import NotFoundError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.terminal.shell import run
from search_api import cli

Captured = pytest.CaptureFixture[str]
ARTICLES = [
    {
        "id": "ferry-en",
        "text": "The ferry ran aground off the coast.",
        "url": "https://www.gazette.example/ferry?page=2",
    },
    {"id": "ferry-fr", "text": "Le bac a coulé au large."},
    {
        "id": "rates-1",
        "title": "Rates up",
        "text": "The bank raised its rates.",
        "url": "https://b.example/rates",
        "published": "2025-01-01",
    },
    {
        "id": "rates-2",
        "title": "Rates up",
        "text": "The bank has raised rates.",
        "url": "https://b.example/rates",
        "published": "2025-01-02",
    },
    {"id": "a#1", "text": "An id may have a number sign in it."},
]


@pytest.fixture
def index(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    build(write_jsonl(*ARTICLES))
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("ferry-fr", {"ferry-fr"}),
        ("a#1", {"a#1"}),
        ("https://www.gazette.example/ferry?page=2", {"ferry-en"}),
        ("http://gazette.example/ferry/?page=2&utm_source=mail#comments", {"ferry-en"}),
        ("gazette.example/ferry?page=2", {"ferry-en"}),
        ("https://b.example/rates", {"rates-2"}),
        ("rates-2", {"rates-2"}),
        ("rates-1", {"rates-2"}),
    ],
)
def test_an_article_is_named_by_its_id_or_its_address(name: str, ids: set[str], index: Path) -> None:
    assert article_ids(open_current(index).tables, [name], index) == ids


def test_several_are_named_at_once(index: Path) -> None:
    names = ["ferry-fr", "https://gazette.example/ferry?page=2"]
    assert article_ids(open_current(index).tables, names, index) == {"ferry-fr", "ferry-en"}


@pytest.mark.parametrize(
    ("name", "similar"),
    [
        ("ferry", "; similar ones are ferry-fr, ferry-en"),
        ("https://gazette.example/fery?page=2", "; similar ones are gazette.example/ferry?page=2"),
        ("https://elsewhere.test/", ""),
        ("z", ""),
        ("", ""),
    ],
)
def test_an_unknown_name_is_refused_with_similar_ones(name: str, similar: str, index: Path) -> None:
    message = f"there is no article {name!r} in {index}: wanted the id or the address of an article{similar}"
    with pytest.raises(NotFoundError, match=f"^{re.escape(message)}$") as caught:
        article_ids(open_current(index).tables, ["ferry-fr", name], index)
    assert caught.value.hint == "dateline search, which prints the id of each article below its passage"


def test_a_passage_is_refused_with_the_command_for_its_article(index: Path) -> None:
    with pytest.raises(
        NotFoundError, match=r"^'a#1#0' is a passage, and only whole articles can be removed$"
    ) as caught:
        article_ids(open_current(index).tables, ["a#1#0"], index)
    assert caught.value.hint == "dateline remove 'a#1'"


def test_the_command_removes_what_is_at_an_address(
    index: Path, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(reading_plan, "open_encoder", lambda name, options: word_encoder)
    assert run(cli.app, "dateline", ["remove", "https://b.example/rates", "--index", str(index)]) == 0
    assert "left out as asked" in capsys.readouterr().out
    left = open_current(index)
    assert sorted(left.tables.article_column("id").tolist()) == ["a#1", "ferry-en", "ferry-fr"]
    assert [each.id for each in left.manifest.read.removed] == ["rates-1", "rates-2"]
    assert run(cli.app, "dateline", ["remove", "ferry-en#0", "--index", str(index)]) == 2
    assert capsys.readouterr().err == (
        "error: 'ferry-en#0' is a passage, and only whole articles can be removed\n  try: dateline remove ferry-en\n"
    )
