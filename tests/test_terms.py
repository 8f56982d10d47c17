"""The terms of a text: words, pairs of joined atoms, parts of words."""

import pytest

from indexer.keywords import terms
from indexer.keywords.cutter import TermCutter
from indexer.text.atoms import find_atoms


def _occurrences(text: str) -> list[tuple[str, int]]:
    return [(found.term, found.position) for found in terms.occurrences(find_atoms(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an F-35", [("an", 0), ("f", 1), ("35", 2), ("f35", 1)]),
        ("C++ code", [("c", 0), ("c++", 0), ("code", 2)]),
        ("AT&T e-mail", [("at", 0), ("t", 1), ("at&t", 0), ("e", 2), ("mail", 3), ("email", 2)]),
        ("東京と", [("东", 0), ("京", 1), ("东京", 0), ("京と", 1)]),
        ("ไทย", [("ไท", 0), ("ทย", 1)]),
        ("F35战机", [("f", 0), ("35", 1), ("f35", 0), ("战", 2), ("机", 3), ("战机", 2)]),
    ],
)
def test_words_and_pairs_have_positions(text: str, found: list[tuple[str, int]]) -> None:
    assert _occurrences(text) == found


@pytest.mark.parametrize(
    ("word", "parts", "weight"),
    [
        ("minister", ["~mini"], 1.0),
        ("министра", ["~мини"], 1.0),
        ("मंत्री", ["~मंत्"], 1.0),
        ("war", [], 1.0),
        ("42", [], 0.0),
        ("والعراق", ["~_وال", "~والع", "~العر", "~لعرا", "~عراق", "~راق_"], 0.6),
        ("בממשלה", ["~_בממ", "~בממש", "~ממשל", "~משלה", "~שלה_"], 0.6),
        ("대통령", ["~_대", "~대통", "~통령", "~령_"], 0.6),
        ("ጠቅላይ", ["~_ጠ", "~ጠቅ", "~ቅላ", "~ላይ", "~ይ_"], 0.6),
    ],
)
def test_the_script_tells_what_stands_for_the_stem(word: str, parts: list[str], weight: float) -> None:
    [atom] = find_atoms(word)
    assert terms.parts(atom) == (parts, weight)


@pytest.mark.parametrize(
    ("sequence", "steps"),
    [
        ("New York", [("new", 0), ("york", 1)]),
        ("F-35", [("f", 0), ("35", 1)]),
        ("C++ code", [("c", 0), ("c++", 0), ("code", 2)]),
        ("東京と", [("东", 0), ("京", 1), ("京と", 1)]),
        ("と", []),
    ],
)
def test_a_phrase_is_the_words_at_their_distances(sequence: str, steps: list[tuple[str, int]]) -> None:
    assert terms.steps(find_atoms(sequence)) == steps


def test_length_counts_what_can_be_searched() -> None:
    assert TermCutter().cut_text("C++ in 東京と, 1,500 times").length == 7


def test_another_spelling_is_a_term_at_the_position_of_the_word() -> None:
    cut = TermCutter().cut_text("Ostra Göteborg of the UN")
    assert cut.words == [terms.hash_of(term) for term in ("ostra", "goteborg", "goeteborg", "of", "the", "un", "UN")]
    assert cut.places == [0, 1, 1, 2, 3, 4, 4]
    assert cut.length == 5


def test_the_highest_bit_tells_parts_from_words() -> None:
    assert terms.hash_of("minister") == 0x2761405D5AF1734A
    assert terms.hash_of("~mini") >= 2**63


def test_words_are_hashed_together_as_each_alone() -> None:
    words = ["minister", "e-mail", "=埃尔多安", "\ud800", "ostra"]
    assert terms.hashes_of(words).tolist() == [terms.hash_of(word) for word in words]
    assert terms.hashes_of([]).tolist() == []
    assert len({terms.hash_of(f"word{i}") for i in range(10000)}) == 10000
