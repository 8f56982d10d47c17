"""Who may import whom, where the heavy libraries live, and how long code may grow. The tables are the documentation."""

import ast
import functools
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    # indexer, from the ground up: modules on the top level, and rooms
    "indexer.errors": set(),
    "indexer.threads": set(),
    "indexer.dates": set(),
    "indexer.notice": set(),
    "indexer.progress": set(),
    "indexer.environment": {"errors"},
    "indexer.article": {"dates"},
    "indexer.text": {"article"},
    "indexer.storage": {"article", "errors"},
    "indexer.encoders": {"errors", "threads"},
    "indexer.sources": {"article", "dates", "errors", "notice", "text"},
    "indexer.passages": {"article", "errors", "text"},
    "indexer.duplicates": {"article", "storage", "text"},
    "indexer.keywords": {"errors", "passages", "storage", "text"},
    "indexer.vectors": {"encoders", "errors", "progress", "storage", "threads"},
    "indexer.generations": {
        "article", "encoders", "errors", "keywords", "notice", "storage", "threads", "vectors",
    },
    "indexer.build": {
        "article", "dates", "duplicates", "encoders", "errors", "generations", "keywords", "notice", "passages",
        "progress", "sources", "storage", "text", "vectors",
    },
    "indexer.terminal": {"build", "environment", "errors", "generations", "notice"},
    "indexer.cli": {"build", "encoders", "passages", "sources", "terminal"},
    # search_api stands on indexer, never the reverse
    "search_api.query": {"indexer.dates", "indexer.errors", "indexer.keywords", "indexer.text"},
    "search_api.answer": {"indexer.article"},
    "search_api.ranking": {"indexer.generations", "indexer.keywords", "indexer.text", "query"},
    "search_api.search": {
        "indexer.article", "indexer.encoders", "indexer.errors", "indexer.generations", "indexer.keywords",
        "indexer.passages", "indexer.storage", "answer", "query", "ranking",
    },
    "search_api.service": {"indexer.environment", "indexer.errors", "query", "search"},
    "search_api.evaluation": {
        "indexer.article", "indexer.build", "indexer.encoders", "indexer.errors", "indexer.generations",
        "indexer.notice", "indexer.progress", "indexer.sources", "indexer.storage", "indexer.terminal",
        "indexer.text", "query", "search",
    },
    "search_api.terminal": {"indexer.terminal", "answer", "search", "service"},
    "search_api.app": {"indexer.errors", "search", "service"},
    "search_api.cli": {
        "indexer.cli", "indexer.errors", "indexer.generations", "indexer.terminal", "app", "evaluation", "query",
        "search", "service", "terminal",
    },
}  # fmt: skip
"""Who may import whom, a row a room; a name without a dot is in the row's own package."""
ONLY_IN = {
    "faiss": {"indexer.vectors.faiss_index"},
    "platformdirs": {"indexer.encoders.use.prepared"},
    "pyarrow": {
        "indexer.sources.columnar",
        "indexer.build.spool",
        "indexer.storage.table_writer",
        "indexer.storage.tables",
    },
    "filelock": {"indexer.generations.store", "indexer.vectors.cache"},
    "sentencex": {"indexer.text.sentences"},
    "py3langid": {"indexer.text.language"},
    "langcodes": {"indexer.text.language"},
    "safetensors": {"indexer.encoders.use.weights"},
    "sentencepiece": {"indexer.encoders.use.tokens"},
    "threadpoolctl": {"indexer.threads"},
    "torch": {"indexer.encoders"},
    "sentence_transformers": {"indexer.encoders"},
    "ir_measures": {"search_api.evaluation.measures"},
    "scipy": {"search_api.evaluation.measures"},
    "fastapi": {"search_api.app", "search_api.service"},
    "uvicorn": {"search_api.cli"},
}
"""The homes of libraries: modules, and rooms where several modules of one need it."""
LONGEST_FUNCTION = 60
LONGEST_MODULE = 250
MOST_AT_THE_TOP = 9


@functools.cache
def _modules() -> list[Path]:
    return sorted(path for package in ("indexer", "search_api") for path in (REPOSITORY / package).rglob("*.py"))


def _room(name: str) -> str:
    """Return the entry of the table that a module belongs to: itself, or the sub-package that it is in."""
    return ".".join(name.split(".")[:2])


def _may_import(room: str) -> set[str]:
    return {name if "." in name else f"{room.split('.', maxsplit=1)[0]}.{name}" for name in MAY_IMPORT[room]}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


@functools.cache
def _imports(path: Path) -> list[str]:
    return list(_read_imports(path))


def _read_imports(path: Path) -> Iterator[str]:
    packages = {_name(module) for module in _modules()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            below = [f"{base}.{alias.name}" for alias in node.names]
            yield from (name for name in below if name in packages)
            if any(name not in packages for name in below):
                yield base


def _ours(path: Path) -> list[str]:
    return [name for name in _imports(path) if name.split(".")[0] in {"indexer", "search_api"}]


def _rooms_imported(path: Path) -> set[str]:
    return {_room(name) for name in _ours(path)} - {_room(_name(path))}


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_module_imports_only_what_the_table_allows(path: Path) -> None:
    if path.name == "__init__.py":
        assert _imports(path) == []
    else:
        assert _rooms_imported(path) <= _may_import(_room(_name(path)))


def test_the_table_lists_what_is_there_and_no_more() -> None:
    used: dict[str, set[str]] = {}
    for path in _modules():
        if _name(path) not in {"indexer", "search_api"}:
            used.setdefault(_room(_name(path)), set()).update(_rooms_imported(path))
    assert used == {room: _may_import(room) for room in MAY_IMPORT}


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Imports inside functions count too: they hide a circle, they do not open it."""
    graph = {_name(path): set(_ours(path)) for path in _modules()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_few_modules_stand_outside_the_rooms() -> None:
    modules = [path.stem for path in (REPOSITORY / "indexer").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_AT_THE_TOP


def test_nobody_imports_from_a_package_root() -> None:
    roots = {_name(path) for path in _modules() if path.name == "__init__.py"}
    assert [(_name(path), name) for path in _modules() for name in _imports(path) if name in roots] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_has_one_home(library: str) -> None:
    homes = {_name(path) for path in _modules() if library in {name.split(".")[0] for name in _imports(path)}}
    rooms = {home for home in ONLY_IN[library] if (REPOSITORY / home.replace(".", "/")).is_dir()}
    assert {next((room for room in rooms if home.startswith(f"{room}.")), home) for home in homes} == ONLY_IN[library]


def test_no_function_and_no_module_outgrows_a_screenful() -> None:
    long_functions, long_modules = [], []
    for path in [*_modules(), *sorted((REPOSITORY / "benchmarks").glob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_MODULE:
            long_modules.append(_name(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long_functions.append(f"{_name(path)}.{node.name}: {lines}")
    assert (long_functions, long_modules) == ([], [])
