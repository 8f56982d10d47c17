"""Rows picked from a ranking: copies found whatever lies between, in few comparisons, and recent news first."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.protocol import Encoder, Vectors
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.vectors.faiss_index import VectorIndex
from search_api.choices import Group, Order, Sort
from search_api.query import Query
from search_api.ranking import copies
from search_api.ranking.arrays import Rows
from search_api.ranking.copies import CopyFinder
from search_api.ranking.fusion import Evidence
from search_api.ranking.ranked import Ranking
from search_api.ranking.results import Results

WIRE = "the ferry ran aground off the coast at dawn and all aboard were rescued by boats"
STORIES = 150


def _ranking(generation: Generation, rows: list[int], relevance: list[float] | None = None) -> Ranking:
    """Return a ranking of passages in this order."""
    languages = generation.columns.language_of[rows]
    values = np.array(relevance or np.linspace(0.9, 0.1, len(rows)), np.float32)
    evidence = Evidence(*[values] * 7)
    number = np.array(rows)
    return Ranking(
        number,
        values,
        values,
        values,
        number,
        languages.astype(np.int16),
        languages == 0,
        evidence,
        values,
        languages < 0,
        None,
        0.0,
    )


@pytest.fixture
def generation(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Generation:
    """150 stories of their own (rows 0 to 149), four near copies (150 to 153), and one in another language (154)."""
    texts = [f"story{n} told{n} in{n} words{n} of{n} its{n} own{n}" for n in range(STORIES)]
    articles = [{"id": f"s{n:03}", "language": "en", "text": text} for n, text in enumerate(texts)]
    articles += [{"id": f"w{n}", "language": "en", "text": f"{WIRE} {extra}"} for n, extra in enumerate("abcd")]
    build(write_jsonl(*articles, {"id": "x", "language": "fr", "text": f"{WIRE} e"}))
    return open_current(tmp_path / "index")


def test_copies_are_found_however_far_apart_they_are(generation: Generation) -> None:
    rows = [150, *range(70), 151, *range(70, 150), 152, 154, 153]
    picked = Results(generation).pick(_ranking(generation, rows), Query("x"), 0)
    assert [(row.place, len(row.copies)) for row in picked if row.copies] == [(0, 3)]
    assert len(picked) == 1 + STORIES + 1
    assert rows.index(154) in [row.place for row in picked]


def test_copies_of_what_is_not_shown_are_counted_for_no_row(generation: Generation) -> None:
    picked = Results(generation).pick(_ranking(generation, [0, 1, 150, 151]), Query("x"), 0, most=2)
    assert [(row.place, row.copies) for row in picked] == [(0, []), (1, [])]


def test_a_copy_counts_for_the_latest_row_that_it_repeats(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    """The third is like both, which differ from each other."""
    words = [f"word{n}" for n in range(40)]
    texts = [" ".join(words[:35]), " ".join(words[5:]), " ".join(words[2:38])]
    build(write_jsonl(*({"id": str(n), "language": "en", "text": text} for n, text in enumerate(texts))))
    generation = open_current(tmp_path / "index")
    results, ranking = Results(generation), _ranking(generation, [0, 1, 2])
    similarity = generation.vectors.rows(np.array([0, 1])) @ generation.vectors.rows(np.array([2]))[0]
    assert (similarity >= 0.9).all()
    assert [(row.place, row.copies) for row in results.pick(ranking, Query("x"), 0)] == [(0, []), (1, [2])]


def test_similar_vectors_of_different_words_are_no_copies(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    texts = ["ferry " * 10 + "alpha beta", "ferry " * 10 + "gamma delta", "ferry " * 9 + "alpha beta"]
    build(write_jsonl(*({"id": str(n), "language": "en", "text": text} for n, text in enumerate(texts))))
    generation = open_current(tmp_path / "index")
    vectors = generation.vectors.rows(slice(None))
    assert (vectors @ vectors.T >= 0.9).all()
    picked = Results(generation).pick(_ranking(generation, [0, 1, 2]), Query("x"), 0)
    assert [(row.place, row.copies) for row in picked] == [(0, [2]), (1, [])]


def test_an_article_that_came_up_as_a_copy_is_no_row_by_another_passage(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    shared, more = f"{WIRE} and {WIRE} again. " * 4, "Elsewhere a bank raised its rates by half a point on Monday. " * 5
    build(
        write_jsonl(
            {"id": "a", "language": "en", "text": shared}, {"id": "b", "language": "en", "text": f"{shared}\n\n{more}"}
        )
    )
    generation = open_current(tmp_path / "index")
    assert generation.tables.passage_column("article").tolist() == [0, 1, 1]
    ranking = _ranking(generation, [0, 1, 2])
    picked = Results(generation).pick(ranking, Query("x"), 0)
    assert [(row.place, row.copies, row.others) for row in picked] == [(0, [1], [])]
    picked = Results(generation).pick(ranking, Query("x", group=Group.PASSAGE), 0)
    assert [(row.place, row.copies) for row in picked] == [(0, [1]), (2, [])]


def test_similar_passages_are_the_earlier_ones(generation: Generation) -> None:
    found = CopyFinder(generation, generation.columns, np.array([150, 0, 151, 152]))
    assert dict(found.similar(range(4), [])) == {2: [0], 3: [0, 2]}
    assert dict(found.similar(range(2, 4), [1])) == {3: [2]}
    assert dict(found.similar(range(2, 4), [0])) == {2: [0], 3: [0, 2]}


def test_vectors_are_gathered_once_however_many_rows_there_are(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking, results = _ranking(generation, list(range(155))), Results(generation)
    gathered: list[int] = []
    rows = VectorIndex.rows

    def counted(index: VectorIndex, wanted: Rows | slice) -> Vectors:
        vectors = rows(index, wanted)
        gathered.append(len(vectors))
        return vectors

    monkeypatch.setattr(VectorIndex, "rows", counted)
    assert len(results.pick(ranking, Query("x"), 0)) == 152
    assert sum(gathered) == 155


def test_texts_are_read_of_similar_passages_alone(generation: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    find_atoms = copies.find_atoms
    monkeypatch.setattr(copies, "find_atoms", lambda text: read.append(text) or find_atoms(text))  # type: ignore[func-returns-value]
    Results(generation).pick(_ranking(generation, [*range(155)]), Query("x"), 0)
    assert sorted(read) == [f"{WIRE} {extra}" for extra in "abcd"]


@pytest.mark.parametrize(("group", "rows"), [(Group.ARTICLE, 1), (Group.PASSAGE, 5)])
def test_passages_of_one_article_are_no_copies_of_each_other(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, group: Group, rows: int
) -> None:
    text = "\n\n".join([" ".join(f"{WIRE} and {WIRE}" for _ in range(6))] * 5)
    build(write_jsonl({"id": "a", "language": "en", "text": text}))
    generation = open_current(tmp_path / "index")
    assert generation.manifest.passages == 5
    picked = Results(generation).pick(_ranking(generation, [0, 1, 2, 3, 4]), Query("x", group=group), 0)
    assert len(picked) == rows
    assert (picked[0].copies, picked[0].others) == ([], [1, 2] if group == Group.ARTICLE else [])


def test_nothing_is_below_the_floor(generation: Generation) -> None:
    ranking = _ranking(generation, [0, 1, 2, 154], [0.9, 0.8, 0.7, 0.6])
    assert [row.place for row in Results(generation).pick(ranking, Query("x"), 0)] == [0, 1, 2, 3]
    assert [row.place for row in Results(generation).pick(ranking, Query("x"), 0.8)] == [0, 1]


@pytest.fixture
def dated(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Generation:
    days = {"today": "2025-05-11", "before": "2025-05-01", "never": "", "bac": "2025-05-11"}
    articles = [
        {"id": name, "text": f"{name} {name}1 {name}2", "published": day, "language": "fr" if name == "bac" else "en"}
        for name, day in days.items()
    ]
    build(write_jsonl(*articles))
    return open_current(tmp_path / "index")


@pytest.mark.parametrize(
    ("order", "relevance", "places"),
    [
        (Order.BEST_ANYWHERE, [0.51, 0.99, 0.99, 0.4], [0, 1, 3, 2]),
        (Order.BEST_ANYWHERE, [0.49, 0.99, 0.99, 0.24], [1, 0, 2, 3]),
        (Order.MY_LANGUAGE_FIRST, [0.51, 0.99, 0.99, 0.99], [0, 1, 2, 3]),
        (Order.ONE_LANE_PER_LANGUAGE, [0.51, 0.99, 0.99, 0.99], [0, 1, 2, 3]),
    ],
)
def test_a_half_life_halves_the_relevance_by_which_rows_are_ordered(
    dated: Generation, order: Order, relevance: list[float], places: list[int]
) -> None:
    ranking = _ranking(dated, [0, 1, 2, 3], relevance)
    picked = Results(dated).pick(ranking, Query("x", order=order, half_life=10), 0)
    assert [row.place for row in picked] == places


def test_where_nothing_has_a_date_age_changes_nothing(generation: Generation) -> None:
    picked = Results(generation).pick(_ranking(generation, [3, 2, 1]), Query("x", half_life=1), 0)
    assert [row.place for row in picked] == [0, 1, 2]


@pytest.mark.parametrize(
    ("sort", "order", "places"),
    [
        (Sort.RELEVANCE, Order.BEST_ANYWHERE, [0, 1, 2, 3]),
        (Sort.NEWEST, Order.BEST_ANYWHERE, [3, 1, 0, 2]),
        (Sort.OLDEST, Order.BEST_ANYWHERE, [0, 3, 1, 2]),
        (Sort.NEWEST, Order.MY_LANGUAGE_FIRST, [1, 0, 2, 3]),
    ],
)
def test_rows_are_sorted_by_date_and_equal_dates_by_id(
    dated: Generation, sort: Sort, order: Order, places: list[int]
) -> None:
    """Places 0 to 3 are before, today, never and bac, in another language and of the same day as today."""
    ranking = _ranking(dated, [1, 0, 2, 3], [0.9, 0.8, 0.7, 0.6])
    picked = Results(dated).pick(ranking, Query("x", sort=sort, order=order), 0)
    assert [row.place for row in picked] == places
