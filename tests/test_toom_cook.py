"""The convolution with fewer products gives the same result as the direct one."""

import numpy as np
import pytest
import torch

from indexer.encoders.use.toom_cook import Direct, ToomCook, margin


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("count", [1, 3, 4, 5, 130, 1100])
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


def test_the_direct_one_multiplies_few_numbers_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    multiplied, linear = set(), torch.nn.functional.linear

    def noted(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        multiplied.add(len(x))
        return linear(x, weight)

    monkeypatch.setattr(torch.nn.functional, "linear", noted)
    convolution = Direct(torch.zeros(1, 6), torch.zeros(1), 3)
    for count in range(1, 1500):
        assert len(convolution(torch.zeros(count + margin(3), 2), count)) == count
    assert multiplied == {64, 128, 192, 256, 320, 384, 448, 512}
