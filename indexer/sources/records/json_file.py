"""Read JSON and JSON Lines: a list of articles, objects around such a list, one article, or many in a row."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.decoding import LINE_LIMIT, TextStream, text_lines
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record
from indexer.sources.records.export import ExportReader
from indexer.sources.records.finding import find_records, records_in
from indexer.sources.records.json_layout import BLANK, are_lines, beginning_of
from indexer.sources.records.json_parsing import parse_json
from indexer.sources.records.json_stream import JsonStream, Piece, UntilDamage
from indexer.sources.records.tables import may_hold_text, names_of, record_of_row
from indexer.sources.web.feed import entries_of_json_feed, is_json_feed

_LINES = (".jsonl", ".ndjson", ".jl")
_EMPTY_LIST = "the list is empty, wanted objects with the field 'text'"
_MOST_SHOWN = 10
"""The most words outside of values that a notice shows."""
_ACTIONS = ("index", "create", "update")
"""The only name in the lines before the articles of Elasticsearch's bulk format; its object gives the id."""


def read_json(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a file of either kind, and a notice for each value that is not an article."""
    text = TextStream(document)
    yield from text.read_by(_read_text(document, iter(text)))


def _read_text(document: Document, pieces: Iterator[str]) -> Iterator[Article | Notice]:
    beginning = beginning_of(pieces)
    reader = _Reader(document)
    if not beginning.strip():
        yield skipped(document.origin, "the file is empty")
    elif are_lines(beginning, named_so=document.name.casefold().endswith(_LINES)):
        yield from reader.read_lines(text_lines(itertools.chain([beginning], pieces)))
    else:
        whole = UntilDamage(itertools.chain([beginning], pieces))
        stream = JsonStream(whole)
        yield from reader.read_stream(stream)
        if whole.damage:
            raise whole.damage
        if stream.is_cut_short:
            yield skipped(document.origin, f"ends too early: it is cut short after entry {reader.number}")


class _Reader:
    """Reads the values of one file."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._export = ExportReader(document)
        self.number = 0
        """The number of entries so far."""
        self._names: list[str] | None = None
        """The first entry of a list of rows, if it holds the names of the columns."""
        self._action_id = ""

    def read_lines(self, lines: Iterable[str | None]) -> Iterator[Article | Notice]:
        """Read a file whose lines are values; one that is damaged costs only itself."""
        empty = True
        for number, line in enumerate(lines, start=1):
            if line is None:
                yield self._skipped(f":{number}", f"the line is longer than {LINE_LIMIT // 2**20} MiB")
            elif stripped := line.strip(BLANK):
                yield from self._read_line(stripped, f":{number}")
            else:
                continue
            empty = False
        if empty:
            yield self._skipped("", "the file is empty")

    def read_stream(self, stream: JsonStream) -> Iterator[Article | Notice]:
        """Read a file whose values are told apart by their brackets.

        Raises:
            UnreadableError: It holds no value, but something else.
        """
        others: list[str] = []
        ahead, pieces = itertools.tee(stream.pieces())
        next(ahead, None)
        for piece, following in itertools.zip_longest(pieces, ahead):
            if not piece.within and piece.text[0] not in '{["':
                others += [piece.text] if len(others) < _MOST_SHOWN else []
            elif not piece.within and following is None and not self.number and not others:
                yield from self._read_only_value(piece.text)
            else:
                yield from self._read_piece(piece)
        if others and not self.number:
            raise UnreadableError(f"is not JSON: it begins with {' '.join(others)[:40].rstrip()!r}")
        if not self.number and stream.has_list and not stream.is_cut_short:
            yield self._skipped("", _EMPTY_LIST)
        if others:
            yield from self._export.once(f"{' '.join(others)[:40].rstrip()!r} is outside of its values and passed over")

    def _read_line(self, line: str, place: str) -> Iterator[Article | Notice]:
        try:
            value = parse_json(line)
        except ValueError as error:
            yield from self._read_many(line, place, str(error))
            return
        if self._is_action(value):
            return
        records = list(self._records(value))
        if not records:
            yield self._skipped(place, _EMPTY_LIST)
        places = [place] if len(records) == 1 else [f"{place}#{number}" for number in range(1, len(records) + 1)]
        for record, each in zip(records, places, strict=True):
            yield from self._read(record, each, self._action_id)
        self._action_id = ""

    def _read_many(self, line: str, place: str, reason: str) -> Iterator[Article | Notice]:
        """Read a line of several values, or say why it is no value."""
        pieces = list(JsonStream([line]).pieces())
        values = [piece.text for piece in pieces if piece.text[0] in "{[" and piece.within != "{"]
        if values in ([], [line]):
            yield self._skipped(place, f"not JSON: {reason}")
            return
        for number, value in enumerate(values, start=1):
            yield from self._read_line(value, f"{place}#{number}")

    def _read_only_value(self, text: str) -> Iterator[Article | Notice]:
        """Read the only value of a file: an article or what holds articles."""
        try:
            value = parse_json(text)
        except ValueError as error:
            raise UnreadableError(f"is not JSON: {error}") from error
        records = list(self._records(value))
        if len(records) == 1 and records[0] is value:
            yield from self._read(value, "", self._document.article_id)
            return
        for record in records:
            yield from self._read_next(record)

    def _read_piece(self, piece: Piece) -> Iterator[Article | Notice]:
        try:
            value = parse_json(piece.text)
        except ValueError as error:
            self.number += 1
            yield self._skipped(f":{self.number}", f"not JSON: {error}")
            return
        if isinstance(value, list) and piece.within == "[":
            value = self._record_of_row(value)
            if value is None:
                return
        records = self._records(value)
        if piece.within == "{" or isinstance(value, list):
            alone = [value] if piece.within == "[" else []
            records = records_in(value, self._document.context.fields) or alone
        for record in records:
            yield from self._read_next(record)

    def _record_of_row(self, row: list[Any]) -> Any:
        """Return a row below a row of names as a record, and None for the row of names."""
        if self._names:
            return record_of_row(self._names, row)
        names = names_of(row) if not self.number else None
        if names and may_hold_text(names, self._document.context.fields):
            self._names = names
            return None
        return row

    def _records(self, value: Any) -> Iterable[Any]:
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                value = parse_json(value)  # an object that was turned into JSON twice
            except ValueError:
                return [value]
        if is_json_feed(value):
            return [_Fields(entry.record) for entry in entries_of_json_feed(value)]
        return find_records(value, self._document.context.fields)

    def _read_next(self, record: Any) -> Iterator[Article | Notice]:
        self.number += 1
        yield from self._read(record, f":{self.number}", "")

    def _read(self, record: Any, place: str, default_id: str) -> Iterator[Article | Notice]:
        if isinstance(record, _Fields):
            context = self._document.context
            yield from read_record(record, f"{self._document.origin}{place}", context, default_id)
        else:
            yield from self._export.read(record, place, default_id)

    def _is_action(self, value: Any) -> bool:
        """Return whether a line only says what to do with the next one, and remember the id that it gives."""
        if not isinstance(value, dict) or len(value) != 1:
            return False
        ((name, inner),) = value.items()
        if (
            name not in _ACTIONS
            or not isinstance(inner, dict)
            or not inner.keys() <= {"_index", "_id", "_type", "routing"}
        ):
            return False
        self._action_id = str(inner.get("_id", ""))
        return True

    def _skipped(self, place: str, reason: str) -> Notice:
        return skipped(f"{self._document.origin}{place}", reason)


class _Fields(dict[str, Any]):
    """The fields of an article under our names, unlike a record, whose names have to be found."""
