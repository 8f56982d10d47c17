"""Vectors on disk: compared with what FAISS itself writes, and from damaged files."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.vectors.faiss_index import VectorIndex, VectorWriter
from indexer.vectors.nomination.index import NominationIndex


def _unit(rows: int, dim: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return _unit(6000, 32, seed=1)


@pytest.fixture(scope="module")
def folder(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors, added in two parts."""
    path = tmp_path_factory.mktemp("vectors")
    with VectorWriter(path / "vectors", 32) as writer:
        for part in (vectors[:700], vectors[700:]):
            writer.add(part)
    return path


def test_it_holds_what_was_added(folder: Path, vectors: NDArray[np.float32]) -> None:
    index = VectorIndex(folder / "vectors")
    assert (index.count, index.dim) == (6000, 32)
    np.testing.assert_array_equal(index.rows(slice(None)), vectors)
    np.testing.assert_array_equal(index.rows(np.array([699, 700, 3])), vectors[[699, 700, 3]])


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(b"not an index at all")
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss is no FAISS index"):
        VectorIndex(path)


def test_an_index_that_this_faiss_does_not_know_says_so(tmp_path: Path) -> None:
    path = tmp_path / "nominations.faiss"
    path.write_bytes(b"IxZz" + bytes(100))
    with pytest.raises(IndexFormatError, match=r"faiss is an index of a type that the installed FAISS 1\.\d") as raised:
        NominationIndex.open(path)
    assert raised.value.hint == "install the version of faiss-cpu that built it, or run rebuild-index"


def test_an_index_of_a_type_that_is_not_searched_is_refused(tmp_path: Path, vectors: NDArray[np.float32]) -> None:
    path = tmp_path / "nominations.faiss"
    faiss.write_index(faiss.IndexLSH(32, 64), str(path))
    with pytest.raises(IndexFormatError, match="FAISS index of the type IndexLSH, which this version of Dateline does"):
        NominationIndex.open(path)


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
