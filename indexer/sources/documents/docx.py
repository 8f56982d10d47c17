"""Read Word documents (.docx, Office Open XML, ECMA-376): each file is one article."""

from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.document import Document
from indexer.sources.documents.made import record_of
from indexer.sources.documents.package import Element, Package
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record

_MAIN = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
"""The namespaces of the two variants of the format."""
_CORE = "{http://purl.org/dc/elements/1.1/}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""A second version of what stands before it, for old programs."""
_TITLES = {"title", "heading 1"}
_BREAKS = {"br", "cr", "tab"}


def read_docx(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, or a notice why there is none."""
    with Package.opened(document) as package:
        root = package.tree("word/document.xml")
        main = next((main for main in _MAIN if root is not None and root.tag == f"{main}document"), "")
        if root is None or not main:
            raise UnreadableError("is no Word document: wanted one in the format of Word 2007 or later")
        body = _Body(main, package)
        paragraphs = [*body.blocks(root), *body.notes()]
        core = package.tree("docProps/core.xml")
    declared = core.findtext(f"{_CORE}title") or "" if core is not None else ""
    language = core.findtext(f"{_CORE}language") or "" if core is not None else ""
    record = record_of(paragraphs, body.headline, declared)
    if language:
        record["language"] = language
    yield from read_record(record, document.origin, document.context, document.article_id)


class _Body:
    """The text of a document, by the names of one variant of the format."""

    def __init__(self, main: str, package: Package) -> None:
        self._main, self._package = main, package
        self._styles = self._named_styles()
        self.headline = ""
        """The first paragraph that is marked as the title or as a heading of the first level."""

    def blocks(self, root: Element) -> Iterator[str]:
        """Yield the paragraphs, and the rows of tables."""
        waiting = [iter(root)]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
            elif element.tag == f"{self._main}p":
                yield from self._paragraph(element)
            elif element.tag == f"{self._main}tr":
                cells = (" ".join(self.blocks(cell)) for cell in element if element is not None)
                yield from filter(None, [", ".join(cell for cell in cells if cell)])
            elif element.tag != _FALLBACK:
                waiting.append(iter(element))

    def notes(self) -> Iterator[str]:
        """Yield the footnotes and endnotes."""
        for name in ("footnote", "endnote"):
            root = self._package.tree(f"word/{name}s.xml")
            for note in root if root is not None else ():
                if note.get(f"{self._main}type") in {None, "normal"}:
                    yield from self.blocks(note)

    def _paragraph(self, element: Element) -> Iterator[str]:
        text = " ".join("".join(self._texts(element)).split())
        if not text:
            return
        style = element.find(f"{self._main}pPr/{self._main}pStyle")
        name = style.get(f"{self._main}val", "") if style is not None else ""
        if not self.headline and self._styles.get(name, name).casefold() in _TITLES:
            self.headline = text
        yield text

    def _texts(self, paragraph: Element) -> Iterator[str]:
        """Yield the pieces of a paragraph, also of text boxes in it; what was deleted has another name."""
        waiting = [iter(paragraph)]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
                continue
            name = element.tag.removeprefix(self._main) if isinstance(element.tag, str) else ""
            if name == "t":
                yield element.text or ""
            elif name in _BREAKS:
                yield " "
            elif name == "noBreakHyphen":
                yield "-"
            elif element.tag != _FALLBACK:
                waiting.append(iter(element))
                if name == "p":
                    yield " "

    def _named_styles(self) -> dict[str, str]:
        """Return the names of styles, which are the same in all languages of Word, unlike their ids."""
        root = self._package.tree("word/styles.xml")
        found: dict[str, str] = {}
        for style in root.iter(f"{self._main}style") if root is not None else ():
            name = style.find(f"{self._main}name")
            if name is not None:
                found[style.get(f"{self._main}styleId", "")] = name.get(f"{self._main}val", "")
        return found
