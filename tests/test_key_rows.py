"""Rows are found by the number of their key, however many there are and in whatever batches they were added."""

import numpy as np
import pytest

from indexer.vectors import key_rows
from indexer.vectors.key_rows import KeyRows


@pytest.mark.parametrize("recent", [0, 3, 2**16])
@pytest.mark.parametrize("portion", [1, 7, 1000])
def test_each_row_is_found_by_its_number(recent: int, portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rows, "_RECENT", recent)
    numbers = np.random.default_rng(0).integers(0, 2**64, 300, np.uint64)
    numbers[:2] = 0, 2**64 - 1
    rows = KeyRows()
    assert rows.find(numbers).tolist() == [-1] * 300
    for start in range(0, 300, portion):
        rows.extend(numbers[start : start + portion])
    assert len(rows) == 300
    assert rows.find(numbers[::-1]).tolist() == list(range(300))[::-1]
    assert rows.find(numbers + np.uint64(1)).tolist()[2:] == [-1] * 298
    assert rows.find(numbers[:0]).size == 0


@pytest.mark.parametrize("recent", [0, 2**16])
def test_of_rows_with_one_number_the_last_is_found(recent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rows, "_RECENT", recent)
    rows = KeyRows()
    rows.extend(np.array([5, 9, 5], np.uint64))
    assert rows.find(np.array([5, 9], np.uint64)).tolist() == [2, 1]
    rows.extend(np.array([9], np.uint64))
    assert rows.find(np.array([5, 9], np.uint64)).tolist() == [2, 3]


def test_it_takes_little_memory() -> None:
    rows = KeyRows()
    rows.extend(np.arange(10**6, dtype=np.uint64))
    assert rows._numbers.nbytes + rows._rows.nbytes == 12 * 10**6
    assert not rows._recent
