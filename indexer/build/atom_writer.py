"""Write what is made of the atoms of articles: the sketches by which copies are found, and the keyword indexes."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from indexer.duplicates.families import FamilyFinder
from indexer.duplicates.sketches import Sketches
from indexer.keywords.pair import KeywordPaths, KeywordWriter
from indexer.text.atoms import AtomColumns, join_columns


class AtomPaths(NamedTuple):
    """The files that are made of atoms."""

    sketches: Path
    keywords: KeywordPaths


class AtomWriter:
    """Takes the articles of a generation in order, given as atoms or carried over from an earlier one."""

    def __init__(self, paths: AtomPaths, run: int, before: AtomPaths | None = None) -> None:
        """Begin the files.

        Args:
            paths: The files to write.
            run: How many occurrences of terms may be in memory, see ``BuildPlan.postings_in_memory``.
            before: The files of the generation that articles can be carried over from.

        Raises:
            IndexUnavailableError: The earlier files cannot be read.
        """
        self._path = paths.sketches
        self._before = Sketches.open(before.sketches) if before else Sketches()
        self._families = FamilyFinder()
        self._keywords = KeywordWriter(paths.keywords, run, before.keywords if before else None)

    def add(self, title: str, passages: Sequence[AtomColumns], language: str, own: Sequence[str]) -> None:
        """Append an article; see ``KeywordWriter.add``."""
        self._families.add(join_columns(passages))
        self._keywords.add(title, passages, language, own)

    def carry(self, article: int, first_passage: int, language: str, own: Sequence[str]) -> None:
        """Append an article unchanged from the earlier files; see ``KeywordWriter.carry``."""
        self._families.carry(self._before, article)
        self._keywords.carry(article, first_passage, language, own)

    def save_sketches(self) -> None:
        """Write the sketches, once all articles are there."""
        self._families.save(self._path)

    def close(self) -> None:
        """Write the keyword indexes, once the sketches are written."""
        self._keywords.close()
