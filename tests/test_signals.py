"""The signals computed at build time: language offsets, sentence vectors, and how well a language is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.vectors.centring import Centring, chance, self_retrieval
from indexer.vectors.quantised import quantise


def _unit(rows: int, dim: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_a_byte_a_dimension_keeps_similarities() -> None:
    vectors, queries = _unit(300, 512, 1), _unit(5, 512, 2)
    found = quantise(vectors)
    assert (found.codes.dtype, np.abs(found.codes).max()) == (np.int8, 127)
    for query in queries:
        np.testing.assert_allclose(found.dot(np.array([7, 3]), query), vectors[[7, 3]] @ query, atol=1e-3)


def test_what_a_language_is_off_by_is_taken_out() -> None:
    stories, marks = _unit(2000, 64, 3), _unit(2, 64, 4)
    languages = np.repeat([0, 1], 1000)
    vectors = stories + marks[languages]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centred, norms = Centring.of(vectors, languages, 2).centre(vectors, languages)
    before = vectors[:1000].mean(axis=0) - vectors[1000:].mean(axis=0)
    after = centred[:1000].mean(axis=0) - centred[1000:].mean(axis=0)
    assert np.linalg.norm(after) < 0.1 * np.linalg.norm(before)
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-5)
    assert norms.shape == (2000,)


def test_a_language_of_few_passages_leans_on_the_others() -> None:
    vectors = np.concatenate([_unit(400, 16, 5), np.eye(16, dtype=np.float32)[:1]])
    offsets = Centring.of(vectors, np.array([0] * 400 + [1]), 2).offsets
    assert np.linalg.norm(offsets[1]) < 0.1


def test_chance_is_told_by_what_is_unrelated() -> None:
    """Half of the articles come in ten near copies; the spread of strangers stays about 1 / sqrt(dim)."""
    strangers = _unit(200, 64, 6)
    copies = np.repeat(strangers[:5], 10, axis=0)
    vectors = np.concatenate([strangers, copies])
    assert chance(vectors, np.arange(250)) == pytest.approx(1 / 8, rel=0.1)
    assert chance(vectors[:1], np.arange(1)) == 0


def test_halves_of_an_article_find_each_other_where_the_encoder_knows_the_language() -> None:
    stories, noise = _unit(60, 64, 7), np.split(_unit(240, 64, 8), 60)
    known = [(story + 0.5 * own[:2], story + 0.5 * own[2:]) for story, own in zip(stories, noise, strict=True)]
    unknown = [(own[:2], own[2:]) for own in noise]
    assert self_retrieval(known) > 4.5
    assert abs(self_retrieval(unknown)) < 1


@pytest.fixture
def generation(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Generation:
    text = "The ferry ran aground at dawn off the coast. All passengers were rescued by boats. Ja. The captain is held."
    build(
        write_jsonl(
            {"id": "a", "text": text, "language": "en"}, {"id": "b", "text": "le bac a coulé", "language": "fr"}
        )
    )
    return open_current(tmp_path / "index")


def test_the_best_sentence_of_a_passage_is_found(generation: Generation, word_encoder: Encoder) -> None:
    query = word_encoder.encode_queries(["passengers rescued by boats"])[0]
    rows = np.array([0, 1])
    scores, best = generation.signals.best_sentences(rows, query, np.array([0.1, 0.2], np.float32))
    sentence = word_encoder.encode_passages(["All passengers were rescued by boats."])[0]
    assert scores[0] == pytest.approx(float(sentence @ query), abs=0.1)
    assert scores[0] > 0.6
    assert scores[1] == pytest.approx(0.2)
    assert best.tolist() == [1, 0]


def test_the_manifest_tells_how_the_encoder_fits_each_language(generation: Generation) -> None:
    languages = generation.manifest.languages
    assert {name: (each.passages, each.known) for name, each in languages.items()} == {"en": (1, 1.0), "fr": (1, 1.0)}
    assert generation.signals.languages == ("en", "fr")
    assert generation.signals.article_vectors.codes.shape == (2, 64)
