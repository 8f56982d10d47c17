"""A cache of the part of the network that depends on a single token and not on its neighbours.

That part is the projection, and the products of the first convolutions with the token. It is three fifths of all
arithmetic, and a few thousand distinct tokens make up nearly all of a corpus. In this module "kind" means a distinct
token, that is, an entry of the vocabulary.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from indexer.encoders.use.side_by_side import Floats, side_by_side
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, CHUNKS, DIM, ORDERS, VOCABULARY, Weights

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
"""Kinds that one call of ``run``'s function computes, at most."""
_TOGETHER = 8
"""Rows of each product. Fewer rows are filled up, because the number of rows and, in OpenBLAS's kernels
for AVX2, their place among more than 8 decide how sums are rounded. So a text has the same vector, to the last bit,
whatever was encoded before. A query computes few rows for nothing."""
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
        self._project, self._first = _blocks(weights)
        self._capacity = capacity
        self._known = Kinds.room(capacity)
        self._slots = np.full(VOCABULARY, -1, dtype=np.int64)
        self._kind_at = np.full(capacity, -1, dtype=np.int64)
        self._used = np.zeros(capacity, dtype=np.int64)
        self._used[NOTHING] = _NEVER_DROPPED
        self._clock = 0

    def clear(self) -> None:
        """Forget all kinds."""
        self._slots[:] = self._kind_at[:] = -1

    def look_up(self, ids: Ids, run: Run = map) -> tuple[Kinds, Ids]:
        """Return the values of the tokens' kinds, and each token's slot in them. Both are valid until the next call."""
        slots = self._slots[ids]
        if (slots < 0).any():
            kinds = np.unique(ids)
            if len(kinds) >= self._capacity:
                known = Kinds.room(1 + len(kinds))
                self._fill(known, kinds, np.arange(1, 1 + len(kinds)), run)
                return known, 1 + np.searchsorted(kinds, ids)
            self._add(kinds, run)
            slots = self._slots[ids]
        self._clock += 1
        self._used[slots] = self._clock
        return self._known, slots

    def _add(self, kinds: Ids, run: Run) -> None:
        """Compute those of the kinds that are not cached. None of the others makes room for them."""
        slots = self._slots[kinds]
        self._used[slots[slots >= 0]] = self._clock + 1
        new = kinds[slots < 0]
        slots = self._make_room(len(new))
        self._fill(self._known, new, slots, run)
        self._kind_at[slots], self._slots[new] = new, slots

    def _make_room(self, count: int) -> Ids:
        slots = np.argpartition(self._used, count - 1)[:count]
        dropped = self._kind_at[slots]
        self._slots[dropped[dropped >= 0]] = -1
        self._kind_at[slots] = -1
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
        groups = -(-len(some) // _TOGETHER)
        kinds = np.resize(some, groups * _TOGETHER)
        out = np.empty((len(kinds), ROWS, BRANCH), dtype=np.float32)
        self._put_inputs(kinds, out)
        x = out.reshape(groups, _TOGETHER, ROWS, BRANCH)
        row = PRODUCTS
        for branch, (width, left) in enumerate(ORDERS):
            products = x[:, :, INPUT + branch] @ self._first[branch][:, None]
            products[left] += self._arrays[f"first.{branch}.bias"]
            x[:, :, row : row + width] = products.transpose(1, 2, 0, 3)
            row += width
        return out[: len(some)]

    def _put_inputs(self, kinds: Ids, out: Floats) -> None:
        """Write the rows before ``PRODUCTS``."""
        chunk = kinds % CHUNKS
        vectors = self._arrays["table"][kinds] * self._arrays["scale"][chunk, None]
        vectors += self._arrays["low"][chunk, None]
        parts = vectors.reshape(-1, _TOGETHER, INPUT, BRANCH).transpose(2, 0, 1, 3)
        products = (parts[:, None] @ self._project).sum(axis=0)
        inputs = products.transpose(1, 2, 0, 3).reshape(len(kinds), -1)
        inputs += self._arrays["project.bias"]
        inputs = layer_norm(inputs, self._arrays["norm_in.weight"], self._arrays["norm_in.bias"], self._epsilon)
        out[:, :INPUT] = vectors.reshape(len(kinds), INPUT, BRANCH)
        out[:, INPUT:PRODUCTS] = inputs.reshape(len(kinds), len(ORDERS), BRANCH)


def _blocks(weights: Weights) -> tuple[Floats, list[Floats]]:
    """Return the weights of the projection and of each first convolution as matrices of 256 rows and columns.

    For a product of few rows, OpenBLAS is several times as fast with such a matrix as with a larger one. The shapes are
    (parts of a token's vector, branches, 1, 256, 256) and (width, 256, 256).
    """
    project = weights.arrays["project.weight"].reshape(len(ORDERS), BRANCH, INPUT, BRANCH)
    shaped: dict[str, Floats] = {"project": project.transpose(2, 0, 3, 1)[:, :, None]}
    for branch, (width, _) in enumerate(ORDERS):
        weight = weights.arrays[f"first.{branch}.weight"].reshape(BRANCH, width, BRANCH)
        shaped[str(branch)] = weight.transpose(1, 2, 0)
    found = side_by_side(shaped)
    return found["project"], [found[str(branch)] for branch in range(len(ORDERS))]


def layer_norm(x: Floats, weight: Floats, bias: Floats, epsilon: np.float32) -> Floats:
    """Return the layer norm of each row of ``x``, which is overwritten."""
    x -= x.mean(axis=1, keepdims=True)
    variance = np.einsum("tf,tf->t", x, x) / np.float32(x.shape[1])
    x /= np.sqrt(variance + epsilon)[:, None]
    x *= weight
    x += bias
    return x
