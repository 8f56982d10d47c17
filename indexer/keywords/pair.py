"""The keyword indexes of a generation, of passages below their titles and of whole articles, and its vocabulary."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from indexer.keywords.cutter import TermCutter
from indexer.keywords.index import KeywordIndex
from indexer.keywords.sound_entries import create_sounds
from indexer.keywords.vocabulary import Vocabulary
from indexer.keywords.vocabulary_writer import VocabularyWriter
from indexer.keywords.writer import KeywordIndexWriter
from indexer.passages.context import encoder_input
from indexer.text.atoms import AtomColumns, split_atoms


class KeywordPaths(NamedTuple):
    """The files of the two indexes, of the vocabulary of the passages, and of how its words sound."""

    passages: Path
    articles: Path
    vocabulary: Path
    sounds: Path


class KeywordWriter:
    """Writes all three, article by article. Articles of earlier indexes can be carried over."""

    def __init__(self, paths: KeywordPaths, run: int, before: KeywordPaths | None = None) -> None:
        """Start both indexes and the vocabulary.

        Args:
            paths: The files, written by ``close``.
            run: About how many occurrences of terms each index holds in memory at most.
            before: What was written earlier, from which articles can be carried over.

        Raises:
            IndexUnavailableError: What was written earlier cannot be read.
        """
        self._paths = paths
        self._passages = KeywordIndexWriter(
            paths.passages, run=run, before=KeywordIndex(before.passages) if before else None
        )
        self._articles = KeywordIndexWriter(
            paths.articles, run=run, positions=False, before=KeywordIndex(before.articles) if before else None
        )
        self._vocabulary = VocabularyWriter(paths.vocabulary, before=Vocabulary(before.vocabulary) if before else None)
        self._cutter = TermCutter(self._vocabulary.add)

    def add(self, title: str, passages: Sequence[AtomColumns], language: str, own: Sequence[str]) -> None:
        """Append an article.

        Args:
            title: Its title, which is indexed with each passage.
            passages: The atoms of each passage.
            language: The article's language.
            own: The language of each passage.
        """
        head = self._cutter.cut(split_atoms(encoder_input(title, ""), language))
        bodies = [self._cutter.cut(atoms) for atoms in passages]
        for body, of_passage in zip(bodies, own, strict=True):
            self._passages.add_row([head, body], of_passage)
        self._articles.add_row([head, *bodies], language)

    def carry(self, article: int, first_passage: int, language: str, own: Sequence[str]) -> None:
        """Append an article unchanged from the earlier indexes.

        Args:
            article: Its row in the earlier article index.
            first_passage: The row of its first passage in the earlier passage index.
            language: The article's language.
            own: The language of each passage.
        """
        for row, of_passage in enumerate(own, start=first_passage):
            self._passages.carry(row, of_passage)
        self._articles.carry(article, language)

    def close(self) -> None:
        """Write both indexes, the vocabulary, and how its words sound."""
        self._passages.close()
        self._articles.close()
        self._vocabulary.close(KeywordIndex(self._paths.passages))
        create_sounds(self._paths.sounds, Vocabulary(self._paths.vocabulary))
