"""A name or a rare word that stands in the corpus is found and shown, whatever the vectors say of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scanning import scanning

from indexer.encoders.protocol import Encoder
from indexer.generations import store
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import parse_keywords
from indexer.text.atoms import Atom, find_atoms
from search_api.query import make_query
from search_api.ranking import literal
from search_api.ranking.candidates import Limits
from search_api.ranking.literal import LEAST, Form, LiteralMatches, find_literal, split_words
from search_api.ranking.ranked import RankingRequest
from search_api.ranking.ranker import Ranker
from search_api.ranking.relevance import FLOOR
from search_api.search.searcher import IndexSearcher

FILLER = "The council of the town met on day {} and spoke of roads and of schools for the region."
STORIES = {
    "visit": ("en", "President Barack Obama visited the harbour of the town on day one and left."),
    "obama": ("en", "Mr Obama spoke to the council about roads on day two."),
    "barack": ("en", "Barack is a name that many children of the region have."),
    "visite": ("fr", "Le président Barack Obama a visité le port de la ville et il est reparti."),
    "jet": ("en", "The F-35 flew over the town, and so did thirty-five birds and the letter f 36."),
    "mayor": ("en", "The bank of the town of Japan Street reopened on day three."),
}


@pytest.fixture
def generation(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Generation:
    fillers = {f"filler{n}": ("en", FILLER.format(n)) for n in range(300)}
    build(write_jsonl(*({"id": i, "language": of, "text": text} for i, (of, text) in (STORIES | fillers).items())))
    return store.open_current(tmp_path / "index")


def _no_forms(_: Sequence[Atom], __: bool) -> list[Form]:
    return []


def _articles(generation: Generation) -> NDArray[np.int64]:
    return np.asarray(generation.tables.passage_column("article"))


def _ids(generation: Generation, matches: LiteralMatches) -> list[str]:
    ids = generation.tables.article_column("id")[generation.tables.passage_column("article")[matches.rows]]
    return [str(each) for each in ids]


def _found(generation: Generation, query: str) -> set[str]:
    matches = find_literal(parse_keywords(query), generation.keywords, _articles(generation), _no_forms)
    rows = matches.rows
    assert (np.diff(rows) > 0).all()
    assert matches.whole.all()
    return set(_ids(generation, matches))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Barack Obama", {"visit", "visite"}),
        ("barack obama", {"visit", "visite"}),
        ("OBAMA", {"visit", "obama", "visite"}),
        ("Obama of the town", {"visit", "obama", "visite"}),  # common words weigh next to nothing
        ("F-35", {"jet"}),
        ("35 F", {"jet"}),
        ("F35", {"jet"}),
        ("F-37", set()),
        ("council town", set()),  # nothing rare: meaning decides
        ("Obama Xi", set()),  # a name that nobody mentions is missed
        ("what did President Barack Obama do", set()),  # a question
        ("+Obama", {"visit", "obama", "visite"}),
        ("-Obama roads", set()),
        ("渡轮", set()),
    ],
)
def test_passages_that_hold_the_words_of_a_short_query(generation: Generation, query: str, found: set[str]) -> None:
    assert _found(generation, query) == found


def test_words_that_stand_together_are_one_word() -> None:
    words = [[atom.text for atom in word] for word in split_words(find_atoms("the F-35 of AT&T 渡轮F-35吗 x"))]
    assert words == [["the"], ["f", "35"], ["of"], ["at", "t"], ["渡", "轮"], ["f", "35"], ["吗"], ["x"]]
    assert list(split_words([])) == []


def test_a_word_elsewhere_in_the_article_counts_less(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    long = " and the council spoke of roads and of schools for the whole region until late in the night" * 3
    text = f"Barack came to town{long}.\n\nObama left the town{long}.\n\nNothing else came to pass{long}."
    build(write_jsonl({"id": "both", "language": "en", "text": text}, {"id": "one", "text": f"Barack{long}."}))
    generation = store.open_current(tmp_path / "index")
    found = find_literal(parse_keywords("Barack Obama"), generation.keywords, _articles(generation), _no_forms)
    assert found.rows.tolist() == [1]
    assert found.whole.tolist() == [False]


def test_common_words_are_looked_up_only_in_articles_that_hold_the_rare_ones(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_holding, looked_up = KeywordIndex.rows_holding, []

    def counted(index: KeywordIndex, atoms: Sequence[Atom], among: NDArray[np.int64] | None = None) -> object:
        looked_up.append((atoms[0].text, None if among is None else among.size))
        return rows_holding(index, atoms, among)

    monkeypatch.setattr(KeywordIndex, "rows_holding", counted)
    assert _found(generation, "the Obama town") == {"visit", "obama", "visite"}
    assert looked_up == [("obama", None), ("the", 3), ("town", 3)]
    looked_up.clear()
    assert _found(generation, "council town") == set()
    assert looked_up == []


def test_relevance_of_what_holds_the_words_is_raised_and_keeps_its_order() -> None:
    relevance = np.array([0.0, 0.5, 1.0, 0.9, 0.5], np.float32)
    matches = LiteralMatches((), np.array([2, 4, 7, 9]), np.array([True, True, True, False]))
    raised = matches.lift(np.array([2, 4, 7, 8, 9]), relevance)
    assert raised.tolist() == pytest.approx([LEAST, 0.625, 1.0, 0.9, 0.5])
    nothing = LiteralMatches((), np.empty(0, np.int64), np.empty(0, np.bool_))
    assert nothing.lift(np.array([2, 4]), relevance[1:3]).tolist() == [0.5, 1.0]


def test_a_word_that_stands_nowhere_is_looked_up_in_other_forms(generation: Generation) -> None:
    forms = {"baracc": [Form("barack", 0.8, "spelling")], "obana": [Form("obama", 0.5, "spelling")]}

    def matches(query: str) -> dict[str, bool]:
        found = find_literal(
            parse_keywords(query),
            generation.keywords,
            _articles(generation),
            lambda word, _: forms.get(word[0].text, []),
        )
        return dict(zip(_ids(generation, found), found.whole.tolist(), strict=True))

    both = {"visit": False, "visite": False}
    assert matches("Baracc Obama") == both
    assert matches("baracc") == dict.fromkeys(("visit", "barack", "visite"), False)
    assert matches("obana") == {}  # a form of too little weight
    assert matches("baracc obana") == both  # which counts beside another one
    assert matches("barack obamaa") == {}


def test_shares_of_the_words_count_forms_common_words_and_the_rest_of_the_article(generation: Generation) -> None:
    articles = _articles(generation)
    forms = {"baracc": [Form("barack", 0.8, "spelling")]}
    matches = find_literal(
        parse_keywords("Baracc town"), generation.keywords, articles, lambda word, _: forms.get(word[0].text, [])
    )
    ids = generation.tables.article_column("id")[articles].tolist()
    rows = np.array(sorted(ids.index(name) for name in ("visit", "barack", "obama", "jet")))
    shares = dict(zip([ids[row] for row in rows], matches.shares(rows, generation.keywords, articles), strict=True))
    town = generation.keywords.frequency(find_atoms("town"))
    rare, common = np.log(307 / 3), np.log(307 / town)
    assert shares == pytest.approx(
        {
            "visit": (0.8 * rare + common) / (rare + common),
            "barack": 0.8 * rare / (rare + common),
            "obama": 0,
            "jet": common / (rare + common),
        },
        abs=1e-5,
    )
    assert matches.shares(rows[:0], generation.keywords, articles).size == 0


def test_a_name_is_shown_in_every_language_and_in_the_order_of_the_relevance(
    generation: Generation, word_encoder: Encoder
) -> None:
    answer = IndexSearcher(generation, word_encoder).search(make_query("Barack Obama"))
    assert answer.answerable
    assert {"visit", "visite"} <= {hit.article_id for hit in answer.hits}
    relevances = [hit.relevance for hit in answer.hits]
    assert relevances == sorted(relevances, reverse=True)
    assert min(hit.relevance for hit in answer.hits if hit.article_id in {"visit", "visite"}) >= LEAST > FLOOR


def test_a_filter_and_conditions_hold_for_names_too(generation: Generation, word_encoder: Encoder) -> None:
    searcher = IndexSearcher(generation, word_encoder)
    assert {hit.article_id for hit in searcher.search(make_query("Barack Obama", languages=["fr"])).hits} == {"visite"}
    left = {hit.article_id for hit in searcher.search(make_query("Obama -harbour")).hits}
    assert "visit" not in left
    assert {"obama", "visite"} <= left


def test_very_many_that_hold_the_words_are_cut_to_the_nearest(
    generation: Generation, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(literal, "RARE", 1.0)
    query = parse_keywords("council town")
    request = RankingRequest(word_encoder.encode_queries(["council town"])[0], query, "en", reach=1)
    limits = Limits(by_vector=5, by_words=7, other_languages=5)
    ranking = Ranker(scanning(generation), limits).rank(request)
    found = find_literal(query, generation.keywords, _articles(generation), _no_forms)
    assert found.rows.size == 300
    assert 7 <= ranking.rows.size <= 5 + 7 + 7 + 5
    assert (ranking.relevance[np.isin(ranking.rows, found.rows)] >= LEAST).all()


def test_names_of_the_sample_news_are_answered(seed_index: Path, embedded: Encoder) -> None:
    searcher = IndexSearcher(store.open_current(seed_index), embedded)
    for query, article in {
        "Erdogan": "000_bfaee044f52e0d90",
        "Илена Корвас": "election-uk",
        "F-35": "000_bfaee044f52e0d90",
    }.items():
        answer = searcher.search(make_query(query))
        assert answer.answerable
        assert article in [hit.article_id for hit in answer.hits[:5]]
