"""Sets of rows do what sets of numbers do, at any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.rows import RowSet

_ROWS = st.sets(st.integers(0, 70_000), max_size=60)


@given(_ROWS, _ROWS)
def test_a_row_set_does_what_a_set_of_numbers_does(some: set[int], others: set[int]) -> None:
    one, other = RowSet.of(np.array(list(some), np.int64)), RowSet.of(np.array(list(others), np.int64))
    assert one.rows().tolist() == sorted(some)
    assert (one & other).rows().tolist() == sorted(some & others)
    assert RowSet.union([one, other]).rows().tolist() == sorted(some | others)
    assert (one - other).rows().tolist() == sorted(some - others)
    assert len(one) == len(some)
    wanted = np.array([*others, *some], np.int64)
    assert one.holds(wanted).tolist() == [row in some for row in wanted.tolist()]
    assert RowSet.deserialize(one.serialize()) == one
    bits = np.unpackbits(one.bits(70_001), bitorder="little")
    assert np.flatnonzero(bits).tolist() == sorted(some)


def test_a_run_of_neighbours_takes_some_bytes() -> None:
    run = RowSet.between(5, 1_000_005)
    assert (len(run), len(run.serialize()) < 1000) == (1_000_000, True)
    assert run == RowSet.of(np.arange(5, 1_000_005))


def test_bytes_that_are_no_set_are_refused() -> None:
    with pytest.raises(ValueError, match="deserialize"):
        RowSet.deserialize(b"no set at all")
