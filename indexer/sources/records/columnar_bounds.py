"""Arrow and Parquet data that anybody may have written: checked and sized before a value of it is touched.

A few bytes of such a file can stand for gigabytes: one long value that a column names again and again.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from indexer.sources import limits
from indexer.sources.packing.budget import Budget
from indexer.sources.reading import UnreadableError

_ROWS = 256
"""The most rows that are in memory as Python objects at a time."""
_VIEW = 4
"""The 32-bit numbers of a view, of which the first is the length of the value."""
_PAGE = 2**20
"""Bytes of a Parquet column that are read from the file at a time."""


def parquet_batches(file: Any, size: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file in batches; values that it names again and again are in memory only once.

    Raises:
        UnreadableError: Its columns unpack to far more than any news.
    """
    opened = pq.ParquetFile(file, buffer_size=_PAGE, pre_buffer=False)
    groups = [opened.metadata.row_group(number) for number in range(opened.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > limits.UNPACKED_FREE + limits.EXPANSION * size:
        raise UnreadableError(f"unpacks to more than {limits.EXPANSION} times its size: no news does")
    named = [field.name for field in opened.schema_arrow if _is_text(field.type)]
    file.seek(0)
    again = pq.ParquetFile(file, buffer_size=_PAGE, pre_buffer=False, read_dictionary=named)
    yield from again.iter_batches(batch_size=_ROWS, use_threads=False)


def checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch all of whose values lie within its memory; texts in it may still be no UTF-8.

    Raises:
        pyarrow.ArrowInvalid: A value lies outside.
    """
    for column in batch.columns:
        _as_bytes(column).validate(full=True)
    return batch


def _as_bytes(column: pa.Array) -> pa.Array:
    """Return a column of texts as one of bytes in the same memory, and any other as it is."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(column.indices, _as_bytes(column.dictionary), safe=False)
    bytes_of = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
    return column.cast(bytes_of[kind]) if kind in bytes_of else column


def parts(columns: Sequence[pa.Array], rows: int, budget: Budget) -> Iterator[tuple[int, int]]:
    """Yield the first row and the number of rows of parts whose values can be in memory together.

    A row that is too large by itself is a part without rows.

    Raises:
        UnreadableError: More came out of the file than of any news.
    """
    sizes = [sum(row) for row in zip(*(_lengths(column) for column in columns), strict=True)]
    start = 0
    while start < rows:
        end, size = start, 0
        while end < min(rows, start + _ROWS) and size + sizes[end] <= limits.ROW:
            size += sizes[end]
            end += 1
        budget.unpacked(size)
        yield start, end - start
        start = max(end, start + 1)


def _lengths(column: pa.Array) -> Sequence[int]:
    """Return about how many bytes each value of a column has; of lists and the like, the mean of all."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = _lengths(column.dictionary)
        return [0 if index is None else lengths[index] for index in column.indices.to_pylist()]
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        views = memoryview(column.buffers()[1]).cast("B").cast("i")
        return views[column.offset * _VIEW : (column.offset + len(column)) * _VIEW : _VIEW].tolist()
    if _is_text(kind):
        return [length or 0 for length in pc.binary_length(column).to_pylist()]
    return [math.ceil(column.nbytes / max(1, len(column)))] * len(column)


def _is_text(kind: pa.DataType) -> bool:
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(is_such(kind) for is_such in texts)
