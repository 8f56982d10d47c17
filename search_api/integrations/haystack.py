"""``DatelineRetriever`` for Haystack 3: ``pip install 'dateline[haystack]'``."""

from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

from search_api.client.asynchronous import AsyncClient
from search_api.client.models import Hit
from search_api.client.synchronous import Client
from search_api.integrations.metadata import merged, metadata_of


@component
class DatelineRetriever:
    """Retrieves passages of news from a Dateline service; none where nothing is likely to answer.

    Args:
        url: Address of the service; by default what ``DATELINE_URL`` holds, or http://127.0.0.1:8000. The key is
            taken from ``DATELINE_KEY`` alone, so that no saved pipeline holds it.
        top_k: How many passages at most.
        filters: Options of the search, such as ``{"language": ["fr"], "published_from": "2025"}``.
        timeout: Seconds without a byte after which an answer is given up.
    """

    def __init__(
        self, url: str = "", top_k: int = 10, filters: dict[str, Any] | None = None, timeout: float = 30.0
    ) -> None:
        self.url, self.top_k, self.filters, self.timeout = url, top_k, filters, timeout

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Return the passages that answer a query; ``filters`` of a call come before those of the retriever."""
        with Client(self.url, timeout=self.timeout) as client:
            answer = client.search(query, **self._options(filters, top_k))
        return {"documents": [_document(hit) for hit in answer.hits]}

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Return the same without blocking the event loop."""
        async with AsyncClient(self.url, timeout=self.timeout) as client:
            answer = await client.search(query, **self._options(filters, top_k))
        return {"documents": [_document(hit) for hit in answer.hits]}

    def to_dict(self) -> dict[str, Any]:
        """Return what a saved pipeline keeps."""
        saved: dict[str, Any] = default_to_dict(
            self, url=self.url, top_k=self.top_k, filters=self.filters, timeout=self.timeout
        )
        return saved

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "DatelineRetriever":
        """Return the component that ``to_dict`` saved."""
        made: DatelineRetriever = default_from_dict(cls, data)
        return made

    def _options(self, filters: dict[str, Any] | None, top_k: int | None) -> dict[str, Any]:
        return merged({**(self.filters or {}), "limit": self.top_k}, {**(filters or {}), "limit": top_k})


def _document(hit: Hit) -> Document:
    return Document(id=hit.passage_id, content=hit.text, meta=metadata_of(hit), score=hit.relevance)
