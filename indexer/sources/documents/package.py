"""Documents that are zip archives of XML: their parts, each bounded, and nothing that the XML refers to."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from lxml import etree

from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError, reading
from indexer.sources.seeking import seekable
from indexer.sources.xml_characters import whole_xml

Element = Any
"""An element of lxml, which has no types."""


class Package:
    """The parts of a document."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = limits.DOCUMENT

    @classmethod
    @contextmanager
    def opened(cls, document: Document) -> Iterator[Self]:
        """Open a document for the time of a ``with`` block.

        Raises:
            UnreadableError: It is no zip archive, or is a damaged or an encrypted one.
        """
        with seekable(document) as file:
            try:
                with reading(), zipfile.ZipFile(file) as archive:
                    yield cls(archive)
            except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
                raise UnreadableError(f"is damaged, or no document of its name's format: {error}") from error

    def tree(self, name: str) -> Element | None:
        """Return the root element of a part, or None if there is no such part.

        Raises:
            UnreadableError: It is larger than any document, or no XML, or its XML defines entities.
        """
        try:
            member = self._archive.getinfo(name)
        except KeyError:
            return None
        try:
            with reading(), self._archive.open(member) as part:
                content = part.read(self._left + 1)
        except RuntimeError as error:  # a password is wanted
            raise UnreadableError("is encrypted: it opens only with a password") from error
        self._left -= len(content)
        if self._left < 0:
            raise UnreadableError(f"unpacks to more than {limits.DOCUMENT // 2**20} MiB: no document of news does")
        return parse_xml(content, name)


def parse_xml(content: bytes, name: str) -> Element:
    """Return the root element of an XML text that refers to nothing outside of itself.

    Raises:
        UnreadableError: It is no XML, or it defines entities.
    """
    if b"<!ENTITY" in content:
        raise UnreadableError(f"is refused: {name} defines entities, which no program writes into a document")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(whole_xml(content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"is damaged: {name}: {str(error)[:100]}") from error
