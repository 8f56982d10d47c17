"""From a query to its hits, and an index opened only with the encoder it was built with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder, EncoderIdentity
from indexer.errors import EncoderMismatchError, IndexMissingError, NotFoundError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.storage.tables import Tables
from search_api.query import make_query
from search_api.search import opening as opening_module
from search_api.search.opening import open_encoder_of, open_searcher
from search_api.search.searcher import IndexSearcher

ARTICLES = [
    {"id": "ferry", "text": "the ferry ran aground", "language": "en", "published": "2025"},
    {"id": "bac", "text": "le bac a coulé", "language": "fr"},
    {"id": "bank", "text": "the bank raised rates", "language": "en"},
]


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    build(write_jsonl(*ARTICLES))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


def _ids(searcher: IndexSearcher, text: str, **asked: object) -> list[str]:
    return [hit.article_id for hit in searcher.search(make_query(text, **asked)).hits]  # type: ignore[arg-type]


def test_the_most_similar_passage_comes_first_with_its_cosine(searcher: IndexSearcher) -> None:
    hits = searcher.search(make_query("the ferry ran aground", min_relevance=0)).hits
    assert [hits[0].article_id, *sorted(hit.article_id for hit in hits[1:])] == ["ferry", "bac", "bank"]
    assert hits[0].score == pytest.approx(1, abs=1e-6)
    passage, query = searcher.encoder.encode_passages(["the bank raised rates", "the ferry ran aground"])
    (bank,) = (hit for hit in hits if hit.article_id == "bank")
    assert bank.score == pytest.approx(float(passage @ query), abs=1e-6)
    assert hits[0].relevance > 0.9
    assert bank.relevance < 0.5


def test_no_more_hits_than_asked_for(searcher: IndexSearcher) -> None:
    assert _ids(searcher, "the bank", limit=1) == ["bank"]


def test_more_hits_asked_for_than_there_are(searcher: IndexSearcher) -> None:
    assert len(_ids(searcher, "the bank", limit=1000, min_relevance=0)) == 3


def test_a_filter_takes_from_all_that_passes_not_from_the_best(searcher: IndexSearcher) -> None:
    assert _ids(searcher, "the ferry ran aground", limit=1, languages=["fr"], min_relevance=0) == ["bac"]


@pytest.mark.parametrize(("asked", "searched"), [({}, 3), ({"languages": ["en"]}, 2), ({"published_to": "1999"}, 0)])
def test_an_answer_says_how_many_passages_were_compared_and_by_which_generation(
    searcher: IndexSearcher, asked: dict[str, Any], searched: int
) -> None:
    answer = searcher.search(make_query("ferry", limit=1, min_relevance=0, **asked))
    assert (answer.searched, len(answer.hits)) == (searched, min(searched, 1))
    assert answer.generation == searcher.generation.manifest.generation


def test_a_query_is_encoded_as_a_query(searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    encode = searcher.encoder.encode_queries

    def encode_queries(texts: list[str]) -> object:
        asked.append(texts)
        return encode(texts)

    monkeypatch.setattr(searcher.encoder, "encode_queries", encode_queries)
    monkeypatch.delattr(type(searcher.encoder), "encode_passages")
    searcher.search(make_query(" ferry "))
    assert asked == [["ferry"]]


def test_articles_and_stats_are_those_of_the_generation(searcher: IndexSearcher) -> None:
    assert searcher.article("bac").body == "le bac a coulé"
    assert (searcher.stats().articles, searcher.stats().generation) == (3, searcher.generation.folder.name)
    with pytest.raises(NotFoundError, match="there is no article 'boat' in the index"):
        searcher.article("boat")


def test_no_table_is_read_whole_and_hits_read_no_more_than_they_show(
    searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Tables, "passage_languages")
    monkeypatch.delattr(Tables, "passage_column")
    opened = IndexSearcher(searcher.generation, searcher.encoder)
    monkeypatch.delattr(Tables, "article_row")  # would read the body
    monkeypatch.delattr(Tables, "passage_row")
    assert len(opened.search(make_query("ferry", min_relevance=0, explain=True)).hits) == 3


def test_an_index_is_opened_with_the_encoder_it_names(seed_index: Path) -> None:
    searcher = open_searcher(seed_index, "embedded", "cpu")
    assert searcher.encoder.identity == searcher.generation.manifest.encoder.identity
    assert _ids(searcher, "Will Turkey be allowed back into the F-35 programme?", limit=1) == ["000_bfaee044f52e0d90"]


def test_no_index_is_said(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=f"there is no index in {tmp_path}"):
        open_searcher(tmp_path)


def test_another_encoder_than_asked_for_is_refused_with_both_names(seed_index: Path) -> None:
    with pytest.raises(
        EncoderMismatchError, match=r"^the index was built with the encoder embedded, and org/other is asked for$"
    ) as caught:
        open_searcher(seed_index, "org/other")
    assert caught.value.hint == "drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder org/other"


def test_an_encoder_that_changed_since_is_refused_with_both_revisions(
    searcher: IndexSearcher, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_encoder, "identity", EncoderIdentity("words", "2", 64))
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    with pytest.raises(
        EncoderMismatchError,
        match=r"^the index was built with words \(revision 1, 64 dimensions\), "
        r"and the encoder is now words \(revision 2, 64 dimensions\)$",
    ) as caught:
        open_encoder_of(searcher.generation.manifest.encoder)
    assert caught.value.hint == "run rebuild-index --encoder words"


def test_prompts_and_dimensions_of_the_build_are_used_for_queries(tiny_model: Path, tmp_path: Path) -> None:
    options = EncoderOptions(device="cpu", truncate_dim=16, query_prompt="ask: ", passage_prompt="tell: ")
    built_with = open_encoder(str(tiny_model), options)
    news = tmp_path / "ferry.txt"
    news.write_text("The ferry ran aground.")
    rebuild_index(BuildPlan([news], tmp_path / "index", built_with, options))
    searcher = open_searcher(tmp_path / "index", str(tiny_model), "cpu")
    wanted = built_with.encode_queries(["ferry"])[0]
    assert searcher.encoder.identity == built_with.identity
    assert searcher.encoder.identity.dim == 16
    assert searcher.encoder.encode_queries(["ferry"])[0] == pytest.approx(wanted, abs=1e-6)
