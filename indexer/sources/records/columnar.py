"""Read Parquet and Arrow files: each row is an article. Rows are read in batches."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.packing.budget import Budget
from indexer.sources.reading import UnreadableError
from indexer.sources.records.columnar_bounds import checked, parquet_batches, parts
from indexer.sources.records.export import ExportReader
from indexer.sources.seeking import seekable

_CONVERSION = (ValueError, OverflowError, TypeError, KeyError, pa.ArrowException, NotImplementedError)
"""What turning a value into a Python object raises if it has none, such as a date in the year 300000."""


def read_columnar(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a Parquet file, an Arrow file or an Arrow stream."""
    head = document.head()
    try:
        with seekable(document) as file:
            yield from _read_batches(document, _batches(file, head, document.packed_bytes()))
    except MemoryError:  # pyarrow's is an ArrowException too
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(f"is damaged: {(str(error).splitlines() or [''])[0][:160]}") from error


def _read_batches(document: Document, batches: Iterator[pa.RecordBatch]) -> Iterator[Article | Notice]:
    number = 0
    budget = Budget(document.packed_bytes)
    fields, export = document.context.fields, ExportReader(document, in_table=True)
    for batch in batches:
        names = [name for name in dict.fromkeys(batch.schema.names) if fields.are_of_use(name)]
        columns = {name: batch.column(batch.schema.names.index(name)) for name in names}
        if not fields.may_hold_text({name: _sample(column.type) for name, column in columns.items()}):
            listed = ", ".join(batch.schema.names[:12])
            yield skipped(document.origin, f"none of its columns is the text: {listed}; name it: --field text=COLUMN")
            return
        for start, rows in parts(list(columns.values()), batch.num_rows, budget):
            if not rows:
                number += 1
                yield skipped(f"{document.origin}:{number}", f"the row has more than {limits.ROW // 2**20} MiB")
            values = {name: _values(column.slice(start, rows)) for name, column in columns.items()}
            for row in zip(*values.values(), strict=True):
                number += 1
                yield from export.read(dict(zip(values, row, strict=True)), f":{number}")
    if not number:
        yield skipped(document.origin, "holds no rows")


def _batches(file: Any, head: bytes, size: int) -> Iterator[pa.RecordBatch]:
    if head.startswith(b"PAR1"):
        yield from parquet_batches(file, size)
    elif head.startswith(b"ARROW1"):
        opened = pa.ipc.open_file(file)
        yield from (checked(opened.get_batch(number)) for number in range(opened.num_record_batches))
    else:
        yield from map(checked, pa.ipc.open_stream(file))


def _values(column: pa.Array) -> list[Any]:
    """Return the values of a column as Python objects; one that has none is given as its text or number."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # Python's times have no nanoseconds
        column = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    try:
        return list(column.to_pylist())
    except _CONVERSION:
        return [_value(column, row) for row in range(len(column))]


def _value(column: pa.Array, row: int) -> Any:
    one = column.slice(row, 1)
    for wanted in (None, pa.int64(), pa.binary(), pa.string()):
        try:
            return (one if wanted is None else pc.cast(one, wanted)).to_pylist()[0]
        except _CONVERSION:
            continue
    return None


def _sample(kind: pa.DataType) -> Any:
    """Return a value of a kind of column, by which its name and the names in it are known."""
    if pa.types.is_struct(kind):
        return {kind.field(number).name: _sample(kind.field(number).type) for number in range(kind.num_fields)}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [_sample(kind.value_type)]
    return "x"
