"""Every hit says why it is there, and an answer what was searched in the place of a word that stands nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.encoders.protocol import Encoder
from indexer.generations import store
from indexer.generations.report import BuildReport
from search_api import cli
from search_api.answer import Answer, Reason, SearchedForms
from search_api.query import make_query
from search_api.ranking.forms import sureness
from search_api.search import opening as opening_module
from search_api.search.searcher import IndexSearcher

STORIES = {
    "attack": "Hackers of the Vantyr group attacked the hospital of Kerrow with ransomware on Friday.",
    "nurse": "A nurse of the hospital spoke of the long night in the wards without computers.",
    "jet": "The F-35 flew over Kerrow.",
    "line": "BÖLROW has a new railway line.",
    "station": "The line ends in Bölrow, at the old station.",
    "tickets": "Tickets to Bölrow are sold out.",
    "reef": "A ferry struck the Skerrin reef in fog.",
    "bridge": "The old bridge of Lindau was washed away.",
    "rates": "The bank raised its rates by half a point, and the price of rice rose too.",
}
FILLER = "The council of the town met on day {} and spoke of roads."


@pytest.fixture
def index(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    fillers = {f"filler{number}": FILLER.format(number) for number in range(40)}
    records = ({"id": name, "text": text, "language": "en"} for name, text in (STORIES | fillers).items())
    build(
        write_jsonl({"id": "titled", "title": "Ransom in Kerrow", "text": "It was paid.", "language": "en"}, *records)
    )
    return tmp_path / "index"


@pytest.fixture
def ask(index: Path, word_encoder: Encoder) -> Callable[..., Answer]:
    searcher = IndexSearcher(store.open_current(index), word_encoder)
    return lambda text, **more: searcher.search(make_query(text, **more))


def _why(answer: Answer, article: str) -> list[tuple[str, str, str]]:
    (why,) = [hit.why for hit in answer.hits if hit.article_id == article]
    return [(each.kind, each.query, each.found) for each in why]


def test_the_words_that_a_passage_holds_are_named_as_typed_and_as_written(ask: Callable[..., Answer]) -> None:
    answer = ask("RANSOMWARE kerrow", min_relevance=0)
    assert _why(answer, "attack") == [("words", "RANSOMWARE", "ransomware"), ("words", "kerrow", "Kerrow")]
    assert _why(answer, "jet") == [("words", "kerrow", "Kerrow")]
    assert (answer.also_searched, answer.did_you_mean) == ((), "")


def test_the_title_counts_and_words_that_stand_together_are_one(ask: Callable[..., Answer]) -> None:
    assert _why(ask("Ransom", min_relevance=0), "titled") == [("words", "Ransom", "Ransom")]
    assert _why(ask("F35", min_relevance=0), "jet") == [("words", "F35", "F-35")]
    assert ("words", "35", "35") in _why(ask("35", min_relevance=0), "jet")


def test_common_words_are_no_reason_and_a_passage_without_a_word_is_there_by_its_meaning(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("who attacked the hospital of the town on that Friday?", min_relevance=0, limit=60)
    assert _why(answer, "attack") == [("words", each, each) for each in ("attacked", "hospital", "Friday")]
    assert _why(answer, "rates") == [("meaning", "", "")]
    everywhere = ask("of the town", min_relevance=0, limit=60)
    (filler,) = [hit for hit in everywhere.hits if hit.article_id.startswith("filler")]  # the others are its copies
    assert Reason("words", "the", "The") in filler.why


def test_a_word_that_stands_nowhere_is_searched_in_the_forms_that_it_may_be_a_misspelling_of(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("hospitl  ransomwar")
    assert answer.answerable
    assert answer.hits[0].article_id == "attack"
    assert _why(answer, "attack") == [("spelling", "hospitl", "hospital"), ("spelling", "ransomwar", "ransomware")]
    assert answer.also_searched == (
        SearchedForms("hospitl", ("hospital",)),
        SearchedForms("ransomwar", ("ransomware",)),
    )
    assert answer.did_you_mean == "hospital ransomware"
    one = ask("kerrow ransomwarre")
    assert (one.hits[0].article_id, one.did_you_mean) == ("attack", "kerrow ransomware")


def test_a_correction_is_written_as_most_passages_write_it(ask: Callable[..., Answer]) -> None:
    assert ask("hackres of Vantir").did_you_mean == "Hackers of Vantyr"
    assert ask("the kerow jet").did_you_mean == "the Kerrow jet"
    assert ask("Bolrov station").did_you_mean == "Bölrow station"


def test_only_forms_that_led_to_an_answer_were_searched(ask: Callable[..., Answer]) -> None:
    answer = ask("ransomwarre in Zyxwvut")
    assert answer.did_you_mean == "ransomware in Zyxwvut"
    assert "attack" not in {hit.article_id for hit in answer.hits}
    assert answer.also_searched == ()


@pytest.mark.parametrize("query", ["Zyxwvut", "渡轮"])
def test_a_word_that_resembles_none_is_searched_in_no_form(ask: Callable[..., Answer], query: str) -> None:
    answer = ask(query)
    assert (answer.also_searched, answer.did_you_mean) == ((), "")
    assert {reason.kind for hit in answer.hits for reason in hit.why} <= {"meaning"}


@pytest.mark.parametrize(
    ("word", "typos", "sure"),
    [("rice", 1, 0.4), ("banks", 1, 0.6), ("kerrows", 1, 1), ("ransomwar", 2, 1), ("ab", 1, 0.3)],
)
def test_a_longer_word_is_more_surely_the_same(word: str, typos: int, sure: float) -> None:
    assert sureness(word, typos, nearest=2) == pytest.approx(sure)


def test_the_only_word_that_is_near_is_more_surely_the_same_and_more_so_if_it_sounds_alike() -> None:
    assert sureness("banks", 1, nearest=1) == pytest.approx(0.8)
    assert sureness("banks", 1, nearest=1, sounds_alike=True) == 1


@pytest.mark.parametrize(
    ("query", "article", "found"),
    [("Skerin", "reef", "Skerrin"), ("skerrn", "reef", "Skerrin"), ("Lindaw", "bridge", "Lindau")],
)
def test_a_misspelt_word_alone_is_found_where_one_word_is_near(
    query: str, article: str, found: str, ask: Callable[..., Answer]
) -> None:
    answer = ask(query)
    assert answer.hits[0].article_id == article
    assert _why(answer, article) == [("spelling", query, found)]
    assert answer.did_you_mean == found


def test_a_name_that_is_spelt_by_ear_is_found_or_corrected(ask_for_names: Callable[..., Answer]) -> None:
    answer = ask_for_names("Selenskyj")
    assert _why(answer, "zelensky") == [("spelling", "Selenskyj", "Zelensky")]
    assert answer.did_you_mean == "Zelensky"
    assert ask_for_names("Macrow").did_you_mean == ""


def test_a_short_word_alone_is_not_found_where_several_are_near(ask: Callable[..., Answer]) -> None:
    spelled = [hit for hit in ask("rise").hits if any(reason.kind == "spelling" for reason in hit.why)]
    assert all(hit.relevance < 0.25 for hit in spelled)


NAMES = {
    "erdogan": ("en", "President Erdoğan of Turkey met the ministers of the region in Ankara."),
    "zelensky": ("en", "Volodymyr Zelensky spoke to the parliament about the harbour."),
    "erdogan-zh": ("zh", "总统埃尔多安说，他将在安卡拉会见各地区的部长。"),
    "aurelia": ("en", "The ferry Aurélia left the harbour of the town on day nine."),
    "macron-ja": ("ja", "フランスのマクロン大統領は港の町で演説した。"),
    "putin": ("ru", "Президент Путин выступил с речью в Москве перед журналистами."),
}


@pytest.fixture
def ask_for_names(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Callable[..., Answer]:
    fillers = ({"id": f"filler{n}", "language": "en", "text": FILLER.format(n)} for n in range(40))
    names = ({"id": name, "language": of, "text": text} for name, (of, text) in NAMES.items())
    build(write_jsonl(*names, *fillers))
    searcher = IndexSearcher(store.open_current(tmp_path / "index"), word_encoder)
    return lambda text: searcher.search(make_query(text))


@pytest.mark.parametrize(
    ("query", "article", "found"),
    [
        ("Эрдоган", "erdogan", "Erdoğan"),
        ("ايردوغان", "erdogan", "Erdoğan"),
        ("Зеленский", "zelensky", "Zelensky"),
        ("Ζελένσκι", "zelensky", "Zelensky"),
        ("Putin", "putin", "Путин"),
        ("Путин", "putin", "Путин"),
        ("Erdoğan", "erdogan-zh", "埃尔多安"),
        ("Эрдоган", "erdogan-zh", "埃尔多安"),
        ("埃尔多安", "erdogan", "Erdoğan"),
        ("オーレリア", "aurelia", "Aurélia"),
        ("Macron", "macron-ja", "マクロン"),
    ],
)
def test_a_name_is_found_in_other_scripts(
    query: str, article: str, found: str, ask_for_names: Callable[..., Answer]
) -> None:
    answer = ask_for_names(query)
    assert answer.answerable
    kind = "words" if query == found else "sound"
    assert _why(answer, article) == [(kind, query, found)]
    assert answer.did_you_mean == ""


def test_a_word_that_stands_is_not_taken_for_a_misspelling(ask: Callable[..., Answer]) -> None:
    answer = ask("Kerrow hospital")
    assert (answer.also_searched, answer.did_you_mean) == ((), "")


def test_the_command_shows_forms_corrections_and_reasons(
    index: Path, word_encoder: Encoder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_module, "open_encoder", lambda *_: word_encoder)
    with pytest.raises(SystemExit, match="0"):
        cli.main(["search", "hospitl ransomwar", "--index", str(index), "--limit", "1"])
    out = capsys.readouterr().out.splitlines()
    assert out[:3] == [
        "hospitl: also searched hospital",
        "ransomwar: also searched ransomware",
        "did you mean: hospital ransomware",
    ]
    assert "  has hospitl: hospital, ransomwar: ransomware" in out


def test_reasons_never_fail(index: Path, word_encoder: Encoder) -> None:
    searcher = IndexSearcher(store.open_current(index), word_encoder)
    for text in ("🚢 ferry", "a", "1", "ﷺ x", '"long night" wards', "+Kerrow -rice", "e" * 300, "x y z " * 60):
        for hit in searcher.search(make_query(text, min_relevance=0)).hits:
            assert hit.why
            assert all(isinstance(each, Reason) for each in hit.why)
