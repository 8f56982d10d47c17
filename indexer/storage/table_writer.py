"""Writes the tables of a generation row by row, or takes over rows of another."""

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
    ARTICLES,
    FAMILIES,
    FAMILY_SCHEMA,
    HISTORY,
    HISTORY_SCHEMA,
    PASSAGE_SCHEMA,
    PASSAGES,
    Tables,
)

_BATCH, _CHARACTERS = 1024, 2**23
"""Rows that are held in memory, or characters."""


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

    def carry(self, article: Article, former: Tables, rows: range) -> None:
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


def _write_families(families: NDArray[np.int64], folder: Path) -> None:
    table = pa.table({"family": families}, schema=FAMILY_SCHEMA)
    with pa.ipc.new_file(str(folder / FAMILIES), FAMILY_SCHEMA) as writer:
        writer.write_table(table)
