"""An encoder for benchmarks that gives an edited text a likely vector without computing it: a resampling.

Encoding millions of edited texts takes hours, and only their vectors' place in the index matters. So the encoder finds
the text of which a text is an edit, by its skeleton (see ``edited``), and moves that text's vector as real edits were
seen to move vectors: on a sample of edited texts that are really encoded it measures the cosine of each to its base,
and the direction in which it went. Every other edited text draws a cosine from those of the sampled texts nearest to it
in length, and a mixture of two of their directions. The result has unit length, and is the same for the same text.
Texts that were encoded before have their real vectors, and so has a text that is no edit of any.

An index built with this encoder is searched with the encoder that it stands for, whose identity it has.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from edited import skeleton
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder, Vectors
from indexer.passages.context import encoder_input
from indexer.storage.tables import Tables
from indexer.vectors.cache import VectorCache
from indexer.vectors.sentences import Sentences

_NEIGHBOURS = 200
"""Sampled texts nearest in length among which an edited text draws."""
_SCALE = 2.0**64


def texts_of(tables: Tables, size: int) -> Iterator[list[str]]:
    """Yield all texts of a generation that have a vector, passages and then sentences, about ``size`` at a time."""
    for passages in tables.titled_texts(size):
        yield [encoder_input(title, text) for title, text in passages]
    for batch in Sentences(tables).batches(size):
        yield batch.texts


class Bases:
    """Texts that were really encoded, by their skeletons."""

    def __init__(self, tables: Tables, encoder: Encoder, path: Path) -> None:
        """Encode the texts of a generation; the vectors, in half precision, are mapped from a file at ``path``."""
        most = tables.passages.num_rows + len(Sentences(tables))
        keys = np.zeros(most, np.uint64)
        self._vectors = np.lib.format.open_memmap(path, "w+", np.float16, (most, encoder.identity.dim))
        place = 0
        for texts in texts_of(tables, encoder.at_once):
            after = place + len(texts)
            keys[place:after] = [skeleton(text) for text in texts]
            self._vectors[place:after] = encoder.encode_passages(texts)
            place = after
        self._keys, self._rows = np.unique(keys[:place], return_index=True)

    def find(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
        """Return the vectors of the texts' bases, shape (n, dim), and which texts have one; the others are zeros."""
        keys = np.array([skeleton(text) for text in texts], np.uint64)
        places = np.minimum(np.searchsorted(self._keys, keys), self._keys.size - 1)
        found = (self._keys[places] == keys) & (keys != 0)
        vectors = np.zeros((len(texts), self._vectors.shape[1]), np.float32)
        vectors[found] = _units(self._vectors[self._rows[places[found]]].astype(np.float32))
        return vectors, found


@dataclass(frozen=True, slots=True)
class Moves:
    """How far, and in which directions, edits moved the vectors of a sample of texts, the shortest text first."""

    lengths: NDArray[np.int64]
    """The lengths of the texts in characters, ascending."""
    cosines: NDArray[np.float32]
    """Of each edited text's vector to that of its base."""
    directions: Vectors
    """In which it moved, at a right angle to the base."""

    @classmethod
    def measure(cls, texts: Sequence[str], bases: Bases, encoder: Encoder) -> "Moves":
        """Encode edited texts, and compare them with their bases; texts without one are left out."""
        ordered = sorted(texts, key=len)
        base, found = bases.find(ordered)
        kept = [text for text, has_base in zip(ordered, found.tolist(), strict=True) if has_base]
        vectors = _encode(encoder, kept)
        lengths = np.array([len(text) for text in kept], np.int64)
        cosines = np.einsum("ij,ij->i", vectors, base[found])
        return cls(lengths, cosines, _beside(vectors, base[found]))

    def move(self, texts: Sequence[str], bases: Vectors) -> Vectors:
        """Return a likely vector for each edited text, given those of their bases; shape (n, dim)."""
        luck = np.array([_draw(text) for text in texts], np.uint64).reshape(len(texts), 3)
        near = np.searchsorted(self.lengths, [len(text) for text in texts]) - _NEIGHBOURS // 2
        near = np.clip(near, 0, max(0, self.lengths.size - _NEIGHBOURS))
        window = min(_NEIGHBOURS, self.lengths.size)
        one, other = (near + (luck[:, each] % np.uint64(window)).astype(np.int64) for each in (0, 1))
        share = (luck[:, 2] / _SCALE).astype(np.float32)[:, None]
        mixed = _beside(self.directions[one] + share * self.directions[other], bases)
        cosines = self.cosines[one][:, None]
        return _units(cosines * bases + np.sqrt(np.maximum(np.float32(0), 1 - cosines**2)) * mixed)


class ResampledEncoder:
    """Gives texts that are in a cache their vectors, edits of known texts likely ones, and encodes the others."""

    def __init__(self, encoder: Encoder, cache: VectorCache, bases: Bases, moves: Moves) -> None:
        self._encoder, self._cache, self._bases, self._moves = encoder, cache, bases, moves
        self.identity, self.max_tokens = encoder.identity, encoder.max_tokens
        self.languages, self.at_once = encoder.languages, encoder.at_once
        self.resampled = self.encoded = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors, known = self._cache.find(texts)
        unknown = np.flatnonzero(~known)
        edited = [texts[place] for place in unknown.tolist()]
        bases, found = self._bases.find(edited)
        has_base = [text for text, one in zip(edited, found.tolist(), strict=True) if one]
        vectors[unknown[found]] = self._moves.move(has_base, bases[found])
        others = [text for text, one in zip(edited, found.tolist(), strict=True) if not one]
        if others:
            vectors[unknown[~found]] = self._encoder.encode_passages(others)
        self.resampled, self.encoded = self.resampled + len(has_base), self.encoded + len(others)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)


def _encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    starts: Iterable[int] = range(0, len(texts), encoder.at_once)
    return np.concatenate([encoder.encode_passages(texts[start : start + encoder.at_once]) for start in starts])


def _draw(text: str) -> list[int]:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=24).digest()
    return [int.from_bytes(digest[start : start + 8]) for start in (0, 8, 16)]


def _beside(vectors: Vectors, bases: Vectors) -> Vectors:
    """Return what of the vectors is at a right angle to the bases, of unit length."""
    return _units(vectors - np.einsum("ij,ij->i", vectors, bases)[:, None] * bases)


def _units(vectors: NDArray[np.floating]) -> Vectors:
    units: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return units
