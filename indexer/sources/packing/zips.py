"""The members of zip archives."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from indexer.notice import Notice, skipped
from indexer.sources.document import Document, buffered
from indexer.sources.names import is_left_out, refused_name
from indexer.sources.packing.budget import Budget, Unpacked
from indexer.sources.packing.zip_names import Mended
from indexer.sources.reading import UnreadableError, reading
from indexer.sources.seeking import seekable

_LOCAL_HEADER = 30
"""The fewest bytes that lie before the content of a member."""


def unzip(document: Document, budget: Budget) -> Iterator[Document | Notice]:
    """Yield the members of a zip archive, or a notice why one is not read."""
    with seekable(document) as file, _open(file) as archive:
        members, overlapping = _apart(archive.infolist())
        for member in members:
            name = member.filename
            if member.is_dir() or is_left_out(name):
                continue
            budget.member()
            if reason := refused_name(name) or _refused(member):
                yield skipped(f"{document.origin}!{name}", reason)
                continue
            try:
                with reading(), archive.open(member) as content:
                    stream = buffered(Unpacked(content, budget))
                    yield document.inner(PurePosixPath(name), stream)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
                yield skipped(f"{document.origin}!{name}", f"is damaged: {error}")
    if overlapping:
        yield skipped(document.origin, f"{overlapping:,} of its members lie in the bytes of others: a zip bomb")


def _open(file: Any) -> zipfile.ZipFile:
    try:
        with reading():
            try:
                return zipfile.ZipFile(file)
            except UnicodeDecodeError:
                return zipfile.ZipFile(io.BufferedReader(Mended(file)))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableError(f"is a damaged archive: {error}") from error


def _apart(members: Sequence[zipfile.ZipInfo]) -> tuple[list[zipfile.ZipInfo], int]:
    """Return the members that do not lie in the bytes of one before, in their order, and the number of the others."""
    end, apart = 0, set[int]()
    for number in sorted(range(len(members)), key=lambda each: members[each].header_offset):
        member = members[number]
        if member.header_offset >= end:
            apart.add(number)
            end = member.header_offset + _LOCAL_HEADER + member.compress_size
    return [members[number] for number in sorted(apart)], len(members) - len(apart)


def _refused(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 1:
        return "is encrypted"
    return "is a link, not a file" if (member.external_attr >> 16) & 0o170000 == 0o120000 else ""
