"""The search syntax: phrases, required and excluded words, and everything that only looks like them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.keywords.query_syntax import LONGEST_WITH_SYNTAX, parse_keywords
from indexer.text.atoms import Atom

Growth = Callable[[Callable[[int], object], int], float]


def _texts(sequences: tuple[tuple[Atom, ...], ...]) -> list[str]:
    return [" ".join(atom.text for atom in sequence) for sequence in sequences]


@pytest.mark.parametrize(
    ("query", "text", "phrases", "required", "excluded"),
    [
        ("plain words", "plain words", [], [], []),
        ('flood "New York" -rain +storm', "flood New York storm", ["new york"], ["storm"], ["rain"]),
        ('+"air force" -"prime minister"', "air force", [], ["air force"], ["prime minister"]),
        ("«Marie Le Pen» a", "«Marie Le Pen» a", [], [], []),
        ("+«Marie Le Pen» a", "Marie Le Pen a", [], ["marie le pen"], []),
        ("„so ein“ “x y” -»z« ＂w v＂", "„so ein“ “x y” w v", ["w v"], [], ["z"]),
        ("「東京 都」 -大阪", "「東京 都」", [], [], ["大 阪"]),
        ("+「東京 都」 -「大阪」", "東京 都", [], ["东 京 都"], ["大 阪"]),
        ('中国"一带一路"倡议', "中国 一带一路 倡议", ["一 带 一 路"], [], []),
        ("F-35 AT&T co-op C++", "F-35 AT&T co-op C++", [], [], []),
        ("+F-35 +C++ +5G", "F-35 C++ 5G", [], ["f 35", "c ++", "5 g"], []),
        ("a - b + c --", "a - b + c --", [], [], []),
        ("-20 degrees +7 495", "-20 degrees +7 495", [], [], []),
        ('-"2024" review', "review", [], [], ["2024"]),
        ("+2,500 jobs -2024", "2,500 jobs", [], ["2500"], ["2024"]),
        ('an "unbalanced quote -here', 'an "unbalanced quote', [], [], ["here"]),
        ('צה"ל תקף', 'צה"ל תקף', [], [], []),
        ("\u200f-إسرائيل \u202b+لبنان", "\u200f \u202b لبنان", [], ["لبنان"], ["اسراييل"]),
        ("－雨 ＋雪", "雪", [], ["雪"], ["雨"]),
        ('"" "!?" +', "!? +", [], [], []),
        ('"a b" "A  B"', "a b A B", ["a b"], [], []),
    ],
)
def test_a_query_is_taken_apart(
    query: str, text: str, phrases: list[str], required: list[str], excluded: list[str]
) -> None:
    parsed = parse_keywords(query)
    assert parsed.text == text
    assert _texts(parsed.phrases) == phrases
    assert _texts(parsed.required) == required
    assert _texts(parsed.excluded) == excluded
    assert _texts(parsed.wanted) == phrases + required


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("göteborg", ("goeteborg",)),
        ("Göteborg", ("goeteborg",)),
        ("görüşme", ()),
        ("UN", ("UN",)),
        ("un", ()),
        ("is Usa", ()),
    ],
)
def test_a_query_asks_for_other_spellings_of_its_words(query: str, others: tuple[str, ...]) -> None:
    assert parse_keywords(query).atoms[-1].others == others
    assert parse_keywords(f'"{query}"').phrases[0][-1].others == others


def test_the_same_letters_in_capitals_are_another_condition() -> None:
    assert len(parse_keywords('"UN" "un" "un"').phrases) == 2


@pytest.mark.parametrize(("query", "searchable"), [("the", True), ("-rain", False), ("?!", False), ("++", False)])
def test_a_query_tells_whether_there_is_anything_to_rank_by(query: str, searchable: bool) -> None:
    assert parse_keywords(query).searchable is searchable


def test_the_quotations_of_a_pasted_article_are_no_conditions() -> None:
    article = 'He said "nothing new" -today. ' * 40
    parsed = parse_keywords(article)
    assert (parsed.phrases, parsed.required, parsed.excluded) == ((), (), ())
    assert len(parsed.atoms) == 5 * 40
    assert parsed.text == article


@pytest.mark.parametrize("sign", ["«", '+"', "-", "“-a "])
def test_no_query_takes_long(sign: str, growth: Growth) -> None:
    query = sign * LONGEST_WITH_SYNTAX
    assert growth(lambda length: parse_keywords(query[:length]), LONGEST_WITH_SYNTAX // 4) < 8


@given(st.text(st.sampled_from("ab東\"“”«»「」+-−  א'\u200f1"), max_size=60) | st.text(max_size=100))
def test_nothing_that_can_be_typed_is_an_error(query: str) -> None:
    parsed = parse_keywords(query)
    assert all(parsed.wanted)
    assert all(parsed.excluded)
    for atom in parsed.atoms:
        assert 0 <= atom.start < atom.end <= len(parsed.text)
