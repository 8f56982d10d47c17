"""Encode the passages and sentences of a generation in the making, and write every file that is made of vectors."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.build.nominating import write_nominations
from indexer.encoders.protocol import Encoder
from indexer.generations.layout import GenerationLayout
from indexer.generations.manifest import NominationRecord
from indexer.passages.context import encoder_input
from indexer.progress import BuildProgress
from indexer.storage.tables import Tables
from indexer.vectors.cache import CachingEncoder, VectorCache
from indexer.vectors.faiss_index import VectorIndex, VectorWriter
from indexer.vectors.signals_writer import LanguageFit, SignalsWriter


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Which vectors stay in the cache after a build."""

    limit: int
    """Bytes. Once the cache is larger, only the vectors of this build stay, as many as fit."""
    only_this_build: bool = False
    """Keep no vector of a text that is not in this build, however small the cache is."""


@dataclass(frozen=True, slots=True)
class WrittenVectors:
    """What was found out while the vectors were written."""

    encoded: int
    """Passages that were not in the cache."""
    languages: dict[str, LanguageFit]
    """How well the encoder knows each language of the corpus."""
    nominations: NominationRecord
    """What was planned for the index that nominates candidates, and what came of it."""


def write_vectors(
    folder: Path,
    encoder: Encoder,
    cache: VectorCache,
    policy: CachePolicy,
    progress: BuildProgress,
    memory: int = 2**30,
) -> WrittenVectors:
    """Encode all passages and sentences, each text once, and write vectors, candidates and signals.

    ``memory`` is how many bytes the index that nominates candidates may take.
    """
    files = GenerationLayout(folder)
    tables = Tables(files.tables)
    caching = CachingEncoder(encoder, cache)
    progress.start("encoding", tables.passages.num_rows, "passages")
    with VectorWriter(files.vectors, encoder.identity.dim) as writer:
        for texts in _encoder_inputs(tables, encoder.at_once):
            writer.add(caching.encode_passages(texts))
            progress.advance(len(texts))
    encoded = caching.encoded
    signals = SignalsWriter(tables, VectorIndex(files.vectors))
    signals.write(files.signals, caching, progress)
    languages = signals.fits(encoder.languages)
    nominations = write_nominations(files.nominations, tables, signals.centred, languages, encoder, memory)
    cache.shrink(policy.limit, _encoded_texts(tables, signals, encoder.at_once), forget=policy.only_this_build)
    return WrittenVectors(encoded, languages, nominations)


def _encoded_texts(tables: Tables, signals: SignalsWriter, size: int) -> Iterator[str]:
    """Yield every text of this build that has a vector in the cache; nothing is read before the first is asked for."""
    for texts in _encoder_inputs(tables, size):
        yield from texts
    for texts in signals.sentence_texts(size):
        yield from texts


def _encoder_inputs(tables: Tables, size: int) -> Iterator[list[str]]:
    for passages in tables.titled_texts(size):
        yield [encoder_input(title, text) for title, text in passages]
