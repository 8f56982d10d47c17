"""Named arrays in one memory-mapped file: a line of JSON that describes them, then the arrays, aligned to pages."""

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError, IndexFormatError

Arrays = dict[str, NDArray[Any]]
_PAGE = 4096
"""Bytes; each array begins at a multiple of this."""
_MAX_HEADER = 2**20
"""Bytes of the JSON line at most."""
_CHUNK = 2**20
"""Bytes of zeros written at a time."""


def create_arrays(
    path: Path, kind: str, version: int, facts: Mapping[str, Any], layout: Mapping[str, tuple[str, int]]
) -> Arrays:
    """Create a file of arrays filled with zeros and map it for writing.

    Args:
        path: The file; an existing one is overwritten.
        kind: Name of the file type; ``open_arrays`` checks it.
        version: Version of the file type's format; ``open_arrays`` checks it.
        facts: Any JSON-serialisable mapping; ``open_arrays`` returns it.
        layout: The dtype (little-endian) and length of each array.
    """
    header = orjson.dumps({"kind": kind, "version": version, "facts": facts, "arrays": layout}) + b"\n"
    places, size = _places(len(header), layout)
    with path.open("w+b") as file:
        file.write(header)
        for written in range(len(header), size, _CHUNK):  # so that a full disk raises here; in the map it would kill us
            file.write(bytes(min(_CHUNK, size - written)))
        file.flush()
        mapped = mmap.mmap(file.fileno(), size)
    return _views(mapped, places, layout)


def open_arrays(path: Path, kind: str, version: int) -> tuple[dict[str, Any], Arrays]:
    """Map a file for reading and return its facts and its read-only arrays.

    Raises:
        IndexFormatError: The file was written in another version of its format.
        IndexCorruptError: The file is missing, is of another kind, or does not have the size that its header implies.
    """
    try:
        with path.open("rb") as file:
            header = file.readline(_MAX_HEADER)
            found = _read_header(header, path, kind, version)
            layout = {name: (dtype, int(length)) for name, (dtype, length) in found["arrays"].items()}
            places, size = _places(len(header), layout)
            if path.stat().st_size != size:
                raise IndexCorruptError(f"{path} has {path.stat().st_size} bytes, wanted {size}", "run rebuild-index")
            mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        return found["facts"], _views(mapped, places, layout)
    except OSError as error:
        raise IndexCorruptError(f"cannot read {path}: {error.strerror}", "run rebuild-index") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexCorruptError(f"{path} is damaged: its first line is no header", "run rebuild-index") from error


def spread(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Concatenate the ranges ``start, start + 1, ...``, one for each of ``starts``, of the lengths ``counts``."""
    ends = np.cumsum(counts)
    numbers: NDArray[np.int64] = np.arange(ends[-1] if ends.size else 0) + np.repeat(starts - (ends - counts), counts)
    return numbers


def _read_header(header: bytes, path: Path, kind: str, version: int) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(header)
    if found["kind"] != kind:
        raise IndexCorruptError(f"{path} is {found['kind']!r}, wanted {kind!r}", "run rebuild-index")
    if found["version"] != version:
        raise IndexFormatError(
            f"{path} is of version {found['version']}, this version of Dateline reads {version}", "run rebuild-index"
        )
    return found


def _places(header: int, layout: Mapping[str, tuple[str, int]]) -> tuple[dict[str, int], int]:
    places, end = {}, header
    for name, (dtype, length) in layout.items():
        places[name] = -(-end // _PAGE) * _PAGE
        end = places[name] + np.dtype(dtype).itemsize * length
    return places, end


def _views(mapped: mmap.mmap, places: Mapping[str, int], layout: Mapping[str, tuple[str, int]]) -> Arrays:
    return {
        name: np.frombuffer(mapped, dtype, length, places[name]) if length else np.empty(0, dtype)
        for name, (dtype, length) in layout.items()
    }
