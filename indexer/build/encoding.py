"""What the two legs of the ranking search, made from a generation's tables: vectors and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.encoders.protocol import Encoder
from indexer.generations import generation
from indexer.keywords.pair import ARTICLE_KEYWORDS, PASSAGE_KEYWORDS
from indexer.passages.context import encoder_input
from indexer.progress import BuildProgress
from indexer.storage.tables import Tables
from indexer.vectors.cache import CachingEncoder, VectorCache
from indexer.vectors.faiss_index import VectorIndex, VectorWriter
from indexer.vectors.signals_writer import LanguageFit, SignalsWriter

FILES = (
    generation.VECTORS,
    generation.NOMINATIONS,
    generation.SIGNALS,
    generation.SKETCHES,
    PASSAGE_KEYWORDS,
    ARTICLE_KEYWORDS,
)


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays in the cache of vectors."""

    bytes: int
    """Vectors of earlier builds, up to this size."""
    nothing_else: bool = False
    """No vector of a text that is not in this build."""


@dataclass(frozen=True, slots=True)
class DenseLeg:
    """What writing the vectors found out."""

    encoded: int
    """Passages that were not in the cache."""
    languages: dict[str, LanguageFit]


def write_vectors(folder: Path, encoder: Encoder, cache: VectorCache, keep: Keep, progress: BuildProgress) -> DenseLeg:
    """Encode passages and their sentences, and write all that the dense leg needs.

    ``limit`` is the size of the cache in bytes beyond which it keeps only what this generation needs.
    """
    tables = Tables(folder)
    caching = CachingEncoder(encoder, cache)
    progress.start("encoding", tables.passages.num_rows, "passages")
    with VectorWriter(folder / generation.VECTORS, encoder.identity.dim) as writer:
        for texts in _encoder_inputs(tables, encoder.at_once):
            writer.add(caching.encode_passages(texts))
            progress.advance(len(texts))
    encoded = caching.encoded
    signals = SignalsWriter(tables, VectorIndex(folder / generation.VECTORS))
    signals.write(folder / generation.SIGNALS, folder / generation.NOMINATIONS, caching, progress)
    everything = (text for texts in _everything(tables, signals, encoder.at_once) for text in texts)
    cache.shrink(keep.bytes, everything, forget=keep.nothing_else)
    return DenseLeg(encoded, signals.fits(encoder.languages))


def _everything(tables: Tables, signals: SignalsWriter, size: int) -> Iterator[Sequence[str]]:
    yield from _encoder_inputs(tables, size)
    yield from signals.sentence_texts(size)


def _encoder_inputs(tables: Tables, size: int) -> Iterator[list[str]]:
    for passages in tables.titled_texts(size):
        yield [encoder_input(title, text) for title, text in passages]
