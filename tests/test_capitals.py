"""A text without its words in small letters has the same other words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.atoms import find_atoms
from indexer.text.capitals import without_small_words

Growth = Callable[[Callable[[int], object], int], float]
PARTS = [
    "J. ", "z. ", "R. T. ", "boats ", "u.s. ", "a", "b.", "o'", "g'", "it's ", "McNab ", "x.y ", "ab. ", "K. L. m.x ",
    "1st ", "\N{LATIN SMALL LETTER KRA}bcd ", "\N{MODIFIER LETTER SMALL H}abcd ", "선셋 ", "c++ ", "2 500 ", "\n",
    "U.S. ", "é", "e\u0301", "ß", "-", "' ", ". ", "\u00ad", "\u200c", "мир ", "Мир ", "м. ", "d'Orville ", "O'neill ",
    "o'neill ", "שלום ", "@", "&", " ",
]  # fmt: skip


def _others(text: str) -> list[str]:
    """Return the words that begin with a capital, or with a letter that has none."""
    words = [(text[atom.start], atom.text) for atom in find_atoms(text) if atom.kind == "word"]
    return [word for first, word in words if first.isupper() or first.upper() == first.lower()]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join) | st.text("abÉé .'-дД1\nا東", max_size=30))
def test_the_words_that_are_left_are_those_of_the_whole_text(text: str) -> None:
    assert _others(without_small_words(text)) == _others(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the ferry Aurelia left the harbour at noon.", "\nAurelia \n"),
        ("капитан парома Марек Долан молчал", "\nМарек Долан \n"),
        ("ο καπετάνιος του πλοίου «Αυρηλία»", "\n«Αυρηλία»"),
        ("z. B. the EU", "z. B. \nEU"),
        ("قال القبطان", "قال القبطان"),
        ("", ""),
    ],
)
def test_words_in_small_letters_are_left_out(text: str, left: str) -> None:
    assert without_small_words(text) == left


def test_time_grows_with_the_length(growth: Growth) -> None:
    for part in ("a", "a ", "aB", "a.", "a. ", "ab. "):
        assert growth(lambda size, part=part: without_small_words(part * size), 2**14) < 8
