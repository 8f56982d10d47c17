"""Dateline in the shape of the adapters of other engines, so that one harness measures all of them."""

from pathlib import Path
from typing import Any

import numpy as np
from asking import Asker, Rows
from pools import LabelledPassage, index_passages
from scale_measures import nominator

from indexer.encoders.choose import open_encoder
from indexer.rows import RowSet
from search_api.ranking.ranker import Ranker


class NotSupported(Exception):  # noqa: N818  the adapters of the other engines call it so
    """Dateline has no such mode."""


class DatelinePeer:
    """The vectors come from the cache beside the set, so the build encodes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "generation"
        self._scopes: dict[str, RowSet] = {}

    def build(self, vectors: Any, texts: list[str], meta: list[dict[str, Any]]) -> None:
        """Index the passages. Their vectors are those of ``vectors``, but looked up by their texts."""
        lines = zip(meta, texts, strict=True)
        passages = [LabelledPassage(each["id"], each["article"], text, each["lang"]) for each, text in lines]
        self._generation = index_passages(passages, self._folder, open_encoder(), Path(meta[0]["cache"]))
        if self._generation.vectors.count != len(vectors):
            raise ValueError(f"{len(vectors)} passages came, and {self._generation.vectors.count} were indexed")
        self._ranker, self._days = Ranker(self._generation), np.array([each["date"] for each in meta])
        self._one_language = len({each["lang"] for each in meta}) == 1

    def search(
        self,
        vector: Any,
        text: str,
        k: int,
        passing: dict[str, Any] | None = None,
        mode: str = "hybrid",
    ) -> list[tuple[int, float]]:
        """Return the first rows; their scores are not given."""
        asker, among = Asker([text], [text], vector[None], self._generation, []), self._scope(passing)
        if mode == "hybrid":
            rows = asker.ranking(self._ranker, 0, among).rows
        elif mode == "dense":
            rows = self._nearest(vector, among)
        elif self._one_language and among is None:
            (rows,) = asker.by_words()
        else:
            raise NotSupported("words alone are not ranked across languages")
        return [(row, 0.0) for row in rows[:k].tolist()]

    def disk(self) -> int:
        """Return the bytes of the generation."""
        return sum(path.stat().st_size for path in self._folder.iterdir() if path.is_file())

    def close(self) -> None:
        """Nothing is left to close."""

    def _scope(self, passing: dict[str, Any] | None) -> RowSet | None:
        if passing is None:
            return None
        first, last = passing["date"]
        if str(passing) not in self._scopes:
            self._scopes[str(passing)] = RowSet.of(np.flatnonzero((self._days >= first) & (self._days <= last)))
        return self._scopes[str(passing)]

    def _nearest(self, vector: Any, among: RowSet | None) -> Rows:
        """Return the nominated rows, compared exactly."""
        rows = nominator(self._generation)(vector, among)
        return rows[np.argsort(-(self._generation.vectors.rows(rows) @ vector), kind="stable")]


PEERS = {"dateline": DatelinePeer}
