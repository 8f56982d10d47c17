"""``DatelineRetriever`` for LlamaIndex: ``pip install 'dateline[llamaindex]'``."""

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from search_api.client.asynchronous import AsyncClient
from search_api.client.models import Hit
from search_api.client.synchronous import Client
from search_api.integrations.metadata import merged, metadata_of


class DatelineRetriever(BaseRetriever):
    """Retrieves passages of news from a Dateline service; none where nothing is likely to answer.

    Args:
        url: Address of the service; by default what ``DATELINE_URL`` holds, or http://127.0.0.1:8000.
        key: API key; by default what ``DATELINE_KEY`` holds.
        k: How many passages at most.
        options: Options of the search, such as ``language=["fr"]``. One call has its own with ``using``.
    """

    def __init__(self, url: str = "", key: str = "", k: int = 4, **options: Any) -> None:
        super().__init__()
        self.url, self.key, self.k, self.options = url, key, k, options

    def using(self, k: int | None = None, **options: Any) -> "DatelineRetriever":
        """Return a retriever for one call: ``retriever.using(k=3, language="fr").retrieve(query)``."""
        return DatelineRetriever(self.url, self.key, k or self.k, **merged(self.options, options))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        with Client(self.url, self.key) as client:
            answer = client.search(query_bundle.query_str, **{**self.options, "limit": self.k})
        return [_node(hit) for hit in answer.hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        async with AsyncClient(self.url, self.key) as client:
            answer = await client.search(query_bundle.query_str, **{**self.options, "limit": self.k})
        return [_node(hit) for hit in answer.hits]


def _node(hit: Hit) -> NodeWithScore:
    node = TextNode(
        id_=hit.passage_id, text=hit.text, metadata=metadata_of(hit), start_char_idx=hit.start, end_char_idx=hit.end
    )
    return NodeWithScore(node=node, score=hit.relevance)
