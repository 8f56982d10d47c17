"""The columns of a generation's tables that every query needs, memory-mapped: as numbers, and as sets of passages."""

import functools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError
from indexer.rows import RowSet
from indexer.storage.arrays import open_arrays, spread

KIND, VERSION = "dateline columns", 1
NAMED: Final = ("languages", "sources")
"""Fields of articles whose values are names, of which the articles that have one are a set of passages."""
DAYS: Final = ("first_day", "last_day")
"""Fields of articles whose values are days."""
LAYOUT: Final = {
    "language_of": "<i2",
    "article_of": "<i8",
    "first_passage": "<i8",
    "id_order": "<i8",
    "id_rank": "<i8",
    "earliest": "<i8",
    "latest": "<i8",
    "first_day": "<i8",
    "last_day": "<i8",
    "languages_of": "<i4",
    "sources_of": "<i4",
    "first_days": "<i8",
    "last_days": "<i8",
    "set_first": "<i8",
    "sets": "|u1",
    "names": "|u1",
}
"""The dtype of each array. ``sets`` are the passages in each language; then those of the articles of each language,
source, first day and last day, in the order of the names and of the days; ``set_first`` is where each begins."""
_REMEMBERED = 256
"""Sets that are kept unpacked."""

Rows = NDArray[np.int64]


class Columns:
    """Columns of the passage and article tables, in the order of their rows. It is safe to use from several threads."""

    def __init__(self, path: Path, ids: Any) -> None:
        """Map the file.

        Args:
            path: The file.
            ids: The column of the ids of articles.

        Raises:
            IndexFormatError: It was written in another version of its format.
            IndexCorruptError: It is missing or damaged.
        """
        facts, arrays = open_arrays(path, KIND, VERSION)
        try:
            self.passages, self.articles = int(facts["passages"]), int(facts["articles"])
            names = orjson.loads(arrays["names"].tobytes())
            self.languages: tuple[str, ...] = tuple(names["spoken"])
            """The languages of passages as ISO 639 codes; elsewhere a language is an index into this tuple."""
            self.names: dict[str, Sequence[str]] = {name: names[name] for name in NAMED}
            """The names in each of ``NAMED``, by their numbers; those that differ in case alone are one."""
            self.numbers: dict[str, NDArray[np.int32]] = {name: arrays[f"{name}_of"] for name in NAMED}
            """The number of each article's name."""
            self.language_of: NDArray[np.int16] = arrays["language_of"]
            """The language of each passage."""
            self.article_of: Rows = arrays["article_of"]
            """The article of each passage, ascending: the passages of an article are neighbours."""
            self.first_passage: Rows = arrays["first_passage"]
            """The first passage of each article and, last, the number of passages."""
            self.id_rank: Rows = arrays["id_rank"]
            """The position of each article in the order of all ids."""
            self.earliest, self.latest = (arrays[name].view("<M8[us]") for name in ("earliest", "latest"))
            """The first and the last moment at which each article can have been published; NaT where it has no date."""
            self.first_day, self.last_day = (arrays[name].view("<M8[D]") for name in DAYS)
            """The same as days that are shown, in the zone of publication; NaT where it has no date."""
            self._first_days, self._last_days = (arrays[f"{name}s"].view("<M8[D]") for name in DAYS)
            self._id_order, self._sets, self._set_first = arrays["id_order"], arrays["sets"], arrays["set_first"]
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorruptError(f"{path} is damaged: {error}", "run rebuild-index") from error
        sizes = [len(self.languages), *map(len, self.names.values()), self._first_days.size, self._last_days.size]
        self._begin: list[int] = np.cumsum([0, *sizes]).tolist()
        if self._set_first.size != self._begin[-1] + 1 or self.first_passage.size != self.articles + 1:
            raise IndexCorruptError(f"{path} is damaged: its sets do not add up", "run rebuild-index")
        self._ids = ids
        self._unpacked = functools.lru_cache(_REMEMBERED)(self._unpack)

    def in_language(self, language: int) -> RowSet:
        """Return the passages in a language."""
        return self._unpacked(self._begin[0] + language)

    def of_named(self, name: str, numbers: Iterable[int]) -> RowSet:
        """Return the passages of the articles that have one of some names.

        Args:
            name: One of ``NAMED``.
            numbers: The numbers of the names.
        """
        begin = self._begin[1 + NAMED.index(name)]
        return RowSet.union(self._unpacked(begin + number) for number in numbers)

    def not_before(self, day: np.datetime64) -> RowSet:
        """Return the passages of the articles that can have appeared on a day or later."""
        begin = self._begin[2 + len(NAMED)]
        days = range(int(np.searchsorted(self._last_days, day)), self._last_days.size)
        return RowSet.union(self._unpack(begin + each) for each in days)

    def not_after(self, day: np.datetime64) -> RowSet:
        """Return the passages of the articles that can have appeared on a day or earlier."""
        begin = self._begin[1 + len(NAMED)]
        days = range(int(np.searchsorted(self._first_days, day, "right")))
        return RowSet.union(self._unpack(begin + each) for each in days)

    def of_articles(self, articles: Rows) -> RowSet:
        """Return the passages of some articles."""
        first = self.first_passage[articles]
        return RowSet.of(spread(first, self.first_passage[articles + 1] - first))

    def articles_of(self, passages: RowSet) -> NDArray[np.bool_]:
        """Return a mask of the articles whose first passage is in a set, shape (articles,)."""
        bits = np.unpackbits(passages.bits(self.passages), count=self.passages, bitorder="little")
        return bits[self.first_passage[:-1]].astype(np.bool_)

    def passages_of(self, article: int) -> slice:
        """Return the rows of an article's passages."""
        return slice(*self.first_passage[article : article + 2].tolist())

    def article_id(self, article: int) -> str:
        """Return the id of the article in a row."""
        return str(self._ids[article])

    def find(self, article_id: str) -> int | None:
        """Return the row of the article with an id, or None."""
        place = bisect_left(self._id_order, article_id, key=lambda row: self.article_id(int(row)))
        row = int(self._id_order[place]) if place < self.articles else None
        return row if row is not None and self.article_id(row) == article_id else None

    def _unpack(self, number: int) -> RowSet:
        return RowSet.deserialize(self._sets[slice(*self._set_first[number : number + 2])].tobytes())
