"""The tables of articles and passages: Arrow IPC files, read memory-mapped. Their columns are defined here."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from indexer.article import Span
from indexer.errors import IndexCorruptError

_ROWS_AT_ONCE = 1024
"""Rows converted to Python objects at a time."""
_SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))
_TIME = pa.timestamp("us", tz="UTC")

ARTICLE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("body", pa.string()),
        ("published", pa.string()),
        ("published_precision", pa.string()),
        ("published_earliest", _TIME),
        ("published_latest", _TIME),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("updated", pa.string()),
        ("unread_date", pa.string()),
        ("retrieved", pa.string()),
        ("language", pa.string()),
        ("source", pa.string()),
        ("url", pa.string()),
        ("origin", pa.string()),
        ("asides", _SPANS),
        ("content", pa.string()),
        ("first_passage", pa.int64()),
        ("passages", pa.int32()),
    ]
)
HISTORY_SCHEMA = pa.schema(
    [("article", pa.string()), *(field for field in ARTICLE_SCHEMA if field.name not in {"first_passage", "passages"})]
)
"""Earlier versions of articles; ``article`` is the id of the newest version, which is in the article table."""
FAMILY_SCHEMA = pa.schema([("family", pa.int64())])
"""One row for each article, in the order of the article table. ``family`` is the row of the first article in its family
of near-duplicates."""
PASSAGE_SCHEMA = pa.schema(
    [
        ("article", pa.int64()),
        ("ordinal", pa.int32()),
        ("text", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("heading_end", pa.int32()),
        ("language", pa.string()),
        ("sentences", _SPANS),
    ]
)


class TablePaths(NamedTuple):
    """The files of the tables of one generation."""

    articles: Path
    passages: Path
    history: Path
    families: Path


class SentenceSpans(NamedTuple):
    """The sentences of some neighbouring passages, one entry a sentence in each array."""

    texts: pa.Array
    """The texts of the passages."""
    owners: NDArray[np.int64]
    """Which of these passages the sentence is of, from 0."""
    ordinals: NDArray[np.int64]
    """Which sentence of its passage it is, from 0."""
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    """``text[start:end]`` is the sentence, in characters."""


class Tables:
    """The tables of a generation, memory-mapped; rows are numbered from 0."""

    def __init__(self, paths: TablePaths) -> None:
        self.articles = _open(paths.articles, ARTICLE_SCHEMA)
        self.passages = _open(paths.passages, PASSAGE_SCHEMA)
        self.history = _open(paths.history, HISTORY_SCHEMA)
        self.families: NDArray[np.int64] = _column(_open(paths.families, FAMILY_SCHEMA), "family")

    def versions(self, article_id: str) -> list[dict[str, Any]]:
        """Return the earlier versions of an article in the order they were read, as dicts keyed by column name."""
        if not self.history.num_rows:
            return []
        rows: list[dict[str, Any]] = self.history.filter(
            pa.compute.equal(self.history["article"], article_id)
        ).to_pylist()
        return rows

    def article_row(self, row: int) -> dict[str, Any]:
        """Return one article as a dict keyed by column name."""
        return _row(self.articles, row)

    def passage_row(self, row: int) -> dict[str, Any]:
        """Return one passage as a dict keyed by column name."""
        return _row(self.passages, row)

    def article_column(self, name: str) -> NDArray[Any]:
        """Return a column of the article table. Times are datetime64[us]; missing times are NaT."""
        return _column(self.articles, name)

    def passage_column(self, name: str) -> NDArray[Any]:
        """Return a column of the passage table."""
        return _column(self.passages, name)

    def passage_languages(self) -> NDArray[Any]:
        """Return the language of each passage: its own if it has one, else its article's."""
        own = self.passage_column("language")
        return np.where(own == "", self.article_column("language")[self.passage_column("article")], own)

    def titled_texts(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """Yield lists of at most ``size`` passages in order, each as (title of its article, text of the passage)."""
        titles = self.articles.column("title")
        for batch in self.passages.select(["article", "text"]).to_batches(max_chunksize=size):
            title_of_each = titles.take(batch.column("article")).to_pylist()
            yield list(zip(title_of_each, batch.column("text").to_pylist(), strict=True))

    def sentence_spans(self) -> Iterator[SentenceSpans]:
        """Yield the sentences of all passages, some rows of the table at a time."""
        for batch in self.passages.select(["text", "sentences"]).to_batches(max_chunksize=_ROWS_AT_ONCE):
            sentences = batch.column("sentences")
            counts = pa.compute.fill_null(pa.compute.list_value_length(sentences), 0).to_numpy().astype(np.int64)
            owners = np.repeat(np.arange(batch.num_rows), counts)
            ordinals = np.arange(owners.size) - np.repeat(np.cumsum(counts) - counts, counts)
            starts, ends = (sentences.flatten().field(name).to_numpy() for name in ("start", "end"))
            yield SentenceSpans(batch.column("text"), owners, ordinals, starts, ends)


def digest_tables(tables: Tables) -> str:
    """Return a digest of the rows of all tables. It does not depend on how they are divided into record batches."""
    digest = hashlib.sha256(tables.families.tobytes())
    for table in (tables.articles, tables.passages, tables.history):
        for start in range(0, table.num_rows, _ROWS_AT_ONCE):
            digest.update(repr(table.slice(start, _ROWS_AT_ONCE).to_pylist()).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def spans(rows: Sequence[dict[str, int]] | None) -> tuple[Span, ...]:
    """Return the spans stored in a table cell (a list of structs, or None)."""
    return tuple(Span(row["start"], row["end"]) for row in rows or ())


def _open(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise IndexCorruptError(f"{path} is no Arrow file: {error}", "run rebuild-index") from error
    if not table.schema.equals(schema):
        raise IndexCorruptError(f"{path} has other columns than this version writes", "run rebuild-index")
    return table


def _row(table: pa.Table, row: int) -> dict[str, Any]:
    values: dict[str, Any] = table.slice(row, 1).to_pylist()[0]
    return values


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    values: NDArray[Any] = table.column(name).to_numpy()
    return values.astype("datetime64[us]") if pa.types.is_timestamp(table.schema.field(name).type) else values
