"""Writes what is searched of each article: its row and passages, its sketch, its words; or takes it over as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexer.article import Article, Passage
from indexer.build.previous import Former
from indexer.duplicates.families import FamilyFinder
from indexer.generations.generation import SKETCHES
from indexer.keywords.pair import KeywordWriter
from indexer.storage.table_writer import TableWriter, content_of
from indexer.text.atoms import find_atoms

Cut = Callable[[Article], list[Passage]]


class ArticleWriter:
    """Takes the articles of a generation in order; an article is cut only if the former generation has it not."""

    def __init__(self, folder: Path, cut: Cut, run: int, former: Former | None = None) -> None:
        self._folder, self._cut, self._former = folder, cut, former
        self._tables = TableWriter(folder)
        self._families = FamilyFinder()
        self._keywords = KeywordWriter(folder, run, former.keywords if former else None)
        self.families = 0
        """Stories that several articles tell, known once it is closed."""
        self.carried = 0
        """Articles that were taken over."""

    @property
    def passages(self) -> int:
        return self._tables.passages

    def add(self, article: Article) -> bool:
        """Write an article; False where nothing in it is its own words, and so nothing was written."""
        former = self._former
        row = former.find(content_of(article)) if former else None
        if former and row is not None:
            self._carry(article, former, row)
            return True
        passages = self._cut(article)
        if not passages:
            return False
        atoms = [find_atoms(passage.text) for passage in passages]
        languages = [passage.language or article.language for passage in passages]
        self._tables.add(article, passages)
        self._families.add([atom for each in atoms for atom in each])
        self._keywords.add(article.title, atoms, article.language, languages)
        return True

    def add_version(self, article_id: str, earlier: Article) -> None:
        """Write an earlier version of an article: it is shown, not searched."""
        self._tables.add_version(article_id, earlier)

    def close(self) -> None:
        """Find families and finish all files."""
        families = self._families.families()
        self._families.save(self._folder / SKETCHES)
        self._tables.close(families)
        self._keywords.close()
        self.families = int((np.bincount(families) > 1).sum())

    def _carry(self, article: Article, former: Former, row: int) -> None:
        rows = former.passages(row)
        self._tables.carry(article, former.tables, rows)
        self._families.carry(former.sketches, row)
        self._keywords.carry(row, rows.start, article.language, former.languages(row))
        self.carried += 1
