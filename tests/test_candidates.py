"""Which passages become candidates, on small corpora, and how much work choosing them is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scanning import scanning

from indexer.encoders.protocol import Encoder
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.keywords.added_up import AddedUpWords
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import QueryWords, WordWeights
from indexer.keywords.query_syntax import parse_keywords
from indexer.keywords.term_lists import TermList
from indexer.rows import RowSet
from indexer.vectors.local import LocalVectors
from indexer.vectors.signals import Signals
from search_api.query import make_query
from search_api.ranking import fusion
from search_api.ranking.arrays import Rows, Scores, Vector
from search_api.ranking.candidates import CandidateFinder, Limits, Pool, union
from search_api.ranking.similarity import Similarity
from search_api.search.searcher import IndexSearcher

EN, FR, SW = 0, 1, 2
TEXTS = [
    ("en", "the ferry ran aground at dawn"),
    ("en", "ferry ferry ferry"),
    ("en", "rice is dear"),
    ("fr", "ferry aground coule"),
    ("fr", "le train en retard"),
    ("sw", "ferry aground kivuko"),
    ("sw", "treni imechelewa"),
    ("sw", "bei ya mchele"),
]


@pytest.fixture
def generation(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Generation:
    build(write_jsonl(*({"id": f"a{n}", "language": of, "text": text} for n, (of, text) in enumerate(TEXTS))))
    return open_current(tmp_path / "index")


@pytest.fixture
def direction(word_encoder: Encoder) -> Vector:
    return word_encoder.encode_queries(["ferry aground"])[0]


def _finder(generation: Generation, known: dict[str, float], **limits: float) -> tuple[CandidateFinder, Similarity]:
    records = generation.manifest.languages
    languages = {name: record.model_copy(update={"known": known.get(name, 1)}) for name, record in records.items()}
    generation = replace(generation, manifest=generation.manifest.model_copy(update={"languages": languages}))
    columns = generation.columns
    similarity = Similarity(generation, columns)
    return CandidateFinder(generation, columns, similarity, Limits(**limits)), similarity  # type: ignore[arg-type]


def _words(generation: Generation, *scores: float) -> QueryWords:
    """Return words of a query that give the first passages these scores."""
    rows, tenths = np.arange(len(scores), dtype=np.uint32), np.array(scores) * 10
    word = TermList("word", rows, tenths.astype(np.uint16), np.float32(0.1), 10)
    return AddedUpWords([word], [], WordWeights(1, 0, 0), Placement.of(generation.columns))


def test_languages_that_the_encoder_does_not_know_get_no_candidates_by_vector(
    generation: Generation, direction: Vector
) -> None:
    finder, _ = _finder(generation, {"sw": 0, "fr": 0.01})
    assert finder.in_other_languages(direction, EN, None, 1).rows.tolist() == [3, 4]
    assert finder.in_other_languages(direction, None, None, 1).rows.tolist() == [0, 1, 2, 3, 4]
    among = RowSet.between(4, len(TEXTS))
    assert finder.in_other_languages(direction, EN, among, 1).rows.tolist() == [4]


def test_candidates_are_chosen_by_how_well_their_language_is_known(generation: Generation, direction: Vector) -> None:
    rows = np.array([3, 5])
    finder, similarity = _finder(generation, {}, other_languages=1)
    french, swahili = similarity.beyond_mean(rows, direction).tolist()
    best, second = (3, 5) if french > swahili else (5, 3)
    assert min(french, swahili) > 0.5 * max(french, swahili) > 0
    assert finder.in_other_languages(direction, EN, None, 1).rows.tolist() == [best]
    finder, _ = _finder(generation, {"fr" if best == 3 else "sw": 0.3}, other_languages=1)
    assert finder.in_other_languages(direction, EN, None, 1).rows.tolist() == [second]


def test_each_other_language_gets_as_many_candidates(generation: Generation, direction: Vector) -> None:
    finder, _ = _finder(generation, {"sw": 0.1}, by_vector=1)
    all_but_one = RowSet.between(0, len(TEXTS)) - RowSet.between(5, 6)
    assert finder.in_each_other_language(direction, EN, None, 1).rows.tolist() == [3, 5]
    assert finder.in_each_other_language(direction, None, None, 1).rows.tolist() == [1, 3, 5]
    assert finder.in_each_other_language(direction, EN, all_but_one, 1).rows.size == 2
    assert finder.in_each_other_language(direction, EN, RowSet.between(0, 3), 1).rows.size == 0


def test_a_ranking_that_reaches_further_has_more_candidates(generation: Generation, direction: Vector) -> None:
    finder, _ = _finder(generation, {}, by_vector=1, by_words=1, other_languages=2)
    english, no_words, words = RowSet.between(0, 3), _words(generation, 0, 0, 0), _words(generation, 0.3, 0, 0.2)
    assert finder.in_own_language(direction, english, no_words, 2).rows.tolist() == [0, 1]
    assert finder.in_own_language(direction, english, no_words, 4).rows.size == 3
    assert finder.in_own_language(direction, english, words, 2).rows.size == 3
    assert finder.in_other_languages(direction, EN, None, 2).rows.size == 4
    assert finder.in_each_other_language(direction, EN, None, 2).rows.size == 4
    assert finder.in_each_other_language(direction, EN, None, 4).rows.size == 5


def test_the_tail_is_the_last_quarter_of_what_was_chosen_of_more(generation: Generation, direction: Vector) -> None:
    finder, similarity = _finder(generation, {}, other_languages=4)
    rows = np.arange(3, 8)
    best = rows[np.argsort(-similarity.beyond_mean(rows, direction))]
    pool = finder.in_other_languages(direction, EN, None, 1)
    assert (pool.rows.tolist(), pool.tail.tolist()) == (sorted(best[:4].tolist()), [best[3]])
    assert finder.in_other_languages(direction, EN, None, 2).tail.size == 0


def test_who_is_in_the_head_of_one_pool_is_in_no_tail() -> None:
    some, others = (np.array([1, 4, 6]), np.array([4, 6])), (np.array([4, 5, 9]), np.array([5]))
    both = union([Pool(*some), Pool(*others)])
    assert (both.rows.tolist(), both.tail.tolist()) == ([1, 4, 5, 6, 9], [5, 6])
    assert union([]).rows.size == 0


def test_words_alone_make_a_candidate(generation: Generation, direction: Vector) -> None:
    finder, _ = _finder(generation, {}, by_vector=1, by_words=1)
    english = RowSet.between(0, 3)
    words = _words(generation, 0, 0, 0.4)
    assert finder.in_own_language(direction, english, words, 1).rows.tolist() == [1, 2]
    assert finder.in_own_language(direction, english, _words(generation, 0.3, 0, 0.4), 1).rows.tolist() == [1, 2]
    assert finder.in_own_language(direction, english, _words(generation, 0, 0, 0), 1).rows.tolist() == [1]
    assert finder.in_own_language(direction, RowSet.between(0, 0), words, 1).rows.size == 0


def test_candidates_are_the_nearest_once_compared_exactly(generation: Generation, direction: Vector) -> None:
    """The scan returns more than are chosen, and the passages are centred."""
    finder, similarity = _finder(scanning(generation), {}, other_languages=2, oversampling=2)
    rows = np.arange(3, 8)
    beyond = similarity.beyond_mean(rows, direction)
    assert (
        finder.in_other_languages(direction, EN, None, 1).rows.tolist()
        == np.sort(rows[np.argsort(-beyond)[:2]]).tolist()
    )


def test_the_mean_of_a_language_is_no_reason_to_be_chosen(generation: Generation, direction: Vector) -> None:
    finder, similarity = _finder(generation, {}, other_languages=1)
    (best,) = finder.in_other_languages(direction, EN, None, 1).rows.tolist()
    assert best in {3, 5}
    means = np.zeros_like(similarity.means)
    means[FR if best == 3 else SW] = direction
    similarity.means = means
    assert finder.in_other_languages(direction, EN, None, 1).rows.tolist() == [{3: 5, 5: 3}[best]]


def test_more_are_asked_for_than_are_chosen(
    generation: Generation, direction: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def nearest(backend: LocalVectors, direction: Vector, k: int, scope: RowSet) -> Rows:
        asked.append(k)
        return np.arange(2)

    monkeypatch.setattr(LocalVectors, "nearest", nearest)
    finder, _ = _finder(generation, {}, other_languages=7, oversampling=3)
    finder.in_other_languages(direction, EN, None, 1)
    finder.in_other_languages(direction, EN, None, 2)
    assert asked == [21, 42]


def test_keyword_scores_are_of_the_passage_in_its_article(generation: Generation) -> None:
    weights = fusion.keyword_weights()
    words = generation.words.of_query(parse_keywords("ferry aground"), "en", weights)
    passages = generation.keywords.shares(parse_keywords("ferry aground"), "en")
    articles = generation.article_keywords.shares(parse_keywords("ferry aground"), "en")
    rows = np.array([1, 0, 3])
    wanted = 0.4 * passages[rows] + 1.0 * articles[rows] + 0.3 * passages[rows]
    np.testing.assert_allclose(weights.score(words.shares(rows)), wanted, rtol=1e-6)
    assert wanted[1] > wanted[2] == 0


@pytest.mark.parametrize(
    ("text", "filters", "times"),
    [
        ("ferry aground", {}, 2),
        ("ferry +aground", {}, 2),
        ("ferry -rice", {"languages": ["en"]}, 2),
        ("ferry aground", {"published_from": "2025"}, 3),
    ],
)
def test_candidates_are_scored_once_in_the_querys_language_unless_a_filter_leaves_fewer(
    generation: Generation,
    word_encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    filters: dict[str, object],
    times: int,
) -> None:
    scored: list[Rows] = []
    best_sentences = Signals.best_sentences

    def noted(signals: Signals, rows: Rows, query: Vector, otherwise: Scores) -> tuple[Scores, Rows]:
        scored.append(rows)
        return best_sentences(signals, rows, query, otherwise)

    monkeypatch.setattr(Signals, "best_sentences", noted)
    query = make_query(text, query_language="en", min_relevance=0, **filters)  # type: ignore[arg-type]
    IndexSearcher(generation, word_encoder).search(query)
    assert len(scored) == times


def test_columns_are_those_of_the_tables(generation: Generation) -> None:
    columns = generation.columns
    assert [columns.languages[number] for number in columns.language_of] == [language for language, _ in TEXTS]
    assert [columns.in_language(number).rows().tolist() for number in range(3)] == [[0, 1, 2], [3, 4], [5, 6, 7]]
    assert columns.passages_of(4) == slice(4, 5)
    ids = [columns.article_id(article) for article in range(columns.articles)]
    assert [ids[article] for article in np.argsort(columns.id_rank)] == sorted(ids)
    assert [columns.find(each) for each in [*ids, "a", "a9", ""]] == [*range(8), None, None, None]
