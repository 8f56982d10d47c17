"""Read Rich Text (.rtf): each file is one article."""

from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.documents.made import record_of
from indexer.sources.extras import optional
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record

_MARK = b"{\\rtf"


def read_rtf(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, or a notice why there is none."""
    content = document.content(limits.TEXT_FILE)
    if not content.lstrip().startswith(_MARK):
        raise UnreadableError("is no Rich Text: it does not begin with {\\rtf")
    striprtf = optional("striprtf.striprtf", "Rich Text")
    try:
        text = striprtf.rtf_to_text(content.decode("latin-1"), errors="replace")
    except (OverflowError, ValueError) as error:  # a control word with a number that no character has
        raise UnreadableError(f"is damaged Rich Text: {str(error)[:120]}") from error
    paragraphs = [line for each in text.splitlines() if (line := " ".join(each.split()))]
    record = record_of(paragraphs, "", "")
    yield from read_record(record, document.origin, document.context, document.article_id)
