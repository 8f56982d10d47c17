"""Who may import whom, where the heavy libraries live, and how long code may grow. The tables are the documentation."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    # indexer, from the ground up
    "indexer.errors": set(),
    "indexer.environment": {"indexer.errors"},
    "indexer.threads": set(),
    "indexer.context": set(),
    "indexer.dates": set(),
    "indexer.language": set(),
    "indexer.article": {"indexer.dates"},
    "indexer.paragraphs": {"indexer.article"},
    "indexer.sentences": {"indexer.article"},
    "indexer.passages": {"indexer.article", "indexer.errors", "indexer.paragraphs", "indexer.sentences"},
    "indexer.sources": {"indexer.article", "indexer.dates", "indexer.errors", "indexer.language", "indexer.paragraphs"},
    "indexer.encoders": {"indexer.errors", "indexer.threads"},
    "indexer.folding": set(),
    "indexer.analysis": {"indexer.folding"},
    "indexer.terms": {"indexer.analysis"},
    "indexer.keyword_query": {"indexer.analysis"},
    "indexer.array_file": {"indexer.errors"},
    "indexer.occurring": {"indexer.array_file"},
    "indexer.lexical": {
        "indexer.array_file",
        "indexer.errors",
        "indexer.keyword_query",
        "indexer.occurring",
        "indexer.terms",
    },
    "indexer.lexical_writer": {
        "indexer.array_file",
        "indexer.lexical",
        "indexer.merging",
        "indexer.postings",
        "indexer.term_cutter",
        "indexer.terms",
    },
    "indexer.merging": {
        "indexer.array_file",
        "indexer.lexical",
        "indexer.postings",
    },
    "indexer.vectors": {"indexer.encoders", "indexer.errors", "indexer.threads"},
    "indexer.key_rows": set(),
    "indexer.peak": set(),
    "indexer.vector_cache": {"indexer.encoders", "indexer.errors", "indexer.key_rows"},
    "indexer.tables": {"indexer.article", "indexer.errors"},
    "indexer.manifest": {"indexer.encoders", "indexer.errors", "indexer.threads"},
    "indexer.generation": {
        "indexer.errors",
        "indexer.keywords",
        "indexer.lexical",
        "indexer.manifest",
        "indexer.signals",
        "indexer.tables",
        "indexer.vectors",
    },
    "indexer.store": {
        "indexer.checkpoint",
        "indexer.errors",
        "indexer.generation",
    },
    "indexer.report": {"indexer.article", "indexer.sources"},
    "indexer.progress": set(),
    "indexer.quantised": {"indexer.encoders"},
    "indexer.centring": {"indexer.encoders"},
    "indexer.signals": {"indexer.array_file", "indexer.centring", "indexer.errors", "indexer.quantised"},
    "indexer.signals_writer": {
        "indexer.array_file",
        "indexer.centring",
        "indexer.encoders",
        "indexer.progress",
        "indexer.quantised",
        "indexer.signals",
        "indexer.tables",
        "indexer.vectors",
    },
    "indexer.legs": {
        "indexer.context",
        "indexer.encoders",
        "indexer.generation",
        "indexer.keywords",
        "indexer.progress",
        "indexer.signals_writer",
        "indexer.tables",
        "indexer.vector_cache",
        "indexer.vectors",
    },
    "indexer.inputs": {
        "indexer.errors",
        "indexer.generation",
        "indexer.manifest",
        "indexer.report",
        "indexer.sources",
        "indexer.store",
    },
    "indexer.table_writer": {
        "indexer.article",
        "indexer.tables",
    },
    "indexer.checkpoint": {
        "indexer.report",
    },
    "indexer.soundness": {
        "indexer.centring",
        "indexer.encoders",
        "indexer.errors",
        "indexer.generation",
        "indexer.keyword_query",
        "indexer.keywords",
        "indexer.lexical",
        "indexer.manifest",
        "indexer.report",
        "indexer.store",
        "indexer.tables",
        "indexer.vectors",
    },
    "indexer.repeated": {
        "indexer.article",
        "indexer.paragraphs",
    },
    "indexer.passage_language": {
        "indexer.article",
        "indexer.language",
    },
    "indexer.postings": {
        "indexer.array_file",
        "indexer.term_cutter",
    },
    "indexer.term_cutter": {
        "indexer.analysis",
        "indexer.terms",
    },
    "indexer.keywords": {
        "indexer.analysis",
        "indexer.context",
        "indexer.lexical",
        "indexer.lexical_writer",
        "indexer.term_cutter",
    },
    "indexer.former": {
        "indexer.errors",
        "indexer.generation",
        "indexer.manifest",
        "indexer.sketches",
        "indexer.store",
    },
    "indexer.writing": {
        "indexer.analysis",
        "indexer.article",
        "indexer.duplicates",
        "indexer.former",
        "indexer.generation",
        "indexer.keywords",
        "indexer.table_writer",
    },
    "indexer.versions": {
        "indexer.article",
    },
    "indexer.spool": {
        "indexer.article",
        "indexer.dates",
        "indexer.table_writer",
        "indexer.tables",
    },
    "indexer.read_cache": {
        "indexer.article",
        "indexer.inputs",
        "indexer.language",
        "indexer.sources",
        "indexer.spool",
        "indexer.table_writer",
    },
    "indexer.shingles": {
        "indexer.analysis",
    },
    "indexer.sketches": {
        "indexer.array_file",
        "indexer.shingles",
    },
    "indexer.duplicates": {
        "indexer.analysis",
        "indexer.shingles",
        "indexer.sketches",
    },
    "indexer.gathering": {
        "indexer.article",
        "indexer.errors",
        "indexer.inputs",
        "indexer.progress",
        "indexer.read_cache",
        "indexer.repeated",
        "indexer.report",
        "indexer.sources",
        "indexer.spool",
        "indexer.versions",
        "indexer.writing",
    },
    "indexer.plan": {
        "indexer.encoders",
        "indexer.passages",
        "indexer.sources",
    },
    "indexer.sealing": {
        "indexer.context",
        "indexer.generation",
        "indexer.legs",
        "indexer.manifest",
        "indexer.plan",
        "indexer.report",
        "indexer.sources",
        "indexer.tables",
        "indexer.vectors",
    },
    "indexer.build": {
        "indexer.article",
        "indexer.checkpoint",
        "indexer.context",
        "indexer.errors",
        "indexer.former",
        "indexer.gathering",
        "indexer.generation",
        "indexer.inputs",
        "indexer.legs",
        "indexer.manifest",
        "indexer.passage_language",
        "indexer.passages",
        "indexer.peak",
        "indexer.plan",
        "indexer.progress",
        "indexer.read_cache",
        "indexer.report",
        "indexer.sealing",
        "indexer.soundness",
        "indexer.sources",
        "indexer.spool",
        "indexer.store",
        "indexer.vector_cache",
        "indexer.vectors",
        "indexer.writing",
    },
    "indexer.repeating": {
        "indexer.encoders",
        "indexer.errors",
        "indexer.manifest",
        "indexer.passages",
        "indexer.plan",
        "indexer.sources",
        "indexer.store",
    },
    "indexer.survey": {
        "indexer.repeating",
        "indexer.report",
        "indexer.sources",
    },
    "indexer.shell": {"indexer.environment", "indexer.errors"},
    "indexer.printing": {
        "indexer.report",
        "indexer.shell",
        "indexer.sources",
        "indexer.survey",
    },
    "indexer.cli": {
        "indexer.build",
        "indexer.encoders",
        "indexer.passages",
        "indexer.plan",
        "indexer.printing",
        "indexer.progress",
        "indexer.repeating",
        "indexer.shell",
        "indexer.sources",
        "indexer.survey",
    },
    # search_api stands on indexer, never the reverse
    "search_api.answer": {"indexer.article"},
    "search_api.query": {"indexer.dates", "indexer.errors", "indexer.keyword_query", "indexer.language"},
    "search_api.ranking": {
        "indexer.analysis",
        "indexer.generation",
        "indexer.keyword_query",
        "indexer.language",
        "indexer.lexical",
        "indexer.terms",
        "search_api.query",
    },
    "search_api.catalogue": {
        "indexer.article",
        "indexer.context",
        "indexer.errors",
        "indexer.generation",
        "indexer.tables",
        "search_api.answer",
        "search_api.query",
    },
    "search_api.searcher": {
        "indexer.encoders",
        "indexer.errors",
        "indexer.generation",
        "indexer.manifest",
        "indexer.store",
        "search_api.answer",
        "search_api.catalogue",
        "search_api.query",
        "search_api.ranking",
    },
    "search_api.live": {
        "indexer.errors",
        "indexer.store",
        "search_api.answer",
        "search_api.query",
        "search_api.searcher",
    },
    "search_api.schemas": {"search_api.query"},
    "search_api.respond": {"search_api.query", "search_api.schemas", "search_api.searcher"},
    "search_api.settings": {"indexer.environment", "indexer.errors"},
    "search_api.errors": {"indexer.errors", "search_api.schemas"},
    "search_api.routes": {"search_api.errors", "search_api.respond", "search_api.schemas", "search_api.searcher"},
    "search_api.app": {
        "indexer.errors",
        "search_api.errors",
        "search_api.live",
        "search_api.routes",
        "search_api.searcher",
        "search_api.settings",
    },
    "search_api.evaluation": {
        "indexer.article",
        "indexer.build",
        "indexer.encoders",
        "indexer.errors",
        "indexer.language",
        "indexer.plan",
        "indexer.progress",
        "indexer.shell",
        "indexer.sources",
        "indexer.store",
        "indexer.tables",
        "search_api.query",
        "search_api.searcher",
    },
    "search_api.doctor": {
        "indexer.context",
        "indexer.keyword_query",
        "search_api.query",
        "search_api.searcher",
    },
    "search_api.table": {
        "indexer.shell",
        "search_api.answer",
        "search_api.doctor",
        "search_api.schemas",
    },
    "search_api.cli": {
        "indexer.cli",
        "indexer.errors",
        "indexer.progress",
        "indexer.shell",
        "indexer.store",
        "search_api.app",
        "search_api.catalogue",
        "search_api.doctor",
        "search_api.evaluation",
        "search_api.query",
        "search_api.respond",
        "search_api.schemas",
        "search_api.searcher",
        "search_api.settings",
        "search_api.table",
    },
}
ONLY_IN = {
    "faiss": {"indexer.vectors"},
    "platformdirs": {"indexer.encoders"},
    "pyarrow": {"indexer.sources", "indexer.spool", "indexer.table_writer", "indexer.tables"},
    "filelock": {"indexer.store", "indexer.vector_cache"},
    "sentencex": {"indexer.sentences"},
    "py3langid": {"indexer.language"},
    "langcodes": {"indexer.language"},
    "safetensors": {"indexer.encoders"},
    "sentencepiece": {"indexer.encoders"},
    "threadpoolctl": {"indexer.threads"},
    "torch": {"indexer.encoders"},
    "sentence_transformers": {"indexer.encoders"},
    "ir_measures": {"search_api.evaluation"},
    "scipy": {"search_api.evaluation"},
    "fastapi": {"search_api.app", "search_api.errors", "search_api.routes"},
    "uvicorn": {"search_api.cli"},
}
LONGEST_FUNCTION = 60
LONGEST_MODULE = 250


@functools.cache
def _modules() -> list[Path]:
    return sorted(path for package in ("indexer", "search_api") for path in (REPOSITORY / package).rglob("*.py"))


def _room(name: str) -> str:
    """Name a module by its entry in the table: a sub-package counts as one."""
    return ".".join(name.split(".")[:2])


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


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_module_imports_only_what_the_table_allows(path: Path) -> None:
    room = _room(_name(path))
    if room in {"indexer", "search_api"}:
        assert _imports(path) == []
        return
    ours = {_room(name) for name in _imports(path) if name.split(".")[0] in {"indexer", "search_api"}}
    assert ours - {room} <= MAY_IMPORT[room]


def test_the_table_lists_what_is_there_and_no_more() -> None:
    used = {room: set[str]() for room in MAY_IMPORT}
    for path in _modules():
        room = _room(_name(path))
        if room in used:
            ours = {_room(name) for name in _imports(path) if name.split(".")[0] in {"indexer", "search_api"}}
            used[room] |= ours - {room}
    assert used == MAY_IMPORT


def test_nobody_imports_from_a_package_root() -> None:
    roots = {
        "indexer",
        "search_api",
        "indexer.sources",
        "indexer.encoders",
        "search_api.evaluation",
        "search_api.ranking",
        "search_api.routes",
    }
    assert [
        (_name(path), name) for path in _modules() for name in _imports(path) if name in roots - {_name(path)}
    ] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_has_one_home(library: str) -> None:
    homes = {_room(_name(path)) for path in _modules() if library in {name.split(".")[0] for name in _imports(path)}}
    assert homes == ONLY_IN[library]


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
