"""The unpacked weights: made once, made anew when damaged, and done without where nothing can be written."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.encoders.embedded import EmbeddedEncoder
from indexer.encoders.protocol import Encoder
from indexer.encoders.use import prepared as use_prepared
from indexer.encoders.use.module import UniversalSentenceEncoder
from indexer.encoders.use.prepared import open_prepared
from indexer.encoders.use.weights import Weights, read_package

TEXTS = ["The ferry ran aground.", "土耳其会重返F-35项目吗？", ""]


@pytest.fixture(scope="module")
def published() -> Weights:
    """What the package's own file holds, unpacked once for all the tests below."""
    return read_package()


@pytest.fixture
def package_reads(monkeypatch: pytest.MonkeyPatch, published: Weights) -> list[str]:
    """Collect how often the package's own file is read."""
    reads: list[str] = []

    def counted() -> Weights:
        reads.append("read")
        return published

    monkeypatch.setattr(use_prepared, "read_package", counted)
    return reads


def _vectors(weights: Weights) -> NDArray[np.float32]:
    return EmbeddedEncoder(weights, device="cpu").encode_passages(TEXTS)


def test_the_weights_are_unpacked_once_and_give_the_same_vectors(
    tmp_path: Path, package_reads: list[str], embedded: Encoder
) -> None:
    for _ in range(3):
        np.testing.assert_allclose(_vectors(open_prepared(tmp_path)), embedded.encode_passages(TEXTS), atol=1e-6)
    assert package_reads == ["read"]
    (folder,) = tmp_path.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "sp.model"]


@pytest.mark.parametrize("name", ["model.safetensors", "sp.model"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, package_reads: list[str], name: str, harm: str) -> None:
    right = _vectors(open_prepared(tmp_path))
    (path,) = tmp_path.glob(f"*/{name}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    if harm != "remove":
        path.write_bytes(content if harm == "flip" else content[:-1])
    np.testing.assert_array_equal(_vectors(open_prepared(tmp_path)), right)
    assert package_reads == ["read", "read"]
    open_prepared(tmp_path)
    assert len(package_reads) == 2


def test_where_nothing_can_be_written_the_package_is_read_each_time(tmp_path: Path, package_reads: list[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the cache folder should be")
    right = _vectors(open_prepared(tmp_path / "cache"))
    for _ in range(2):
        np.testing.assert_array_equal(_vectors(open_prepared(blocked)), right)
    assert len(package_reads) == 3


def test_processes_that_start_at_once_end_with_one_copy(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from indexer.encoders.use.prepared import open_prepared\n"
    command = [sys.executable, "-c", f"{script}open_prepared(Path(sys.argv[1]))", str(tmp_path)]
    starting = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(timeout=600) for process in starting] == [0, 0, 0]
    assert len(list(tmp_path.iterdir())) == 1


def test_the_mapped_weights_are_not_written_to_by_training(tmp_path: Path, package_reads: list[str]) -> None:
    module = UniversalSentenceEncoder(open_prepared(tmp_path))
    (path,) = tmp_path.glob("*/model.safetensors")
    before = path.read_bytes()
    for parameter in module.parameters():
        assert parameter.requires_grad
        parameter.data.add_(1.0)
    assert path.read_bytes() == before
