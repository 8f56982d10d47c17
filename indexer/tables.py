"""Articles and passages as Arrow IPC files, written row by row, read memory-mapped; only here is the layout known."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from indexer.article import Article, Passage, Span
from indexer.errors import IndexCorruptError

ARTICLES = "articles.arrow"
PASSAGES = "passages.arrow"
HISTORY = "history.arrow"
FAMILIES = "families.arrow"
TABLES = (ARTICLES, PASSAGES, HISTORY, FAMILIES)
_BATCH, _CHARACTERS = 1024, 2**23
"""Rows that are held in memory, or characters."""
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


class RowWriter:
    """Buffers rows and writes them as record batches."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pa.ipc.new_file(str(path), schema)
        self._rows: list[dict[str, Any]] = []
        self._characters = 0
        self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        """Append a row by column name."""
        self._rows.append(row)
        self.count += 1
        self._characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self._rows) >= _BATCH or self._characters >= _CHARACTERS:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Append many rows that are columns already."""
        self._flush()
        self._writer.write_table(table)
        self.count += table.num_rows

    def close(self) -> None:
        """Write what is buffered and end the file; a second time does nothing."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()
            self._characters = 0


class TableWriter:
    """Writes articles with their passages; row numbers are the order of ``add``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._articles = RowWriter(folder / ARTICLES, ARTICLE_SCHEMA)
        self._passages = RowWriter(folder / PASSAGES, PASSAGE_SCHEMA)
        self._history = RowWriter(folder / HISTORY, HISTORY_SCHEMA)
        self._carried: list[tuple[range, int]] = []
        self._carried_from: Tables | None = None
        self._waiting = 0

    @property
    def articles(self) -> int:
        return self._articles.count

    @property
    def passages(self) -> int:
        return self._passages.count + self._waiting

    def add(self, article: Article, passages: Sequence[Passage]) -> None:
        """Append one article and its passages."""
        self._write_carried()
        row, first = self._articles.count, self._passages.count
        self._articles.add(article_row(article) | {"first_passage": first, "passages": len(passages)})
        for passage in passages:
            self._passages.add(_passage_row(passage, row))

    def carry(self, article: Article, former: "Tables", rows: range) -> None:
        """Append an article whose passages are those in some rows of another generation's table."""
        row, first = self._articles.count, self.passages
        self._articles.add(article_row(article) | {"first_passage": first, "passages": len(rows)})
        if self._carried and (self._carried[-1][0].stop != rows.start or self._carried_from is not former):
            self._write_carried()
        self._carried.append((rows, row))
        self._carried_from = former
        self._waiting += len(rows)

    def _write_carried(self) -> None:
        """Write the passages that are carried over: neighbours there, and so a slice of the table."""
        if not self._carried or self._carried_from is None:
            return
        slice_ = self._carried_from.passages.slice(self._carried[0][0].start, self._waiting)
        articles = np.repeat([row for _, row in self._carried], [len(rows) for rows, _ in self._carried])
        self._passages.add_table(slice_.set_column(0, PASSAGE_SCHEMA.field(0), pa.array(articles, pa.int64())))
        self._carried.clear()
        self._waiting = 0

    def add_version(self, article_id: str, earlier: Article) -> None:
        """Append an earlier version of an article."""
        self._history.add(article_row(earlier) | {"article": article_id})

    def close(self, families: NDArray[np.int64] | None = None) -> None:
        """Write what is buffered and end the files.

        Args:
            families: The family of each article, shape (articles,); where it is not told, each is one by itself.
        """
        self._write_carried()
        for writer in (self._articles, self._passages, self._history):
            writer.close()
        _write_families(np.arange(self.articles) if families is None else families, self._folder)


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


def _write_families(families: NDArray[np.int64], folder: Path) -> None:
    table = pa.table({"family": families}, schema=FAMILY_SCHEMA)
    with pa.ipc.new_file(str(folder / FAMILIES), FAMILY_SCHEMA) as writer:
        writer.write_table(table)


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


def article_row(article: Article) -> dict[str, Any]:
    """Return an article by column name, less the numbers of its passages."""
    published = article.published
    return {
        "id": article.id,
        "title": article.title,
        "body": article.body,
        "published": published.iso if published else None,
        "published_precision": published.precision if published else None,
        "published_earliest": published.earliest if published else None,
        "published_latest": published.latest if published else None,
        "language": article.language,
        "source": article.source,
        "url": article.url,
        "origin": article.origin,
        "asides": [span._asdict() for span in article.asides],
        "content": content_of(article),
    }


def content_of(article: Article) -> str:
    """Return a digest of all of an article that decides what is searched of it: 32 hexadecimal digits."""
    spans_ = ",".join(f"{start}-{end}" for start, end in article.asides)
    content = "\0".join((article.language, spans_, article.title, article.body)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _passage_row(passage: Passage, article: int) -> dict[str, Any]:
    return {
        "article": article,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "heading_end": passage.heading_end,
        "language": passage.language,
        "sentences": [span._asdict() for span in passage.sentences],
    }
