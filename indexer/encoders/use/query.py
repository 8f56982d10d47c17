"""The embedded encoder's network for one text, in numpy alone: a query waits neither for torch nor for a batch.

Products are written ``(weight @ rows.T).T``: a BLAS reaches its full rate on a matrix times few columns, and two
thirds of it on few rows times a matrix.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.use.first_layer import INPUT, PRODUCTS, FirstLayer, layer_norm
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, DIM, FEATURES, ORDERS, Weights

Floats = NDArray[np.float32]

_KINDS = 2048
"""Kinds of tokens whose first layer is kept: 30 MiB, the common words of many queries."""


class QueryNetwork:
    """Token ids of one text to its unit vector; any number of threads may call it at once."""

    def __init__(self, weights: Weights) -> None:
        self._arrays, self._epsilon = weights.arrays, np.float32(weights.epsilon)
        self._first = FirstLayer(weights, _KINDS)
        self._turn = threading.Lock()

    def encode(self, ids: Ids) -> Floats:
        """Return the vector, float32 (512,)."""
        with self._turn:
            known, slots = self._first.look_up(ids)
            rows = known.rows[slots]
        features = np.empty((len(ids), FEATURES), dtype=np.float32)
        features[:, :DIM] = rows[:, :INPUT].reshape(len(ids), DIM)
        row = PRODUCTS
        for branch, (width, left) in enumerate(ORDERS):
            x = rows[:, INPUT + branch] + _relu(_add_shifted(rows[:, row : row + width], left))
            row += width
            products = self._arrays[f"second.{branch}.weight"] @ _windows(x, width, left).T
            out = _relu(products.T + self._arrays[f"second.{branch}.bias"])
            start = DIM + branch * BRANCH
            np.add(x, out, out=features[:, start : start + BRANCH])
        norm = self._arrays["norm_out.weight"], self._arrays["norm_out.bias"]
        total = layer_norm(features, *norm, self._epsilon).sum(axis=0)
        count = np.float32(len(ids))
        pooled = self._arrays["output.weight"] @ total + count * self._arrays["output.bias"]
        return self._tail(pooled / np.sqrt(count))

    def _tail(self, x: Floats) -> Floats:
        first = _relu(self._dense("p1", x) + self._dense("d1", _relu(self._dense("d0", x))))
        last = np.tanh(self._dense("p3", first) + self._dense("d3", _relu(self._dense("d2", first))))
        vector: Floats = last / np.linalg.norm(last)
        return vector

    def _dense(self, name: str, x: Floats) -> Floats:
        out: Floats = self._arrays[f"tail.{name}.weight"] @ x
        return out


def _add_shifted(products: Floats, left: int) -> Floats:
    """Return the sum of each token's products and those of its neighbours, each with the place it has for the other."""
    tokens, width, _ = products.shape
    total = np.zeros((tokens + width - 1, BRANCH), dtype=np.float32)
    for place in range(width):
        start = width - 1 - place
        total[start : start + tokens] += products[:, place]
    start = width - 1 - left
    return total[start : start + tokens]


def _windows(x: Floats, width: int, left: int) -> Floats:
    """Return each token's neighbourhood as one row, shape (tokens, width * 256); zeros beyond the ends."""
    tokens = len(x)
    padded = np.zeros((tokens + width - 1, BRANCH), dtype=np.float32)
    padded[left : left + tokens] = x
    return np.concatenate([padded[place : place + tokens] for place in range(width)], axis=1)


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0)
