"""The two keyword indexes of a generation: of passages, each below its article's title, and of whole articles."""

from collections.abc import Sequence
from pathlib import Path

from indexer.keywords.cutter import TermCutter
from indexer.keywords.index import LexicalIndex
from indexer.keywords.writer import LexicalWriter
from indexer.passages.context import encoder_input
from indexer.text.atoms import Atom, find_atoms

PASSAGE_KEYWORDS = "keywords.index"
ARTICLE_KEYWORDS = "article-keywords.index"


class KeywordWriter:
    """Takes articles in order; those of earlier indexes can be carried over."""

    def __init__(self, folder: Path, run: int, before: tuple[LexicalIndex, LexicalIndex] | None = None) -> None:
        """Begin both indexes.

        Args:
            folder: Where they will be.
            run: About so many occurrences of terms are in memory at most, in each.
            before: The indexes of passages and of articles from which articles can be carried over.
        """
        passages, articles = before or (None, None)
        self._passages = LexicalWriter(folder / PASSAGE_KEYWORDS, run=run, before=passages)
        self._articles = LexicalWriter(folder / ARTICLE_KEYWORDS, run=run, positions=False, before=articles)
        self._cutter = TermCutter()

    def add(self, title: str, passages: Sequence[Sequence[Atom]], language: str, own: Sequence[str]) -> None:
        """Append an article: the atoms of its passages, its language, and the languages of its passages."""
        head = self._cutter.cut(find_atoms(encoder_input(title, "")))
        bodies = [self._cutter.cut(atoms) for atoms in passages]
        for body, of_passage in zip(bodies, own, strict=True):
            self._passages.add_row([head, body], of_passage)
        self._articles.add_row([head, *bodies], language)

    def carry(self, article: int, first_passage: int, language: str, own: Sequence[str]) -> None:
        """Append an article as the indexes before have it, in their rows."""
        for row, of_passage in enumerate(own, start=first_passage):
            self._passages.carry(row, of_passage)
        self._articles.carry(article, language)

    def close(self) -> None:
        """Write both indexes."""
        self._passages.close()
        self._articles.close()
