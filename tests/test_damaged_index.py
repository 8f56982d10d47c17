"""A damaged index is refused, whatever the damage, and a rebuild repairs it without forgetting what it was told."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import cli
from indexer.build.previous import open_previous
from indexer.errors import IndexCorruptError
from indexer.generations import store
from indexer.generations.layout import GenerationLayout, IndexLayout
from indexer.generations.recovery import recorded_sources
from indexer.generations.report import BuildReport
from indexer.generations.sealed import with_digest, without_digest
from indexer.terminal.shell import run
from search_api.cli import app as dateline

Build = Callable[..., BuildReport]
Damage = Callable[[Path], object]
FLIPS = 1_000
FERRY, BRIDGE = "The ferry ran aground off Veldhaven on Thursday.", "The bridge of Lindau fell into the river."


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").touch()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[str, Damage] = {
    "nulls": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "empty": lambda path: path.write_bytes(b""),
    "folder": _folder,
    "pipe": _pipe,
    "binary": lambda path: path.write_bytes(random.Random(3).randbytes(500)),
    "list": lambda path: path.write_bytes(b"[]"),
    "number": lambda path: path.write_bytes(b"1e999"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n{}"),
    "text": lambda path: path.write_text("there is nothing here\n"),
}
VALUES: dict[str, object] = {
    "format": 10**40,
    "articles": -1,
    "passages": 1e300,
    "encoder": None,
    "languages": [],
    "files": {},
    "built_at": "never",
    "generation": "../../etc",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two articles and an index of them, from which a third was removed."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "news").mkdir()
    for name, text in (("ferry", FERRY), ("bridge", BRIDGE), ("secret", "The smugglers met in the harbour.")):
        (folder / "news" / f"{name}.txt").write_text(text)
    index = str(folder / "index")
    assert run(cli.app, "rebuild-index", [str(folder / "news"), "--index", index]) == 0
    assert run(dateline, "dateline", ["remove", "secret", "--index", index]) == 0
    return folder


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """A copy of that index, which may be damaged."""
    shutil.copytree(built / "index", tmp_path / "index")
    return tmp_path / "index"


def _ids(index: Path) -> list[str]:
    return sorted(store.open_current(index).tables.article_column("id").tolist())


def _manifest(index: Path) -> Path:
    return GenerationLayout(store.open_current(index).folder).manifest


def _pointer(index: Path) -> Path:
    return IndexLayout(index).current


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("damaged", [_manifest, _pointer])
def test_damage_is_said_and_repaired_by_a_rebuild_that_keeps_out_what_was_removed(
    index: Path, damaged: Callable[[Path], Path], damage: Damage, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(damaged(index))
    assert run(dateline, "dateline", ["status", "--index", str(index)]) == 3
    said = capsys.readouterr().err
    assert damaged.__name__.strip("_").replace("pointer", "CURRENT") in said
    assert "try: run rebuild-index" in said
    assert run(cli.app, "rebuild-index", ["--index", str(index)]) == 0
    assert "was damaged, and is built anew" in " ".join(capsys.readouterr().out.split())
    assert _ids(index) == ["bridge", "ferry"]
    assert run(dateline, "dateline", ["status", "--index", str(index)]) == 0


def test_an_index_whose_sketches_are_damaged_is_not_carried_over(index: Path) -> None:
    generation = store.open_current(index)
    described = index, generation.manifest.encoder, generation.manifest.cutting
    assert open_previous(*described)
    path = generation.layout.sketches
    path.write_bytes(b"x" * 9 + path.read_bytes()[9:])
    with pytest.raises(IndexCorruptError, match="sketches"):
        open_previous(*described)


@pytest.mark.parametrize("name", VALUES)
def test_other_values_in_a_manifest_are_refused_even_with_their_digest(index: Path, name: str) -> None:
    path = _manifest(index)
    content = json.loads(without_digest(path.read_bytes())) | {name: VALUES[name]}
    for changed in (json.dumps(content, indent=2).encode(), with_digest(json.dumps(content, indent=2).encode())):
        path.write_bytes(changed)
        with pytest.raises(store.IndexUnavailableError, match=r"\w") as caught:
            store.open_current(index)
        assert (caught.value.exit_code, caught.value.hint) == (3, "run rebuild-index")


@pytest.mark.parametrize("name", ["format", "files", "read", "encoder", "articles"])
def test_a_manifest_without_one_of_its_members_is_refused(index: Path, name: str) -> None:
    path = _manifest(index)
    content = json.loads(without_digest(path.read_bytes()))
    del content[name]
    path.write_bytes(json.dumps(content, indent=2).encode())
    with pytest.raises(IndexCorruptError, match=r"manifest\.json is damaged"):
        store.open_current(index)


def test_no_flipped_bit_passes(index: Path) -> None:
    """Any bit of any file: the bytes of small files are as likely to be hit as those of large ones."""
    files = [_pointer(index), *sorted(store.open_current(index).folder.iterdir())]
    chance = random.Random(20)
    passed = []
    for number in range(FLIPS):
        path = files[number % len(files)]
        content = bytearray(path.read_bytes())
        place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
        content[place] ^= bit
        path.write_bytes(content)
        try:
            store.open_current(index)
            passed.append((path.name, place, bit))
        except IndexCorruptError:
            pass
        content[place] ^= bit
        path.write_bytes(content)
    assert passed == []
    assert _ids(index) == ["bridge", "ferry"]


def test_no_bit_of_the_pointer_passes(index: Path) -> None:
    path = _pointer(index)
    content = path.read_bytes()
    for place in range(len(content)):
        for bit in range(8):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :])
            with pytest.raises(IndexCorruptError, match="CURRENT"):
                store.open_current(index)


@pytest.mark.parametrize("name", ["manifest.json", "sources.json"])
def test_no_flipped_bit_of_the_manifest_or_the_record_of_sources_loses_what_was_removed(index: Path, name: str) -> None:
    path = store.open_current(index).folder / name
    whole, content = recorded_sources(index), path.read_bytes()
    for place in range(0, len(content), 17):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert recorded_sources(index) == whole


def test_what_can_be_read_of_two_damaged_records_is_used_and_said(
    index: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = GenerationLayout(store.open_current(index).folder)
    files.manifest.write_bytes(b"")
    files.sources.write_bytes(files.sources.read_bytes().replace(b'"exclude"', b'"exclud'))
    (article,) = recorded_sources(index).read.removed
    assert article.id == "secret"
    assert run(cli.app, "rebuild-index", ["--index", str(index)]) == 3
    said = capsys.readouterr().err
    assert f"{index} is damaged, and does not tell what it was built from" in said
    assert "try: rebuild-index PATH" in said
    assert run(cli.app, "rebuild-index", [str(built / "news"), "--index", str(index)]) == 0
    assert "1 articles that were removed stay out" in " ".join(capsys.readouterr().out.split())
    assert _ids(index) == ["bridge", "ferry"]


def test_an_earlier_generation_tells_the_sources_where_nothing_of_the_newest_can_be_read(index: Path) -> None:
    assert run(cli.app, "rebuild-index", ["--force", "--index", str(index)]) == 0
    newest = GenerationLayout(store.open_current(index).folder)
    shutil.rmtree(newest.folder)
    newest.folder.mkdir()
    earlier = next(each for each in newest.folder.parent.iterdir() if each != newest.folder)
    found = recorded_sources(index)
    assert [article.id for article in found.read.removed] == ["secret"]
    assert [Path(source).name for source in found.read.sources] == ["news"]
    assert found.doubt == (
        f"the record of its sources in generation {newest.folder.name} is damaged; that of generation "
        f"{earlier.name} is used, and 1 articles that were removed stay out"
    )


def test_an_index_of_which_nothing_is_left_is_not_built_from_the_seeds(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(index / "generations")
    _pointer(index).write_bytes(bytes(30))
    assert run(cli.app, "rebuild-index", ["--index", str(index)]) == 3
    assert "does not tell what it was built from" in capsys.readouterr().err


def test_a_generation_under_the_name_of_another_is_refused(index: Path) -> None:
    folder = store.open_current(index).folder
    folder.rename(folder.with_name("other"))
    _pointer(index).write_text("other\n")
    with pytest.raises(IndexCorruptError, match=f"other holds another generation: {folder.name}"):
        store.open_current(index)
