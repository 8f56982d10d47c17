"""How often a term occurs in a row is not stored beside its weight, and is known all the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.keywords.index import KeywordIndex
from indexer.keywords.merging import _listed
from indexer.keywords.occurrences import discounts, guess_occurrences, occurrences_of, weigh
from indexer.keywords.query_syntax import parse_keywords
from indexer.keywords.writer import KeywordIndexWriter


def _index(path: Path, texts: Sequence[str], *, positions: bool = True) -> KeywordIndex:
    writer = KeywordIndexWriter(path, positions=positions)
    writer.add(texts, ["en"] * len(texts))
    writer.close()
    return KeywordIndex(path)


def _occurrences(index: KeywordIndex, word: str) -> list[int]:
    """Return how often a word occurs in each row that holds it."""
    (place,) = index._find([word]).tolist()
    entry = int(index.arrays["first_entry"][place])
    postings = slice(*index.arrays["first_posting"][entry : entry + 2].tolist())
    return occurrences_of(index.arrays, postings, index.arrays["languages"][entry]).tolist()


@pytest.mark.parametrize("length", [1, 40, 180, 2000])
def test_a_weight_tells_how_often_a_term_occurs(length: int) -> None:
    often = np.arange(1, min(255, length) + 1, dtype=np.uint16)
    discount = discounts(np.full(often.size, length), 180.0)
    weights = weigh(often, discount)
    assert (np.diff(weights.astype(int)) > 0).all()
    assert guess_occurrences(weights, discount).tolist() == often.tolist()


def test_a_weight_is_bm25s_term_frequency() -> None:
    assert discounts(np.array([180, 360]), 180.0).tolist() == pytest.approx([1.2, 2.1])
    assert weigh(np.array([1, 3]), np.array([1.2, 2.1])).tolist() == [round(65535 / 2.2), round(65535 * 3 / 5.1)]
    assert weigh(np.array([255, 4000]), np.array([1.2, 1.2])).tolist() == [round(65535 * 255 / 256.2)] * 2


def test_what_a_weight_does_not_tell_is_listed(tmp_path: Path) -> None:
    """No weight counts more than 255 occurrences, and in a row that is far too long weights are a few units."""
    index = _index(tmp_path / "k", ["ferry", "fog fog", "rain " * 1000 + "fog fog ferry"])
    assert _occurrences(index, "ferry") == [1, 1]
    assert _occurrences(index, "fog") == [2, 2]
    assert _occurrences(index, "rain") == [1000]
    assert index.arrays["listed_occurrences"].tolist() == [1000]
    found = index.matches(parse_keywords('"rain fog fog ferry"'))
    assert found is not None
    assert found.rows().tolist() == [2]
    assert _listed(np.array([1, 2, 3], np.uint16), np.full(3, 1e5)).tolist() == [0]


@given(st.lists(st.lists(st.integers(1, 400), min_size=1, max_size=3), min_size=1, max_size=5))
def test_occurrences_are_those_of_the_texts(tmp_path_factory: pytest.TempPathFactory, times: list[list[int]]) -> None:
    words = ("rain", "sun", "fog")
    texts = [" ".join(f"{word} " * n for word, n in zip(words, each, strict=False)) for each in times]
    folder = tmp_path_factory.mktemp("occurrences")
    for positions, most in ((True, 400), (False, 255)):
        index = _index(folder / str(positions), texts, positions=positions)
        for number, word in enumerate(words):
            wanted = [min(each[number], most) for each in times if len(each) > number]
            assert not wanted or _occurrences(index, word) == wanted


def test_an_index_without_phrases_has_no_places_for_them(tmp_path: Path) -> None:
    arrays = _index(tmp_path / "k", ["the ferry", "the fog"], positions=False).arrays
    assert (arrays["positions"].size, arrays["first_position"].tolist()) == (0, [0])
