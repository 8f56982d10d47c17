"""Write one article into every file that is made of articles: tables, sketches, keyword indexes; or carry it over."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexer.article import Article, Passage
from indexer.build.atom_process import AtomProcess
from indexer.build.atom_writer import AtomWriter
from indexer.build.previous import PreviousGeneration
from indexer.duplicates.families import find_families
from indexer.duplicates.sketches import Sketches
from indexer.generations.layout import GenerationLayout
from indexer.storage.columns_writer import write_columns
from indexer.storage.table_writer import TableWriter, content_of
from indexer.storage.tables import Tables
from indexer.text.atoms import split_atoms

Cut = Callable[[Article], list[Passage]]


class ArticleWriter:
    """Takes the articles of a generation in order; only one that the previous generation does not hold is cut."""

    def __init__(
        self,
        folder: Path,
        cut: Cut,
        atoms: AtomWriter | AtomProcess,
        previous: PreviousGeneration | None = None,
    ) -> None:
        """Begin the files in a folder.

        Args:
            folder: Of the generation in the making.
            cut: Cuts an article into passages.
            atoms: Writes what is made of atoms. It can carry articles over from the previous generation.
            previous: The generation that unchanged articles are carried over from.
        """
        self._cut, self._previous = cut, previous
        self._files = GenerationLayout(folder)
        self._tables = TableWriter(self._files.tables)
        self._atoms = atoms
        self.families = 0
        """How many stories several articles tell in nearly the same words; known once the writer is closed."""
        self.carried = 0
        """Articles that were carried over."""

    @property
    def passages(self) -> int:
        return self._tables.passages

    def add(self, article: Article) -> bool:
        """Write an article; return False, and write nothing, if no paragraph of it is its own words."""
        previous = self._previous
        row = previous.find(content_of(article)) if previous else None
        if previous and row is not None:
            self._carry(article, previous, row)
            return True
        passages = self._cut(article)
        if not passages:
            return False
        languages = [passage.language or article.language for passage in passages]
        atoms = [split_atoms(each.text, language) for each, language in zip(passages, languages, strict=True)]
        self._tables.add(article, passages)
        self._atoms.add(article.title, atoms, article.language, languages)
        return True

    def add_version(self, article_id: str, earlier: Article) -> None:
        """Write an earlier version of an article: it is shown, not searched."""
        self._tables.add_version(article_id, earlier)

    def close(self) -> None:
        """Find families of copies and finish all files."""
        self._atoms.save_sketches()
        families = find_families(Sketches.open(self._files.sketches))
        self._tables.close(families)
        write_columns(self._files.columns, Tables(self._files.tables))
        self._atoms.close()
        self.families = int((np.bincount(families) > 1).sum())

    def _carry(self, article: Article, previous: PreviousGeneration, row: int) -> None:
        rows = previous.passages(row)
        self._tables.carry(article, previous.tables, rows)
        self._atoms.carry(row, rows.start, article.language, previous.languages(row))
        self.carried += 1
