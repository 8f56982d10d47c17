"""What the network computes of a token before it sees its neighbours, kept for the tokens that come again.

The projection and the products of the first convolutions with a token do not depend on where it stands. They are
three fifths of all arithmetic, and a few thousand kinds of tokens make up nearly all of a corpus.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, CHUNKS, DIM, ORDERS, VOCABULARY, Weights

Floats = NDArray[np.float32]
Run = Callable[[Callable[[slice], None], Iterable[slice]], Iterable[None]]
"""``map``, or that of a pool of threads."""

INPUT = DIM // BRANCH
"""The first of a kind's rows that hold the inputs of the branches; those before hold the token's vector."""
PRODUCTS = INPUT + len(ORDERS)
"""The first of the rows that hold the products with each place of each branch's first convolution."""
ROWS = PRODUCTS + sum(width for width, _ in ORDERS)
NOTHING = 0
"""The slot for a place without a token: all zeros."""
_AT_ONCE = 128
"""Kinds computed together, always so many: their number decides how the products are rounded, and the same texts give
the same vectors to the last bit, whatever was encoded before."""
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is known of some kinds of tokens, by slot; slot ``NOTHING`` holds zeros."""

    rows: Floats
    """Shape (slots, ``ROWS``, 256)."""
    sums: Floats
    """Shape (slots, 2): the sum of the token's vector and of its squares, for the last layer norm."""

    @classmethod
    def room(cls, slots: int) -> "Kinds":
        """Return room for so many, all zeros."""
        return cls(np.zeros((slots, ROWS, BRANCH), dtype=np.float32), np.zeros((slots, 2), dtype=np.float32))


class FirstLayer:
    """Rows by kind of token, the least recently used of which make room. Not safe for threads: callers take turns."""

    def __init__(self, weights: Weights, capacity: int) -> None:
        self._arrays, self._epsilon = weights.arrays, np.float32(weights.epsilon)
        self._capacity = capacity
        self._known = Kinds.room(capacity)
        self._slots = np.full(VOCABULARY, -1, dtype=np.int64)
        self._kind_at = np.full(capacity, -1, dtype=np.int64)
        self._used = np.zeros(capacity, dtype=np.int64)
        self._used[NOTHING] = _NEVER
        self._clock = 0

    def look_up(self, ids: Ids, run: Run = map) -> tuple[Kinds, Ids]:
        """Return what is known of the tokens' kinds, and each token's slot in it; both hold until the next call."""
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

        for _ in run(fill, [slice(start, start + _AT_ONCE) for start in range(0, len(kinds), _AT_ONCE)]):
            pass

    def _compute(self, some: Ids) -> Floats:
        kinds = np.full(_AT_ONCE, some[0])
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
    """Return the layer norm of each row; ``x`` is overwritten."""
    x -= x.mean(axis=1, keepdims=True)
    variance = np.einsum("tf,tf->t", x, x) / np.float32(x.shape[1])
    x /= np.sqrt(variance + epsilon)[:, None]
    x *= weight
    x += bias
    return x
