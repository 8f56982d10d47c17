"""``Client``: asks a Dateline service."""

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import httpx2

from search_api.client import calls
from search_api.client.articles import Article, ListedArticle, Listing, PassageInArticle, Ready, Stats, Verification
from search_api.client.calls import Call, ExportOptions, ListExportOptions, ListOptions, SearchOptions
from search_api.client.errors import ClientError
from search_api.client.exchange import Connection, arguments_of, check_status, naming, read_answer, read_object
from search_api.client.exporting import ExportState
from search_api.client.models import Answer, Batch, Hit

T = TypeVar("T")


class Client:
    """Asks a Dateline service, and keeps a connection to it open.

    It may be used from several threads, and as a context manager, which closes the connection. Options have the names
    that the HTTP API gives them.

    Args:
        url: Address of the service; by default what ``DATELINE_URL`` holds, or http://127.0.0.1:8000.
        key: API key; by default what ``DATELINE_KEY`` holds.
        timeout: Seconds without a byte after which an answer is given up.
        retries: How often a request is sent again where the service is not reached, or answers 502, 503 or 504.
        transport: What carries requests in place of the network.

    Raises:
        ClientError: The address or the key cannot be one. Methods raise its kinds in ``search_api.client.errors``.
    """

    def __init__(
        self,
        url: str = "",
        key: str = "",
        *,
        timeout: float = 30.0,
        retries: int = 2,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._connection = Connection(url, key, timeout, retries)
        self.url = self._connection.base
        self._http = httpx2.Client(transport=transport, **self._connection.arguments())

    def search(self, query: str, **options: Unpack[SearchOptions]) -> Answer:
        """Return the first page of what answers a query, or the page that ``cursor`` or ``offset`` names."""
        return self._ask(calls.search(query, options))

    def search_all(self, query: str, **options: Unpack[SearchOptions]) -> Iterator[Hit]:
        """Yield all hits of a query, page after page of ``limit`` hits; ``export`` asks once, and is faster."""
        while True:
            answer = self.search(query, **options)
            yield from answer.hits
            if answer.cursor is None:
                return
            options = calls.following(options, answer.cursor)

    def batch(
        self,
        queries: Iterable[str | Mapping[str, Any]],
        *,
        batch_timeout_ms: int | None = None,
        **options: Unpack[SearchOptions],
    ) -> Batch:
        """Return the answers to several queries, each a text or options with a ``query``; ``options`` hold for all."""
        return self._ask(calls.batch(queries, batch_timeout_ms, options))

    def articles(self, **options: Unpack[ListOptions]) -> Listing:
        """Return a page of the articles that pass filters, the newest first."""
        return self._ask(calls.articles(options))

    def article(self, article_id: str) -> Article:
        """Return an article with its body and passages."""
        return self._ask(calls.article(article_id))

    def similar(self, article_id: str, **options: Unpack[SearchOptions]) -> Answer:
        """Return articles in any language that tell of the same as an article."""
        return self._ask(calls.similar(article_id, options))

    def passage(self, passage_id: str) -> PassageInArticle:
        """Return a passage with its article."""
        return self._ask(calls.passage(passage_id))

    def verify(self, quotation: str, article_id: str = "") -> Verification:
        """Tell whether a quotation stands in an article, or in any."""
        return self._ask(calls.verify(quotation, article_id))

    def export(self, query: str, **options: Unpack[ExportOptions]) -> Iterator[Hit]:
        """Yield everything that answers a query, one by one, going on where the connection breaks.

        Raises:
            GoneError: The index was rebuilt twice before the connection was there again.
            UnreadableError: Rows are missing.
        """
        return self._export(Hit, {"q": query, **options})

    def export_articles(self, **options: Unpack[ListExportOptions]) -> Iterator[ListedArticle]:
        """Yield all articles that pass filters, as ``export`` yields hits."""
        return self._export(ListedArticle, options)

    def stats(self) -> Stats:
        """Return what the index holds."""
        return self._ask(calls.stats())

    def ready(self) -> Ready:
        """Return which generation answers. It is asked once.

        Raises:
            UnavailableError: Nothing can be answered, for the reason that the error gives.
        """
        return self._ask(calls.ready())

    def ask_for_json(self, call: Call[Any]) -> Any:
        """Return what the service answers to a call as JSON, as it came."""
        return self._send(call, read_object)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, call: Call[T]) -> T:
        return cast("T", self._send(call, read_answer))

    def _send(self, call: Call[Any], read: Any) -> Any:
        for attempt in itertools.count(self._connection.retries if call.once else 0):
            try:
                with naming(call, self.url):
                    response = self._http.request(**arguments_of(call))
                return read(call, response)
            except ClientError as error:
                time.sleep(self._connection.pause(error, attempt))
        raise AssertionError

    def _export(self, kind: type[T], options: Mapping[str, Any]) -> Iterator[T]:
        state = ExportState(kind, options, self._connection)
        while not state.complete:
            try:
                yield from self._rows(state)
            except ClientError as error:
                time.sleep(state.pause(error))

    def _rows(self, state: ExportState[T]) -> Iterator[T]:
        """Yield the rows that one connection brings."""
        call = state.call
        with naming(call, self.url), self._http.stream(**arguments_of(call)) as response:
            if response.status_code != httpx2.codes.OK:
                response.read()
            check_status(call, response)
            state.begin(response.headers)
            for chunk in response.iter_bytes():
                yield from state.take(chunk)
        state.ended()
