"""The generation that answers, from which unchanged articles are carried over instead of being cut again."""

from pathlib import Path
from typing import Any

from indexer.build.atom_writer import AtomPaths
from indexer.duplicates.sketches import Sketches
from indexer.errors import IndexCorruptError, IndexUnavailableError
from indexer.generations import store
from indexer.generations.generation import Generation
from indexer.generations.manifest import CuttingRecord, EncoderRecord


class PreviousGeneration:
    """The articles of a generation, found by the digest of their content."""

    def __init__(self, generation: Generation) -> None:
        self.tables = generation.tables
        self.atoms = AtomPaths(generation.layout.sketches, generation.layout.keywords)
        Sketches.check(self.atoms.sketches)
        contents = self.tables.article_column("content").tolist()
        self._rows = {content: row for row, content in enumerate(contents)}
        self._first: list[int] = self.tables.article_column("first_passage").tolist()
        self._passages: list[int] = self.tables.article_column("passages").tolist()
        self._languages: list[str] = self.tables.passage_languages().tolist()

    def find(self, content: str) -> int | None:
        """Return the row of the article with this content (see ``table_writer.content_of``), or None."""
        return self._rows.get(content)

    def passages(self, row: int) -> range:
        """Return the rows of an article's passages."""
        return range(self._first[row], self._first[row] + self._passages[row])

    def languages(self, row: int) -> list[str]:
        """Return the languages of an article's passages."""
        rows = self.passages(row)
        return self._languages[rows.start : rows.stop]


def open_previous(index: Path, encoder: EncoderRecord, cutting: CuttingRecord) -> PreviousGeneration | None:
    """Open the generation that answers; None if there is none, or if its articles were cut in another way.

    Raises:
        IndexCorruptError: It is damaged.
    """
    try:
        generation = store.open_current(index)
        manifest = generation.manifest
        return (
            PreviousGeneration(generation)
            if _count_alike(manifest.encoder, encoder) and manifest.cutting == cutting
            else None
        )
    except IndexCorruptError:
        raise
    except IndexUnavailableError:
        return None


def _count_alike(one: EncoderRecord, other: EncoderRecord) -> bool:
    """Tell whether two encoders count tokens alike: the same model does on every backend."""
    any_backend: dict[str, Any] = {"backend": "", "model_file": ""}
    return one.model_copy(update=any_backend) == other.model_copy(update=any_backend)
