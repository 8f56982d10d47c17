"""A reranker orders the best of a ranking, its scores are the relevance, and it is asked only where it is wanted."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient

from indexer.encoders.cross_encoder import open_reranker
from indexer.encoders.protocol import Encoder
from indexer.errors import EncoderError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.terminal.shell import run
from search_api import cli
from search_api.app import create_app
from search_api.choices import Order
from search_api.query import make_query
from search_api.ranking.arrays import Scores
from search_api.ranking.fusion import Evidence
from search_api.ranking.ranked import Ranking
from search_api.ranking.reranking import rerank, rereadable
from search_api.search.live import LiveSearcher
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

QUESTION = "Will Turkey be allowed back into the F-35 programme?"


class Scripted:
    """Scores a passage by what is written at its end."""

    name = "scripted"

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        self.asked.append((query, list(passages)))
        return np.array([float(passage.split()[-1]) for passage in passages], np.float32)


def _ranking(relevance: list[float], languages: list[int]) -> Ranking:
    count, number = len(relevance), np.arange(len(relevance))
    nothing = np.zeros(count, np.float32)
    own = np.array(languages) == 0
    evidence = Evidence(*[nothing] * 7)
    values = np.array(relevance, np.float32)
    return Ranking(number, values, values, values, number, np.array(languages), own, evidence, nothing, own, None, 0.0)


@pytest.mark.parametrize(
    ("order", "rows", "relevance"),
    [
        (Order.BEST_ANYWHERE, [1, 3, 0, 2, 4], [0.9, 0.8, 0.3, 0.3, 0.1]),
        (Order.MY_LANGUAGE_FIRST, [3, 0, 4, 1, 2], [0.8, 0.3, 0.1, 0.9, 0.3]),
        (Order.ONE_LANE_PER_LANGUAGE, [1, 2, 3, 0, 4], [0.9, 0.3, 0.8, 0.3, 0.1]),
    ],
)
def test_what_was_read_goes_first_by_its_score_and_the_rest_keeps_its_order(
    order: Order, rows: list[int], relevance: list[float]
) -> None:
    ranking = _ranking([0.5, 0.4, 0.35, 0.2, 0.1], [0, 1, 1, 0, 0])
    found = rerank(ranking, np.array([0, 1, 3]), np.array([0.3, 0.9, 0.8], np.float32), order)
    assert found.rows.tolist() == rows
    assert found.relevance.tolist() == pytest.approx(relevance)


def test_what_was_read_goes_first_even_with_a_score_of_nothing() -> None:
    found = rerank(_ranking([0.5, 0.4, 0.3], [0, 0, 0]), np.array([1]), np.zeros(1, np.float32), Order.BEST_ANYWHERE)
    assert found.rows.tolist() == [1, 0, 2]


def test_equal_scores_keep_their_order() -> None:
    ranking = _ranking([0.5, 0.4, 0.3], [0, 0, 0])
    found = rerank(ranking, np.arange(3), np.array([0.5, 0.7, 0.5], np.float32), Order.BEST_ANYWHERE)
    assert found.rows.tolist() == [1, 0, 2]


def test_the_fifty_most_relevant_are_read() -> None:
    ranking = _ranking([number / 200 for number in range(200)], [0] * 200)
    assert rereadable(ranking).tolist() == list(range(150, 200))
    assert rereadable(_ranking([], [])).tolist() == []


@pytest.fixture
def reranked(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    articles = [
        {"id": "a", "text": "the ferry ran aground 0.2", "title": "Ferry"},
        {"id": "b", "text": "a ferry was late 0.9"},
        {"id": "c", "text": "the ferry sails again 0.05"},
        {"id": "d", "text": "rice is dear 0.6"},
    ]
    build(write_jsonl(*({"language": "en", **article} for article in articles)))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder, Scripted())


def test_hits_come_in_the_order_of_the_reranker_with_its_scores(reranked: IndexSearcher) -> None:
    answer = reranked.search(make_query("the ferry ran aground"))
    assert [(hit.article_id, hit.relevance) for hit in answer.hits] == [("b", 0.9), ("d", 0.6), ("a", 0.2)]
    assert answer.reranker == "scripted"


def test_it_reads_what_the_encoder_read_and_the_words_of_the_query(reranked: IndexSearcher) -> None:
    reranked.search(make_query('"the ferry" -rice', min_relevance=0))
    ((query, passages),) = reranked.reranker.asked  # type: ignore[union-attr]
    assert query == "the ferry"
    assert sorted(passages) == ["Ferry\nthe ferry ran aground 0.2", "the ferry sails again 0.05"]


def test_it_is_not_asked_when_it_is_not_wanted(reranked: IndexSearcher) -> None:
    answer = reranked.search(make_query("the ferry ran aground", rerank=False))
    assert (answer.hits[0].article_id, answer.reranker) == ("a", "")
    assert reranked.reranker.asked == []  # type: ignore[union-attr]


def test_nothing_answers_when_it_says_so(reranked: IndexSearcher) -> None:
    answer = reranked.search(make_query("the ferry ran aground", min_relevance=0.95))
    assert (answer.answerable, answer.hits) == (False, [])


def test_a_service_reranks_with_the_model_it_is_given(seed_index: Path, tiny_reranker: Path) -> None:
    app = create_app(Settings(index=seed_index, reranker=str(tiny_reranker), device="cpu"))
    with TestClient(app) as client:
        asked = {"q": QUESTION, "min_relevance": 0, "group": "passage"}
        answer = client.get("/search", params=asked).json()
        plain = client.get("/search", params={**asked, "rerank": "false"}).json()
    assert (answer["reranker"], plain["reranker"]) == (str(tiny_reranker), "")
    assert answer["hits"] != plain["hits"]
    texts = [f"{hit['title']}\n{hit['text']}" if hit["title"] else hit["text"] for hit in answer["hits"]]
    scores = open_reranker(str(tiny_reranker), "cpu").score(QUESTION, texts)
    assert [hit["relevance"] for hit in answer["hits"]] == pytest.approx(scores.tolist(), abs=1e-5)
    assert (np.diff(scores) < 1e-5).all()


def test_a_command_reranks_with_the_model_it_is_given(
    seed_index: Path, tiny_reranker: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["search", QUESTION, "--index", str(seed_index), "--reranker", str(tiny_reranker), "--json"]
    assert run(cli.app, "dateline", asked) == 0
    assert orjson.loads(capsys.readouterr().out)["reranker"] == str(tiny_reranker)


def test_a_model_that_cannot_rerank_is_refused_before_the_first_query(seed_index: Path, tiny_model: Path) -> None:
    with pytest.raises(EncoderError, match="and a reranker is a CrossEncoder"):
        LiveSearcher(seed_index, reranker=str(tiny_model)).current()


def test_a_new_generation_is_reranked_by_the_same_model(
    build: Callable[..., BuildReport],
    write_jsonl: Callable[..., Path],
    tmp_path: Path,
    word_encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from search_api.search import opening as opening_module

    scripted = Scripted()
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    monkeypatch.setattr(opening_module, "open_reranker", lambda name, device: scripted)
    build(write_jsonl({"text": "ferry 0.5"}))
    live = LiveSearcher(tmp_path / "index", reranker="scripted")
    before = live.current()
    build(write_jsonl({"text": "ferry 0.7"}))
    assert live.current().search(make_query("ferry")).hits[0].relevance == pytest.approx(0.7)
    assert live.current() is not before
    assert live.current().reranker is scripted
