"""Write the signals of a generation from its vectors, and measure how well the encoder knows each language."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder
from indexer.progress import BuildProgress
from indexer.storage.arrays import Arrays, create_arrays
from indexer.storage.tables import Tables
from indexer.vectors.centred import CentredVectors
from indexer.vectors.centring import (
    SHRINK,
    Centring,
    add_by_group,
    blocks,
    chance,
    sample,
    self_retrieval,
)
from indexer.vectors.faiss_index import VectorIndex
from indexer.vectors.quantised import quantise
from indexer.vectors.sentences import Sentences
from indexer.vectors.signals import KIND, LAYOUT, VERSION

_MIN_ARTICLES = 20
"""Articles of several passages that a language needs before it is measured how well the encoder knows it."""
_KNOWN_FROM, _KNOWN_SPAN = 1.5, 3.0
"""How well the encoder knows a language follows from how similar the two halves of one article are, in standard
deviations above chance: 0 up to the first number, 1 from the sum of both on, and linear between them."""
_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LanguageFit:
    """How well the encoder knows one language, measured on the corpus."""

    passages: int
    known: float
    """0 to 1: how well the vectors of this language tell one story from another."""
    chance: float
    """Standard deviation of the similarity of passages that have nothing to do with each other."""


class SignalsWriter:
    """Computes the signals from the tables and vectors of a generation in the making."""

    def __init__(self, tables: Tables, vectors: VectorIndex) -> None:
        self._tables, self._vectors = tables, vectors
        self._article_of: _Rows = tables.passage_column("article")
        names = tables.passage_languages()
        self.languages: list[str] = sorted(set(names))
        numbers = {language: number for number, language in enumerate(self.languages)}
        self._language_of = np.array([numbers[name] for name in names], np.int64)
        centring = Centring.of(vectors.rows(slice(None)), self._language_of, len(self.languages))
        self.centred = CentredVectors(vectors, centring, self._language_of, self._article_of)
        self._sentences = Sentences(tables)

    @property
    def sentences(self) -> int:
        """How many sentences there are to encode."""
        return len(self._sentences)

    def write(self, path: Path, encoder: Encoder, progress: BuildProgress) -> None:
        """Write the signals.

        Raises:
            OSError: The disk did not take it.
        """
        arrays = self._create(path, encoder.identity.dim)
        arrays["offsets"][:] = self.centred.centring.offsets.ravel()
        self._write_passages(arrays)
        self._write_sentences(arrays, encoder, progress)

    def fits(self, declared: Collection[str] | None) -> dict[str, LanguageFit]:
        """Return how well the encoder knows each language.

        ``declared`` are the languages that it was trained on, None where that is not known. They decide for languages
        with too few articles to measure.
        """
        fits = {}
        for number, language in enumerate(self.languages):
            rows = np.flatnonzero(self._language_of == number)
            some = rows[sample(rows.size)]
            z = self._halves_find_each_other(rows)
            known = 1.0 if declared is None or language in declared else 0.0
            if z is not None:
                known = float(np.clip((z - _KNOWN_FROM) / _KNOWN_SPAN, 0, 1))
            spread = chance(self.centred.rows(some), self._article_of[some])
            fits[language] = LanguageFit(int(rows.size), round(known, 4), round(spread, 5))
        return fits

    def _create(self, path: Path, dim: int) -> Arrays:
        counts = {
            "languages": len(self.languages),
            "passages": len(self._article_of),
            "articles": self._tables.articles.num_rows,
            "sentences": self.sentences,
        }
        layout = {name: (dtype, counts[of] * (dim if vector else 1)) for name, (dtype, of, vector) in LAYOUT.items()}
        layout["first_sentence"] = ("<i8", counts["passages"] + 1)
        arrays = create_arrays(path, KIND, VERSION, counts | {"languages": self.languages, "dim": dim}, layout)
        arrays["first_sentence"][:] = self._sentences.first
        return arrays

    def _write_passages(self, arrays: Arrays) -> None:
        dim = self._vectors.dim
        sums = np.zeros((len(self.languages), dim))
        codes = arrays["article_codes"].reshape(-1, dim)
        for rows in self.centred.blocks():
            centred, norms = self.centred.with_norms(rows)
            arrays["norms"][rows] = norms
            add_by_group(sums, self._language_of[rows], centred)
            of_block = self._article_of[rows]
            articles = np.add.reduceat(centred, np.flatnonzero(np.diff(of_block, prepend=-1)))
            found = quantise(articles / np.maximum(np.linalg.norm(articles, axis=1, keepdims=True), 1e-9))
            places = slice(of_block[0], of_block[-1] + 1)
            codes[places], arrays["article_steps"][places] = found.codes, found.steps
        counts = np.bincount(self._language_of, minlength=len(self.languages))[:, None]
        usual = SHRINK * sums.sum(axis=0) / max(self._vectors.count, 1)
        arrays["means"][:] = ((sums + usual) / (counts + SHRINK)).astype(np.float32).ravel()

    def _write_sentences(self, arrays: Arrays, encoder: Encoder, progress: BuildProgress) -> None:
        if not self.sentences:
            return
        codes, place = arrays["sentence_codes"].reshape(-1, self._vectors.dim), 0
        progress.start("sentences", self.sentences, "sentences")
        for texts, rows, ordinals in self._sentences.batches(encoder.at_once):
            centred, _ = self.centred.centring.centre(encoder.encode_passages(texts), self._language_of[rows])
            found, after = quantise(centred), place + len(texts)
            codes[place:after], arrays["sentence_steps"][place:after] = found.codes, found.steps
            arrays["sentence_ordinals"][place:after] = ordinals
            place = after
            progress.advance(len(texts))

    def sentence_texts(self, size: int) -> Iterator[list[str]]:
        """Yield the sentences that are encoded, about ``size`` at a time."""
        for batch in self._sentences.batches(size):
            yield batch.texts

    def _halves_find_each_other(self, rows: _Rows) -> float | None:
        """Return ``self_retrieval`` of the articles of one language; None where too few have several passages."""
        edges = np.flatnonzero(np.diff(self._article_of[rows])) + 1
        articles = [each for each in np.split(rows, edges) if len(each) > 1]
        if len(articles) < _MIN_ARTICLES:
            return None
        sums = sum(self._vectors.rows(rows[block]).sum(axis=0, dtype=np.float64) for block in blocks(rows.size))
        mean = (sums / rows.size).astype(np.float32)
        picked = [self._vectors.rows(articles[place]) - mean for place in sample(len(articles))]
        return self_retrieval([(each[0::2], each[1::2]) for each in picked])
