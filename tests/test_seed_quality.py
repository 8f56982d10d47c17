"""A floor under retrieval quality: questions in languages in which nobody wrote about the event."""

import hashlib
from pathlib import Path

import pytest
from seed_questions import Outcome, ask, read_questions, share

from search_api.searcher import IndexSearcher, open_searcher

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = "83b730bbec43b2c8"
QUESTIONS = "63128fa4a9badffe"


def _digest(paths: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


@pytest.fixture(scope="module")
def outcomes(seed_index: Path) -> list[Outcome]:
    return ask(open_searcher(seed_index), read_questions())


def test_the_floors_were_measured_on_this_corpus_and_these_questions() -> None:
    """When these change, measure again with benchmarks/seed_questions.py, and set the floors anew."""
    seeds = REPOSITORY / "seeds"
    assert _digest([*sorted(seeds.glob("*.txt")), *sorted((seeds / "sample-news").glob("*.jsonl"))]) == CORPUS
    assert _digest(sorted((REPOSITORY / "benchmarks" / "seed_questions").iterdir())) == QUESTIONS


def test_no_question_is_in_a_language_of_its_answers() -> None:
    covered = {
        path.stem: path.read_text(encoding="utf-8") for path in (REPOSITORY / "seeds" / "sample-news").glob("*.jsonl")
    }
    questions = read_questions()
    assert len(questions) == 285
    assert [q for q in questions if f'"id": "{q.event}-{q.language}"' in covered[q.language]] == []


def test_first_hits_in_the_languages_of_the_encoder(outcomes: list[Outcome]) -> None:
    """Measured: .910 of 223."""
    assert sum(outcome.question.trained for outcome in outcomes) == 223
    assert share(outcomes, trained=True) >= 0.90


@pytest.mark.parametrize(
    "question",
    [
        "Will Turkey be allowed back into the F-35 programme?",
        "Türkiye F-35 programına geri dönecek mi?",
        "هل ستعود تركيا إلى برنامج إف-35؟",
        "土耳其会重返F-35项目吗？",
        "Вернут ли Турцию в программу F-35?",
    ],
)
def test_the_french_seed_article_answers_in_five_languages(question: str, seed_searcher: IndexSearcher) -> None:
    from search_api.query import make_query

    assert seed_searcher.search(make_query(question, limit=1)).hits[0].article_id == "000_bfaee044f52e0d90"


@pytest.fixture(scope="module")
def seed_searcher(seed_index: Path) -> IndexSearcher:
    return open_searcher(seed_index)
