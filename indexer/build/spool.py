"""Articles on disk, as they were read, until it is known which of them are kept."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.dates.published import Published
from indexer.storage.table_writer import RowWriter, article_row
from indexer.storage.tables import ARTICLE_SCHEMA, spans

_SCHEMA = pa.schema([field for field in ARTICLE_SCHEMA if field.name not in {"first_passage", "passages"}])


class Spool:
    """A file that takes articles and gives them back in the same order; it is gone when the context ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = RowWriter(path, _SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return self._writer.count

    def add(self, article: Article) -> None:
        """Append an article."""
        self._writer.add(article_row(article))

    def articles(self) -> Iterator[Article]:
        """Yield all articles. None can be added afterwards."""
        for _, batch in self._batches():
            yield from map(article_of, batch.to_pylist())

    def select(self, rows: Collection[int]) -> Iterator[tuple[int, Article]]:
        """Yield the articles in some rows, and the row of each, in their order. None can be added afterwards."""
        if not rows:
            return
        wanted = np.array(sorted(rows))
        for first, batch in self._batches():
            here = wanted[np.searchsorted(wanted, first) : np.searchsorted(wanted, first + batch.num_rows)]
            if here.size:
                yield from zip(here.tolist(), map(article_of, batch.take(here - first).to_pylist()), strict=True)

    def _batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield the parts in which the articles were written, and the first row of each."""
        self._writer.close()
        with pa.memory_map(str(self._path)) as file:
            opened, first = pa.ipc.open_file(file), 0
            for number in range(opened.num_record_batches):
                batch = opened.get_batch(number)
                yield first, batch
                first += batch.num_rows


def article_of(row: dict[str, Any]) -> Article:
    """Return the article of a row; the inverse of ``article_row``."""
    return Article(
        id=row["id"],
        title=row["title"],
        body=row["body"],
        published=_time(row["published"]),
        updated=_time(row["updated"]),
        retrieved=_time(row["retrieved"]),
        unread_date=row["unread_date"],
        language=row["language"],
        source=row["source"],
        url=row["url"],
        origin=row["origin"],
        asides=spans(row["asides"]),
    )


def _time(iso: str | None) -> Published | None:
    return parse_published(iso) if iso else None
