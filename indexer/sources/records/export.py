"""Turn the records of one document into articles, whatever format the document has."""

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, flagged, left_out, skipped
from indexer.sources.document import Document
from indexer.sources.fields import Picked
from indexer.sources.record import no_text, read_record
from indexer.sources.records.json_parsing import kind_of
from indexer.sources.records.known_names import STATES, TEXTS, UNPUBLISHED
from indexer.sources.records.paths import Level, levels_of
from indexer.sources.records.text_parts import without_cut_mark
from indexer.sources.records.values import is_page, scalar_of
from indexer.sources.web.html import NoArticleError, fields_of_page

_DRUPAL = ("nid", "langcode")
"""Names by which a record is known to come from Drupal, where the status of what is not published is false."""


class ExportReader:
    """Reads the records of a document, and says what concerns many of them only once."""

    def __init__(self, document: Document, *, in_table: bool = False) -> None:
        """Begin a document.

        Args:
            document: Gives the names of fields that the user named.
            in_table: Whether words such as ``NULL`` stand for nothing in a record.
        """
        self._document, self._in_table = document, in_table
        self._said: set[str] = set()

    def read(self, record: Any, place: str, default_id: str = "") -> Iterator[Article | Notice]:
        """Yield notices about a record, and then its article if it has one.

        Args:
            record: An object; anything else is a notice.
            place: Where in the document it is, such as ``:17``; empty if it is the whole document.
            default_id: The id of the article if the record has none.
        """
        origin = f"{self._document.origin}{place}"
        if not isinstance(record, Mapping):
            yield skipped(origin, f"is {kind_of(record)}, wanted an object with the field 'text'")
            return
        if state := _unpublished(record):
            yield left_out(origin, f"was never published, or is no longer: its status is {state!r}")
            return
        picked = self._document.context.fields.pick(record, in_table=self._in_table)
        if "text" not in picked.values:
            yield skipped(origin, self._no_text(record))
            return
        try:
            yield from self._notices(picked, origin)
        except NoArticleError as error:
            yield skipped(origin, str(error))
            return
        yield from read_record(picked.values, origin, self._document.context, default_id)

    def _notices(self, picked: Picked, origin: str) -> Iterator[Notice]:
        """Yield what is to be said about the text of a record, and put in its place what it holds of the article.

        Raises:
            NoArticleError: The text is a page, and there is no article in it.
        """
        name = picked.names["text"]
        if is_page(picked.values["text"]):
            page, doubt = fields_of_page(
                picked.values["text"].encode(errors="replace"), _text(picked.values.get("url"))
            )
            picked.values = page | picked.values | {"text": page["text"]}
            if doubt:
                yield flagged(origin, doubt)
        if picked.is_teaser:
            yield from self.once(f"{name!r} is taken as the text where a record has no other")
        if picked.shorter:
            yield flagged(origin, f"{name!r} is taken as the text: it is much longer than {picked.shorter!r}")
        text, missing = without_cut_mark(picked.values["text"])
        if missing:
            picked.values["text"] = text
            yield flagged(origin, f"its text is cut: {missing}")

    def once(self, reason: str) -> Iterator[Notice]:
        """Yield a notice about the document, unless it was said before."""
        if reason not in self._said:
            self._said.add(reason)
            yield flagged(self._document.origin, reason)

    def _no_text(self, record: Mapping[str, Any]) -> str:
        level, given = Level(dict(record)), self._document.context.fields.given
        names = [given["text"]] if "text" in given else TEXTS
        value = next((found[1] for name in names if (found := level.find(name))), None)
        return no_text(value, record)


def _unpublished(record: Mapping[str, Any]) -> str:
    """Return the state of a record if that says that it is not public, else an empty string."""
    for level in levels_of(record):
        content = level.find("content")
        if content and isinstance(content[1], Mapping) and content[1].get("protected") is True:
            return "password-protected"
        for name in STATES:
            if (found := level.find(name)) is None:
                continue
            state = scalar_of(found[1])
            if isinstance(state, str) and state.strip().casefold() in UNPUBLISHED:
                return state
            if _is_false(found[1]) and any(level.find(each) for each in _DRUPAL):
                return "false"
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_false(value: Any) -> bool:
    """Return whether a value is false, also in the list of one object that Drupal writes."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        value = value[0].get("value")
    return value is False or value in ("0", "false")
