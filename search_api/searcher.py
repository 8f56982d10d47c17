"""From a query to its hits."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.choose import canonical_name, open_encoder
from indexer.encoders.protocol import Encoder
from indexer.errors import EncoderMismatchError
from indexer.manifest import EncoderRecord
from indexer.store import Generation, open_current
from search_api.answer import Answer, Stats, StoredArticle
from search_api.catalogue import Catalogue
from search_api.query import Query


class Searcher(Protocol):
    """What the routes and commands need of an index; any number of threads may call it at once."""

    def search(self, query: Query) -> Answer: ...

    def article(self, article_id: str) -> StoredArticle: ...

    def stats(self) -> Stats: ...


class IndexSearcher:
    """Answers from one generation with the encoder it was built with."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self.encoder = encoder
        self._catalogue = Catalogue(generation)

    def search(self, query: Query) -> Answer:
        """Return the passages most similar to the query, best first."""
        vector = self.encoder.encode_queries([query.keywords.text])[0]
        allowed = self._allowed(query)
        rows, scores = self.generation.vectors.search(vector, query.limit, allowed)
        hits = [self._catalogue.hit(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]
        searched = self.generation.manifest.passages if allowed is None else int(np.count_nonzero(allowed))
        return Answer(hits, searched, self.generation.manifest.generation)

    def _allowed(self, query: Query) -> NDArray[np.bool_] | None:
        """Return which passages pass the filters and hold what the query requires, or None when all do."""
        masks = (self._catalogue.allowed(query.filters), self.generation.keywords.matches(query.keywords))
        given = [mask for mask in masks if mask is not None]
        return np.logical_and.reduce(given) if given else None

    def article(self, article_id: str) -> StoredArticle:
        """Return an article with its passages."""
        return self._catalogue.article(article_id)

    def stats(self) -> Stats:
        """Return what the generation holds."""
        return self._catalogue.stats


def open_searcher(index: Path, encoder: str = "", device: str = "") -> IndexSearcher:
    """Open the generation that answers, with its own encoder.

    Args:
        index: Folder of the index.
        encoder: The encoder that the index must have been built with; empty: whichever it was.
        device: Where to run it; empty: the best there is.

    Raises:
        IndexUnavailableError: There is no index, or it must not be used.
        EncoderError: Its encoder cannot be loaded.
    """
    generation = open_current(index)
    return IndexSearcher(generation, open_encoder_of(generation.manifest.encoder, encoder, device))


def open_encoder_of(record: EncoderRecord, wanted: str = "", device: str = "") -> Encoder:
    """Open the encoder that a manifest records.

    Raises:
        EncoderMismatchError: Another one is wanted, or it has changed since; with both names.
    """
    if wanted and canonical_name(wanted) != record.name:
        raise EncoderMismatchError(
            f"the index was built with the encoder {record.name}, and {canonical_name(wanted)} is asked for",
            f"drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder {wanted}",
        )
    encoder = open_encoder(record.name, record.options(device))
    if encoder.identity != record.identity:
        raise EncoderMismatchError(
            f"the index was built with {record.identity}, and the encoder is now {encoder.identity}",
            f"run {record.command}",
        )
    return encoder
