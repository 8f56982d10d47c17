"""What was made of articles before, in the generation that answers: taken over where nothing about them has changed."""

from pathlib import Path
from typing import Any

from indexer.duplicates.sketches import Sketches
from indexer.errors import IndexUnavailableError
from indexer.generations import store
from indexer.generations.generation import SKETCHES, Generation
from indexer.generations.manifest import CuttingRecord, EncoderRecord


class Former:
    """The articles of a generation by their content."""

    def __init__(self, generation: Generation) -> None:
        self.tables = generation.tables
        self.keywords = generation.keywords, generation.article_keywords
        self.sketches = Sketches.open(generation.folder / SKETCHES)
        contents = self.tables.article_column("content").tolist()
        self._rows = {content: row for row, content in enumerate(contents)}
        self._first: list[int] = self.tables.article_column("first_passage").tolist()
        self._passages: list[int] = self.tables.article_column("passages").tolist()
        self._languages: list[str] = self.tables.passage_languages().tolist()

    def find(self, content: str) -> int | None:
        """Return the row of an article of this content, see ``tables.article_row``."""
        return self._rows.get(content)

    def passages(self, row: int) -> range:
        """Return the rows of an article's passages."""
        return range(self._first[row], self._first[row] + self._passages[row])

    def languages(self, row: int) -> list[str]:
        """Return the languages of an article's passages."""
        rows = self.passages(row)
        return self._languages[rows.start : rows.stop]


def open_former(index: Path, encoder: EncoderRecord, cutting: CuttingRecord) -> Former | None:
    """Return what can be taken over; None where nothing answers, or it was cut in another way."""
    try:
        generation = store.open_current(index)
        manifest = generation.manifest
        return Former(generation) if _same(manifest.encoder, encoder) and manifest.cutting == cutting else None
    except IndexUnavailableError:
        return None


def _same(one: EncoderRecord, other: EncoderRecord) -> bool:
    """Tell whether two encoders count tokens alike."""
    kept: dict[str, Any] = {"backend": "", "model_file": ""}
    return one.model_copy(update=kept) == other.model_copy(update=kept)
