"""What deploy/ says holds: the options and variables are there, and a service needs no more than the slim list."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.environment import NAMES, PREFIX
from search_api.commands.settings_options import option_name
from search_api.service.settings import Settings

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
SERVED = """
import importlib.metadata, sys
from pathlib import Path

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in hidden:
            raise ModuleNotFoundError(name, name=name)

named = importlib.metadata.packages_distributions()
hidden = {{name for name, homes in named.items() if not {{_.lower().replace("_", "-") for _ in homes}} & {listed!r}}}
sys.meta_path.insert(0, Hidden())

from search_api.app import create_app
from search_api.commands.keys import keys
from search_api.query import make_query
from search_api.search.opening import open_searcher
from search_api.service import server
from search_api.service.settings import Settings
print(len(open_searcher(Path({index!r})).search(make_query("ferry")).hits))
print(len(create_app(Settings()).openapi()["paths"]))
"""


def _names(text: str) -> set[str]:
    return {re.sub(r"[-_.]+", "-", name).lower() for name in text.split()}


def test_a_service_needs_no_more_than_the_slim_list(seed_index: Path) -> None:
    lines = (DEPLOY / "requirements-slim.txt").read_text(encoding="utf-8").splitlines()
    listed = _names(" ".join(line for line in lines if not line.startswith("#")))
    code = SERVED.format(listed=listed | {"dateline"}, index=str(seed_index))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    hits, paths = map(int, done.stdout.split())
    assert hits > 0
    assert paths > 4
    pins = (DEPLOY.parent / "constraints.txt").read_text(encoding="utf-8")
    assert listed <= _names(" ".join(re.findall(r"^([\w.-]+)==", pins, re.MULTILINE)))
    assert not listed & {"torch", "transformers", "sentence-transformers"}


@pytest.mark.parametrize("name", ["Dockerfile", "dateline.service", "nginx.conf", "Caddyfile", "README.md"])
def test_the_options_and_variables_are_those_of_the_service(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    options = {option_name(each) for each in Settings.__dataclass_fields__}
    for line in re.findall(r"dateline serve (.*)", text):
        assert set(re.findall(r"--[a-z-]+", line)) <= options
    assert set(re.findall(rf"{PREFIX}(\w+)", text)) <= set(NAMES)
