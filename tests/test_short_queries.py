"""The figures of short queries, computed by hand on a tiny corpus, and floors under what they find in the seeds."""

import hashlib
from pathlib import Path

import pytest
from asking import Asker
from pools import LabelledPassage, index_passages
from short_figures import Outcome, disorder, false_alarms, found, mean, separation, times, whole_events
from short_queries import SEED_WORDS
from shown import AbsentTwin, Corpus, Page, ShortQuery, holding_all_words
from unheard_names import CorpusWords, is_unheard

from indexer.encoders.embedded import LANGUAGES
from indexer.encoders.protocol import Encoder
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

WORDS = "d3560f2546d24bbe"


def _query(name: str, *relevant: str) -> ShortQuery:
    return ShortQuery(name, name, "en", "name", frozenset(relevant))


PAGES = [
    Page(_query("q0", "a"), ("a", "b"), (0.9, 0.5), 4),
    Page(_query("q1", "a", "b", "c"), ("d", "a"), (0.4, 0.6), 6),
    Page(_query("q2", "c"), (), (), 8),
    Page(_query("q3", "c"), ("b",), (0.3,), 10),
]
"""Two pages are right, the first of them in its first row; one is empty; the second is not in order."""
TWINS = [
    AbsentTwin(PAGES[0].query, present=0.9, absent=0.1, shown=False, literal=False),
    AbsentTwin(PAGES[1].query, present=0.8, absent=0.85, shown=True, literal=False),
    AbsentTwin(PAGES[2].query, present=0.2, absent=0.05, shown=False, literal=False),
    AbsentTwin(PAGES[3].query, present=0.3, absent=1.0, shown=True, literal=True),
]
"""The last one does not count."""


def test_pages_and_twins_as_figures() -> None:
    how = "4 queries (dev 0.667, test 0.000)"
    assert found("names", PAGES, 0.98, 0.01) == {
        "names: right in ten": {"value": 0.5, "target": 0.98, "better": "higher", "how": how},
        "names: nothing shown": {
            "value": 0.25,
            "target": 0.01,
            "better": "lower",
            "how": "4 queries (dev 0.333, test 0.000)",
        },
    }
    measured = (
        mean("first", PAGES, lambda page: page.right_first)
        | whole_events("event", PAGES, {"a": "en", "b": "en", "c": "sw"}, {"en"}, 0.72)
        | separation("names", TWINS, 0.95)
        | false_alarms("names", TWINS)
        | disorder(PAGES)
        | times(Outcome(1500, PAGES))
    )
    assert {name: (each["value"], each["how"]) for name, each in measured.items()} == {
        "first": (0.25, "4 queries (dev 0.333, test 0.000)"),
        "event: share of the event on the first page": (0.75, "2 queries (dev 0.750)"),
        "answerable or not, names, AUC of the first hit's relevance": (0.7778, "3 queries (dev 0.778)"),
        "absent twins, names: something shown": (
            0.3333,
            "3 queries (dev 0.333); 1 whose words stand elsewhere left out",
        ),
        "a row stands below one of lower relevance": (0.3333, "3 queries (dev 0.500, test 0.000)"),
        "a warm short query, 1,500 passages, p50 ms": (7, "4 queries (dev 6.000, test 10.000)"),
        "a warm short query, 1,500 passages, p99 ms": (9.94, "4 queries (dev 7.960, test 10.000)"),
    }


def test_sets_without_queries_have_no_figures() -> None:
    assert found("names", []) | separation("names", TWINS[3:]) | false_alarms("names", TWINS[3:]) | disorder([]) == {}


@pytest.fixture
def corpus(tmp_path: Path, word_encoder: Encoder) -> Corpus:
    texts = {
        "dam#p0": "The Kessara dam was opened on Monday.",
        "dam#p1": "Villagers wait for their money, says Trials Mwenga.",
        "fish#p0": "Fishermen fear the dam of Kessara, and its trials.",
        "flood#p0": "Lindau lost its bridge to the flood. 台风",
        "snow#p0": "Snow fell on the hills of Arvello. 风台",
    }
    passages = (LabelledPassage(name, name.split("#")[0], text, "en") for name, text in texts.items())
    generation = index_passages(passages, tmp_path / "generation", word_encoder, tmp_path / "cache")
    return Corpus(IndexSearcher(generation, word_encoder))


@pytest.fixture
def queries(corpus: Corpus, tmp_path: Path) -> list[ShortQuery]:
    lines = (
        '{"_id": "dam", "text": "kessara dam", "language": "en", "kind": "lower"}',
        '{"_id": "flood", "text": "Lindau bridge", "language": "en"}',
        '{"_id": "gone", "text": "gone", "language": "en"}',
    )
    (tmp_path / "queries.jsonl").write_text("\n".join(lines))
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\ndam\tdam#p0\t1\nflood\tflood#p0\t1\nflood\tsnow#p0\t0\ngone\telsewhere#p0\t1\n"
    )
    return corpus.queries(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv", lambda name: name.split("#")[0])


def test_queries_that_the_corpus_answers_and_their_articles(queries: list[ShortQuery]) -> None:
    assert queries == [
        ShortQuery("dam", "kessara dam", "en", "lower", frozenset({"dam"})),
        ShortQuery("flood", "Lindau bridge", "en", "", frozenset({"flood"})),
    ]


def test_rows_are_articles(corpus: Corpus, queries: list[ShortQuery]) -> None:
    dam, flood = corpus.pages(queries)
    assert set(dam.articles) >= {"dam", "fish"}
    assert dam.right
    assert (flood.articles[0], flood.right_first, flood.empty) == ("flood", True, False)
    assert 0 < flood.milliseconds < 10_000


def test_twins_are_asked_without_the_articles_that_answer(corpus: Corpus, queries: list[ShortQuery]) -> None:
    dam, flood = corpus.absent_twins(queries)
    assert (dam.literal, flood.literal) == (True, False), "the passage of the fishermen holds both words"
    assert flood.present == pytest.approx(corpus.pages(queries)[1].relevance[0], abs=1e-6)
    assert flood.absent < flood.present


def test_what_is_taken_out_is_not_ranked_and_leads_to_nothing(corpus: Corpus, word_encoder: Encoder) -> None:
    articles = ["dam", "dam", "fish", "flood", "snow"]
    vectors = word_encoder.encode_queries(["kessara dam"])
    (twins,) = Asker(["dam"], ["kessara dam"], vectors, corpus.searcher.generation, articles).twins({"dam": {"dam"}})
    assert twins.kept.tolist() == [False, False, True, True, True]
    assert set(twins.present.rows.tolist()) == {0, 1, 2, 3, 4}
    assert set(twins.absent.rows.tolist()) == {2, 3, 4}
    assert (twins.present.seed, twins.absent.seed) == (0, 2)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("KESSARA dam", [0, 2]),
        ("kessara dams", []),
        ("台风", [3]),
        ("Lindau 台风", [3]),
    ],
)
def test_passages_that_hold_all_words_as_they_stand(corpus: Corpus, text: str, held: list[int]) -> None:
    assert holding_all_words(corpus.searcher.generation, text).nonzero()[0].tolist() == held


@pytest.mark.parametrize(
    ("forms", "unheard"),
    [
        (["Oakley"], True),
        (["Oakley Lindau"], False),
        (["Arvella"], False),
        (["Qessar"], False),
        (["Oakley", "Линдау", "LINDAU"], False),
        (["Snowe"], True),
    ],
)
def test_names_stand_in_a_corpus_in_any_form(corpus: Corpus, forms: list[str], unheard: bool) -> None:
    assert is_unheard(forms, CorpusWords.of(corpus.searcher.generation)) is unheard


def test_words_that_their_own_corpus_writes_in_lower_case_are_no_names(corpus: Corpus) -> None:
    home = CorpusWords.of(corpus.searcher.generation)
    nothing = CorpusWords(frozenset(), frozenset(), frozenset())
    assert is_unheard(["Mwenga"], nothing, home)
    assert not is_unheard(["Trials"], nothing, home)


@pytest.fixture(scope="module")
def seeds(seed_index: Path) -> Corpus:
    return Corpus(open_searcher(seed_index))


@pytest.fixture(scope="module")
def wordings(seeds: Corpus) -> list[ShortQuery]:
    return seeds.queries(SEED_WORDS / "queries.jsonl", SEED_WORDS / "qrels.tsv")


@pytest.fixture(scope="module")
def pages(seeds: Corpus, wordings: list[ShortQuery]) -> list[Page]:
    return seeds.pages(wordings)


def test_the_floors_were_measured_with_these_wordings(wordings: list[ShortQuery]) -> None:
    """When these change, measure again with benchmarks/short_queries.py, and set the floors anew."""
    files = sorted(path for path in SEED_WORDS.iterdir() if path.suffix != ".md")
    assert hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16] == WORDS


def test_every_event_is_asked_for_in_eight_languages(wordings: list[ShortQuery]) -> None:
    asked = [tuple(query.id.split("-")) for query in wordings]
    assert len(asked) == len(set(asked)) == 17 * 8
    assert {language for _, language in asked} == {"ar", "de", "en", "es", "ja", "ru", "tr", "zh"} <= LANGUAGES
    assert all(query.language == language for query, (_, language) in zip(wordings, asked, strict=True))


def test_judgements_are_the_articles_about_the_event(seeds: Corpus, wordings: list[ShortQuery]) -> None:
    for query in wordings:
        event = query.id.split("-")[0]
        assert query.relevant == {article for article in seeds.languages if article.rsplit("-", 1)[0] == event}


def test_short_wordings_find_their_event(seeds: Corpus, pages: list[Page]) -> None:
    """Measured: right in ten .757, right first .677, nothing shown .199, share of the event .737; of 136."""
    assert sum(page.right for page in pages) >= 0.74 * 136
    assert sum(page.right_first for page in pages) >= 0.65 * 136
    assert sum(page.empty for page in pages) <= 0.22 * 136
    (event,) = whole_events("seed words", pages, seeds.languages, LANGUAGES, 0.72).values()
    assert event["value"] >= 0.72


def test_relevance_tells_whether_an_event_is_in_the_seeds(seeds: Corpus, wordings: list[ShortQuery]) -> None:
    """Measured: AUC .815, something shown without the articles about the event .393; of 135."""
    twins = list(seeds.absent_twins(wordings))
    (separated,) = separation("seed words", twins).values()
    (shown,) = false_alarms("seed words", twins).values()
    assert separated["value"] >= 0.8
    assert shown["value"] <= 0.41
