"""Who answers a query of the command line: an index on this machine, or a service at an address."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import typer
from pydantic import ValidationError

from indexer.errors import (
    DatelineError,
    GoneError,
    IndexUnavailableError,
    NotFoundError,
    QueryError,
    SettingsError,
)
from search_api.answer import Hit
from search_api.client.calls import ExportOptions, SearchOptions
from search_api.client.calls import search as search_call
from search_api.client.errors import ApiError, ClientError
from search_api.client.synchronous import Client
from search_api.query import make_query
from search_api.service.requests.search import SearchRequest
from search_api.service.schemas import HitOut, SearchResponse

_LOCAL = {"index": "--index", "encoder": "--encoder", "device": "--device", "reranker": "--reranker"}
"""The options that say how an index of this machine is opened."""
_EXPORTED = ExportOptions.__optional_keys__
_KINDS: Mapping[int, type[DatelineError]] = {
    401: SettingsError,
    403: SettingsError,
    404: NotFoundError,
    410: GoneError,
    422: QueryError,
    503: IndexUnavailableError,
}


class Answers(Protocol):
    """Answers queries, given with options by their names in ``OPTIONS``."""

    def response(self, text: str, options: Mapping[str, Any]) -> SearchResponse: ...

    def hits(self, text: str, options: Mapping[str, Any]) -> Iterator[Hit]: ...


@dataclass(frozen=True)
class Place:
    """The index, and how it is opened."""

    index: Path
    encoder: str = ""
    device: str = ""
    reranker: str = ""


@contextlib.contextmanager
def open_answers(context: typer.Context, url: str, place: Place) -> Iterator[Answers]:
    """Give what answers: the service at an address where there is one, else the index.

    An ``--index`` that is typed is nearer than a ``DATELINE_URL`` that is set.

    Raises:
        SettingsError: Both are asked for.
        DatelineError: The index cannot be opened, or the address is none.
    """
    typed = [option for name, option in _LOCAL.items() if _is_typed(context, name)]
    if url and typed and _is_typed(context, "url"):
        raise SettingsError(f"both --url and {typed[0]} are given", "drop one: a service has an index of its own")
    if not url or typed:
        yield Local(place)
        return
    try:
        client = Client(url)
    except ClientError as error:
        raise SettingsError(error.message, error.hint) from error
    with client:
        yield Remote(client)


def _is_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


class Local:
    """An index on this machine."""

    def __init__(self, place: Place) -> None:
        from search_api.search.opening import open_searcher

        self._searcher = open_searcher(place.index, place.encoder, place.device, place.reranker)

    def response(self, text: str, options: Mapping[str, Any]) -> SearchResponse:
        from search_api.service.response import search_response

        return search_response(self._searcher, make_query(text, **options))

    def hits(self, text: str, options: Mapping[str, Any]) -> Iterator[Hit]:
        return self._searcher.hits(make_query(text, **options))


class Remote:
    """A service. What is asked is checked here first, as for an index, so that errors read alike."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def response(self, text: str, options: Mapping[str, Any]) -> SearchResponse:
        make_query(text, **options)
        try:
            found = self._client.ask_for_json(search_call(text, _as_sent(options)))
            return SearchResponse.model_validate(found)
        except ClientError as error:
            raise _ours(error) from error
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise DatelineError(
                f"{self._client.url} answered in a form that this Dateline does not know, at {where}",
                "install the same version as the service has",
            ) from error

    def hits(self, text: str, options: Mapping[str, Any]) -> Iterator[Hit]:
        make_query(text, **options)
        try:
            for hit in self._client.export(text, **_as_exported(options)):
                yield HitOut.model_validate(hit)
        except ClientError as error:
            raise _ours(error) from error


def _as_sent(options: Mapping[str, Any]) -> SearchOptions:
    """Return options under the names that the API has for them, without those that say nothing."""
    names = {name: field.alias or name for name, field in SearchRequest.model_fields.items()}
    sent: SearchOptions = {}
    sent.update({names[name]: value for name, value in options.items() if value not in ("", (), None)})  # type: ignore[typeddict-item]
    return sent


def _as_exported(options: Mapping[str, Any]) -> ExportOptions:
    """Return options without those of a page: an export is all pages."""
    kept: ExportOptions = {}
    kept.update({name: value for name, value in _as_sent(options).items() if name in _EXPORTED})  # type: ignore[typeddict-item]
    return kept


def _ours(error: ClientError) -> DatelineError:
    """Return an error of the client as the commands report errors, with the exit code that the same has here."""
    status = error.status if isinstance(error, ApiError) else 0
    return _KINDS.get(status, DatelineError)(error.message, error.hint)
