"""Articles on disk, as they were read, until it is known which of them are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from indexer.article import Article
from indexer.dates.parsing import parse_published
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

    def add(self, article: Article) -> None:
        """Append an article."""
        self._writer.add(article_row(article))

    def articles(self) -> Iterator[Article]:
        """Yield all articles. None can be added afterwards."""
        self._writer.close()
        with pa.memory_map(str(self._path)) as file:
            opened = pa.ipc.open_file(file)
            for number in range(opened.num_record_batches):
                yield from map(article_of, opened.get_batch(number).to_pylist())


def article_of(row: dict[str, Any]) -> Article:
    """Return the article of a row; the inverse of ``article_row``."""
    return Article(
        id=row["id"],
        title=row["title"],
        body=row["body"],
        published=parse_published(row["published"]) if row["published"] else None,
        updated=parse_published(row["updated"]) if row["updated"] else None,
        unread_date=row["unread_date"],
        language=row["language"],
        source=row["source"],
        url=row["url"],
        origin=row["origin"],
        asides=spans(row["asides"]),
    )
