"""Who may import whom, where the heavy libraries live, and how long code may grow. The tables are the documentation."""

import ast
import graphlib
import re
from pathlib import Path

import pytest
from picture import PACKAGES, PICTURE, draw, imports, modules, our_imports, room_of

REPOSITORY = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    # indexer, from the ground up: modules on the top level, and rooms
    "indexer.errors": set(),
    "indexer.children": set(),
    "indexer.dates": set(),
    "indexer.notice": set(),
    "indexer.progress": set(),
    "indexer.rows": set(),
    "indexer.environment": {"errors"},
    "indexer.threads": {"environment"},
    "indexer.article": {"dates"},
    "indexer.text": {"article"},
    "indexer.storage": {"article", "errors", "rows"},
    "indexer.encoders": {"errors", "threads"},
    "indexer.sources": {"article", "children", "dates", "errors", "notice", "text"},
    "indexer.passages": {"article", "errors", "text"},
    "indexer.duplicates": {"article", "dates", "storage", "text"},
    "indexer.keywords": {"errors", "passages", "rows", "storage", "text"},
    "indexer.vectors": {"encoders", "errors", "progress", "rows", "storage", "threads"},
    "indexer.generations": {
        "article", "dates", "duplicates", "encoders", "errors", "keywords", "notice", "storage", "threads", "vectors",
    },
    "indexer.build": {
        "article", "children", "dates", "duplicates", "encoders", "environment", "errors", "generations", "keywords",
        "notice", "passages", "progress", "sources", "storage", "text", "vectors",
    },
    "indexer.terminal": {"build", "environment", "errors", "generations", "notice", "vectors"},
    "indexer.cli": {"build", "dates", "encoders", "passages", "sources", "terminal"},
    # search_api stands on indexer, never the reverse
    "search_api.choices": set(),
    "search_api.checks": {"indexer.dates", "indexer.errors", "indexer.text", "choices"},
    "search_api.query": {"indexer.dates", "indexer.errors", "indexer.keywords", "checks", "choices"},
    "search_api.records": {"indexer.article"},
    "search_api.answer": {"records"},
    "search_api.ranking": {
        "indexer.generations", "indexer.keywords", "indexer.rows", "indexer.storage", "indexer.text", "choices",
        "query",
    },
    "search_api.search": {
        "indexer.article", "indexer.dates", "indexer.encoders", "indexer.errors", "indexer.generations",
        "indexer.keywords", "indexer.passages", "indexer.rows", "indexer.storage", "indexer.text", "indexer.threads",
        "answer", "checks", "choices", "deadline", "query", "ranking", "records", "stages",
    },
    "search_api.deadline": set(),
    "search_api.stages": set(),
    "search_api.service": {
        "indexer.dates", "indexer.environment", "indexer.errors", "indexer.threads", "answer", "checks", "choices",
        "deadline",
        "query", "records", "search", "stages",
    },
    "search_api.commands": {
        "indexer.build", "indexer.encoders", "indexer.environment", "indexer.errors", "indexer.generations",
        "indexer.passages", "indexer.terminal", "indexer.vectors", "agents", "answer", "app", "query", "search",
        "service", "terminal",
    },
    "search_api.evaluation": {
        "indexer.article", "indexer.build", "indexer.encoders", "indexer.errors", "indexer.generations",
        "indexer.notice", "indexer.progress", "indexer.sources", "indexer.storage", "indexer.terminal",
        "indexer.text", "query", "search",
    },
    "search_api.client": set(),
    "search_api.integrations": {"client"},
    "search_api.agents": {
        "indexer.environment", "indexer.errors", "deadline", "records", "search", "service",
    },
    "search_api.terminal": {
        "indexer.errors", "indexer.generations", "indexer.terminal", "answer", "client", "query", "records", "search",
        "service",
    },
    "search_api.app": {
        "agents", "indexer.encoders", "indexer.environment", "indexer.errors", "indexer.threads", "search", "service",
    },
    "search_api.cli": {
        "indexer.cli", "indexer.errors", "indexer.generations", "indexer.terminal", "commands", "evaluation", "query",
        "search", "service", "terminal",
    },
}  # fmt: skip
"""Who may import whom, a row a room; a name without a dot is in the row's own package."""
ONLY_IN = {
    "faiss": {"indexer.vectors.faiss_index", "indexer.vectors.nomination"},
    "platformdirs": {"indexer.encoders.use.prepared", "search_api.service.access.keys"},
    "babel": {"indexer.dates.cldr"},
    "anyascii": {"indexer.keywords.romanise"},
    "pyarrow": {
        "indexer.sources.records.columnar",
        "indexer.sources.records.columnar_bounds",
        "indexer.build.spool",
        "indexer.storage.table_writer",
        "indexer.storage.tables",
    },
    "filelock": {
        "indexer.encoders.use.fastest",
        "indexer.generations.store",
        "indexer.vectors.cache",
        "search_api.service.access.keys",
    },
    "protego": {"indexer.sources.web.robots"},
    "rapidfuzz": {"indexer.keywords.vocabulary", "search_api.search.article_fields", "search_api.search.quotations"},
    "sentencex": {"indexer.text.sentences"},
    "py3langid": {"indexer.text.language"},
    "langcodes": {"indexer.text.language"},
    "safetensors": {"indexer.encoders.use.weights"},
    "sentencepiece": {"indexer.encoders.use.tokens"},
    "pyroaring": {"indexer.rows"},
    "threadpoolctl": {"indexer.threads"},
    "torch": {"indexer.encoders"},
    "sentence_transformers": {"indexer.encoders"},
    "ir_measures": {"search_api.evaluation.measures"},
    "scipy": {"search_api.evaluation.measures"},
    "langchain_core": {"search_api.integrations.langchain"},
    "haystack": {"search_api.integrations.haystack"},
    "llama_index": {"search_api.integrations.llamaindex"},
    "mcp": {"search_api.agents.server"},
    "httpx2": {"search_api.client"},
    "fastapi": {"search_api.app", "search_api.service"},
    "opentelemetry": {"search_api.service.observing.tracing"},
    "prometheus_client": {"search_api.service.observing.metrics"},
    "uvicorn": {"search_api.service.connections", "search_api.service.server"},
}
"""The homes of libraries: modules, and rooms where several modules of one need it."""
PUBLIC = {"search_api.client"}
"""Packages whose names strangers import from their root; the code here imports from the modules in them."""
LONGEST_FUNCTION = 60
LONGEST_MODULE = 250
MOST_AT_THE_TOP = 9


PATHS = sorted(modules().values())


def _may_import(room: str) -> set[str]:
    return {name if "." in name else f"{room.split('.', maxsplit=1)[0]}.{name}" for name in MAY_IMPORT[room]}


def _rooms_imported(module: str) -> set[str]:
    return {room_of(name) for name in our_imports(module)} - {room_of(module)}


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_the_table_allows(module: str) -> None:
    if module in PUBLIC:
        assert _rooms_imported(module) == set()
    elif modules()[module].name == "__init__.py":
        assert imports(module) == ()
    else:
        assert _rooms_imported(module) <= _may_import(room_of(module))


def test_the_table_lists_what_is_there_and_no_more() -> None:
    used: dict[str, set[str]] = {}
    for module in modules():
        if module not in PACKAGES:
            used.setdefault(room_of(module), set()).update(_rooms_imported(module))
    assert used == {room: _may_import(room) for room in MAY_IMPORT}


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Imports inside functions count too: they hide a circle, they do not open it."""
    try:
        graphlib.TopologicalSorter({module: set(our_imports(module)) for module in modules()}).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "draw it again: python docs/picture.py"


def test_the_page_on_architecture_has_a_line_for_each_room() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z_.]+)/?` \|", page, re.MULTILINE))
    places = {module for module, path in modules().items() if path.name == "__init__.py"} - set(PACKAGES)
    assert listed == {place for place in places if place.count(".") == 1}
    assert all(Path(REPOSITORY / path).exists() for path in re.findall(r"`((?:indexer|search_api)/[\w/.]+)`", page))


def test_few_modules_stand_outside_the_rooms() -> None:
    modules = [path.stem for path in (REPOSITORY / "indexer").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_AT_THE_TOP


def test_nobody_imports_from_a_package_root() -> None:
    roots = {module for module, path in modules().items() if path.name == "__init__.py"}
    assert [(module, name) for module in modules() for name in imports(module) if name in roots] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_has_one_home(library: str) -> None:
    homes = {module for module in modules() if library in {name.split(".")[0] for name in imports(module)}}
    rooms = {home for home in ONLY_IN[library] if (REPOSITORY / home.replace(".", "/")).is_dir()}
    assert {next((room for room in rooms if home.startswith(f"{room}.")), home) for home in homes} == ONLY_IN[library]


def test_no_function_and_no_module_outgrows_a_screenful() -> None:
    long_functions, long_modules = [], []
    for path in [
        *PATHS,
        *sorted((REPOSITORY / "benchmarks").glob("*.py")),
        *sorted((REPOSITORY / "docs").glob("*.py")),
    ]:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_MODULE:
            long_modules.append(path.name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long_functions.append(f"{path.name}: {node.name}: {lines}")
    assert (long_functions, long_modules) == ([], [])
