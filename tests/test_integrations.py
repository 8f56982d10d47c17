"""Dateline as a retriever of LangChain, Haystack and LlamaIndex; each is skipped where its extra is not installed."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from running_server import running

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.client import BadRequestError
from search_api.integrations.metadata import merged
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

ROOM = Path(__file__).resolve().parent.parent / "search_api" / "integrations"
ARTICLES = [
    {"id": "aground", "text": "The ferry ran aground at dawn.", "published": "2025-05-27", "language": "en",
     "source": "The Gazette", "url": "https://gazette.example/ferry"},
    {"id": "bac", "text": "Le bac ferry est échoué.", "published": "2025-05", "language": "fr", "source": "Courrier"},
    {"id": "later", "text": "The ferry sails again.", "published": "2025-06-02", "language": "en", "source": "Bote"},
    {"id": "rates", "text": "Rates were raised by half a point.", "published": "2025-06-03", "language": "en"},
]  # fmt: skip


def _module(name: str, library: str) -> Any:
    if find_spec(library) is None:
        pytest.skip(f"needs the extra dateline[{name}]")
    return import_module(f"search_api.integrations.{name}")


@pytest.fixture
def url(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Iterator[str]:
    build(write_jsonl(*ARTICLES))
    searcher = IndexSearcher(open_current(tmp_path / "index"), word_encoder)
    with running(create_app(Settings(), searcher=searcher)) as server:
        yield f"http://127.0.0.1:{server.port}"


def test_options_of_a_call_come_before_those_of_the_retriever() -> None:
    assert merged({"limit": 4, "language": "en"}, {"limit": None, "language": "fr"}) == {"limit": 4, "language": "fr"}


def test_each_integration_is_short() -> None:
    assert {path.name: count for path in ROOM.glob("*.py") if (count := path.read_text().count("\n")) > 80} == {}


def _is_citable(metadata: dict[str, Any], score: float | None, text: str) -> None:
    assert metadata["url"] == "https://gazette.example/ferry"
    assert (metadata["published"], metadata["language"], metadata["passage_id"]) == ("2025-05-27", "en", "aground#0")
    assert (metadata["start"], metadata["end"]) == (0, len(text))
    assert 0 < metadata["relevance"] <= 1
    assert score is None or score == metadata["relevance"]


def test_langchain(url: str) -> None:
    retriever = _module("langchain", "langchain_core").DatelineRetriever(url=url, k=1, options={"language": ["en"]})
    with contextlib.closing(retriever._client):
        (document,) = retriever.invoke("ferry aground")
        _is_citable(document.metadata, None, document.page_content)
        assert len(retriever.invoke("ferry", k=3)) == 2
        assert [each.metadata["article_id"] for each in retriever.invoke("ferry", language="fr")] == ["bac"]
        assert retriever.invoke("ferry", published_from="2030") == []
        with pytest.raises(BadRequestError, match="the gazet"):
            retriever.invoke("ferry", source="The Gazet")
        assert [each.id for each in asyncio.run(retriever.ainvoke("ferry aground"))] == ["aground#0"]


def test_haystack(url: str) -> None:
    kind = _module("haystack", "haystack").DatelineRetriever
    retriever = kind.from_dict(kind(url, top_k=1, filters={"language": ["en"]}).to_dict())
    (document,) = retriever.run("ferry aground")["documents"]
    _is_citable(document.meta, document.score, document.content)
    assert len(retriever.run("ferry", top_k=3)["documents"]) == 2
    assert [each.id for each in retriever.run("ferry", filters={"language": "fr"})["documents"]] == ["bac#0"]
    assert retriever.run("ferry", filters={"published_from": "2030"})["documents"] == []
    assert len(asyncio.run(retriever.run_async("ferry", top_k=3))["documents"]) == 2


def test_llamaindex(url: str) -> None:
    retriever = _module("llamaindex", "llama_index").DatelineRetriever(url, k=1, language=["en"])
    (found,) = retriever.retrieve("ferry aground")
    _is_citable(found.node.metadata, found.score, found.node.text)
    assert len(retriever.using(k=3).retrieve("ferry")) == 2
    assert [each.node.node_id for each in retriever.using(language="fr").retrieve("ferry")] == ["bac#0"]
    assert retriever.using(published_from="2030").retrieve("ferry") == []
    assert len(asyncio.run(retriever.using(k=3).aretrieve("ferry"))) == 2


if find_spec("langchain_tests") is not None:
    from langchain_tests.integration_tests import RetrieversIntegrationTests

    class TestLangChainsOwnSuite(RetrieversIntegrationTests):
        """The tests that LangChain has for every retriever."""

        @pytest.fixture(autouse=True)
        def _at(self, url: str) -> None:
            self._url = url

        @property
        def retriever_constructor(self) -> Any:
            return _module("langchain", "langchain_core").DatelineRetriever

        @property
        def retriever_constructor_params(self) -> dict[str, Any]:
            return {"url": self._url}

        @property
        def retriever_query_example(self) -> str:
            return "ferry"
