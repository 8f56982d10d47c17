"""The convolution with fewer products is the convolution."""

import numpy as np
import pytest
import torch

from indexer.encoders.toom_cook import Direct, ToomCook, margin


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("count", [1, 3, 4, 5, 130])
def test_it_gives_what_the_definition_says(width: int, count: int) -> None:
    generator = np.random.default_rng(width)
    weight = generator.standard_normal((7, width * 6)).astype(np.float32)
    bias = generator.standard_normal(7).astype(np.float32)
    x = generator.standard_normal((count + margin(width), 6)).astype(np.float32)
    wanted = np.stack([weight.astype(np.float64) @ x[row : row + width].ravel() + bias for row in range(count)])
    for convolution, tolerance in ((ToomCook, 1e-4), (Direct, 1e-5)):
        found = convolution(torch.from_numpy(weight), torch.from_numpy(bias), width)(torch.from_numpy(x), count)
        np.testing.assert_allclose(found.numpy(), wanted, atol=tolerance)


@pytest.mark.parametrize(("width", "products"), [(2, 5), (3, 6), (5, 8)])
def test_four_outputs_take_as_few_products_as_can_be(width: int, products: int) -> None:
    convolution = ToomCook(torch.zeros(1, width), torch.zeros(1), width)
    assert len(convolution._kernel) == products == 4 + width - 1
