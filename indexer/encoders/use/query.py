"""The embedded encoder's network for a single text, in numpy only, so that a query need not wait for torch to load.

Products are written ``(weight @ rows.T).T``, because BLAS is at full speed when a matrix is multiplied by few columns,
and at two thirds of it when few rows are multiplied by a matrix.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.use.first_layer import INPUT, PRODUCTS, FirstLayer, layer_norm
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, DIM, FEATURES, ORDERS, Weights

Floats = NDArray[np.float32]

_KINDS = 2048
"""Distinct tokens in the cache of the first layer, which takes 30 MiB. It holds the common words of many queries."""


class QueryNetwork:
    """Computes the unit vector of one text from its token ids. Several threads may call it at once."""

    def __init__(self, weights: Weights) -> None:
        self._arrays, self._epsilon = weights.arrays, np.float32(weights.epsilon)
        self._first = FirstLayer(weights, _KINDS)
        self._turn = threading.Lock()

    def encode(self, ids: Ids) -> Floats:
        """Return the vector, shape (512,), float32."""
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
    """Return the output of a first convolution, shape (tokens, 256), from the products of each token.

    ``products[t, p]`` is the contribution of token ``t`` where it is at position ``p`` of the window. An output is the
    sum of the contributions of the tokens in its window.
    """
    tokens, width, _ = products.shape
    total = np.zeros((tokens + width - 1, BRANCH), dtype=np.float32)
    for place in range(width):
        start = width - 1 - place
        total[start : start + tokens] += products[:, place]
    start = width - 1 - left
    return total[start : start + tokens]


def _windows(x: Floats, width: int, left: int) -> Floats:
    """Return each token's window as one row, shape (tokens, width * 256), with zeros beyond the ends of the text."""
    tokens = len(x)
    padded = np.zeros((tokens + width - 1, BRANCH), dtype=np.float32)
    padded[left : left + tokens] = x
    return np.concatenate([padded[place : place + tokens] for place in range(width)], axis=1)


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0)
