"""``/docs``: the API, tried out in a browser. Everything that it loads comes from this service, at any path below."""

import base64
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse


def _files_of_swagger() -> Path:
    found = find_spec("fastapi_offline")
    return Path(found.origin if found and found.origin else "").parent / "static"


WEB = _files_of_swagger()
router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Return the page."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Dateline: the API",
        swagger_js_url="web-docs/swagger-ui-bundle.js",
        swagger_css_url="web-docs/swagger-ui.css",
        swagger_favicon_url="web/icon.svg",
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())
    return page


def _policy(html: str) -> str:
    """Return the policy under which the one script in the page runs, and nobody else's."""
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts
    )
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
