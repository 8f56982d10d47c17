"""Queries that nobody types: their cost is bounded, however long they are and whatever they are made of."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from indexer.encoders.protocol import Encoder
from indexer.generations import store
from indexer.generations.report import BuildReport
from indexer.keywords.index import MOST_TERMS, KeywordIndex
from indexer.keywords.term_lists import TermList
from indexer.keywords.vocabulary import Vocabulary
from indexer.text.atoms import Atom
from search_api.checks import MAX_CHARACTERS
from search_api.query import make_query
from search_api.ranking.literal import MAX_WORDS, MOST_ATOMS
from search_api.search.reasons import MOST_WORDS
from search_api.search.searcher import IndexSearcher

NOISE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{0:x}",
    "2025-05-16T12:{0}Z host-{0:x} kernel[{0}]: /var/l{0}",
    "tbe rnidnight fe{0}rry",
)


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    noise = [{"id": f"noise{n}-{i}", "text": text.format(n)} for n in range(40) for i, text in enumerate(NOISE)]
    build(write_jsonl({"id": "ferry", "text": "渡轮在雾中搁浅。 The ferry of Skerrin ran aground in fog."}, *noise))
    return IndexSearcher(store.open_current(tmp_path / "index"), word_encoder)


class Work:
    """Counts what a search looks up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.atoms: list[int] = []
        """How many atoms each sequence has whose rows or frequency is looked up."""
        self.terms = 0
        """Terms whose postings are added up."""
        self.misspelt = 0
        """Words that are compared with the vocabulary."""
        for name in ("rows_holding", "frequency"):
            self._count_atoms(monkeypatch, name, getattr(KeywordIndex, name))
        lists, near = KeywordIndex.lists, Vocabulary.near

        def counted(*given: object) -> list[TermList]:
            found = lists(*given)  # type: ignore[arg-type]
            self.terms += len(found)
            return found

        def compared(*given: object, **more: int) -> object:
            self.misspelt += 1
            return near(*given, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(KeywordIndex, "lists", counted)
        monkeypatch.setattr(Vocabulary, "near", compared)

    def _count_atoms(self, monkeypatch: pytest.MonkeyPatch, name: str, original: Callable[..., object]) -> None:
        def counted(index: KeywordIndex, sequence: Sequence[Atom], *more: object) -> object:
            self.atoms.append(len(sequence))
            return original(index, sequence, *more)

        monkeypatch.setattr(KeywordIndex, name, counted)


@pytest.mark.parametrize(
    "piece",
    [
        "渡轮",
        "フェリー",
        "เรือ",
        "a ",
        "1 ",
        "9",
        "ferry",
        "a!?",
        "a🚢",
        "여객선이 ",
        "ፀሐይ ",
        "aж東กا1🚢",
        "o'",
        "x\u0301",
        "+a ",
        "Qx7",
    ],
)
def test_fifty_thousand_characters_of_anything_look_up_little(
    piece: str, searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = make_query((piece * MAX_CHARACTERS)[:MAX_CHARACTERS])
    work = Work(monkeypatch)
    searcher.search(query)
    assert sum(work.atoms) <= 2 * MOST_WORDS * MOST_ATOMS
    assert max(work.atoms, default=0) <= MOST_ATOMS
    assert work.terms <= 2 * 3 * MOST_TERMS * len(searcher.generation.keywords.languages)
    assert work.misspelt <= MAX_WORDS


@pytest.mark.parametrize(
    "query", ["x", "7", "é", "渡", "東京タワーは? 12 ж", "1234567890" * 60, "🚢 ferry", "a b c d e f"]
)
def test_odd_queries_are_answered(query: str, searcher: IndexSearcher) -> None:
    assert searcher.search(make_query(query, min_relevance=0)).hits


def test_three_hundred_names_are_a_query_by_its_words(searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        " ".join(f"Ab{letter}{other}el" for letter in "bcdfghjklmnprstvw" for other in "abcdefghijklmnopqr")
        + " Skerrin"
    )
    work = Work(monkeypatch)
    answer = searcher.search(make_query(names, min_relevance=0, limit=200))
    assert [(why.kind, why.found) for hit in answer.hits if hit.article_id == "ferry" for why in hit.why] == [
        ("meaning", "")
    ]
    assert work.misspelt == 0
    assert len(work.atoms) <= 2 * MOST_WORDS


def test_a_misspelt_word_is_found_in_a_vocabulary_of_noise(searcher: IndexSearcher) -> None:
    answer = searcher.search(make_query("Skerin"))
    assert "ferry" in {hit.article_id for hit in answer.hits}
    assert answer.did_you_mean == "Skerrin"
