"""docs/python.md and docs/notebook.ipynb are run over an index of the seeds; docs/agents.md names what there is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from running_server import running

from indexer.encoders.protocol import Encoder
from indexer.generations.store import open_current
from search_api.agents.tools import TOOLS
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_the_page_on_python_runs(seed_index: Path, embedded: Encoder, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```", (DOCS / "python.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    searcher = IndexSearcher(open_current(seed_index), embedded)
    with running(create_app(Settings(), searcher=searcher)) as server:
        names: dict[str, Any] = {"url": f"http://127.0.0.1:{server.port}", "index": seed_index}
        for block in blocks:
            exec(compile(block, "python.md", "exec"), names)
    assert len(blocks) == 4
    assert names["found"].hits
    assert "bad_query" in capsys.readouterr().out


def test_the_notebook_runs(seed_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").symlink_to(seed_index)
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), "notebook.ipynb", "exec"), names)
    assert names["hits"]["relevance"].between(0, 1).all()
    assert names["attention"]["count"].sum() == names["answer"].counts.total


def test_the_page_on_agents_names_the_tools_and_its_settings_are_json() -> None:
    page = (DOCS / "agents.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in TOOLS)
    settings = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)]
    assert [next(iter(each["mcpServers"]["dateline"])) for each in settings] == ["command", "url"]
    for module, name in re.findall(r"from (search_api[\w.]+) import (\w+)", page):
        path = DOCS.parent / module.replace(".", "/")
        source = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        assert name in source.read_text(encoding="utf-8")
