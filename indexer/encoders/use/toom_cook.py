"""Convolutions over tokens with fewer multiplications, by the algorithm of Toom and Cook.

Several outputs are computed together. Four outputs take 8 products instead of 20 for a convolution of width 5, 6
instead of 12 for width 3, and 5 instead of 8 for width 2. Before and after the products, inputs and products are summed
with small constant weights. In float32 the result differs from the direct one by less than a millionth. For images the
method is known as Winograd's minimal filtering: Lavin and Gray 2015, https://arxiv.org/abs/1509.09308. Torch's
``embedding_bag`` computes the weighted sums at the speed of memory.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Matrix = NDArray[np.float64]

OUTPUTS = 4
"""Outputs computed together."""
_POINTS = (0, 1, -1, 2, -2, 0.5, -0.5)
"""Points at which the polynomials are evaluated, the simplest first. Infinity is always added as the last one."""
_PIECE, _STEP = 512, 64
"""In bfloat16, at most ``_PIECE`` rows are multiplied at a time, rounded up to a multiple of ``_STEP``. Torch caches a
program of up to a megabyte for each number of rows, so there must be only a few different ones."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sparse weighted sums, the same for each tile of ``OUTPUTS`` outputs."""

    rows: Tensor
    weights: Tensor
    starts: Tensor

    @classmethod
    def of(cls, matrix: Matrix) -> "_Sums":
        """Make one sum from each row of a matrix of weights."""
        which, rows = np.nonzero(matrix)
        starts = np.searchsorted(which, np.arange(len(matrix)))
        weights = torch.from_numpy(matrix[which, rows].astype(np.float32))
        return cls(torch.from_numpy(rows), weights, torch.from_numpy(starts))

    def add(self, x: Tensor, tiles: int, row_step: int, tile_step: int) -> Tensor:
        """Return the concatenated sums of all tiles; row ``r`` of tile ``t`` is ``x[r * row_step + t * tile_step]``."""
        tile = torch.arange(tiles)[:, None]
        return functional.embedding_bag(
            (tile * tile_step + self.rows * row_step).flatten(),
            x,
            (tile * len(self.rows) + self.starts).flatten(),
            mode="sum",
            per_sample_weights=self.weights.repeat(tiles),
        )


class ToomCook:
    """A convolution over rows in float32."""

    def __init__(self, weight: Tensor, bias: Tensor, width: int) -> None:
        """Prepare a convolution. ``weight`` has shape (out, width * in), with those of a window's first row first."""
        before, kernel, after = _transforms(width)
        self._before, self._after = _Sums.of(before), _Sums.of(after)
        places = weight.view(len(weight), width, -1).double()
        self._kernel = torch.einsum("pw,owi->pio", torch.from_numpy(kernel), places).float().contiguous()
        self._bias = bias

    def __call__(self, x: Tensor, count: int) -> Tensor:
        """Return ``count`` outputs, of which output ``i`` reads rows from ``i`` on.

        ``x`` has ``margin(width)`` more rows than there are outputs.
        """
        points = len(self._kernel)
        tiles = -(-count // OUTPUTS)
        inputs = self._before.add(x, tiles, 1, OUTPUTS).view(tiles, points, -1)
        products = torch.bmm(inputs.transpose(0, 1), self._kernel).view(points * tiles, -1)
        return self._after.add(products, tiles, tiles, 1)[:count].add_(self._bias)


class Direct:
    """The same convolution as a single matrix product, in the dtype of ``weight``."""

    def __init__(self, weight: Tensor, bias: Tensor, width: int) -> None:
        self._weight, self._bias, self._width = weight, bias, width

    def __call__(self, x: Tensor, count: int) -> Tensor:
        rows, columns = -(-count // _STEP) * _STEP, x.shape[1]
        padded = torch.zeros(max(rows + self._width - 1, len(x)), columns, dtype=self._weight.dtype)
        padded[: len(x)] = x
        windows = padded.as_strided((rows, self._width * columns), (columns, 1))
        products = [functional.linear(piece, self._weight).float() for piece in torch.split(windows, _PIECE)]
        return torch.cat(products)[:count].add_(self._bias)


def margin(width: int) -> int:
    """Return how many more rows than outputs a convolution reads."""
    return width - 1 + OUTPUTS - 1


def _transforms(width: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return the matrices B', G and A' of ``A'[(G g) * (B' d)]`` (usual notation), scaled to small constants.

    Polynomials are multiplied by evaluation at points and interpolation. The transpose of that algorithm computes a
    sliding convolution (Blahut, Fast Algorithms for Signal Processing, chapter 5).
    """
    points = OUTPUTS + width - 1
    finite = np.array(_POINTS[: points - 1])

    def evaluation(size: int) -> Matrix:
        at_infinity = np.eye(size)[-1:]
        return np.concatenate([finite[:, None] ** np.arange(size), at_infinity])

    before = np.linalg.inv(evaluation(points)).T.astype(np.float64)
    before[np.abs(before) < 1e-9] = 0
    smallest = np.array([np.abs(row[row != 0]).min() for row in before])
    before /= smallest[:, None]
    return before, evaluation(width) * smallest[:, None], evaluation(OUTPUTS).T
