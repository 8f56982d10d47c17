"""The names of the files of an index stand in one module, and that module is right about them."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.generations import layout, store
from indexer.generations.layout import GenerationLayout, IndexLayout, is_index_folder
from indexer.generations.report import BuildReport

REPOSITORY = Path(__file__).resolve().parent.parent
NAMES = {value for name, value in vars(layout).items() if name.isupper() and isinstance(value, str)}
FOLDERS = {"CURRENT", "rebuild.lock", "rebuild.lock.json", "fetched", "read.sqlite"}


def _strings(path: Path) -> set[str]:
    """Return the string constants of a module that are not documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    }


@pytest.mark.parametrize("package", ["indexer", "search_api"])
def test_nobody_else_spells_the_name_of_a_file(package: str) -> None:
    spelled = {
        (str(path.relative_to(REPOSITORY)), name)
        for path in (REPOSITORY / package).rglob("*.py")
        for name in _strings(path) & (NAMES | FOLDERS)
        if path != Path(layout.__file__)
    }
    assert spelled == set()


def test_a_generation_is_made_of_the_files_that_are_named(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    build(write_jsonl({"id": "a", "text": "the ferry"}))
    index = IndexLayout(tmp_path / "index")
    generation = store.open_current(index.index)
    assert sorted(generation.manifest.files) == sorted(layout.COMPLETE)
    assert sorted(path.name for path in generation.folder.iterdir()) == sorted([*layout.COMPLETE, layout.MANIFEST])
    files = GenerationLayout(generation.folder)
    paths = {*files.tables, *files.keywords, files.vectors, files.nominations, files.signals, files.keyword_sample}
    paths |= {files.columns, files.sketches, files.report, files.sources, files.manifest}
    assert paths == set(generation.folder.iterdir())
    assert (index.current.read_text().strip(), index.generations) == (generation.folder.name, generation.folder.parent)
    assert index.read_cache.is_file()


def test_the_readme_of_the_index_lists_the_same_files() -> None:
    readme = (REPOSITORY / "index" / "README.md").read_text(encoding="utf-8")
    listed = {line.split()[0].rstrip("/*") for line in readme.splitlines() if line.startswith("    ") and line.strip()}
    assert {*layout.COMPLETE, layout.MANIFEST} <= listed
    assert {"CURRENT", "cache", "building", "rebuild.lock"} <= listed


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        (("CURRENT", "generations", "cache", "rebuild.lock"), True),
        (("generations",), True),
        (("rebuild.lock", "building"), True),
        (("CURRENT", "generations/"), True),
        (("cache/read.sqlite",), False),
        (("generations/",), False),
        (("CURRENT",), False),
        ((), False),
    ],
)
def test_an_index_is_known_by_what_lies_in_it(kept: tuple[str, ...], known: bool, tmp_path: Path) -> None:
    files = IndexLayout(tmp_path / "news-of-2025")
    generation = GenerationLayout(files.generations / "1")
    made = {
        "CURRENT": [files.current],
        "generations": [generation.manifest, generation.tables.articles],
        "cache": [files.read_cache],
        "cache/read.sqlite": [files.read_cache],
        "rebuild.lock": [files.lock],
        "building": [files.building / "x" / "y"],
        "generations/": [files.generations / "notes.txt"],
    }
    for path in (path for name in kept for path in made[name]):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    files.index.mkdir(exist_ok=True)
    assert is_index_folder(files.index) is known


def test_a_copied_generation_and_a_copied_cache_are_known_too(tmp_path: Path) -> None:
    generation = GenerationLayout(tmp_path / "old")
    generation.folder.mkdir()
    generation.tables.articles.touch()
    assert not is_index_folder(generation.folder), "anybody may keep a table of articles"
    generation.tables.passages.touch()
    assert is_index_folder(generation.folder)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / IndexLayout(tmp_path).read_cache.name).touch()
    assert is_index_folder(tmp_path / "copy")
