"""Unpack compressed files and archives as streams, and stop decompression bombs before they fill memory or disk."""

import bz2
import gzip
import io
import lzma
import shutil
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from backports import zstd

from indexer.notice import Notice, skipped
from indexer.sources.content import text_of
from indexer.sources.document import Document, buffered, fixed_size
from indexer.sources.reading import UnreadableError, reading

_FREE = 64 * 2**20
"""Bytes that may come out of any input, however small it is."""
_EXPANSION = 200
"""Bytes that may come out for each byte that went in, beyond ``_FREE``.

Text is packed to a twentieth of its size, a repeated text to a hundredth, and a bomb to a thousandth.
"""
_DEPTH = 3
"""The greatest depth of archives within archives."""
_COMPRESSED: dict[bytes, tuple[str, Callable[[Any], Any]]] = {
    b"\x1f\x8b": (".gz", lambda stream: gzip.GzipFile(fileobj=stream)),
    b"BZh": (".bz2", bz2.BZ2File),
    b"\xfd7zXZ\x00": (".xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": (".zst", zstd.ZstdFile),
}
"""Maps the first bytes of a compressed file to the usual ending of its name and to the function that unpacks it."""
PACKED = tuple(ending for ending, _ in _COMPRESSED.values())
ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tzst")
_BY_MEMBERS = ".warc.gz"
"""The reader of these files unpacks each record by itself, so that a damaged record does not cost the others."""
_SHORT = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".tzst": ".tar"}
"""Endings that stand for an archive that is compressed."""


class Bounded(io.RawIOBase):
    """An unpacked stream that ends with an error once it has given more than a multiple of what went in.

    ``packed_bytes`` returns how many bytes went in. It is asked again and again, because the size of what comes through
    a pipe is known only as far as it has been read.
    """

    def __init__(self, stream: Any, packed_bytes: Callable[[], int]) -> None:
        self._stream, self._packed_bytes, self._unpacked = stream, packed_bytes, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer.

        Raises:
            UnreadableError: More bytes came out than any news does.
        """
        with reading():
            chunk = self._stream.read(len(buffer))
        self._unpacked += len(chunk)
        if self._unpacked > _FREE + _EXPANSION * self._packed_bytes():
            raise UnreadableError(f"unpacks to more than {_EXPANSION} times its size: no news does")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def unpack(document: Document, depth: int = 0) -> Iterator[Document | Notice]:
    """Yield the document itself, unpacked, or the members of an archive, also of archives within it.

    A member is a notice if it is a link, is encrypted, or has a name that leads out of the archive.

    Args:
        document: A document of any format, compressed or not.
        depth: The number of archives that it lies in.
    """
    head = document.head()
    for magic, (ending, opened) in _COMPRESSED.items():
        if head.startswith(magic):
            if document.name.casefold().endswith(_BY_MEMBERS):
                break
            with reading():
                stream = buffered(Bounded(opened(document.stream), document.packed_bytes))
            unpacked = replace(document, name=_unpacked_name(document.name, ending), stream=stream)
            yield from unpack(unpacked, depth)
            return
    archive = _archive_of(head)
    if archive is None:
        yield document
    elif depth == _DEPTH:
        yield skipped(document.origin, f"lies in archives more than {_DEPTH} deep")
    else:
        yield from archive(document, depth)


def _archive_of(head: bytes) -> Callable[[Document, int], Iterator[Document | Notice]] | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _unzip
    return _untar if head[257:262] == b"ustar" else None


def _untar(document: Document, depth: int) -> Iterator[Document | Notice]:
    with _archive_errors(), tarfile.open(fileobj=document.stream, mode="r|") as archive:
        for member in archive:
            origin = f"{document.origin}!{text_of(member.name)}"
            if member.isdir():
                continue
            if reason := _refused(member.name) or ("" if member.isfile() else "is a link or a device, not a file"):
                yield skipped(origin, reason)
                continue
            file = archive.extractfile(member)
            if file is not None:
                yield from _member(document, text_of(member.name), buffered(file), depth)


def _unzip(document: Document, depth: int) -> Iterator[Document | Notice]:
    with _archive_errors(), tempfile.SpooledTemporaryFile(max_size=_FREE) as copy:
        with reading():
            shutil.copyfileobj(document.stream, copy)
        with zipfile.ZipFile(copy) as archive:
            for member in archive.infolist():
                origin = f"{document.origin}!{member.filename}"
                if member.is_dir():
                    continue
                if reason := _refused(member.filename) or _refused_member(member):
                    yield skipped(origin, reason)
                    continue
                with archive.open(member) as file:
                    stream = buffered(Bounded(file, fixed_size(member.compress_size)))
                    yield from _member(document, member.filename, stream, depth)


def _member(document: Document, name: str, stream: io.BufferedReader, depth: int) -> Iterator[Document | Notice]:
    path = PurePosixPath(name)
    origin, article_id = f"{document.origin}!{name}", path.with_suffix("").as_posix()
    inner = replace(document, name=path.name, origin=origin, stream=stream, article_id=article_id)
    try:
        yield from unpack(inner, depth + 1)
    except UnreadableError as error:
        yield skipped(inner.origin, str(error))


def _refused(name: str) -> str:
    """Return why a member of this name is not read, else an empty string."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "has a name that leads out of the archive" if path.is_absolute() or ".." in path.parts else ""


def _refused_member(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 1:
        return "is encrypted"
    return "is a link, not a file" if (member.external_attr >> 16) & 0o170000 == 0o120000 else ""


@contextmanager
def _archive_errors() -> Iterator[None]:
    """Translate the errors that the archive modules raise for damaged archives."""
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, ValueError, struct.error) as error:
        raise UnreadableError(f"is a damaged archive: {error}") from error


def _unpacked_name(name: str, ending: str) -> str:
    stem, _, last = name.rpartition(".")
    if f".{last}" == ending:
        return stem
    return name if f".{last}" not in _SHORT else f"{stem}{_SHORT[f'.{last}']}"
