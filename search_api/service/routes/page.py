"""``/``: the search page; ``/plain``: the same for browsers without JavaScript. All they load is from this service."""

from html import escape
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from indexer.errors import DatelineError
from search_api.service.access.guard import needs
from search_api.service.admission import Turn
from search_api.service.plain import answer_html, notice_html, plain_page
from search_api.service.requests.search import SearchParameters
from search_api.service.response import answer_search
from search_api.service.routes.dependencies import AnySearchers

WEB = Path(__file__).resolve().parent.parent.parent / "web"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "require-trusted-types-for 'script'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
}
_PLAIN = ("q", "language", "source", "not_language", "not_source", "published_from", "published_to", "since", "sort")
_PLAIN_PAGE = (*_PLAIN, "offset", "limit")
_END_OF_HEAD = "</head>"

router = APIRouter(include_in_schema=False)


@router.get("/")
def page(request: Request) -> HTMLResponse:
    """Return the search page. A browser without JavaScript goes on to the plain answer of the same search."""
    html = (WEB / "index.html").read_text(encoding="utf-8")
    if asked := _asked(request, _PLAIN):
        address = escape(f"plain?{urlencode(asked, doseq=True)}")
        onwards = f'<noscript><meta http-equiv="refresh" content="0; url={address}"></noscript>'
        html = html.replace(_END_OF_HEAD, onwards + _END_OF_HEAD, 1)
    return HTMLResponse(html, headers=_HEADERS)


@router.get("/plain", dependencies=[Depends(needs("search"))])
def plain(request: Request, searchers: AnySearchers, turn: Turn) -> HTMLResponse:
    """Return the answer to a query as a page without scripts."""
    asked = _asked(request, _PLAIN_PAGE)
    query = "".join(asked.get("q", [])[-1:]).strip()
    if not query:
        hint = (
            "Type a question or some words, in any language. “…” asks for exact words, + for a word, - leaves one out."
        )
        return HTMLResponse(plain_page("", notice_html(hint)), headers=_HEADERS)
    try:
        single = {
            name: values if name.endswith(("language", "source")) else values[-1] for name, values in asked.items()
        }
        parameters = SearchParameters.model_validate({**single, "q": query})
        answer = answer_search(searchers, parameters, query, turn.deadline(None))
        return HTMLResponse(plain_page(query, answer_html(answer, parameters)), headers=_HEADERS)
    except ValidationError:
        said, status = notice_html("The address holds a value that cannot be searched with."), 422
    except DatelineError as error:
        said, status = notice_html(error.message, error.hint), error.http_status
    return HTMLResponse(plain_page(query, said), status, headers=_HEADERS)


def _asked(request: Request, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the values in the address that have a name among these, empty ones left out."""
    given = {name: [value for value in request.query_params.getlist(name) if value] for name in names}
    return {name: values for name, values in given.items() if values}
