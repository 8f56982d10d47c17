"""Articles and passages as Arrow IPC files, written row by row, read memory-mapped; only here is the layout known."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from indexer.article import Span
from indexer.errors import IndexCorruptError

ARTICLES = "articles.arrow"
PASSAGES = "passages.arrow"
HISTORY = "history.arrow"
FAMILIES = "families.arrow"
TABLES = (ARTICLES, PASSAGES, HISTORY, FAMILIES)
_BATCH = 1024
"""Rows that are looked at together."""
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
"""Earlier versions of articles; ``article`` is the id of the one that is kept."""
FAMILY_SCHEMA = pa.schema([("family", pa.int64())])
"""Of each article, in their order: the row of the first that tells the same story in nearly the same words."""
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


class Tables:
    """The tables of a generation, memory-mapped; rows are numbered from 0."""

    def __init__(self, folder: Path) -> None:
        self.articles = _open(folder / ARTICLES, ARTICLE_SCHEMA)
        self.passages = _open(folder / PASSAGES, PASSAGE_SCHEMA)
        self.history = _open(folder / HISTORY, HISTORY_SCHEMA)
        self.families: NDArray[np.int64] = _column(_open(folder / FAMILIES, FAMILY_SCHEMA), "family")

    def versions(self, article_id: str) -> list[dict[str, Any]]:
        """Return earlier versions of an article by column name, in the order they were read."""
        if not self.history.num_rows:
            return []
        rows: list[dict[str, Any]] = self.history.filter(
            pa.compute.equal(self.history["article"], article_id)
        ).to_pylist()
        return rows

    def article_row(self, row: int) -> dict[str, Any]:
        """Return one article by column name."""
        return _row(self.articles, row)

    def passage_row(self, row: int) -> dict[str, Any]:
        """Return one passage by column name."""
        return _row(self.passages, row)

    def article_column(self, name: str) -> NDArray[Any]:
        """Return a column of all articles; times are datetime64[us], missing ones NaT."""
        return _column(self.articles, name)

    def passage_column(self, name: str) -> NDArray[Any]:
        """Return a column of all passages."""
        return _column(self.passages, name)

    def passage_languages(self) -> NDArray[Any]:
        """Return the language of each passage: its article's, unless it has its own."""
        own = self.passage_column("language")
        return np.where(own == "", self.article_column("language")[self.passage_column("article")], own)

    def titled_texts(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """Yield the passages in order, ``size`` at a time: the title of the article, and the passage's text."""
        titles = self.articles.column("title")
        for batch in self.passages.select(["article", "text"]).to_batches(max_chunksize=size):
            title_of_each = titles.take(batch.column("article")).to_pylist()
            yield list(zip(title_of_each, batch.column("text").to_pylist(), strict=True))

    def sentence_texts(self) -> Iterator[list[str]]:
        """Yield the sentences of each passage, in order."""
        for batch in self.passages.select(["text", "sentences"]).to_batches(max_chunksize=_BATCH):
            for text, sentences in zip(
                batch.column("text").to_pylist(), batch.column("sentences").to_pylist(), strict=True
            ):
                yield [text[start:end] for start, end in spans(sentences)]


def digest_tables(tables: Tables) -> str:
    """Return a digest of the rows of all tables, however they are batched on disk."""
    digest = hashlib.sha256(tables.families.tobytes())
    for table in (tables.articles, tables.passages, tables.history):
        for start in range(0, table.num_rows, _BATCH):
            digest.update(repr(table.slice(start, _BATCH).to_pylist()).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def spans(rows: Sequence[dict[str, int]] | None) -> tuple[Span, ...]:
    """Return the spans of a table cell."""
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
