"""Unpack a document: what is in a compressed file, and the members of archives, also of archives within them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.document import Document, buffered
from indexer.sources.packing.budget import Budget, Unpacked
from indexer.sources.packing.compression import opener_of, unpacked_name
from indexer.sources.packing.tars import untar
from indexer.sources.packing.zips import unzip
from indexer.sources.reading import UnreadableError, reading

ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tzst")
"""The endings of the names of archives."""
ZIPPED_FORMATS = (".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xlsb", ".pptx", ".odt", ".ods", ".odp", ".epub")
"""The endings of formats that are zip archives, but are one document."""
_ZIPPED_FORMATS = (b"[Content_Types].xml", b"_rels/.rels", b"mimetypeapplication/")
"""What the first member of such a document begins with: its name or, where that is ``mimetype``, its content."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FIRST_NAME = slice(30, 64)
"""Where the name of the first member of a zip archive lies."""
_BY_MEMBERS = ".warc.gz"
"""The reader of these files unpacks each record by itself, so that a damaged record does not cost the others."""
_Archive = Callable[[Document, Budget], Iterator[Document | Notice]]


def is_packed(head: bytes) -> bool:
    """Return whether a document that begins with these bytes is compressed, an archive or a zipped format."""
    return opener_of(head) is not None or _archive_of("", head) is not None or head.startswith(_ZIP)


def unpack(document: Document) -> Iterator[Document | Notice]:
    """Yield the document itself, unpacked, or the members of an archive, also of archives within it.

    A member is a notice if it is a link, is encrypted, is damaged, or has a name that leads out of the archive.
    """
    yield from _unpack(document, Budget(document.packed_bytes), 0)


def _unpack(document: Document, budget: Budget, depth: int) -> Iterator[Document | Notice]:
    head = document.head()
    compressed, archive = opener_of(head), _archive_of(document.name, head)
    if compressed and document.name.casefold().endswith(_BY_MEMBERS):
        compressed = None
    if (compressed or archive) and depth == limits.PACKING_DEPTH:
        yield skipped(document.origin, f"is packed more than {limits.PACKING_DEPTH} times over")
    elif compressed:
        ending, opened = compressed
        with reading():
            stream = buffered(Unpacked(opened(document.stream), budget))
        inner = replace(document, name=unpacked_name(document.name, ending), stream=stream)
        yield from _unpack(inner, budget, depth + 1)
    elif archive:
        yield from _members(archive, document, budget, depth)
    else:
        yield document


def _members(archive: _Archive, document: Document, budget: Budget, depth: int) -> Iterator[Document | Notice]:
    for member in archive(document, budget):
        if isinstance(member, Notice):
            yield member
            continue
        try:
            yield from _unpack(member, budget, depth + 1)
        except UnreadableError as error:
            yield skipped(member.origin, str(error))


def _archive_of(name: str, head: bytes) -> _Archive | None:
    if head.startswith(_ZIP):
        one_document = head[_FIRST_NAME].startswith(_ZIPPED_FORMATS) or name.casefold().endswith(ZIPPED_FORMATS)
        return None if one_document else unzip
    return untar if head[257:262] == b"ustar" or name.casefold().endswith(".tar") else None
