"""Write docs/openapi.json, the description of the HTTP API that clients are made from.

python docs/openapi.py
"""

import json
import tomllib
from pathlib import Path

from search_api.app import create_app
from search_api.service.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENT = REPOSITORY / "docs" / "openapi.json"


def described() -> str:
    """Return the description of the API as the code has it now."""
    document = create_app(Settings()).openapi()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    document["info"]["version"] = project["version"]  # whatever version is installed
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(described(), encoding="utf-8")
