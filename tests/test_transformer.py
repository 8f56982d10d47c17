"""Any sentence-transformers model: prompts, identity, limits, and clear refusals."""

from pathlib import Path

import numpy as np

from indexer.encoders.choose import open_encoder


def test_dimension_and_unit_length(tiny_model: Path) -> None:
    encoder = open_encoder(str(tiny_model))
    vectors = encoder.encode_passages(["Die Fähre lief auf ein Riff.", "渡轮触礁"])
    assert vectors.shape == (2, 48)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
