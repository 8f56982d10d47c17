"""The embedded encoder's weights, unpacked once into the user's cache folder.

The unpacked file is memory-mapped: a process starts without decompressing 30 MB, and processes share the pages. Its
folder is named by its SHA-256, so a damaged one is noticed and made anew.
"""

import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path

import platformdirs

from indexer.encoders.use import weights as use_weights
from indexer.encoders.use.weights import FILES, Weights

_NAME = f"embedded-{use_weights.REVISION}-"


def open_prepared(cache: Path | None = None) -> Weights:
    """Open the embedded encoder's weights from the cache folder, after preparing it there if need be.

    Where nothing can be written the package's own file is read each time: as right, only slower to start.

    Raises:
        EncoderError: The weights are not there yet, and the package that carries them is missing or damaged.
    """
    cache = cache or platformdirs.user_cache_path("dateline")
    if found := _find(cache):
        return Weights.load(found)
    weights = use_weights.read_package()
    with contextlib.suppress(OSError):
        return Weights.load(_prepare(weights, cache))
    return weights


def _find(cache: Path) -> Path | None:
    for folder in sorted(cache.glob(f"{_NAME}*")):
        if folder.name == _NAME + _digest(folder):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _prepare(weights: Weights, cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=cache))
    try:
        weights.save(making)
        target = cache / (_NAME + _digest(making))
        with contextlib.suppress(FileExistsError):  # another process was faster
            making.rename(target)
        return target
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _digest(folder: Path) -> str:
    """Digest what ``save`` wrote; empty when a file of it is missing."""
    digest = hashlib.sha256()
    try:
        for name in FILES:
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError:
        return ""
    return digest.hexdigest()[:16]
