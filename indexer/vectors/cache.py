"""The vectors of texts that were encoded before, kept on disk: a rebuild encodes only texts that are new.

One append-only file for each encoder revision: a header, then records of one size, each a key (the first 16 bytes of
the text's SHA-256), a checksum and the vector. Beside it lie the keys alone (see ``key_file``). Processes may share a
cache: they append under a file lock. A record that kill -9 cut short is dropped by the next writer, and a text whose
record has a wrong checksum is encoded again.
"""

import hashlib
import itertools
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import filelock
import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.errors import CacheError
from indexer.vectors.key_file import KeyFile
from indexer.vectors.key_rows import KeyRows

VERSION = 1
_HEADER = 4096
_KEY = 16
_BATCH = 4096
"""Records that are read together."""


class VectorCache:
    """The vectors of one encoder revision, by text."""

    def __init__(self, folder: Path, identity: EncoderIdentity) -> None:
        """Name the files of a cache; ``open`` opens them."""
        self._dtype = np.dtype([("key", f"V{_KEY}"), ("check", "<u4"), ("vector", "<f4", (identity.dim,))])
        self._header = orjson.dumps({"dateline vectors": VERSION, "encoder": str(identity)})
        self.path = folder / f"{hashlib.sha256(str(identity).encode()).hexdigest()[:16]}.vectors"
        self._keys = KeyFile(self.path.with_suffix(".keys"))
        self._rows = KeyRows()
        self._inode = 0
        self._lock = filelock.FileLock(f"{self.path}.lock")

    @classmethod
    def open(cls, folder: Path, identity: EncoderIdentity) -> Self:
        """Open the cache of an encoder in a folder, or make it.

        Raises:
            CacheError: The file is of another version, or is no cache at all.
            OSError: The folder cannot be written to.
        """
        folder.mkdir(parents=True, exist_ok=True)
        cache = cls(folder, identity)
        with cache._lock:
            cache._create_or_check()
            cache._complete_keys()
        cache._learn_rows()
        return cache

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
        """Return vectors, shape (n, dim), and which of them are known, shape (n,); the others are zeros."""
        vectors = np.zeros((len(texts), *self._dtype["vector"].shape), dtype=np.float32)
        known = np.zeros(len(texts), dtype=np.bool_)
        keys = [_key(text) for text in texts]
        rows = self._rows.find(_numbers(keys))
        places = np.flatnonzero(rows >= 0)
        for place, record in zip(places.tolist(), self._read(rows[places]), strict=True):
            vector = record["vector"]
            if record["key"].tobytes() == keys[place] and int(record["check"]) == zlib.crc32(vector.tobytes()):
                vectors[place], known[place] = vector, True
        return vectors, known

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Append the vectors of texts, shape (n, dim)."""
        records = np.zeros(len(texts), dtype=self._dtype)
        keys = [_key(text) for text in texts]
        records["key"] = [np.void(key) for key in keys]
        records["check"] = [zlib.crc32(vector.tobytes()) for vector in vectors]
        records["vector"] = vectors
        with self._lock, self.path.open("r+b") as file:
            self._complete_keys()
            count = self._count()
            file.truncate(_HEADER + count * self._dtype.itemsize)
            file.seek(0, os.SEEK_END)
            file.write(records.tobytes())
            file.flush()
            self._keys.write(self._file_id(), count, _numbers(keys))
        self._learn_rows()

    def shrink(self, limit: int, texts: Iterable[str], *, forget: bool = False) -> None:
        """Keep only the vectors of these texts, and no more than fit, once the file is larger than ``limit`` bytes.

        Args:
            limit: Bytes.
            texts: What is kept.
            forget: Leave no trace of other texts, however small the file is.
        """
        if not forget and self.path.stat().st_size <= limit:
            return
        rows = self._rows.find(_numbers(map(_key, texts)))
        wanted, first = np.unique(rows[rows >= 0], return_index=True)
        fit = max(0, limit - _HEADER) // self._dtype.itemsize
        with self._lock:
            kept = self.path.with_suffix(".new")
            with kept.open("wb") as file:
                file.write(self._header.ljust(_HEADER))
                ordered = wanted[np.argsort(first)][:fit]
                for start in range(0, ordered.size, _BATCH):
                    file.write(self._read(ordered[start : start + _BATCH]).tobytes())
                file.flush()
                os.fsync(file.fileno())
            kept.replace(self.path)
            self._complete_keys()
        self._learn_rows()

    def _create_or_check(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < _HEADER:  # new, or killed while it was being made
            self.path.write_bytes(self._header.ljust(_HEADER))
            return
        with self.path.open("rb") as file:
            found = file.read(_HEADER).rstrip()
        if found != self._header:
            raise CacheError(f"{self.path} is {_describe(found)}, this version reads {VERSION}", f"rm {self.path}")

    def _count(self) -> int:
        return (self.path.stat().st_size - _HEADER) // self._dtype.itemsize

    def _file_id(self) -> int:
        """Return the inode of the cache file: another one once the cache was shrunk, by whichever process."""
        return self.path.stat().st_ino

    def _complete_keys(self) -> None:
        """Write the keys that the key file lacks, from the records; the caller holds the lock."""
        count, file_id = self._count(), self._file_id()
        known = self._keys.count(file_id)
        if known > count or (not known and not count):
            known = min(known, count)
            self._keys.write(file_id, known, np.empty(0, np.uint64))
        for start in range(known, count, _BATCH):
            records = self._read(np.arange(start, min(start + _BATCH, count)))
            self._keys.write(file_id, start, np.ascontiguousarray(records["key"]).view("<u8")[::2])

    def _learn_rows(self) -> None:
        """Remember the rows of the records that were added since the last look, by this process or by another."""
        file_id = self._file_id()
        if file_id != self._inode:
            self._rows, self._inode = KeyRows(), file_id
        known = len(self._rows)
        self._rows.extend(self._keys.read(known, max(0, self._keys.count(file_id) - known)))

    def _read(self, rows: NDArray[np.int64]) -> NDArray[np.void]:
        """Return the records in some rows, of zeros where the file has become shorter.

        They are read and not mapped: the file may be larger than memory. Neighbours are read together.
        """
        records = np.zeros(rows.size, self._dtype)
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        with self.path.open("rb", buffering=0) as file:
            for start, end in itertools.pairwise([*starts.tolist(), rows.size]):
                file.seek(_HEADER + int(rows[start]) * self._dtype.itemsize)
                found = file.read((end - start) * self._dtype.itemsize)
                whole = len(found) // self._dtype.itemsize
                records[start : start + whole] = np.frombuffer(found, self._dtype, whole)
        return records


class CachingEncoder:
    """An encoder that looks passages up in the cache first; ``encoded`` counts those that it had to encode."""

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder, self._cache = encoder, cache
        self.identity, self.max_tokens, self.at_once = encoder.identity, encoder.max_tokens, encoder.at_once
        self.languages = encoder.languages
        self.encoded = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors, known = self._cache.find(texts)
        missing = list(dict.fromkeys(text for text, found in zip(texts, known, strict=True) if not found))
        if missing:
            new = self._encoder.encode_passages(missing)
            self._cache.add(missing, new)
            self.encoded += len(missing)
            rows = {text: row for row, text in enumerate(missing)}
            vectors[~known] = new[[rows[text] for text, found in zip(texts, known, strict=True) if not found]]
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY]


def _numbers(keys: Iterable[bytes]) -> NDArray[np.uint64]:
    return np.fromiter((int.from_bytes(key[:8], "little") for key in keys), np.uint64)


def _describe(header: bytes) -> str:
    try:
        return f"a vector cache of version {orjson.loads(header)['dateline vectors']}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "no vector cache"
