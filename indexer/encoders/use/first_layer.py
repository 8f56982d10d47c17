"""A cache of the part of the network that depends on a single token and not on its neighbours.

That part is the projection, and the products of the first convolutions with the token. It is three fifths of all
arithmetic, and a few thousand distinct tokens make up nearly all of a corpus. In this module "kind" means a distinct
token, that is, an entry of the vocabulary.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, CHUNKS, DIM, ORDERS, VOCABULARY, Weights

Floats = NDArray[np.float32]
Run = Callable[[Callable[[slice], None], Iterable[slice]], Iterable[None]]
"""``map``, or the ``map`` of a thread pool."""

INPUT = DIM // BRANCH
"""Index of a kind's first row that holds an input of a branch. The rows before it hold the token's vector."""
PRODUCTS = INPUT + len(ORDERS)
"""Index of the first row that holds products: one row for each position in each branch's first convolution."""
ROWS = PRODUCTS + sum(width for width, _ in ORDERS)
"""Rows of a kind."""
NOTHING = 0
"""The slot that stands for "no token"; it holds zeros."""
_BATCH = 128
"""Kinds computed together. Their number affects how products are rounded, so it is always the same. Therefore a text
has the same vector, to the last bit, whatever was encoded before."""
_NEVER_DROPPED = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Kinds:
    """The cached values of kinds, by slot. Slot ``NOTHING`` holds zeros."""

    rows: Floats
    """Shape (slots, ``ROWS``, 256)."""
    sums: Floats
    """Shape (slots, 2): the sums of the token vector's components and of their squares, for the last layer norm."""

    @classmethod
    def room(cls, slots: int) -> "Kinds":
        """Return empty slots: all zeros."""
        return cls(np.zeros((slots, ROWS, BRANCH), dtype=np.float32), np.zeros((slots, 2), dtype=np.float32))


class FirstLayer:
    """Computes the rows of kinds and caches them; the least recently used are dropped. It is not thread-safe."""

    def __init__(self, weights: Weights, capacity: int) -> None:
        self._arrays, self._epsilon = weights.arrays, np.float32(weights.epsilon)
        self._capacity = capacity
        self._known = Kinds.room(capacity)
        self._slots = np.full(VOCABULARY, -1, dtype=np.int64)
        self._kind_at = np.full(capacity, -1, dtype=np.int64)
        self._used = np.zeros(capacity, dtype=np.int64)
        self._used[NOTHING] = _NEVER_DROPPED
        self._clock = 0

    def look_up(self, ids: Ids, run: Run = map) -> tuple[Kinds, Ids]:
        """Return the values of the tokens' kinds, and each token's slot in them. Both are valid until the next call."""
        kinds = np.unique(ids)
        if len(kinds) >= self._capacity:
            known = Kinds.room(1 + len(kinds))
            self._fill(known, kinds, np.arange(1, 1 + len(kinds)), run)
            return known, 1 + np.searchsorted(kinds, ids)
        self._clock += 1
        slots = self._slots[kinds]
        self._used[slots[slots >= 0]] = self._clock
        new = kinds[slots < 0]
        if len(new):
            self._fill(self._known, new, self._make_room(new), run)
        return self._known, self._slots[ids]

    def _make_room(self, kinds: Ids) -> Ids:
        slots = np.argpartition(self._used, len(kinds) - 1)[: len(kinds)]
        dropped = self._kind_at[slots]
        self._slots[dropped[dropped >= 0]] = -1
        self._kind_at[slots], self._slots[kinds], self._used[slots] = kinds, slots, self._clock
        return slots

    def _fill(self, known: Kinds, kinds: Ids, slots: Ids, run: Run) -> None:
        def fill(part: slice) -> None:
            rows = self._compute(kinds[part])
            known.rows[slots[part]] = rows
            known.sums[slots[part], 0] = rows[:, :INPUT].sum(axis=(1, 2))
            known.sums[slots[part], 1] = np.square(rows[:, :INPUT]).sum(axis=(1, 2))

        for _ in run(fill, [slice(start, start + _BATCH) for start in range(0, len(kinds), _BATCH)]):
            pass

    def _compute(self, some: Ids) -> Floats:
        kinds = np.full(_BATCH, some[0])
        kinds[: len(some)] = some
        out = np.empty((len(kinds), ROWS, BRANCH), dtype=np.float32)
        chunk = kinds % CHUNKS
        embedded = self._arrays["table"][kinds] * self._arrays["scale"][chunk, None]
        embedded += self._arrays["low"][chunk, None]
        inputs = embedded @ self._arrays["project.weight"].T
        inputs += self._arrays["project.bias"]
        inputs = layer_norm(inputs, self._arrays["norm_in.weight"], self._arrays["norm_in.bias"], self._epsilon)
        out[:, :INPUT] = embedded.reshape(len(kinds), INPUT, BRANCH)
        out[:, INPUT:PRODUCTS] = inputs.reshape(len(kinds), len(ORDERS), BRANCH)
        row = PRODUCTS
        for branch, (width, left) in enumerate(ORDERS):
            weight = self._arrays[f"first.{branch}.weight"].reshape(BRANCH, width, BRANCH)
            x = np.ascontiguousarray(out[:, INPUT + branch])
            for place in range(width):
                out[:, row + place] = x @ weight[:, place].T
            out[:, row + left] += self._arrays[f"first.{branch}.bias"]
            row += width
        return out[: len(some)]


def layer_norm(x: Floats, weight: Floats, bias: Floats, epsilon: np.float32) -> Floats:
    """Return the layer norm of each row of ``x``, which is overwritten."""
    x -= x.mean(axis=1, keepdims=True)
    variance = np.einsum("tf,tf->t", x, x) / np.float32(x.shape[1])
    x /= np.sqrt(variance + epsilon)[:, None]
    x *= weight
    x += bias
    return x
