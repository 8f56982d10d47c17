"""A removed article stays out, whichever folder, file or address brings it again, and nothing else goes with it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from indexer.build import reading_plan
from indexer.build.reading_plan import RebuildRequest, plan_reading
from indexer.encoders.protocol import Encoder
from indexer.generations.layout import GenerationLayout
from indexer.generations.store import current_id, generation_folder, open_current
from indexer.terminal.shell import run
from search_api import cli

TIDE = "The tide took two hundred metres of the sea wall at Ansted during the night, and the coast road is shut."
FAIR = "The wool fair at Pell drew nine thousand people, twice as many as in the year before the bridge was built."
ROOF = "Rain came through the roof of the new library in Torvik a week after it was opened by the minister."


@pytest.fixture(autouse=True)
def words(word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in a folder of the test, with the fake encoder."""
    monkeypatch.setattr(reading_plan, "open_encoder", lambda name, options: word_encoder)
    monkeypatch.chdir(tmp_path)


def dateline(*arguments: str) -> int:
    return run(cli.app, "dateline", [*arguments, "--index", "index"])


def texts() -> list[str]:
    return sorted(open_current(Path("index")).tables.article_column("body").tolist())


def write(name: str, content: str | list[dict[str, Any]]) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in content))
    return name


def remove(name: str, *, left: list[str]) -> None:
    assert dateline("remove", name) == 0
    assert texts() == sorted(left)


@pytest.fixture
def files() -> None:
    write("news/2025/tide.txt", TIDE)
    write("news/2025/fair.txt", FAIR)
    assert dateline("rebuild-index", "news") == 0
    remove("2025/tide", left=[FAIR])


def _same_file_from_the_folder_below() -> str:
    return "news/2025"


def _same_file_by_itself_and_edited() -> str:
    write("news/2025/tide.txt", f"{TIDE} Engineers expect the repair to last until spring.")
    return "news/2025"


def _copied() -> str:
    shutil.copytree("news", "elsewhere/under/another/name")
    Path("elsewhere/under/another/name/2025/tide.txt").rename("elsewhere/storm.txt")
    return "elsewhere"


def _in_an_archive() -> str:
    with ZipFile("news.zip", "w") as archive:
        archive.write("news/2025/tide.txt", "box/tide.txt")
        archive.write("news/2025/fair.txt", "box/fair.txt")
    return "news.zip"


def _in_a_record() -> str:
    return write("all.jsonl", [{"id": "77", "text": TIDE}, {"id": "78", "text": FAIR}])


@pytest.mark.parametrize(
    "again",
    [_same_file_from_the_folder_below, _same_file_by_itself_and_edited, _copied, _in_an_archive, _in_a_record],
)
def test_a_file_stays_out_wherever_it_is_read(files: None, again: Callable[[], str]) -> None:
    assert dateline("rebuild-index", again()) == 0
    assert texts() == [FAIR]


def test_another_file_of_the_same_name_is_another_article(files: None) -> None:
    assert dateline("rebuild-index", "news/2025") == 0
    write("other/2025/tide.txt", ROOF)
    assert dateline("rebuild-index", "other") == 0
    assert texts() == [ROOF]


RECORDS = [
    {"id": "7", "title": "Wall", "text": TIDE, "source": "Ansted Post", "url": "https://www.post.example/wall?utm_source=x"},
    {"id": "8", "title": "Fair", "text": FAIR, "source": "Ansted Post", "url": "https://www.post.example/fair"},
]  # fmt: skip
LATER = f"{ROOF} {FAIR}"


@pytest.mark.parametrize("name", ["7", "http://post.example/wall/", "post.example/wall"])
@pytest.mark.parametrize(
    "again",
    [
        {"id": "7"},
        {"id": "7", "title": "Sea wall gone", "text": LATER, "url": ""},
        {"id": "107", "title": "Sea wall gone", "text": LATER, "url": "http://post.example/wall/amp/?fbclid=1#top"},
        {"id": "107", "url": "https://post.example/2025/wall"},
    ],
)
def test_a_record_stays_out_by_its_id_its_address_or_its_text(name: str, again: dict[str, str]) -> None:
    assert dateline("rebuild-index", write("news.jsonl", RECORDS)) == 0
    remove(name, left=[FAIR])
    assert dateline("rebuild-index", write("again.jsonl", [RECORDS[0] | again, RECORDS[1]])) == 0
    assert texts() == [FAIR]


def test_its_versions_stay_out_too() -> None:
    earlier = {**RECORDS[0], "id": "6", "text": LATER, "published": "2024"}
    write("news.jsonl", [earlier, RECORDS[0] | {"published": "2025"}, RECORDS[1]])
    assert dateline("rebuild-index", "news.jsonl") == 0
    remove("7", left=[FAIR])
    assert dateline("rebuild-index", write("again.jsonl", [earlier | {"url": ""}, RECORDS[1]])) == 0
    assert texts() == [FAIR]


def test_what_only_has_the_same_id_in_another_outlet_stays() -> None:
    other = {"id": "7", "title": "Roof", "text": ROOF, "source": "Torvik Times"}
    assert dateline("rebuild-index", write("news.jsonl", RECORDS)) == 0
    remove("7", left=[FAIR])
    assert dateline("rebuild-index", "news.jsonl", write("other.jsonl", [other])) == 0
    assert texts() == sorted([FAIR, ROOF])


def test_of_two_articles_with_one_id_only_the_named_one_goes() -> None:
    other = {"id": "7", "title": "Roof", "text": ROOF, "source": "Torvik Times"}
    assert dateline("rebuild-index", write("news.jsonl", RECORDS), write("other.jsonl", [other])) == 0
    tables = open_current(Path("index")).tables
    ids = dict(zip(tables.article_column("body").tolist(), tables.article_column("id").tolist(), strict=True))
    assert ids[FAIR] == "8"
    assert ids[TIDE].startswith("7~")
    assert ids[ROOF].startswith("7~")
    remove(ids[TIDE], left=[FAIR, ROOF])
    assert dateline("rebuild-index", "other.jsonl") == 0
    assert texts() == [ROOF]


def test_an_address_of_several_articles_removes_none_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    home = [{**each, "url": "https://post.example/news"} for each in RECORDS]
    assert dateline("rebuild-index", write("news.jsonl", home)) == 0
    capsys.readouterr()
    assert dateline("remove", "https://post.example/news") == 2
    assert capsys.readouterr().err == (
        "error: 'https://post.example/news' is the address of 2 articles: 7, 8\n  try: dateline remove 7\n"
    )
    remove("7", left=[FAIR])
    assert dateline("rebuild-index", "news.jsonl", "--force") == 0
    assert texts() == [FAIR]


def test_nothing_readable_is_kept_of_a_removed_article() -> None:
    assert dateline("rebuild-index", write("news.jsonl", RECORDS)) == 0
    remove("7", left=[FAIR])
    manifest = (generation_folder(Path("index"), current_id(Path("index"))) / "manifest.json").read_text()
    assert "wall" not in manifest.casefold()
    assert "ansted" not in manifest.casefold()


def test_what_was_removed_stays_out_after_an_update_that_reads_no_older_index() -> None:
    assert dateline("rebuild-index", write("news.jsonl", RECORDS)) == 0
    path = GenerationLayout(generation_folder(Path("index"), current_id(Path("index")))).manifest
    manifest = orjson.loads(path.read_bytes())
    manifest["read"]["removed"] = ["7"]
    path.write_bytes(orjson.dumps({"format": 5, "read": manifest["read"]}))
    assert plan_reading(Path("index"), RebuildRequest()).removed[0].id == "7"
    assert dateline("rebuild-index", "news.jsonl") == 0
    assert texts() == [FAIR]
