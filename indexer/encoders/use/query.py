"""The embedded encoder's network for a single text, in numpy only, so that a query need not wait for torch to load."""

import threading

import numpy as np

from indexer.encoders.use.first_layer import INPUT, NOTHING, PRODUCTS, FirstLayer
from indexer.encoders.use.side_by_side import Floats, side_by_side
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import BRANCH, DIM, FEATURES, ORDERS, TAIL, Weights

_KINDS = 2048
"""Distinct tokens in the cache of the first layer, which takes 30 MiB. It holds the common words of many queries."""
_REACH = max(width - 1 for width, _ in ORDERS) // 2
"""How many tokens before and after it the widest convolution reads."""


class QueryNetwork:
    """Computes the unit vector of one text from its token ids. Several threads may call it at once."""

    def __init__(self, weights: Weights) -> None:
        second = {name: weights.arrays[name].T for name in map(_second, range(len(ORDERS)))}
        last = {name: weights.arrays[name] for name in ("output.weight", *map(_tail, TAIL))}
        self._arrays = {**weights.arrays, **side_by_side(second | last)}
        self._epsilon = np.float32(weights.epsilon)
        self._first = FirstLayer(weights, _KINDS)
        self._turn = threading.Lock()

    def clear(self) -> None:
        """Empty the cache of the first layer, as it is in a process that has just started."""
        with self._turn:
            self._first.clear()

    def encode(self, ids: Ids) -> Floats:
        """Return the vector, shape (512,), float32."""
        features = self._features(self._rows(ids))
        mean = features.mean(axis=1)
        squares = np.einsum("tf,tf->t", features, features)
        scale = 1 / np.sqrt(squares / np.float32(FEATURES) - mean * mean + self._epsilon)
        count = np.float32(len(ids))
        total = (scale @ features - scale @ mean) * self._arrays["norm_out.weight"]
        total += count * self._arrays["norm_out.bias"]
        pooled = self._arrays["output.weight"] @ total + count * self._arrays["output.bias"]
        return self._end(pooled / np.sqrt(count))

    def _rows(self, ids: Ids) -> Floats:
        """Return the tokens' rows of the first layer, with ``_REACH`` empty tokens before and after the text."""
        with self._turn:
            known, slots = self._first.look_up(ids)
            around = np.full(len(ids) + 2 * _REACH, NOTHING)
            around[_REACH:-_REACH] = slots
            rows: Floats = known.rows[around]
        return rows

    def _features(self, rows: Floats) -> Floats:
        """Return the features of each token before the last layer norm, shape (tokens, 1280)."""
        tokens = len(rows) - 2 * _REACH
        features = np.empty((tokens, FEATURES), dtype=np.float32)
        text = rows[_REACH : _REACH + tokens]
        features[:, :DIM] = text[:, :INPUT].reshape(tokens, DIM)
        row = PRODUCTS
        for branch, (width, left) in enumerate(ORDERS):
            first = rows[_REACH - left :][:tokens, row].copy()
            for place in range(1, width):
                first += rows[_REACH - left + place :][:tokens, row + place]
            x = np.zeros((tokens + width - 1, BRANCH), dtype=np.float32)
            inner = x[left : left + tokens]
            np.add(text[:, INPUT + branch], _relu(first), out=inner)
            out = _windows(x, tokens, width) @ self._arrays[_second(branch)]
            out += self._arrays[f"second.{branch}.bias"]
            start = DIM + branch * BRANCH
            np.add(inner, _relu(out), out=features[:, start : start + BRANCH])
            row += width
        return features

    def _end(self, x: Floats) -> Floats:
        first = _relu(self._dense("p1", x) + self._dense("d1", _relu(self._dense("d0", x))))
        last = np.tanh(self._dense("p3", first) + self._dense("d3", _relu(self._dense("d2", first))))
        vector: Floats = last / np.linalg.norm(last)
        return vector

    def _dense(self, name: str, x: Floats) -> Floats:
        out: Floats = self._arrays[_tail(name)] @ x
        return out


def _windows(x: Floats, tokens: int, width: int) -> Floats:
    """Return each token's window as one row, shape (tokens, width * 256)."""
    return np.concatenate([x[place : place + tokens] for place in range(width)], axis=1)


def _relu(x: Floats) -> Floats:
    """Set negative values to zero, in place."""
    return np.maximum(x, 0, out=x)


def _second(branch: int) -> str:
    return f"second.{branch}.weight"


def _tail(name: str) -> str:
    return f"tail.{name}.weight"
