"""Write the columns of a generation: what every query needs of the tables, as numbers and as sets of passages."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.rows import RowSet
from indexer.storage.arrays import create_arrays, spread
from indexer.storage.columns import DAYS, KIND, LAYOUT, NAMED, VERSION
from indexer.storage.tables import Tables

_Ints = NDArray[np.int64]


def write_columns(path: Path, tables: Tables) -> None:
    """Write the columns of the tables of a generation in the making.

    Raises:
        OSError: The disk did not take it.
    """
    spoken = tables.passage_languages()
    languages, language_of = np.unique(spoken, return_inverse=True)
    first = np.append(tables.article_column("first_passage"), spoken.size)
    ids = tables.article_column("id")
    id_order = np.argsort(ids, kind="stable")
    columns: dict[str, NDArray[Any]] = {
        "language_of": language_of,
        "article_of": tables.passage_column("article"),
        "first_passage": first,
        "id_order": id_order,
        "id_rank": np.argsort(id_order),
    }
    for name in ("earliest", "latest"):
        columns[name] = tables.article_column(f"published_{name}").astype(np.int64)
    sets = [RowSet.of(np.flatnonzero(language_of == number)) for number in range(languages.size)]
    names: dict[str, Sequence[str]] = {"spoken": languages.tolist()}
    for name in NAMED:
        names[name], columns[f"{name}_of"] = _numbered(tables.article_column(name.removesuffix("s")).tolist())
        sets += [RowSet.of(rows) for _, rows in _passages_by_value(columns[f"{name}_of"], first)]
    for name in DAYS:
        columns[name] = tables.article_column(name).astype("datetime64[D]").astype(np.int64)
        dated = [each for each in _passages_by_value(columns[name], first) if each[0] != _NO_DAY]
        columns[f"{name}s"] = np.array([day for day, _ in dated], np.int64)
        sets += [RowSet.of(rows) for _, rows in dated]
    written = [each.serialize() for each in sets]
    columns["set_first"] = np.cumsum([0, *map(len, written)])
    columns["sets"] = np.frombuffer(b"".join(written), np.uint8)
    columns["names"] = np.frombuffer(orjson.dumps(names), np.uint8)
    facts = {"passages": spoken.size, "articles": ids.size}
    arrays = create_arrays(path, KIND, VERSION, facts, {name: (LAYOUT[name], columns[name].size) for name in LAYOUT})
    for name, values in columns.items():
        arrays[name][:] = values


_NO_DAY = np.iinfo(np.int64).min
"""What numpy makes of a missing date."""


def _numbered(values: Sequence[str]) -> tuple[list[str], _Ints]:
    """Return the distinct names, as they were first written, and the number of each value's.

    Names that differ in case alone are one.
    """
    number_of: dict[str, int] = {}
    names: list[str] = []
    numbers = np.empty(len(values), np.int64)
    for place, value in enumerate(values):
        number = number_of.setdefault(value.casefold(), len(names))
        if number == len(names):
            names.append(value)
        numbers[place] = number
    return names, numbers


def _passages_by_value(values: _Ints, first: _Ints) -> Iterator[tuple[int, _Ints]]:
    """Yield each distinct value, ascending, with the passages of the articles that have it.

    Args:
        values: One for each article.
        first: The first passage of each article and, last, the number of passages.
    """
    order = np.argsort(values, kind="stable")
    distinct, begin = np.unique(values[order], return_index=True)
    for value, articles in zip(distinct.tolist(), np.split(order, begin[1:]), strict=True):
        yield value, spread(first[articles], first[articles + 1] - first[articles])
