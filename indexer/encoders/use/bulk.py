"""The embedded encoder's network for many texts on a processor: one flat matrix, every core, no product done twice.

The tokens of all texts are the rows of one matrix. Between two texts lie as many empty rows as the widest convolution
reaches over, so no text sees its neighbour and none is padded to the length of the longest. Each core has a thread of
its own, which works through blocks of texts small enough for the core's cache; that is faster than several threads on
one product.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from indexer.encoders.protocol import Vectors
from indexer.encoders.use.fastest import DTYPES, fastest_dtype, make_convolution
from indexer.encoders.use.first_layer import INPUT, NOTHING, PRODUCTS, ROWS, FirstLayer, Kinds, Run
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.toom_cook import margin
from indexer.encoders.use.weights import BRANCH, DIM, FEATURES, ORDERS, Weights
from indexer.errors import SettingsError

_KINDS = 4096
"""Distinct tokens whose first layer is cached: 63 MB. In news in one language, 9 of 10 tokens are found there."""
_BLOCK = 512
"""Tokens that one thread works on at a time."""
_TAIL = 64
"""Texts that pass through the last layers together. Always this many, since their number decides how products round."""
_GAP = max(width - 1 for width, _ in ORDERS) // 2
_REACH = max(margin(width) for width, _ in ORDERS)


class PassageNetwork:
    """Computes the unit vectors of many texts from their token ids. Only one caller at a time."""

    batch_characters = 24_000
    """The size of a batch: about 6,000 tokens, enough blocks to keep every core busy."""

    def __init__(self, weights: Weights, threads: int, dtype: str = "", kept: Path | None = None) -> None:
        """Prepare the network.

        Args:
            weights: The published weights.
            threads: How many blocks are computed at once.
            dtype: What the second convolutions multiply in, the rest is float32; empty: what is measured as fastest.
            kept: A file for what was measured, see ``fastest_dtype``.

        Raises:
            SettingsError: There is no such dtype here.
        """
        if dtype not in {"", *DTYPES}:
            raise SettingsError(f"dtype {dtype!r} is none of {', '.join(DTYPES)}")
        self._first = FirstLayer(weights, _KINDS)
        state = {name: torch.from_numpy(array) for name, array in weights.arrays.items()}
        second = [
            (state[f"second.{branch}.weight"], state[f"second.{branch}.bias"], width)
            for branch, (width, _) in enumerate(ORDERS)
        ]
        self._state, self._epsilon = state, weights.epsilon
        self._run = _here() if threads == 1 else _pool(threads)
        self.dtype = dtype or fastest_dtype(*second[-1], kept=kept)
        self._second = [make_convolution(*each, self.dtype) for each in second]

    def encode(self, ids: Ids, lengths: Ids) -> Vectors:
        """Return the vectors of texts, shape (texts, 512), from the ids of all texts one after the other."""
        known, slots = self._first.look_up(ids, self._run)
        ends = np.cumsum(lengths)
        pooled = torch.empty(len(lengths), FEATURES)
        vectors = np.empty((len(lengths), DIM), dtype=np.float32)

        def pool(texts: slice) -> None:
            block = slice(ends[texts.start] - lengths[texts.start], ends[texts.stop - 1])
            with torch.inference_mode():
                pooled[texts] = self._pooled(known, torch.from_numpy(slots[block]), torch.from_numpy(lengths[texts]))

        def finish(texts: slice) -> None:
            with torch.inference_mode():
                count = texts.stop - texts.start
                some, long = torch.zeros(_TAIL, FEATURES), torch.ones(_TAIL)
                some[:count], long[:count] = pooled[texts], torch.from_numpy(lengths[texts])
                vectors[texts] = self._tail(some, long)[:count].numpy()

        _finish(self._run(pool, _blocks(lengths)))
        _finish(self._run(finish, _slices(len(lengths), _TAIL)))
        return vectors

    def _pooled(self, known: Kinds, slots: Tensor, lengths: Tensor) -> Tensor:
        """Return the sum of the normalised features of each text, shape (texts, 1280)."""
        table, sums = torch.from_numpy(known.rows).view(-1, BRANCH), torch.from_numpy(known.sums)
        owner = torch.repeat_interleave(torch.arange(len(lengths)), lengths)
        place = torch.arange(len(slots)) + _GAP * owner
        total, squares = sums.index_select(0, slots).unbind(1)
        parts = [(slots * ROWS + row, table) for row in range(INPUT)]
        for branch in self._branches(table, slots, place, len(slots) + _GAP * (len(lengths) - 1)):
            total = total + branch.sum(1).index_select(0, place)
            squares = squares + torch.linalg.vector_norm(branch, dim=1).square_().index_select(0, place)
            parts.append((place, branch))
        mean = total / FEATURES
        scale = torch.rsqrt(squares / FEATURES - mean * mean + self._epsilon)
        starts = lengths.cumsum(0) - lengths
        scaled = [
            functional.embedding_bag(rows, part, starts, mode="sum", per_sample_weights=scale) for rows, part in parts
        ]
        shift = torch.zeros(len(lengths)).index_add_(0, owner, mean * scale)
        pooled = (torch.cat(scaled, dim=1) - shift[:, None]) * self._state["norm_out.weight"]
        return pooled + lengths[:, None] * self._state["norm_out.bias"]

    def _branches(self, table: Tensor, slots: Tensor, place: Tensor, count: int) -> Iterator[Tensor]:
        """Yield the features of each branch for all rows: the tokens', which are at ``place``, and the empty rows."""
        rows = torch.full((count + 2 * _GAP,), NOTHING * ROWS)
        rows[place + _GAP] = slots * ROWS
        gaps = (rows == NOTHING * ROWS)[_GAP : _GAP + count, None]
        row = PRODUCTS
        for branch, (width, left) in enumerate(ORDERS):
            start = _GAP - left
            windows = rows[start : start + count + width - 1].unfold(0, width, 1) + torch.arange(row, row + width)
            first = functional.embedding_bag(windows.masked_fill_(gaps, NOTHING), table, mode="sum")
            x = torch.zeros(_GAP + count + _REACH, BRANCH)
            inner = x[_GAP : _GAP + count]
            torch.add(table.index_select(0, rows[_GAP : _GAP + count] + INPUT + branch), first.relu_(), out=inner)
            yield self._second[branch](x[start:], count).relu_().add_(inner)
            row += width

    def _tail(self, pooled: Tensor, lengths: Tensor) -> Tensor:
        def dense(name: str, x: Tensor) -> Tensor:
            return functional.linear(x, self._state[f"tail.{name}.weight"])

        count = lengths[:, None]
        x = functional.linear(pooled, self._state["output.weight"]).addcmul_(count, self._state["output.bias"])
        x /= count.sqrt()
        first = functional.relu(dense("p1", x) + dense("d1", functional.relu(dense("d0", x))))
        last = dense("p3", first) + dense("d3", functional.relu(dense("d2", first)))
        return functional.normalize(torch.tanh(last), dim=1)


def _pool(threads: int) -> Run:
    return ThreadPoolExecutor(threads, "encoding", torch.set_num_threads, (1,)).map


def _here() -> Run:
    torch.set_num_threads(1)
    return map


def _finish(parts: Iterable[None]) -> None:
    """Wait for all parts; an error in one of them is raised here."""
    for _ in parts:
        pass


def _slices(count: int, size: int) -> list[slice]:
    return [slice(start, min(count, start + size)) for start in range(0, count, size)]


def _blocks(lengths: NDArray[np.int64]) -> Sequence[slice]:
    """Divide the texts into blocks of at most ``_BLOCK`` tokens; a longer text is a block by itself."""
    blocks, start, filled = [], 0, 0
    for text, length in enumerate(lengths.tolist()):
        if text > start and filled + length > _BLOCK:
            blocks.append(slice(start, text))
            start, filled = text, 0
        filled += length
    return [*blocks, slice(start, len(lengths))]
