"""Each step of the ranking on a small corpus, against the formulas of docs/ranking.md written out once more."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.keywords.protocol import Moments
from indexer.keywords.query_syntax import parse_keywords
from indexer.rows import RowSet
from indexer.vectors.local import LocalVectors
from search_api.choices import Order
from search_api.ranking.arrays import Rows, Vector
from search_api.ranking.background import Background, shrunk_chance
from search_api.ranking.fusion import add_unknown
from search_api.ranking.ranked import Ranking, RankingRequest
from search_api.ranking.ranker import Ranker
from search_api.ranking.similarity import Similarity

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
QUERY = "ferry aground"
PASSAGES = 5000
"""What the manifest says of the corpus, so that its size shows in the relevance."""


@dataclass(frozen=True)
class Corpus:
    """A corpus of 31 passages whose manifest says how well the encoder knows each language."""

    generation: Generation
    query: NDArray[np.float32]

    def rank(self, language: str, **more: Any) -> Ranking:
        """Rank all passages for the query."""
        order, masks = more.pop("order", Order.BEST_ANYWHERE), more
        request = RankingRequest(self.query, parse_keywords(QUERY), language, order, 31)
        return Ranker(self.generation).rank(
            request, **{name: RowSet.of(np.flatnonzero(mask)) for name, mask in masks.items()}
        )


@pytest.fixture(autouse=True)
def _ranked_as_longer_queries_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what is added for short queries, which test_literal.py tests."""
    monkeypatch.setattr("search_api.ranking.literal.MAX_WORDS", 0)


@pytest.fixture
def corpus(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Callable[..., Corpus]:
    """Return a function that makes a corpus: 26 articles in English, two in French and two in Swahili."""
    texts = {
        "best": (
            "en",
            "the ferry ran aground at dawn. " + "a " * 60 + "\n\nboats rescued all aboard the ferry " + "b " * 60,
        ),
        "near": ("en", "a ferry was late again in the harbour of the old town"),
        "bac": ("fr", "ferry aground bac echoue dans le port au matin"),
        "train": ("fr", "la ferry et le train"),
        "kivuko": ("sw", "kivuko ferry kimekwama aground alfajiri"),
        "treni": ("sw", "treni imechelewa tena"),
    }
    texts |= {f"filler{n}": ("en", f"word{n} word{n + 1} in the news of ferry day{n}") for n in range(24)}
    build(write_jsonl(*({"id": name, "language": of, "text": text} for name, (of, text) in texts.items())))
    generation = open_current(tmp_path / "index")

    def make(**known: float) -> Corpus:
        languages = {
            name: record.model_copy(update={"known": known[name], "passages": passages, "chance": chance})
            for (name, record), passages, chance in zip(
                sorted(generation.manifest.languages.items()), (400, 30, 7), (0.08, 0.12, 0.2), strict=True
            )
        }
        manifest = generation.manifest.model_copy(update={"languages": languages, "passages": PASSAGES})
        return Corpus(replace(generation, manifest=manifest), word_encoder.encode_queries([QUERY])[0])

    return make


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-x)))


class ByHand:
    """What a ranking should hold, from its evidence and the vectors, in double precision."""

    def __init__(self, corpus: Corpus, ranking: Ranking, language: str) -> None:
        generation, rows = corpus.generation, ranking.rows
        signals, records = generation.signals, generation.manifest.languages
        names = np.array(_languages(generation))
        of = names[rows]
        fit = np.array([records[name].known for name in of])
        chance = np.array(
            [(records[n].passages * records[n].chance + 50 * 0.1) / (records[n].passages + 50) for n in of]
        )
        number = [signals.languages.index(name) for name in of]
        asked = signals.languages.index(language)
        offsets, means = signals.centring.offsets.astype(float), signals.means.astype(float)
        vectors = generation.vectors.rows(rows).astype(float) - offsets[number]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        query = corpus.query - offsets[asked]
        query /= np.linalg.norm(query)
        known, own = records[language].known, of == language
        evidence = {name: values.astype(float) for name, values in ranking.evidence.items()}
        dense = (evidence["passage"] + evidence["sentence"]) / 2 + 0.5 * evidence["article"] + 0.2 * evidence["lead"]
        words = 0.4 * evidence["words"] + evidence["article_words"] + 0.3 * evidence["lead_words"]
        self.hybrid = known * dense + words
        best = int(np.argmax(np.where(own, self.hybrid, -np.inf)))
        articles = generation.tables.passage_column("article")[rows]
        others = words[own & (articles != articles[best])]
        weight = others.size + 50
        words_mean = others.sum() / weight
        words_variance = ((others**2).sum() + 50 * 0.12**2) / weight - words_mean**2
        self.mean = known * 1.7 * (query @ means[asked]) + words_mean
        spread = math.sqrt((known * 1.7 * chance[best]) ** 2 + words_variance)
        size = math.log(max(others.size, 20))
        above = (self.hybrid - self.mean) / spread
        estimate = _sigmoid(1.75 * above / math.sqrt(2 * size) + 1.6 * words - 0.37 * size - 3.45)
        in_own = self._in_own_language(above / math.sqrt(2 * size), words, size, np.where(own, articles, -1))
        self.seed, self.seed_relevance = int(rows[best]), estimate[best]
        right, wrong = estimate[best] ** 2, (1 - estimate[best]) ** 2
        self.query = query
        self.direction = 1.7 * query + 4 * right / (right + wrong) * vectors[best]
        beyond = dense - 1.7 * (means[number] @ query)
        like_seed = fit * known * (vectors @ vectors[best] - means[number] @ vectors[best])
        self.feedback = 4 * right / (right + wrong) * like_seed
        everywhere = fit * known * beyond + self.feedback
        self.scores = everywhere.copy()
        self.scores[np.flatnonzero(own)[np.argsort(-self.hybrid[own], kind="stable")]] = np.sort(everywhere[own])[::-1]
        self.scores[own] += (1 - known) * (self.hybrid[own] - self.mean)
        size = math.log(PASSAGES)
        by_vectors = _sigmoid(4 * fit * known * beyond / (1.7 * chance) / math.sqrt(2 * size) - 0.5 * size - 1.04)
        by_seed = self.seed_relevance * _sigmoid(4 * like_seed / chance / math.sqrt(2 * size) - 4.2)
        sampled = _sampled(generation, query)
        usual = max(known * (sampled.size * sampled.std() + 50 * 0.1) / (sampled.size + 50), 1e-3)
        vectors_stand = (fit * known * beyond / 1.7 - known * sampled.mean()) / usual / math.sqrt(2 * size)
        in_others = _in_others(np.maximum(by_vectors, by_seed), vectors_stand, like_seed / chance, estimate[best])
        self.relevance = _sigmoid(np.where(own, 0.43 * vectors_stand + in_own, in_others))
        self.order = self.scores + 0.5 * _logit(self.relevance)

    def _in_own_language(self, above: FloatArray, words: FloatArray, size: float, articles: Rows) -> FloatArray:
        """Return what counts for passages in the query's language, beside their vectors; those of others are -1."""
        numbers = sorted(set(articles.tolist()) - {-1})
        hybrid, keywords = (
            sorted(values[articles == number].max() for number in numbers) for values in (self.hybrid, words)
        )
        fourth = (hybrid[-4], keywords[-4]) if len(numbers) > 3 else (self.mean, 0.0)
        ahead, words_ahead = np.clip(self.hybrid - fourth[0], -0.5, 0.5), np.clip(words - fourth[1], -0.5, 0.5)
        few, above = max(6 - size, 0), np.minimum(above, 5)
        return (
            0.48 * above + 1.93 * ahead + 1.31 * words + 3.29 * words_ahead - 0.05 * size
            + few * (0.44 * above - 1.15 * words_ahead) - 4.76
        )  # fmt: skip


def _logit(value: FloatArray) -> FloatArray:
    bounded = np.clip(value, 0.002, 0.998)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _in_others(estimate: FloatArray, vectors: FloatArray, like_seed: FloatArray, seed: float) -> FloatArray:
    """Return what counts for passages in other languages."""
    size = math.log(PASSAGES)
    return np.asarray(
        0.46 * _logit(estimate) + 0.74 * vectors + 0.26 * np.maximum(vectors - 0.8, 0)
        + 0.41 * seed + 0.51 * seed * np.maximum(like_seed / math.sqrt(2 * size), 0) - 0.2 * size - 0.08
    )  # fmt: skip


def _sampled(generation: Generation, query: FloatArray) -> FloatArray:
    """Return the similarities of the passages in known languages, less the means of their languages."""
    signals, names = generation.signals, _languages(generation)
    spoken = _spoken(generation)
    sample = generation.vectors.rows(slice(None)).astype(float) - signals.centring.offsets.astype(float)[spoken]
    sample /= np.linalg.norm(sample, axis=1, keepdims=True)
    fits = np.array([generation.manifest.languages[name].known for name in names])
    similarities: FloatArray = (sample - signals.means.astype(float)[spoken]) @ query
    return similarities[(fits >= 0.5) if (fits >= 0.5).any() else (fits >= 0)]


def _spoken(generation: Generation) -> IntArray:
    """Return the number of the language of each passage."""
    return np.array([generation.signals.languages.index(language) for language in _languages(generation)])


def _languages(generation: Generation) -> list[str]:
    languages: list[str] = generation.tables.passage_languages().tolist()
    return languages


@pytest.mark.parametrize("known", [1.0, 0.6, 0.0])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_scores_and_relevance_are_those_of_the_formulas(
    corpus: Callable[..., Corpus], known: float, language: str
) -> None:
    made = corpus(en=known, fr=0.8 * known + 0.1, sw=0.9)
    ranking = made.rank(language)
    wanted = ByHand(made, ranking, language)
    assert ranking.rows.size == (4 if language == "fr" and known == 0 else 31)
    assert ranking.seed == wanted.seed
    assert ranking.seed_relevance == pytest.approx(wanted.seed_relevance, abs=1e-5)
    np.testing.assert_allclose(ranking.feedback, wanted.feedback, atol=1e-5)
    np.testing.assert_allclose(ranking.scores, wanted.order, atol=1e-4)
    np.testing.assert_allclose(ranking.relevance, wanted.relevance, atol=1e-5)
    assert (np.diff(ranking.scores) <= 1e-6).all()
    assert ranking.own.sum() == {"en": 27, "fr": 2}[language]
    np.testing.assert_allclose(ranking.cosine, made.generation.vectors.rows(ranking.rows) @ made.query, atol=1e-6)


def test_other_languages_are_searched_for_what_is_like_the_query_and_the_seed(
    corpus: Callable[..., Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    directions: list[Vector] = []
    nearest = LocalVectors.nearest

    def noted(backend: LocalVectors, direction: Vector, *more: Any) -> Rows:
        directions.append(direction)
        return nearest(backend, direction, *more)

    monkeypatch.setattr(LocalVectors, "nearest", noted)
    made = corpus(en=0.8, fr=0.9, sw=0.7)
    wanted = ByHand(made, made.rank("en"), "en")
    np.testing.assert_allclose(directions, [wanted.query, wanted.direction], atol=1e-5)
    assert np.linalg.norm(wanted.direction - 1.7 * wanted.query) > 0.2


def test_my_language_comes_first_by_its_hybrid_scores(corpus: Callable[..., Corpus]) -> None:
    made = corpus(en=0.6, fr=0.9, sw=0.9)
    ranking = made.rank("en", order=Order.MY_LANGUAGE_FIRST)
    wanted = ByHand(made, ranking, "en")
    hybrid = wanted.hybrid + wanted.order - wanted.scores
    assert ranking.own.tolist() == [True] * 27 + [False] * 4
    assert (np.diff(hybrid[:27]) <= 1e-5).all()
    assert (np.diff(ranking.scores[27:]) <= 1e-6).all()


def test_lanes_come_in_the_order_of_their_best(corpus: Callable[..., Corpus]) -> None:
    ranking = corpus(en=0.6, fr=0.9, sw=0.9).rank("en", order=Order.ONE_LANE_PER_LANGUAGE)
    lanes = [(language, ranking.scores[ranking.languages == language]) for language in dict.fromkeys(ranking.languages)]
    assert sorted(int(language) for language, _ in lanes) == [0, 1, 2]
    assert (np.diff([scores.max() for _, scores in lanes]) < 0).all()
    assert all((np.diff(scores) <= 1e-6).all() for _, scores in lanes)
    assert (np.diff(ranking.languages) != 0).sum() == 2


def test_the_evidence_is_what_vectors_and_words_say(corpus: Callable[..., Corpus]) -> None:
    made = corpus(en=1.0, fr=1.0, sw=1.0)
    generation, ranking = made.generation, made.rank("en")
    signals, evidence = generation.signals, ranking.evidence
    languages = _spoken(generation)
    centred = signals.centring.centre(generation.vectors.rows(slice(None)), languages)[0]
    query = signals.centring.centre(made.query[None, :], np.array([0]))[0][0]
    articles = generation.tables.passage_column("article")
    leads = generation.tables.article_column("first_passage")[articles]
    similarity = centred @ query
    sentence, best = signals.best_sentences(np.arange(31), query, similarity)
    passages = generation.keywords.shares(parse_keywords(QUERY), "en")
    whole = generation.article_keywords.shares(parse_keywords(QUERY), "en")
    means = np.array([centred[articles == article].mean(axis=0) for article in range(30)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    rows = ranking.rows
    assert (leads != np.arange(31)).sum() == 1
    assert sentence[0] > similarity[0] + 0.1
    np.testing.assert_allclose(evidence.passage, similarity[rows], atol=1e-5)
    np.testing.assert_allclose(evidence.sentence, sentence[rows], atol=1e-5)
    np.testing.assert_allclose(evidence.article, (means @ query)[articles[rows]], atol=5e-3)
    np.testing.assert_allclose(evidence.lead, ((similarity + sentence) / 2)[leads[rows]], atol=1e-5)
    np.testing.assert_allclose(evidence.words, passages[rows], atol=1e-6)
    np.testing.assert_allclose(evidence.article_words, whole[articles[rows]], atol=1e-6)
    np.testing.assert_allclose(evidence.lead_words, passages[leads[rows]], atol=1e-6)
    assert passages[[0, 1]].tolist() != whole[articles[[0, 1]]].tolist()
    assert ranking.best_sentence.tolist() == best[rows].tolist()


def test_a_query_in_a_language_without_passages_is_answered_by_vectors(corpus: Callable[..., Corpus]) -> None:
    made = corpus(en=0.6, fr=0.9, sw=0.5)
    generation, ranking = made.generation, made.rank("")
    assert (ranking.seed, ranking.seed_relevance, ranking.own.any()) == (None, 0.0, np.False_)
    fit = np.array([0.6, 0.9, 0.5])[ranking.languages]
    means = (generation.signals.means @ made.query)[ranking.languages]
    relevance = np.log(ranking.relevance / (1 - ranking.relevance))
    assert 0.002 < ranking.relevance.min() < ranking.relevance.max() < 0.998
    wanted = fit * (ranking.evidence.dense - 1.7 * means) + 0.5 * relevance
    np.testing.assert_allclose(ranking.scores, wanted, atol=1e-5)
    assert (ranking.evidence.keywords == 0).all()
    assert (np.diff(ranking.scores) <= 1e-6).all()


def test_what_may_not_lead_is_not_the_seed_and_what_a_filter_keeps_out_may_be(corpus: Callable[..., Corpus]) -> None:
    made = corpus(en=1.0, fr=1.0, sw=1.0)
    best, second = 0, 2
    assert made.rank("en").seed == best
    french = np.array([language == "fr" for language in _languages(made.generation)])
    everything, filtered = made.rank("en"), made.rank("en", among=french)
    assert (filtered.seed, filtered.rows.size) == (best, 2)
    scores = dict(zip(everything.rows.tolist(), everything.scores.tolist(), strict=True))
    assert filtered.scores.tolist() == pytest.approx([scores[row] for row in filtered.rows.tolist()], abs=1e-6)
    leading = np.ones(31, np.bool_)
    leading[[0, 1]] = False
    held_back = made.rank("en", leading=leading)
    assert held_back.seed == second
    assert best in held_back.rows


def test_a_background_is_told_by_the_scores_of_passages_and_shrunk_to_the_usual_ones() -> None:
    keywords = Moments.of([np.array([0.1, 0.3, 0.0], np.float32)])
    found = Background.measure(keywords, dense_mean=0.2, dense_spread=0.05)
    mean = 0.4 / 53
    variance = (0.1**2 + 0.3**2 + 50 * 0.12**2) / 53 - mean**2
    assert found.passages == 3
    assert found.mean == pytest.approx(0.2 + mean)
    assert found.spread == pytest.approx(math.sqrt(0.05**2 + variance))


def test_chance_is_shrunk_to_the_usual_one_where_passages_are_few() -> None:
    assert shrunk_chance(0, 0.3) == pytest.approx(0.1)
    assert shrunk_chance(50, 0.3) == pytest.approx(0.2)


def test_what_vectors_cannot_tell_is_added_for_ones_own_language_alone() -> None:
    scores, hybrid = np.array([1, 2, 3], np.float32), np.array([0.5, 0.9, 0.7], np.float32)
    own = np.array([True, False, True])
    np.testing.assert_allclose(add_unknown(scores, hybrid, own, np.float32(0.25), 0.4), [1.075, 2, 3.225], rtol=1e-6)
    assert add_unknown(scores, hybrid, own, np.float32(1), 0.4).tolist() == [1, 2, 3]


def test_similarities_beyond_the_mean_are_those_of_centred_vectors(corpus: Callable[..., Corpus]) -> None:
    generation = corpus(en=1.0, fr=0.5, sw=0.0).generation
    columns = generation.columns
    similarity, signals = Similarity(generation, columns), generation.signals
    rows = np.array([30, 0, 28, 5])
    languages = _spoken(generation)[rows]
    centred = signals.centring.centre(generation.vectors.rows(rows), languages)[0]
    direction = 3 * centred[1]
    np.testing.assert_allclose(similarity.to_vector(rows, direction), centred @ direction, atol=1e-5)
    beyond = centred @ direction - signals.means[languages] @ direction
    np.testing.assert_allclose(similarity.beyond_mean(rows, direction), beyond, atol=1e-5)
    assert similarity.fit.tolist() == [1, 0.5, 0]
    assert similarity.chance.tolist() == pytest.approx([37 / 450, 8.6 / 80, 6.4 / 57])
