"""Vectors and the candidates for the nearest of them: compared with numpy, under filters, and from damaged files."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError
from indexer.rows import RowSet
from indexer.vectors.faiss_index import NominationIndex, NominationWriter, VectorIndex, VectorWriter


def _unit(rows: int, dim: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return _unit(6000, 32, seed=1)


@pytest.fixture(scope="module")
def folder(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors and their bits, added in two parts."""
    path = tmp_path_factory.mktemp("vectors")
    bits = NominationWriter(32)
    with VectorWriter(path / "vectors", 32) as writer:
        for part in (vectors[:700], vectors[700:]):
            writer.add(part)
            bits.add(part)
    bits.save(path / "nominations")
    return path


@pytest.fixture(scope="module")
def nominations(folder: Path) -> NominationIndex:
    return NominationIndex(folder / "nominations")


def test_it_holds_what_was_added(folder: Path, vectors: NDArray[np.float32], nominations: NominationIndex) -> None:
    index = VectorIndex(folder / "vectors")
    assert (index.count, index.dim, nominations.count) == (6000, 32, 6000)
    np.testing.assert_array_equal(index.rows(slice(None)), vectors)
    np.testing.assert_array_equal(index.rows(np.array([699, 700, 3])), vectors[[699, 700, 3]])


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01, 0.001])
def test_the_nearest_are_candidates_whatever_passes(
    nominations: NominationIndex, vectors: NDArray[np.float32], share: float
) -> None:
    """One bit for each of 32 dimensions is coarse; where few rows pass, all of them are candidates."""
    allowed = np.random.default_rng(3).random(6000) < share
    allowed[7] = True
    found = []
    for query in _unit(20, 32, seed=4):
        similarities = np.where(allowed, vectors @ query, -np.inf)
        wanted = np.argsort(-similarities, kind="stable")[: min(10, allowed.sum())]
        rows = nominations.candidates(3 * query, 1000, None if share == 1 else RowSet.of(np.flatnonzero(allowed)), 2000)
        assert allowed[rows].all()
        assert (np.diff(rows) > 0).all()
        found.append(np.isin(wanted, rows).mean())
    assert np.mean(found) >= (0.98 if allowed.sum() > 2000 else 1)


def test_few_that_pass_are_all_candidates(nominations: NominationIndex, vectors: NDArray[np.float32]) -> None:
    assert nominations.candidates(vectors[0], 10, RowSet.between(0, 0)).size == 0
    among = RowSet.between(100, 2100)
    assert nominations.candidates(vectors[0], 10, among, 2000).tolist() == list(range(100, 2100))
    assert nominations.candidates(vectors[0], 2000, among, 0).tolist() == list(range(100, 2100))
    assert nominations.candidates(vectors[0], 1999, among, 0).size == 1999
    assert nominations.candidates(vectors[0], 10, among, 1999).size == 10
    assert nominations.candidates(vectors[0], 10**9).tolist() == list(range(6000))
    assert nominations.candidates(vectors[0], 10).size == 10


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(b"not an index at all")
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss is no FAISS index"):
        VectorIndex(path)


def test_a_folder_that_is_gone_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*gone/vectors\.faiss"):
        VectorWriter(tmp_path / "gone" / "vectors.faiss", 4)


def test_it_is_the_file_that_faiss_itself_writes(tmp_path: Path, vectors: NDArray[np.float32]) -> None:
    index = faiss.IndexFlatIP(32)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "theirs"))
    with VectorWriter(tmp_path / "ours", 32) as writer:
        writer.add(vectors)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_an_index_of_no_vectors_is_one(tmp_path: Path) -> None:
    with VectorWriter(tmp_path / "none", 4):
        pass
    assert VectorIndex(tmp_path / "none").count == 0
