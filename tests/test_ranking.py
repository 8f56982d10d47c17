"""Dense and keyword scores as one ranking: in all languages, orders and filters, with explanations."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scanning import scanning

from indexer.encoders.protocol import Encoder
from indexer.errors import QueryError
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.keywords.query_syntax import parse_keywords
from indexer.rows import RowSet
from indexer.vectors.local import LocalVectors
from search_api.choices import Order
from search_api.query import make_query
from search_api.ranking.arrays import Rows, Vector
from search_api.ranking.candidates import Limits
from search_api.ranking.estimates import from_hybrid, from_seed, from_vectors
from search_api.ranking.fusion import transplant, trust
from search_api.ranking.ordering import best_first
from search_api.ranking.ranked import RankingRequest
from search_api.ranking.ranker import Ranker
from search_api.ranking.relevance import FLOOR, SHOWN, in_order
from search_api.records.articles import Family
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

QUESTION = "Will Turkey be allowed back into the F-35 programme?"


SCANNING = Limits(by_vector=20, by_words=20, other_languages=40)
"""With these, candidates come from a scan of one bit a dimension."""
EVERYTHING = Limits(by_vector=10_000, by_words=10_000, other_languages=10_000)


@pytest.fixture(scope="module", params=[None, SCANNING], ids=["all compared", "one-bit scan"])
def seeds(request: pytest.FixtureRequest, seed_index: Path, embedded: Encoder) -> IndexSearcher:
    generation = open_current(seed_index)
    return IndexSearcher(scanning(generation, 50) if request.param else generation, embedded, limits=request.param)


@pytest.fixture(scope="module")
def generation(seed_index: Path) -> Generation:
    return open_current(seed_index)


def _request(embedded: Encoder, text: str) -> RankingRequest:
    return RankingRequest(embedded.encode_queries([text])[0], parse_keywords(text), "en")


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each choice of candidates, whether the scan left some of the passages in scope out."""
    scanned: list[bool] = []
    nearest = LocalVectors.nearest

    def noted(backend: LocalVectors, direction: Vector, k: int, scope: RowSet) -> Rows:
        rows = nearest(backend, direction, k, scope)
        scanned.append(rows.size < len(scope))
        return rows

    monkeypatch.setattr(LocalVectors, "nearest", noted)
    return scanned


def _found(searcher: IndexSearcher, text: str, **asked: object) -> list[tuple[str, str]]:
    asked = {"min_relevance": 0.0, **asked}
    hits = searcher.search(make_query(text, **asked)).hits  # type: ignore[arg-type]
    return [(hit.article_id, hit.language) for hit in hits]


def test_ones_own_language_keeps_its_order_and_receives_the_scores_it_has_everywhere() -> None:
    everywhere = np.array([0.1, 0.9, 0.5, 0.7, 0.3], np.float32)
    hybrid = np.array([3, 1, 9, 2, 9], np.float32)
    own = np.array([True, True, False, True, False])
    np.testing.assert_allclose(transplant(everywhere, hybrid, own, np.arange(5)), [0.9, 0.1, 0.5, 0.7, 0.3])
    hybrid[1] = 3
    np.testing.assert_allclose(
        transplant(everywhere, hybrid, own, np.array([1, 0, 2, 3, 4])), [0.7, 0.9, 0.5, 0.1, 0.3]
    )


def test_scores_that_differ_by_rounding_errors_alone_are_equal() -> None:
    everywhere, own, ties = np.array([0.9, 0.1], np.float32), np.ones(2, np.bool_), np.array([0, 1])
    hybrid = np.array([0.5, np.nextafter(np.float32(0.5), np.float32(1))], np.float32)
    np.testing.assert_allclose(transplant(everywhere, hybrid, own, ties), [0.9, 0.1])
    assert best_first(Order.BEST_ANYWHERE, hybrid, own, np.zeros(2, np.int16), [ties]).tolist() == [0, 1]


def test_a_doubtful_seed_is_held_back_and_a_sure_one_is_not() -> None:
    weights = [trust(relevance) for relevance in (0, 0.2, 0.5, 0.8, 1)]
    assert weights == pytest.approx([0, 0.0588, 0.5, 0.9412, 1], abs=0.001)


def test_relevance_grows_with_what_stands_out_and_with_the_words_held_and_shrinks_with_the_passages() -> None:
    above, words = np.array([0, 5, 10], np.float32), np.full(3, 0.5, np.float32)
    few, many = from_hybrid(above, words, 100), from_hybrid(above, words, 1_000_000)
    assert (np.diff(few) > 0).all()
    assert (many < few).all()
    assert (from_hybrid(above, 2 * words, 100) > few).all()
    assert few.tolist() == pytest.approx([0.0127, 0.1868, 0.8041], abs=1e-4)
    extremes = np.array([1e9, -1e9], np.float32)
    assert from_hybrid(extremes, words[:2], 10).tolist() == pytest.approx([1, 0])


def test_by_vectors_alone_passages_must_stand_out_further_among_more() -> None:
    above = np.array([0, 3, 6], np.float32)
    few, many = from_vectors(above, 100), from_vectors(above, 1_000_000)
    assert (np.diff(few) > 0).all()
    assert (many < few).all()
    assert few.tolist() == pytest.approx([0.0341, 0.6483, 0.9897], abs=1e-4)


def test_what_tells_the_same_as_a_seed_is_as_relevant_as_the_seed() -> None:
    above = np.array([0, 4, 400], np.float32)
    assert from_seed(above, 1.0, 1000).tolist() == pytest.approx([0.0148, 0.5261, 1], abs=1e-4)
    np.testing.assert_allclose(from_seed(above, 0.3, 1000), 0.3 * from_seed(above, 1.0, 1000), rtol=1e-6)
    assert from_seed(above, 0.0, 1000).tolist() == [0, 0, 0]


def test_candidates_from_a_scan_are_those_that_scoring_everything_puts_first(
    generation: Generation, embedded: Encoder, scanned: list[bool]
) -> None:
    every = Ranker(generation, EVERYTHING)
    some = Ranker(scanning(generation), Limits(by_vector=20, by_words=20, other_languages=110))
    agree = []
    for text in (QUESTION, "grève des dockers", "台风", "sel baskını", "who pays for the flood damage?"):
        request = _request(embedded, text)
        wanted = every.rank(request).rows[:10]
        scanned.clear()
        agree.append(np.isin(wanted, some.rank(request).rows[:10]).mean())
        assert scanned == [True, True]  # in the query's language, and in the others
    assert np.mean(agree) >= 0.9


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
@pytest.mark.parametrize("limits", [Limits(), SCANNING], ids=["all compared", "one-bit scan"])
def test_a_filter_gives_what_scoring_all_that_passes_gives(
    generation: Generation, embedded: Encoder, share: float, limits: Limits, scanned: list[bool]
) -> None:
    passes = np.random.default_rng(1).random(generation.manifest.passages) < share
    among = RowSet.of(np.flatnonzero(passes))
    request = _request(embedded, QUESTION)
    wanted = Ranker(generation, EVERYTHING).rank(request, among)
    scanned.clear()
    found = Ranker(scanning(generation) if limits is SCANNING else generation, limits).rank(request, among)
    assert any(scanned) == (limits is SCANNING)
    assert passes[found.rows].all()
    assert found.rows[:10].tolist() == wanted.rows[:10].tolist()


def test_a_search_scans_where_more_than_a_few_passages_are_in_scope(
    generation: Generation, embedded: Encoder, scanned: list[bool]
) -> None:
    IndexSearcher(generation, embedded).search(make_query(QUESTION))
    assert scanned == [False, False]
    IndexSearcher(scanning(generation, 50), embedded, limits=SCANNING).search(make_query(QUESTION))
    assert scanned[2:] == [True, True]


def test_my_language_comes_first_when_asked(seeds: IndexSearcher) -> None:
    languages = [language for _, language in _found(seeds, "der Streik der Hafenarbeiter", order="my-language-first")]
    german = languages.count("de")
    assert german > 3
    assert languages[:german] == ["de"] * german
    assert _found(seeds, "der Streik der Hafenarbeiter")[0][1] != "de"


def test_lanes_give_each_language_as_many(seeds: IndexSearcher) -> None:
    languages = [language for _, language in _found(seeds, QUESTION, order="one-lane-per-language", limit=2)]
    assert languages[0] == "fr"
    assert {languages.count(language) for language in set(languages)} <= {1, 2}
    assert len(set(languages)) > 12
    assert [a for a, b in zip(languages, [*languages[1:], ""], strict=True) if a != b] == list(dict.fromkeys(languages))


def test_nothing_is_returned_where_nothing_fits(seeds: IndexSearcher) -> None:
    answer = seeds.search(make_query("proof of the Riemann hypothesis"))
    assert (answer.hits, answer.answerable, answer.language) == ([], False, "en")
    nearest = seeds.search(make_query("proof of the Riemann hypothesis", min_relevance=0))
    assert (len(nearest.hits), nearest.answerable) == (10, False)
    assert seeds.search(make_query(QUESTION)).answerable
    assert seeds.search(make_query(QUESTION, min_relevance=0)).answerable
    assert not seeds.search(make_query(QUESTION, min_relevance=0.99)).answerable


def test_what_answers_counts_though_it_is_not_among_the_first(seeds: IndexSearcher) -> None:
    query = make_query("der Streik der Hafenarbeiter", limit=1, order="my-language-first", min_relevance=0)
    answer = seeds.search(query)
    assert (answer.hits[0].language, answer.hits[0].relevance < FLOOR) == ("de", True)
    assert answer.answerable


def test_an_explanation_adds_up(seeds: IndexSearcher) -> None:
    (hit,) = seeds.search(make_query(QUESTION, limit=1, explain=True)).hits
    told = hit.explanation
    assert told is not None
    assert told.passage == pytest.approx(hit.score, abs=0.1)
    assert (told.words, told.seed is not None) == (0, True)  # an English question, a French passage
    (english,) = seeds.search(
        make_query("dockers strike at the port", limit=1, explain=True, languages=["en"], min_relevance=0)
    ).hits
    assert english.explanation is not None
    assert english.explanation.article_words > 0.2
    assert seeds.search(make_query(QUESTION, limit=1)).hits[0].explanation is None


def test_the_same_query_always_gives_the_same(seeds: IndexSearcher) -> None:
    assert _found(seeds, "port strike", limit=50) == _found(seeds, "port strike", limit=50)


@pytest.mark.parametrize(
    "query",
    [
        "hva skjer med fergen?",
        'an "unbalanced quote',
        "the of and",
        "ferry 渡轮 паром",
        "\u200fהסירה\u200e",
        "ferry -strike",
        '"a phrase that nobody wrote"',
    ],
)
def test_odd_queries_are_answered_in_good_order(seeds: IndexSearcher, query: str) -> None:
    for order in ("best-anywhere", "my-language-first", "one-lane-per-language"):
        hits = seeds.search(make_query(query, order=order, limit=1000, min_relevance=0)).hits
        assert all(np.isfinite(hit.relevance) and 0 <= hit.relevance <= 1 for hit in hits)
    assert seeds.search(make_query(query, published_to="1999")).hits == []


def test_only_excluded_words_are_refused() -> None:
    with pytest.raises(QueryError, match="says only what to leave out"):
        make_query("-ferry")


def test_a_pasted_article_finds_its_story(seeds: IndexSearcher) -> None:
    article = seeds.article("000_bfaee044f52e0d90")
    pasted = " ".join([article.body] * (5000 // len(article.body.split()) + 1))[:49_000]
    assert _found(seeds, pasted, limit=1)[0][0] == article.id


def test_conditions_hold_in_every_language(seeds: IndexSearcher) -> None:
    assert {article for article, _ in _found(seeds, "avions +F-35", limit=50)} == {"000_bfaee044f52e0d90"}
    hits = seeds.search(make_query("Turquie avions -F-35", limit=100, min_relevance=0, group="passage")).hits
    assert len(hits) > 50
    assert not [hit.text for hit in hits if "F-35" in hit.text]


@pytest.fixture
def small(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    wire = "the ferry ran aground off the coast at dawn and all aboard were rescued by boats"
    articles = [
        {"id": "b", "text": wire, "published": "2025-05-01"},
        {"id": "a", "text": wire, "published": "2025-05-03"},
        {"id": "c", "text": f"{wire} today", "published": "2025-05-02"},
        {"id": "old", "text": "the ferry ran late", "published": "2015"},
        {"id": "new", "text": "the ferry ran late in spite of good weather", "published": "2025-05-04"},
        {"id": "fr", "text": wire, "language": "fr"},
    ]
    build(write_jsonl(*({"language": "en", "source": article["id"], **article} for article in articles)))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


def test_near_identical_passages_are_one_row_with_a_count(small: IndexSearcher) -> None:
    for group in ("article", "passage"):
        hits = small.search(make_query("ferry aground rescued", min_relevance=0, group=group)).hits
        assert {hit.article_id: hit.copies for hit in hits} == {"a": 2, "old": 0, "new": 0, "fr": 0}
        families = {hit.article_id: hit.family for hit in hits}
        assert families == {"a": Family(4, 3, "b", "2025-05-01"), "old": None, "new": None, "fr": families["a"]}


def test_equal_scores_are_ordered_by_id_and_then_by_the_place_in_the_article(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> None:
    texts = {name: "\n\n".join([f"the ferry {name} ran aground " * 15] * 3) for name in ("ben", "afr")}
    build(write_jsonl(*({"id": name[0], "language": name[1:], "text": text} for name, text in texts.items())))
    searcher = IndexSearcher(open_current(tmp_path / "index"), word_encoder)
    hits = searcher.search(make_query("ferry", group="passage", query_language="en", min_relevance=0)).hits
    assert [hit.passage_id for hit in hits if hit.language == "en"] == ["b#0", "b#1", "b#2"]
    assert [hit.passage_id for hit in hits if hit.language == "fr"] == ["a#0", "a#1", "a#2"]


def test_recent_news_comes_first_when_age_counts(small: IndexSearcher) -> None:
    plain = [article for article, _ in _found(small, "the ferry ran late", languages=["en"])]
    assert plain[0] == "old"
    recent = [article for article, _ in _found(small, "the ferry ran late", languages=["en"], half_life=365)]
    assert set(recent) == set(plain)
    assert (plain.index("new"), recent.index("new"), recent[-1]) == (1, 0, "old")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"order": "mine"}, "order is 'mine', wanted best-anywhere, my-language-first, one-lane-per-language"),
        ({"group": "story"}, "group is 'story', wanted article, passage"),
        ({"min_relevance": 1.5}, "min_relevance is 1.5, wanted 0 to 1"),
        ({"half_life": 0}, "half_life is 0 days, wanted more than 0"),
        ({"query_language": "klingonese"}, "language 'klingonese' is no ISO 639 code"),
    ],
)
def test_impossible_wishes_are_refused(asked: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        make_query("ferry", **asked)  # type: ignore[arg-type]


def test_an_article_shows_its_next_best_passages(seed_index: Path) -> None:
    (hit,) = open_searcher(seed_index).search(make_query(QUESTION, limit=1, min_relevance=0)).hits
    assert len(hit.others) == 2
    assert {other.passage_id.split("#")[0] for other in hit.others} == {hit.article_id}
    assert hit.passage_id not in {other.passage_id for other in hit.others}
    assert hit.best_sentence in hit.sentences


@pytest.mark.parametrize(
    ("relevance", "shown"),
    [
        ([], []),
        ([0.5], [0.5]),
        ([0.9, 0.5, 0.5, 0.2], [0.9, 0.5, 0.5, 0.2]),
        ([0.5, 0.9], [0.7, 0.7]),
        ([0.8, 0.2, 0.4, 0.3], [0.8, 0.3, 0.3, 0.3]),
        ([0.1, 0.2, 0.9], [0.4, 0.4, 0.4]),
        ([0.9, 0.1, 0.2, 0.9], [0.9, 0.4, 0.4, 0.4]),
    ],
)
def test_relevance_is_shown_in_order_with_as_little_change_as_can_be(
    relevance: list[float], shown: list[float]
) -> None:
    assert in_order(relevance) == pytest.approx(shown)


def test_no_hit_stands_below_one_of_lower_relevance_and_none_is_lost(seeds: IndexSearcher) -> None:
    pooled = 0
    for text in (
        QUESTION,
        "grève des dockers",
        "台风",
        "sel baskını",
        "who pays for the flood damage?",
        "flood",
        "ferry",
    ):
        for more in ({}, {"min_relevance": 0.0}, {"group": "passage", "limit": 50}):
            hits = seeds.search(make_query(text, **more)).hits
            shown = [hit.relevance for hit in hits]
            assert shown == sorted(shown, reverse=True)
            assert min(shown, default=1) >= (0 if more.get("min_relevance") == 0 else SHOWN * FLOOR)
            assert max(shown, default=1) >= (0 if more.get("min_relevance") == 0 else FLOOR)
            pooled += len(shown) - len(set(shown))
    assert pooled  # somewhere the two disagreed
