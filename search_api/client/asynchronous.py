"""``AsyncClient``: asks a Dateline service from a program that runs an event loop."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping
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


class AsyncClient:
    """Asks a Dateline service, as ``Client`` does, from a program that runs an event loop."""

    def __init__(
        self,
        url: str = "",
        key: str = "",
        *,
        timeout: float = 30.0,
        retries: int = 2,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(url, key, timeout, retries)
        self.url = self._connection.base
        self._http = httpx2.AsyncClient(transport=transport, **self._connection.arguments())

    async def search(self, query: str, **options: Unpack[SearchOptions]) -> Answer:
        """Return the first page of what answers a query, or the page that ``cursor`` or ``offset`` names."""
        return await self._ask(calls.search(query, options))

    async def search_all(self, query: str, **options: Unpack[SearchOptions]) -> AsyncIterator[Hit]:
        """Yield all hits of a query, page after page of ``limit`` hits; ``export`` asks once, and is faster."""
        while True:
            answer = await self.search(query, **options)
            for hit in answer.hits:
                yield hit
            if answer.cursor is None:
                return
            options = calls.following(options, answer.cursor)

    async def batch(
        self,
        queries: Iterable[str | Mapping[str, Any]],
        *,
        batch_timeout_ms: int | None = None,
        **options: Unpack[SearchOptions],
    ) -> Batch:
        """Return the answers to several queries, each a text or options with a ``query``; ``options`` hold for all."""
        return await self._ask(calls.batch(queries, batch_timeout_ms, options))

    async def articles(self, **options: Unpack[ListOptions]) -> Listing:
        """Return a page of the articles that pass filters, the newest first."""
        return await self._ask(calls.articles(options))

    async def article(self, article_id: str) -> Article:
        """Return an article with its body and passages."""
        return await self._ask(calls.article(article_id))

    async def similar(self, article_id: str, **options: Unpack[SearchOptions]) -> Answer:
        """Return articles in any language that tell of the same as an article."""
        return await self._ask(calls.similar(article_id, options))

    async def passage(self, passage_id: str) -> PassageInArticle:
        """Return a passage with its article."""
        return await self._ask(calls.passage(passage_id))

    async def verify(self, quotation: str, article_id: str = "") -> Verification:
        """Tell whether a quotation stands in an article, or in any."""
        return await self._ask(calls.verify(quotation, article_id))

    def export(self, query: str, **options: Unpack[ExportOptions]) -> AsyncIterator[Hit]:
        """Yield everything that answers a query, one by one, going on where the connection breaks.

        Raises:
            GoneError: The index was rebuilt twice before the connection was there again.
            UnreadableError: Rows are missing.
        """
        return self._export(Hit, {"q": query, **options})

    def export_articles(self, **options: Unpack[ListExportOptions]) -> AsyncIterator[ListedArticle]:
        """Yield all articles that pass filters, as ``export`` yields hits."""
        return self._export(ListedArticle, options)

    async def stats(self) -> Stats:
        """Return what the index holds."""
        return await self._ask(calls.stats())

    async def ready(self) -> Ready:
        """Return which generation answers. It is asked once.

        Raises:
            UnavailableError: Nothing can be answered, for the reason that the error gives.
        """
        return await self._ask(calls.ready())

    async def ask_for_json(self, call: Call[Any]) -> Any:
        """Return what the service answers to a call as JSON, as it came."""
        return await self._send(call, read_object)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _ask(self, call: Call[T]) -> T:
        return cast("T", await self._send(call, read_answer))

    async def _send(self, call: Call[Any], read: Any) -> Any:
        for attempt in itertools.count(self._connection.retries if call.once else 0):
            try:
                with naming(call, self.url):
                    response = await self._http.request(**arguments_of(call))
                return read(call, response)
            except ClientError as error:
                await asyncio.sleep(self._connection.pause(error, attempt))
        raise AssertionError

    async def _export(self, kind: type[T], options: Mapping[str, Any]) -> AsyncIterator[T]:
        state = ExportState(kind, options, self._connection)
        while not state.complete:
            try:
                async for row in self._rows(state):
                    yield row
            except ClientError as error:
                await asyncio.sleep(state.pause(error))

    async def _rows(self, state: ExportState[T]) -> AsyncIterator[T]:
        """Yield the rows that one connection brings."""
        call = state.call
        with naming(call, self.url):
            async with self._http.stream(**arguments_of(call)) as response:
                if response.status_code != httpx2.codes.OK:
                    await response.aread()
                check_status(call, response)
                state.begin(response.headers)
                async for chunk in response.aiter_bytes():
                    for row in state.take(chunk):
                        yield row
        state.ended()
