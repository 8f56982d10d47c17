"""Write the tables of a generation row by row, or carry rows over from another generation."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.article import Article, Passage
from indexer.storage.tables import (
    ARTICLE_SCHEMA,
    FAMILY_SCHEMA,
    HISTORY_SCHEMA,
    PASSAGE_SCHEMA,
    TablePaths,
    Tables,
)

_MAX_ROWS, _MAX_CHARACTERS = 1024, 2**23
"""Rows, and characters of text, that are buffered before a record batch is written."""


class RowWriter:
    """Buffers rows and writes them as record batches."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pa.ipc.new_file(str(path), schema)
        self._rows: list[dict[str, Any]] = []
        self._characters = 0
        self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        """Append a row, given as a dict keyed by column name."""
        self._rows.append(row)
        self.count += 1
        self._characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self._rows) >= _MAX_ROWS or self._characters >= _MAX_CHARACTERS:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Append all rows of a table."""
        self._flush()
        self._writer.write_table(table)
        self.count += table.num_rows

    def close(self) -> None:
        """Write the buffered rows and finish the file. Closing twice is harmless."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()
            self._characters = 0


class TableWriter:
    """Writes articles with their passages. Row numbers follow the order of ``add`` and ``carry``."""

    def __init__(self, paths: TablePaths) -> None:
        self._families = paths.families
        self._articles = RowWriter(paths.articles, ARTICLE_SCHEMA)
        self._passages = RowWriter(paths.passages, PASSAGE_SCHEMA)
        self._history = RowWriter(paths.history, HISTORY_SCHEMA)
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

    def carry(self, article: Article, former: Tables, rows: range) -> None:
        """Append an article and carry over its passages: rows ``rows`` of the passage table of another generation."""
        row, first = self._articles.count, self.passages
        self._articles.add(article_row(article) | {"first_passage": first, "passages": len(rows)})
        if self._carried and (self._carried[-1][0].stop != rows.start or self._carried_from is not former):
            self._write_carried()
        self._carried.append((rows, row))
        self._carried_from = former
        self._waiting += len(rows)

    def _write_carried(self) -> None:
        """Write the passages waiting to be carried over. They are adjacent in the other table: one slice of it."""
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
        """Write the buffered rows and finish the files.

        Args:
            families: The family of each article, shape (articles,). None: each article is a family of its own.
        """
        self._write_carried()
        for writer in (self._articles, self._passages, self._history):
            writer.close()
        _write_families(np.arange(self.articles) if families is None else families, self._families)


def article_row(article: Article) -> dict[str, Any]:
    """Return an article as a dict keyed by column name, without ``first_passage`` and ``passages``."""
    published = article.published
    return {
        "id": article.id,
        "title": article.title,
        "body": article.body,
        "published": published.iso if published else None,
        "published_precision": published.precision if published else None,
        "published_earliest": published.earliest if published else None,
        "published_latest": published.latest if published else None,
        "first_day": published.first_day if published else None,
        "last_day": published.last_day if published else None,
        "updated": article.updated.iso if article.updated else None,
        "unread_date": article.unread_date,
        "retrieved": article.retrieved.iso if article.retrieved else None,
        "language": article.language,
        "source": article.source,
        "url": article.url,
        "origin": article.origin,
        "asides": [span._asdict() for span in article.asides],
        "content": content_of(article),
    }


def content_of(article: Article) -> str:
    """Return a digest (32 hexadecimal digits) of everything in an article that affects its passages and search."""
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


def _write_families(families: NDArray[np.int64], path: Path) -> None:
    table = pa.table({"family": families}, schema=FAMILY_SCHEMA)
    with pa.ipc.new_file(str(path), FAMILY_SCHEMA) as writer:
        writer.write_table(table)
