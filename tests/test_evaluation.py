"""Measures computed by hand, languages, the preference for one's own, comparison, and options of a search."""

from collections.abc import Iterable, Mapping
from math import log2
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from indexer.errors import QueryError, SettingsError, SourceError, StorageError
from search_api.evaluation.collection import Collection, Topic
from search_api.evaluation.evaluate import Evaluation, System, evaluate
from search_api.evaluation.measures import NDCG, RECALL, RR, Comparison, compare, measure
from search_api.evaluation.options import read_options, read_value
from search_api.evaluation.run import Holdings, Ranked, write_run
from search_api.query import OPTIONS, Query

LANGUAGES = {"ferry": "en", "bac": "fr", "fähre": "de", "bank": "en", "banque": "fr"}
HOLDINGS = Holdings(LANGUAGES, dict.fromkeys(LANGUAGES, 3))


class Scripted:
    """Answers each query text with the passages that it is given for it."""

    def __init__(self, answers: Mapping[str, list[str]]) -> None:
        self.answers = answers
        self.asked: list[Query] = []

    def search(self, query: Query) -> SimpleNamespace:
        self.asked.append(query)
        passages = self.answers[query.text][: query.limit]
        return SimpleNamespace(hits=[_hit(name, place) for place, name in enumerate(passages)])


def _hit(passage: str, place: int) -> SimpleNamespace:
    article = passage.partition("#")[0]
    language = LANGUAGES.get(article, "en")
    return SimpleNamespace(passage_id=passage, article_id=article, language=language, score=0.9 - place / 1000)


def _collection(judgements: dict[str, dict[str, int]], **languages: str) -> Collection:
    topics = [Topic(name, f"text {name}", languages.get(name, "en"), f"queries:{name}") for name in judgements]
    return Collection(topics, judgements, 0, 0)


def _evaluate(
    collection: Collection, answers: dict[str, list[str]], holdings: Holdings = HOLDINGS, **settings: object
) -> Evaluation:
    searcher = Scripted({f"text {name}": answer for name, answer in answers.items()})
    return evaluate(System("an index", searcher, holdings, settings), collection)  # type: ignore[arg-type]


ANSWERS = {"q1": ["bank#0", "ferry#1", "ferry#0", "bac#0"], "q2": ["fähre#0", "bac#2"], "q3": []}
JUDGED = {"q1": {"ferry": 2, "bac": 1, "fähre": 1, "bank": -1}, "q2": {"fähre": 1, "ferry": 0}, "q3": {"bac": 1}}


def test_the_measures_are_those_computed_by_hand() -> None:
    evaluation = _evaluate(_collection(JUDGED), ANSWERS)
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert evaluation.scores["q1"] == pytest.approx(
        {NDCG: (2 / log2(3) + 1 / log2(4)) / ideal, RR: 1 / 2, RECALL: 2 / 3}
    )
    assert evaluation.scores["q2"] == {NDCG: 1, RR: 1, RECALL: 1}
    assert evaluation.scores["q3"] == {NDCG: 0, RR: 0, RECALL: 0}
    assert evaluation.overall.queries == 3
    assert evaluation.overall.scores == pytest.approx({NDCG: 0.520910, RR: 0.5, RECALL: 5 / 9}, abs=1e-6)


def test_depths_are_ten_and_a_hundred() -> None:
    names = [f"other{number}" for number in range(10)]
    run = {"q": [Ranked(name, "en", 0.5) for name in [*names, "late"]]}
    assert measure({"q": {"late": 1}}, run) == {"q": {NDCG: 0, RR: 0, RECALL: 1}}
    fillers = [Ranked(f"other{number}", "en", 0.5) for number in range(100)]
    assert measure({"q": {"late": 1}}, {"q": [*fillers, Ranked("late", "en", 0.5)]})["q"][RECALL] == 0


def test_equal_scores_keep_the_order_of_the_search() -> None:
    run = {"q": [Ranked("a", "en", 0.5), Ranked("z", "en", 0.5)]}
    assert measure({"q": {"a": 1}}, run)["q"][RR] == 1
    assert measure({"q": {"z": 1}}, run)["q"][RR] == 0.5


def test_an_article_stands_where_its_best_passage_stands() -> None:
    evaluation = _evaluate(_collection(JUDGED), ANSWERS)
    assert evaluation.level == "article"
    assert evaluation.rankings["q1"] == [
        Ranked("bank", "en", 0.9), Ranked("ferry", "en", 0.899), Ranked("bac", "fr", 0.897)
    ]  # fmt: skip


def test_ids_of_passages_are_judged_as_passages() -> None:
    evaluation = _evaluate(_collection({"q1": {"ferry#0": 1, "ferry#3": 1}}), ANSWERS)
    assert (evaluation.level, evaluation.missing) == ("passage", 1)
    assert [one.id for one in evaluation.rankings["q1"]] == ANSWERS["q1"]
    assert evaluation.scores["q1"] == pytest.approx({NDCG: 0.5 / (1 + 1 / log2(3)), RR: 1 / 3, RECALL: 1 / 2})


@pytest.mark.parametrize("document", ["ferry#3", "ferry#01", "ferry#", "boat#0", "ferry", "ferry#²"])
def test_a_passage_that_is_none(document: str) -> None:
    assert HOLDINGS.language(document, "passage") is None


def test_an_article_may_be_called_like_a_passage() -> None:
    holdings = Holdings({"a#0": "en"}, {"a#0": 1})
    assert holdings.level(["a#0"]) == "article"
    assert holdings.language("a#0#0", "passage") == "en"


def test_documents_that_the_index_does_not_hold_are_counted_and_not_found() -> None:
    evaluation = _evaluate(_collection({"q1": {"ferry": 1, "gone": 1, "away": 0}}), ANSWERS)
    assert (evaluation.missing, evaluation.scores["q1"][RECALL]) == (1, 0.5)


def test_an_index_of_other_documents_is_refused() -> None:
    with pytest.raises(
        SourceError, match=r"^an index holds none of the articles .+ such as 'away'; .+'ferry', .+'ferry#0'$"
    ):
        _evaluate(_collection({"q1": {"gone": 1, "away": 1}}), ANSWERS)


@pytest.mark.parametrize(("judged", "group"), [("a99", "article"), ("a99#0", "passage")])
def test_a_hundred_of_what_is_judged_are_asked_for_however_little_relevant(judged: str, group: str) -> None:
    passages = [f"a{number}#0" for number in range(300)]
    names = [f"a{number}" for number in range(300)]
    searcher = Scripted({"text q1": passages})
    system = System("an index", searcher, Holdings(dict.fromkeys(names, "en"), dict.fromkeys(names, 1)), {})  # type: ignore[arg-type]
    ranking = evaluate(system, _collection({"q1": {judged: 1}})).rankings["q1"]
    assert [(query.limit, query.group, query.min_relevance) for query in searcher.asked] == [(100, group, 0)]
    assert [one.id for one in ranking] == (passages if group == "passage" else names)[:100]


def test_the_level_may_be_given() -> None:
    system = System("an index", Scripted({"text q1": ["ferry#1"]}), HOLDINGS, {})  # type: ignore[arg-type]
    assert evaluate(system, _collection({"q1": {"ferry": 1, "bac": 1, "ferry#1": 1}}), "passage").missing == 2


def test_a_limit_that_is_set_is_kept() -> None:
    evaluation = _evaluate(_collection(JUDGED), ANSWERS, limit=1)
    assert [one.id for one in evaluation.rankings["q1"]] == ["bank"]
    assert evaluation.system.name == "an index, limit=1"


def test_what_is_set_goes_before_what_is_judged() -> None:
    searcher = Scripted({"text q1": ["ferry#1"]})
    system = System("an index", searcher, HOLDINGS, {"group": "article", "min_relevance": 0.5})  # type: ignore[arg-type]
    evaluate(system, _collection({"q1": {"ferry#1": 1}}))
    assert [(query.group, query.min_relevance) for query in searcher.asked] == [("article", 0.5)]


def test_measures_by_language_of_the_query() -> None:
    evaluation = _evaluate(_collection(JUDGED, q1="en", q2="fr", q3="en"), ANSWERS)
    assert {language: (row.queries, row.scores[RR]) for language, row in evaluation.by_language.items()} == {
        "en": (2, 0.25),
        "fr": (1, 1.0),
    }


def test_measures_by_pair_of_languages_leave_relevant_documents_of_others_out() -> None:
    judged = {"q1": {"ferry": 1, "bac": 1, "fähre": 1}, "q2": {"bac": 1}}
    answers = {"q1": ["ferry#0", "bank#0", "bac#0"], "q2": ["bac#1"]}
    evaluation = _evaluate(_collection(judged, q1="en", q2="fr"), answers)
    assert {pair: (row.queries, row.scores) for pair, row in evaluation.by_pair.items()} == {
        ("en", "de"): (1, {NDCG: 0, RECALL: 0}),
        ("en", "en"): (1, {NDCG: 1, RECALL: 1}),
        ("en", "fr"): (1, {NDCG: pytest.approx(1 / log2(3)), RECALL: 1}),
        ("fr", "fr"): (1, {NDCG: 1, RECALL: 1}),
    }


def test_a_pair_keeps_the_grades() -> None:
    judged = {"q1": {"ferry": 1, "bank": 3}}
    evaluation = _evaluate(_collection(judged), {"q1": ["ferry#0", "bank#0"]})
    assert evaluation.by_pair["en", "en"].scores[NDCG] == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


def test_how_often_the_own_language_comes_first_and_how_often_that_is_due() -> None:
    judged = {
        "q1": {"ferry": 1, "bac": 1, "fähre": 1, "gone": 1, "bank": 0},  # a third of what is held is English
        "q2": {"bac": 2, "banque": 1},  # all of it French
        "q3": {"ferry": 1},  # no hit
        "q4": {"gone": 1},  # nothing held
        "q5": {"ferry": 1},  # in no known language
        "q6": {"ferry": 1},  # none of it German
    }
    answers = {"q1": ["bank#0"], "q2": ["fähre#0"], "q3": [], "q4": ["bank#0"], "q5": ["bank#0"], "q6": ["fähre#0"]}
    own = _evaluate(_collection(judged, q2="fr", q5="und", q6="de"), answers).own_language
    assert own is not None
    assert (own.queries, own.first, own.due) == (3, pytest.approx(2 / 3), pytest.approx((1 / 3 + 1 + 0) / 3))
    assert own.difference == pytest.approx(2 / 9)


def test_nothing_to_tell_a_preference_by() -> None:
    assert _evaluate(_collection({"q1": {"ferry": 1}}, q1="und"), ANSWERS).own_language is None


def test_a_query_that_cannot_be_asked_is_named_by_its_place() -> None:
    collection = Collection([Topic("q1", "???", "en", "queries.tsv:7")], {"q1": {"ferry": 1}}, 0, 0)
    with pytest.raises(QueryError, match=r"^queries.tsv:7: the query '\?\?\?' has no words$"):
        evaluate(System("an index", Scripted({}), HOLDINGS, {}), collection)  # type: ignore[arg-type]


def _scores(values: Iterable[float]) -> dict[str, dict[str, float]]:
    return {f"q{number}": {NDCG: value} for number, value in enumerate(values)}


def test_a_comparison_counts_and_tests() -> None:
    first, second = _scores([0.9, 0.8, 0.7, 0.5, 0.2]), _scores([0.5, 0.5, 0.5, 0.5, 0.3])
    # of 32 ways to sign the differences .4 .3 .2 0 -.1, 3 pairs of ways reach .8 or more: p = 2 * 4 / 32
    assert compare(first, second) == Comparison(pytest.approx(0.16), pytest.approx(0.25), wins=3, ties=1, losses=1)
    assert compare(second, first) == Comparison(pytest.approx(-0.16), pytest.approx(0.25), wins=1, ties=1, losses=3)


def test_the_same_twice_does_not_differ() -> None:
    same = _scores([0.1, 0.9, 0.4])
    assert compare(same, same) == Comparison(0, 1, wins=0, ties=3, losses=0)


def test_one_query_proves_nothing() -> None:
    assert compare(_scores([1]), _scores([0])) == Comparison(1, 1, wins=1, ties=0, losses=0)


def test_a_difference_in_all_of_many_queries_is_not_chance_and_noise_is() -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, 200)
    noise += 0.003 - noise.mean()
    base = _scores([0.5] * 200)
    better, other = compare(_scores(0.55 + noise), base), compare(_scores(0.5 + noise), base)
    assert better.p == pytest.approx(0.0002, abs=1e-9)  # the least that 9,999 draws can say
    assert 0.1 < other.p < 1
    assert compare(_scores(0.5 + noise), base) == other


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("7", int, 7),
        ("7", str, "7"),
        ("No", bool, False),
        ("true", bool, True),
        ("fr, de,", Iterable[str], ["fr", "de"]),
        ("none", float | None, None),
        ("30", float | None, 30.0),
    ],
)
def test_a_value_is_read_as_its_type(text: str, wanted: object, value: object) -> None:
    read = read_value(text, wanted)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("7.5", int, "^a whole number$"),
        ("many", float | None, "^a number or none$"),
        ("2", bool, "^one of true, yes, 1, false, no, 0$"),
    ],
)
def test_a_value_of_another_type_says_what_is_wanted(text: str, wanted: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_value(text, wanted)


def test_options_are_those_of_a_query() -> None:
    typed = {
        "limit=20": 20,
        "offset=40": 40,
        "languages = fr,de": ["fr", "de"],
        "sources=The Gazette, Courrier": ["The Gazette", "Courrier"],
        "not_languages=tr": ["tr"],
        "not_sources=Courrier": ["Courrier"],
        "articles=a": ["a"],
        "not_articles=b, c": ["b", "c"],
        "published_from=2025": "2025",
        "published_to=": "",
        "since=": "",
        "order=my-language-first": "my-language-first",
        "sort=relevance": "relevance",
        "group=passage": "passage",
        "query_language=tr": "tr",
        "min_relevance=none": None,
        "half_life=30": 30.0,
        "facets=language,month": ["language", "month"],
        "timeline=week": "week",
        "depth=400": 400,
        "explain=yes": True,
        "rerank=no": False,
    }
    assert read_options(list(typed), "--set") == dict(zip(OPTIONS, typed.values(), strict=True))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ["limits=1"],
            r"^--set limits=1: wanted name=value, and a name of limit, offset, languages, sources, not_",
        ),
        (["text=x"], r"^--set text=x: wanted name=value"),
        (["limit"], r"^--set limit: wanted name=value"),
        (["limit=1", "limit=2"], r"^--set limit=2: limit is given twice$"),
        (["limit=many"], r"^--set limit=many: wanted a whole number$"),
    ],
)
def test_a_bad_option_is_said(given: list[str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read_options(given, "--set")


def test_a_value_that_a_query_does_not_take_is_said() -> None:
    with pytest.raises(QueryError, match=r"^--against-set: limit is 0, wanted 1 to 1000$"):
        read_options(["limit=0"], "--against-set")


def test_a_run_is_written_as_trec_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    write_run({"q1": [Ranked("bac", "fr", 0.75), Ranked("ferry#1", "en", 0.5)], "q2": []}, path)
    assert path.read_text() == "q1 Q0 bac 1 0.750000 dateline\nq1 Q0 ferry#1 2 0.500000 dateline\n"


def test_a_run_keeps_the_order_of_the_search_where_scores_do_not_fall(tmp_path: Path) -> None:
    """trec_eval would sort them, and judge another ranking than the one that was measured."""
    scores = {"a": 0.5, "b": 0.75, "c": 0.5, "d": 0.4999999, "e": 0.25}
    write_run({"q": [Ranked(name, "fr", score) for name, score in scores.items()]}, tmp_path / "run.txt")
    lines = [line.split() for line in (tmp_path / "run.txt").read_text().splitlines()]
    assert [(line[2], line[4]) for line in lines] == [
        ("a", "0.500000"), ("b", "0.499999"), ("c", "0.499998"), ("d", "0.499997"), ("e", "0.250000")
    ]  # fmt: skip


def test_a_run_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^a TREC run cannot hold the id 'my news/a': it has white space$"):
        write_run({"q1": [Ranked("my news/a", "fr", 0.75)]}, tmp_path / "run.txt")
    with pytest.raises(StorageError, match=r"^cannot write .+absent/run.txt: No such file or directory$"):
        write_run({}, tmp_path / "absent" / "run.txt")
