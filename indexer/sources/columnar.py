"""Read Parquet and Arrow files: each row is an article. Rows are read in batches."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record
from indexer.sources.seeking import seekable

_ROWS = 256
"""Rows that are in memory as Python objects at a time."""


def read_columnar(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a Parquet file, an Arrow file or an Arrow stream."""
    head = document.head()
    try:
        with seekable(document) as file:
            yield from _read_batches(document, _batches(file, head))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(f"is damaged: {(str(error).splitlines() or [''])[0][:160]}") from error


def _read_batches(document: Document, batches: Iterator[pa.RecordBatch]) -> Iterator[Article | Notice]:
    number = 0
    for batch in batches:
        names = document.context.fields.find(batch.schema.names)
        if "text" not in names:
            listed = ", ".join(batch.schema.names[:12])
            yield skipped(document.origin, f"none of its columns is the text: {listed}; name it: --field text=COLUMN")
            return
        for part in range(0, batch.num_rows, _ROWS):
            for row in batch.slice(part, _ROWS).select(list(dict.fromkeys(names.values()))).to_pylist():
                number += 1
                origin = f"{document.origin}:{number}"
                yield from read_record(_plain(row), origin, document.context)


def _batches(file: Any, head: bytes) -> Iterator[pa.RecordBatch]:
    if head.startswith(b"PAR1"):
        yield from pq.ParquetFile(file).iter_batches(batch_size=_ROWS)
    elif head.startswith(b"ARROW1"):
        opened = pa.ipc.open_file(file)
        yield from (opened.get_batch(number) for number in range(opened.num_record_batches))
    else:
        yield from pa.ipc.open_stream(file)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its times as texts, as records of other formats have them."""
    return {name: value.isoformat() if isinstance(value, datetime | date) else value for name, value in row.items()}
