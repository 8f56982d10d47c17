"""The two basic records: an article, and the passages it is cut into."""

from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.dates.published import Published


class Span(NamedTuple):
    """A half-open range of character (code point) offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it was read. ``body`` is never altered; all offsets refer to it."""

    id: str
    title: str
    body: str
    published: Published | None
    language: str
    """ISO 639 code, the two-letter one where it exists; ``und`` when the language could not be determined."""
    source: str
    url: str
    origin: str
    """Where the article was read: the file name, followed by ``:line`` if the file holds many articles."""
    asides: tuple[Span, ...] = field(default=())
    """Parts of the body that do not belong to the article (related-story boxes, boilerplate), in ascending order."""
    updated: Published | None = None
    """When the text was last changed, if the source says it."""
    retrieved: Published | None = None
    """When it was taken from its source, if that is known: of two captures of a page the later is the newer."""
    unread_date: str = ""
    """What the source gives as the date of publication, if that could not be read."""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError(f"an article needs an id: {self.origin}")
        if not self.body.strip():
            raise ValueError(f"an article needs a text: {self.origin}")
        check_spans(self.asides, len(self.body))


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of an article: ``article.body[start:end] == text``."""

    article_id: str
    ordinal: int
    """Position among the article's passages, from 0."""
    text: str
    start: int
    end: int
    heading_end: int = 0
    """``text[:heading_end]`` is the sub-heading above the paragraph; 0 if there is none."""
    sentences: tuple[Span, ...] = ()
    """Offsets into ``text``. A sub-heading counts as a sentence of its own."""
    language: str = ""
    """Language of the passage if it differs from the article's language, else empty."""

    def __post_init__(self) -> None:
        if len(self.text) != self.end - self.start:
            raise ValueError(f"passage {self.id}: {len(self.text)} characters in {self.start}..{self.end}")
        if not 0 <= self.heading_end < len(self.text):
            raise ValueError(f"passage {self.id}: no text after its sub-heading")
        check_spans(self.sentences, len(self.text))

    @property
    def id(self) -> str:
        return passage_id(self.article_id, self.ordinal)


def passage_id(article_id: str, ordinal: int) -> str:
    """Return the id of a passage: the article's id, ``#`` and the passage's ordinal."""
    return f"{article_id}#{ordinal}"


def check_spans(spans: tuple[Span, ...], length: int) -> None:
    """Raise ``ValueError`` unless the spans are ascending, disjoint, not empty and within ``length``."""
    last = 0
    for start, end in spans:
        if not last <= start < end <= length:
            raise ValueError(f"span {start}..{end} is empty, out of order or beyond {length}")
        last = end
