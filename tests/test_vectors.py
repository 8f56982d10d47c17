"""Exact nearest neighbours: against numpy, under filters, and from a damaged file."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError
from indexer.vectors import VectorIndex, VectorWriter


def _unit(rows: int, dim: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return _unit(2000, 32, seed=1)


@pytest.fixture(scope="module")
def index(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    path = tmp_path_factory.mktemp("vectors") / "vectors.faiss"
    writer = VectorWriter(32)
    writer.add(vectors[:700])
    writer.add(vectors[700:])
    writer.save(path)
    return VectorIndex(path)


def test_it_holds_what_was_added(index: VectorIndex) -> None:
    assert (index.count, index.dim) == (2000, 32)


def test_rows_and_similarities_are_those_of_a_full_comparison(index: VectorIndex, vectors: NDArray[np.float32]) -> None:
    for query in _unit(20, 32, seed=2):
        similarities = vectors @ query
        rows, scores = index.search(query, 10)
        np.testing.assert_array_equal(rows, np.argsort(-similarities, kind="stable")[:10])
        np.testing.assert_allclose(scores, np.sort(similarities)[::-1][:10], atol=1e-6)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.001])
def test_a_filter_costs_no_recall(index: VectorIndex, vectors: NDArray[np.float32], share: float) -> None:
    allowed = np.random.default_rng(3).random(2000) < share
    allowed[7] = True
    for query in _unit(20, 32, seed=4):
        similarities = np.where(allowed, vectors @ query, -np.inf)
        wanted = np.argsort(-similarities, kind="stable")[: min(10, allowed.sum())]
        rows, _ = index.search(query, 10, allowed)
        np.testing.assert_array_equal(rows, wanted)


def test_a_filter_that_nothing_passes_finds_nothing(index: VectorIndex, vectors: NDArray[np.float32]) -> None:
    rows, scores = index.search(vectors[0], 10, np.zeros(2000, dtype=np.bool_))
    assert (rows.size, scores.size) == (0, 0)


def test_a_limit_beyond_the_index_returns_all(index: VectorIndex, vectors: NDArray[np.float32]) -> None:
    rows, _ = index.search(vectors[0], 10**9)
    assert sorted(rows) == list(range(2000))


def test_equal_similarities_are_ordered_by_row(tmp_path: Path) -> None:
    writer = VectorWriter(4)
    writer.add(np.tile(np.array([[1, 0, 0, 0]], dtype=np.float32), (9, 1)))
    writer.save(tmp_path / "same.faiss")
    rows, _ = VectorIndex(tmp_path / "same.faiss").search(np.array([1, 0, 0, 0], dtype=np.float32), 9)
    assert rows.tolist() == list(range(9))


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(b"not an index at all")
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss is no FAISS index"):
        VectorIndex(path)


def test_a_folder_that_is_gone_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*gone/vectors\.faiss"):
        VectorWriter(4).save(tmp_path / "gone" / "vectors.faiss")
