"""The words of a query over passages and articles: every way of looking them up gives the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError
from indexer.keywords import looked_up, pruning
from indexer.keywords.backend import IndexedKeywords
from indexer.keywords.index import KeywordIndex
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import KeywordBackend, QueryWords, WordWeights
from indexer.keywords.query_syntax import parse_keywords
from indexer.keywords.sample import KeywordSample
from indexer.keywords.sample_writer import DEFAULT, SampleSizes, write_sample
from indexer.keywords.term_lists import TermList
from indexer.keywords.writer import KeywordIndexWriter
from indexer.rows import RowSet

WEIGHTS = WordWeights(0.4, 1.0, 0.3)
WORDS = ["ferry", "ferries", "fog", "harbour", "aground", "island", "storm", "the"]
LANGUAGES = ["en", "sw"]
Article = tuple[str, Sequence[tuple[str, str]]]
"""The language of an article, and the text and the language of each of its passages."""


@dataclass(frozen=True)
class Corpus:
    """A corpus with its indexes and with what brute force says of it."""

    folder: Path
    passages: KeywordIndex
    articles: KeywordIndex
    placement: Placement
    languages: NDArray[np.str_]

    @classmethod
    def write(cls, folder: Path, articles: Sequence[Article]) -> "Corpus":
        rows = [passage for _, passages in articles for passage in passages]
        writer = KeywordIndexWriter(folder / "passages")
        writer.add([text for text, _ in rows], [language for _, language in rows])
        writer.close()
        writer = KeywordIndexWriter(folder / "articles", positions=False)
        writer.add([" ".join(text for text, _ in each) for _, each in articles], [language for language, _ in articles])
        writer.close()
        counts = [len(passages) for _, passages in articles]
        spoken = np.array([language for _, language in rows])
        placement = Placement(
            np.repeat(np.arange(len(articles)), counts),
            np.cumsum([0, *counts]),
            RowSet.of(np.flatnonzero(spoken == np.repeat([language for language, _ in articles], counts))),
        )
        return cls(folder, KeywordIndex(folder / "passages"), KeywordIndex(folder / "articles"), placement, spoken)

    def backend(self, added_up: int = 0, sizes: SampleSizes = DEFAULT) -> KeywordBackend:
        path = self.folder / "sample"
        spoken = {language: self.scope(language) for language in LANGUAGES}
        write_sample(path, (self.passages, self.articles), self.placement, spoken, {"en": 1.0, "sw": 0.1}, sizes)
        sample = KeywordSample(path, self.placement)
        return IndexedKeywords(self.passages, self.articles, self.placement, sample, added_up)

    def scope(self, language: str, rows: NDArray[np.integer] | None = None) -> RowSet:
        spoken = RowSet.of(np.flatnonzero(self.languages == language))
        return spoken if rows is None else spoken & RowSet.of(rows)

    def scores(self, text: str, language: str) -> NDArray[np.float32]:
        """Return the keyword score of each passage."""
        query = parse_keywords(text)
        passages, articles = self.passages.shares(query, language), self.articles.shares(query, language)
        leads = passages[self.placement.first_passage[:-1]]
        context = np.float32(1.0) * articles + np.float32(0.3) * leads
        return np.float32(0.4) * passages + context[self.placement.article_of]

    def best(self, text: str, language: str, count: int, scope: RowSet) -> list[int]:
        scores, rows = self.scores(text, language), scope.rows()
        order = np.lexsort((rows, -scores[rows]))
        return [row for row in rows[order].tolist() if scores[row] > 0][:count]


@pytest.fixture(params=["added up", "looked up", "pruned"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Have the words looked up in each way; return up to how many postings they are added up."""
    if request.param == "pruned":
        _prune_at_once(monkeypatch)
    return 2**31 if request.param == "added up" else 0


def _prune_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked_up, "FEW", 0)
    monkeypatch.setattr(pruning, "_FIRST_POSTINGS", 1)
    monkeypatch.setattr(pruning, "_FIRST_ARTICLES", 1)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.write(
        tmp_path,
        [
            ("en", [("the ferry in fog", "en"), ("the harbour", "en"), ("storm", "en")]),
            ("en", [("the ferry in fog", "en"), ("the harbour", "en"), ("storm", "en")]),
            ("sw", [("ferry aground", "sw"), ("the island ferry aground", "en"), ("fog fog fog", "en")]),
            ("en", [("the the the", "en"), ("ferry ferry aground", "sw")]),
            ("sw", [("harbour harbour", "sw")]),
        ],
    )


@pytest.mark.parametrize("text", ["ferry", "ferry aground in the fog", "the", "harbour -fog", "unheard", "", "+ferry"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_best_passages_and_their_scores_are_those_of_adding_up(
    corpus: Corpus, way: int, text: str, language: str
) -> None:
    words = corpus.backend(way).of_query(parse_keywords(text), language, WEIGHTS)
    scope = corpus.scope(language)
    for count in (1, 2, 5, 100):
        assert words.best(count, scope).tolist() == corpus.best(text, language, count, scope)
    rows = np.array([4, 0, 0, 8, 2])
    shares = words.shares(rows)
    assert WEIGHTS.score(shares).tolist() == corpus.scores(text, language)[rows].tolist()
    assert shares.passage.tolist() == corpus.passages.shares(parse_keywords(text), language)[rows].tolist()


def test_a_passage_in_another_language_than_its_article_is_found(corpus: Corpus, way: int) -> None:
    words = corpus.backend(way).of_query(parse_keywords("island"), "en", WEIGHTS)
    assert words.best(3, corpus.scope("en")).tolist() == [7]
    assert words.shares(np.array([7])).article.tolist() == [0]


def test_a_short_passage_in_a_foreign_article_is_better_than_long_articles_in_its_language(
    tmp_path: Path, way: int
) -> None:
    long = [("en", [("ferry " + "the " * 400, "en")])] * 3
    short = [("sw", [("bandari", "sw")])] * 40
    corpus = Corpus.write(tmp_path, [*long, ("sw", [("ferry", "en"), ("bandari", "sw")]), *short])
    words = corpus.backend(way).of_query(parse_keywords("ferry"), "en", WEIGHTS)
    assert words.best(1, corpus.scope("en")).tolist() == [3]
    assert words.best(2, corpus.scope("en")).tolist() == [3, 0]


def test_passages_out_of_scope_are_not_found(corpus: Corpus, way: int) -> None:
    words = corpus.backend(way).of_query(parse_keywords("ferry fog"), "en", WEIGHTS)
    assert words.best(3, corpus.scope("en")).tolist()[0] == 0
    assert words.best(3, corpus.scope("en", np.array([2, 4, 6, 8]))).tolist() == [2, 4, 8]
    assert words.best(3, RowSet.of(np.empty(0, np.int64))).tolist() == []


def test_of_equals_the_first_are_the_best(corpus: Corpus, way: int) -> None:
    words = corpus.backend(way).of_query(parse_keywords("ferry fog"), "en", WEIGHTS)
    scores = corpus.scores("ferry fog", "en")
    assert scores[0] == scores[3] > scores[7]
    assert words.best(1, corpus.scope("en")).tolist() == [0]
    assert words.best(2, corpus.scope("en")).tolist() == [0, 3]


def test_moments_are_of_the_scope_without_an_article(corpus: Corpus, way: int) -> None:
    words = corpus.backend(way).of_query(parse_keywords("ferry fog"), "en", WEIGHTS)
    scores = corpus.scores("ferry fog", "en")
    found = words.moments(corpus.scope("en", np.array([0, 1, 3, 7, 9])), 0)
    assert found.passages == 3
    assert found.total == pytest.approx(float(scores[[3, 7, 9]].sum()))
    assert found.squares == pytest.approx(float((scores[[3, 7, 9]] ** 2).sum()))
    assert words.moments(corpus.scope("en"), None).passages == 9


_passage = st.tuples(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join), st.sampled_from(LANGUAGES))
_article = st.tuples(st.sampled_from(LANGUAGES), st.lists(_passage, min_size=1, max_size=4))


@settings(max_examples=200)
@given(
    st.lists(_article, min_size=1, max_size=12),
    st.lists(st.sampled_from([*WORDS, "unheard"]), min_size=1, max_size=6).map(" ".join),
    st.sampled_from(LANGUAGES),
    st.integers(1, 6),
    st.one_of(st.none(), st.sets(st.integers(0, 20))),
)
def test_pruning_gives_what_adding_up_gives(
    tmp_path_factory: pytest.TempPathFactory,
    articles: list[Article],
    text: str,
    language: str,
    count: int,
    kept: set[int] | None,
) -> None:
    corpus = Corpus.write(tmp_path_factory.mktemp("corpus"), articles)
    scope = corpus.scope(language, None if kept is None else np.array(sorted(kept), np.int64))
    wanted = corpus.best(text, language, count, scope)
    with pytest.MonkeyPatch.context() as patched:
        for narrow in (0, 2**17):
            _prune_at_once(patched)
            patched.setattr(pruning, "_NARROW", narrow)
            words = corpus.backend().of_query(parse_keywords(text), language, WEIGHTS)
            assert words.best(count, scope).tolist() == wanted


SPELT = np.array(["".join(letters) for letters in np.random.default_rng(0).choice([*"aeioubdgklmnprst"], (5000, 7))])


def _zipf(articles: int, seed: int) -> list[Article]:
    """Return articles of words that are as frequent as those of a language are, some passages in another language."""
    random = np.random.default_rng(seed)
    written = []
    for _ in range(articles):
        passages = [
            (" ".join(SPELT[np.minimum(random.zipf(1.3, 40) - 1, 4999)]), "sw" if random.random() < 0.05 else "en")
            for _ in range(random.integers(1, 8))
        ]
        written.append(("sw" if random.random() < 0.05 else "en", passages))
    return written


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus.write(tmp_path_factory.mktemp("thousands"), _zipf(3000, 7))


def _count_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return a function that says how many postings a search has read or looked up."""
    read: list[int] = []
    read_terms, find = pruning.Pruning._read, TermList.find

    def noted(search: pruning.Pruning, terms: Sequence[pruning._Term], *more: object) -> object:
        read.append(sum(search._cost(term) for term in terms))
        return read_terms(search, terms, *more)  # type: ignore[arg-type]

    def found(each: TermList, rows: NDArray[np.uint32]) -> object:
        read.append(min(rows.size, each.rows.size))
        return find(each, rows)

    monkeypatch.setattr(pruning.Pruning, "_read", noted)
    monkeypatch.setattr(TermList, "find", found)
    return lambda: sum(read)


@pytest.mark.parametrize("kept", [1.0, 0.1])
def test_in_a_larger_corpus_the_same_is_found_in_fewer_postings(
    thousands: Corpus, monkeypatch: pytest.MonkeyPatch, kept: float
) -> None:
    random = np.random.default_rng(3)
    monkeypatch.setattr(pruning, "_FIRST_POSTINGS", 64)
    monkeypatch.setattr(pruning, "_FIRST_ARTICLES", 16)
    scope = thousands.scope("en", np.flatnonzero(random.random(thousands.passages.count) < kept))
    texts = [text for _, passages in _zipf(40, 11) for text, _ in passages[:1]]
    read, all_postings = _count_read(monkeypatch), 0
    for text in texts:
        query = parse_keywords(" ".join(text.split()[:10]))
        words: QueryWords = thousands.backend().of_query(query, "en", WEIGHTS)
        assert words.best(20, scope).tolist() == thousands.best(query.text, "en", 20, scope)
        for index in (thousands.passages, thousands.articles):
            all_postings += sum(each.rows.size for each in index.lists(query, "en"))
    assert read() < 0.5 * all_postings


def _some_words(number: int) -> str:
    return " ".join(_zipf(number + 1, 7)[number][1][0][0].split()[:6])


def test_moments_of_a_part_of_a_language_are_estimated_from_passages_spread_over_it(
    thousands: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope, text = thousands.scope("en", np.arange(2, 9000)), _some_words(0)
    scores = thousands.scores(text, "en")[scope.rows()]
    monkeypatch.setattr(looked_up, "SAMPLE", 2000)
    found = thousands.backend().of_query(parse_keywords(text), "en", WEIGHTS).moments(scope, None)
    assert found.passages == len(scope) > 4000
    assert found.total / found.passages == pytest.approx(float(scores.mean()), rel=0.1)
    assert found.squares / found.passages == pytest.approx(float((scores**2).mean()), rel=0.15)


@pytest.mark.parametrize("language", LANGUAGES)
def test_moments_of_a_large_language_are_those_of_its_sample(
    thousands: Corpus, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    sizes = SampleSizes(known=2000, unknown=400, times=1, corpus=0)
    backend, scope = thousands.backend(0, sizes), thousands.scope(language)
    sampled = KeywordSample(thousands.folder / "sample", thousands.placement).of(language)
    assert sampled is not None
    rows = sampled.sampled.rows
    assert rows.size == {"en": 2000, "sw": 400}[language]
    assert scope.holds(rows).all()
    monkeypatch.setattr(TermList, "find", None)  # nothing is looked up
    for text in map(_some_words, range(5)):
        words = backend.of_query(parse_keywords(text), language, WEIGHTS)
        scores = thousands.scores(text, language)
        found = words.moments(scope, None)
        assert found.passages == len(scope)
        assert found.total == pytest.approx(float(scores[rows].mean()) * len(scope), rel=1e-5)
        assert found.squares == pytest.approx(float((scores[rows] ** 2).mean()) * len(scope), rel=1e-5)
        article = int(thousands.placement.article_of[rows[7]])
        kept = rows[thousands.placement.article_of[rows] != article]
        others = len(scope) - int((thousands.placement.article_of[scope.rows()] == article).sum())
        assert words.moments(scope, article).passages == others
        assert words.moments(scope, article).total == pytest.approx(float(scores[kept].mean()) * others, rel=1e-5)


def test_a_sample_is_spread_evenly_and_always_the_same(thousands: Corpus) -> None:
    sizes, samples = SampleSizes(known=1000, times=1, corpus=0), []
    for _ in range(2):
        thousands.backend(0, sizes)
        found = KeywordSample(thousands.folder / "sample", thousands.placement).of("en")
        assert found is not None
        samples.append(found.sampled.rows)
    rows = thousands.scope("en").rows()
    assert np.array_equal(*samples)
    assert np.unique(samples[0]).size == 1000
    assert np.abs(np.searchsorted(rows, samples[0]) - np.arange(1000) * rows.size / 1000).max() <= rows.size / 1000


def test_only_languages_of_many_passages_in_large_corpora_are_sampled() -> None:
    assert [DEFAULT.of(each, 1.0) for each in (20_000, 20_001)] == [0, 10_000]
    assert [DEFAULT.of(each, 0.5) for each in (100_000, 100_001)] == [0, 50_000]


def test_a_damaged_sample_is_refused(corpus: Corpus) -> None:
    corpus.backend(0, SampleSizes(known=2, unknown=1, times=1, corpus=0))
    path = corpus.folder / "sample"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"en":[9,2]', b'"en":[9,7]'))
    with pytest.raises(IndexCorruptError, match="sample or postings do not add up"):
        KeywordSample(path, corpus.placement)
