"""``DatelineRetriever`` for LangChain: ``pip install 'dateline[langchain]'``."""

from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, PrivateAttr

from search_api.client.asynchronous import AsyncClient
from search_api.client.models import Hit
from search_api.client.synchronous import Client
from search_api.integrations.metadata import merged, metadata_of


class DatelineRetriever(BaseRetriever):
    """Retrieves passages of news from a Dateline service; none where nothing is likely to answer.

    ``k`` and every option of a search can be given for all calls, and for one: ``invoke(query, k=3, language="fr")``.
    """

    url: str = ""
    """Address of the service; by default what ``DATELINE_URL`` holds, or http://127.0.0.1:8000."""
    key: str = Field("", repr=False)
    k: int = 4
    options: dict[str, Any] = Field(default_factory=dict)
    """Options of the search: ``{"language": ["fr"], "published_from": "2025"}``."""
    timeout: float = 30.0
    _client: Client = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Open the connection that calls share."""
        super().model_post_init(context)
        self._client = Client(self.url, self.key, timeout=self.timeout)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it)
        k: int | None = None,
        **options: Any,
    ) -> list[Document]:
        answer = self._client.search(query, **merged({**self.options, "limit": self.k}, {**options, "limit": k}))
        return [_document(hit) for hit in answer.hits]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it)
        k: int | None = None,
        **options: Any,
    ) -> list[Document]:
        async with AsyncClient(self.url, self.key, timeout=self.timeout) as client:  # of the loop that runs now
            answer = await client.search(query, **merged({**self.options, "limit": self.k}, {**options, "limit": k}))
        return [_document(hit) for hit in answer.hits]


def _document(hit: Hit) -> Document:
    return Document(id=hit.passage_id, page_content=hit.text, metadata=metadata_of(hit))
