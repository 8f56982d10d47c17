"""The cache of the first layer: values do not depend on when they are computed, and its size is bounded."""

import numpy as np
import pytest

from indexer.encoders.use.first_layer import INPUT, NOTHING, PRODUCTS, ROWS, FirstLayer
from indexer.encoders.use.prepared import open_prepared
from indexer.encoders.use.side_by_side import side_by_side
from indexer.encoders.use.weights import BRANCH, CHUNKS, ORDERS, Weights


@pytest.fixture(scope="module")
def weights() -> Weights:
    return open_prepared()


def test_a_kinds_rows_are_its_vector_its_inputs_and_their_products(weights: Weights) -> None:
    kind = 4321
    known, slots = FirstLayer(weights, 8).look_up(np.array([kind]))
    found = known.rows[slots[0]].astype(np.float64)
    arrays = {name: array.astype(np.float64) for name, array in weights.arrays.items() if name != "table"}
    vector = weights.arrays["table"][kind] * arrays["scale"][kind % CHUNKS] + arrays["low"][kind % CHUNKS]
    np.testing.assert_allclose(found[:INPUT].ravel(), vector, atol=1e-6)
    np.testing.assert_allclose(known.sums[slots[0]], [vector.sum(), np.square(vector).sum()], rtol=1e-5)
    inputs = arrays["project.weight"] @ vector + arrays["project.bias"]
    inputs = (inputs - inputs.mean()) / inputs.std() * arrays["norm_in.weight"] + arrays["norm_in.bias"]
    np.testing.assert_allclose(found[INPUT:PRODUCTS].ravel(), inputs, atol=1e-5)
    row = PRODUCTS
    for branch, (width, left) in enumerate(ORDERS):
        x = inputs[branch * BRANCH : (branch + 1) * BRANCH]
        for place in range(width):
            wanted = arrays[f"first.{branch}.weight"][:, place * BRANCH : (place + 1) * BRANCH] @ x
            wanted += arrays[f"first.{branch}.bias"] * (place == left)
            np.testing.assert_allclose(found[row], wanted, atol=1e-5, rtol=2e-6)
            row += 1
    assert row == ROWS


def test_the_least_recently_used_kinds_make_room(weights: Weights) -> None:
    layer = FirstLayer(weights, 6)
    computed: list[int] = []
    original = layer._compute
    layer._compute = lambda kinds: computed.extend(kinds.tolist()) or original(kinds)  # type: ignore[func-returns-value, method-assign]
    for ids in ([11, 12, 11, 13], [14, 15], [11, 12], [16], [11, 12, 15], [13]):
        known, slots = layer.look_up(np.array(ids))
        assert NOTHING not in slots
        fresh, own = FirstLayer(weights, 6).look_up(np.array(ids))
        np.testing.assert_array_equal(known.rows[slots], fresh.rows[own])
        np.testing.assert_array_equal(known.sums[slots], fresh.sums[own])
    assert computed == [11, 12, 13, 14, 15, 16, 13]


def test_a_kinds_rows_do_not_depend_on_those_computed_with_it(weights: Weights) -> None:
    """To the last bit, since the same query is answered in the same way again."""
    every = np.arange(5000, 5300)
    known, slots = FirstLayer(weights, 400).look_up(every)
    for count in (1, 2, 7, 8, 9, 23, 129):
        some = every[-count:]
        fresh, own = FirstLayer(weights, 400).look_up(some)
        np.testing.assert_array_equal(known.rows[slots[-count:]], fresh.rows[own])
        np.testing.assert_array_equal(known.sums[slots[-count:]], fresh.sums[own])


def test_kinds_that_could_not_be_computed_are_not_taken_for_known(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = FirstLayer(weights, 6)
    layer.look_up(np.array([11, 12, 13, 14, 15]))
    with monkeypatch.context() as patch:
        patch.setattr(layer, "_compute", lambda kinds: np.empty(2**55))
        with pytest.raises(MemoryError):
            layer.look_up(np.array([15, 16]))
    known, slots = layer.look_up(np.array([11, 16, 15]))
    fresh, own = FirstLayer(weights, 6).look_up(np.array([11, 16, 15]))
    np.testing.assert_array_equal(known.rows[slots], fresh.rows[own])


def test_all_kinds_are_forgotten(weights: Weights) -> None:
    layer = FirstLayer(weights, 6)
    before, slots = layer.look_up(np.array([11, 12]))
    rows = before.rows[slots]
    layer.clear()
    before.rows[slots] = 0
    known, slots = layer.look_up(np.array([11, 12]))
    np.testing.assert_array_equal(known.rows[slots], rows)


def test_copies_lie_side_by_side() -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3).T, "b": np.arange(4, dtype=np.float32)[::2]}
    copies = side_by_side(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(copies[name], array)
        assert copies[name].flags.c_contiguous
    assert copies["b"].ctypes.data == copies["a"].ctypes.data + copies["a"].nbytes
    copies["a"][:] = 7
    assert arrays["a"][0, 1] == 3


def test_more_kinds_than_there_is_room_for_are_computed_for_once(weights: Weights) -> None:
    layer = FirstLayer(weights, 6)
    kept, _ = layer.look_up(np.array([11, 12]))
    ids = np.array([30, 20, 30, 21, 22, 23, 24, 25, 11])
    known, slots = layer.look_up(ids)
    fresh, own = FirstLayer(weights, 20).look_up(ids)
    np.testing.assert_array_equal(known.rows[slots], fresh.rows[own])
    assert not known.rows[NOTHING].any()
    again, places = layer.look_up(np.array([11]))
    assert again is kept
    assert places.tolist() in ([slot] for slot in range(1, 6))
