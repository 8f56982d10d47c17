"""The embedded encoder's weights, unpacked once into the user's cache folder.

The unpacked file is memory-mapped, so a process starts without decompressing 30 MB, and processes share its pages. Its
folder is named by the SHA-256 of its files, so damage is noticed and the folder is made anew.
"""

import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path

import platformdirs

from indexer.encoders.use.weights import FILES, REVISION, Weights, read_package

_NAME = f"embedded-{REVISION}-"


def open_prepared(cache: Path | None = None) -> Weights:
    """Open the embedded encoder's weights from the cache folder, after preparing it there if need be.

    Where nothing can be written, the package's own file is read each time, which only takes longer.

    Raises:
        EncoderError: The weights are not there yet, and the package that carries them is missing or damaged.
    """
    cache = cache or platformdirs.user_cache_path("dateline")
    if found := _find(cache):
        return Weights.load(found)
    weights = read_package()
    with contextlib.suppress(OSError):
        return Weights.load(_prepare(weights, cache))
    return weights


def measurements_file(cache: Path | None = None) -> Path:
    """Return the file in which it is kept what computes fastest on this kind of processor."""
    return (cache or platformdirs.user_cache_path("dateline")) / "embedded-fastest.json"


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
