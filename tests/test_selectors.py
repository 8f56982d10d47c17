"""Sets of rows in FAISS's form: which are kept, and how many."""

import numpy as np
import pytest

from indexer.rows import RowSet
from indexer.vectors.nomination import selectors
from indexer.vectors.nomination.selectors import Selectors


def test_a_selector_selects_the_rows_of_the_set() -> None:
    selector = Selectors(1000).of(RowSet.of(np.array([3, 8, 999])))
    assert [row for row in range(1000) if selector.is_member(row)] == [3, 8, 999]


def test_the_same_set_is_turned_into_a_selector_once() -> None:
    kept, language = Selectors(1000), RowSet.between(0, 500)
    assert kept.of(language) is kept.of(language)
    assert kept.of(RowSet.between(0, 500)) is not kept.of(language)


def test_the_set_that_was_not_asked_for_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_KEPT", 2 * 126)
    kept, sets = Selectors(1000), [RowSet.between(0, 10 + each) for each in range(3)]
    first, second = kept.of(sets[0]), kept.of(sets[1])
    assert kept.of(sets[0]) is first
    kept.of(sets[2])
    assert kept.of(sets[0]) is first
    assert kept.of(sets[1]) is not second
