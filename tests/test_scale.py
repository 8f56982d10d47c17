"""The benchmark of growing corpora: edited repetitions, their resampled vectors, and the figures it prints."""

import gzip
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from edited import Editor, skeleton
from resampled import Bases, Moves, ResampledEncoder
from scale import growth_figures, scale_figures
from scale_corpus import SETS, THE_REST, ScaleCorpus

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder
from indexer.generations.store import open_current
from indexer.vectors.cache import VectorCache

WHO = ("Marta Olsen", "Pavel Brodny", "Ines Carvo", "Tom Hadley", "Lena Furst", "Omar Selim", "Ruth Amsel", "Jan Kolb")
WHERE = ("Velmora", "Tarnby", "Oskeld", "Brunnau", "Castrello", "Merrow", "Dunholm", "Lisbrook")
WHAT = (
    "the ferry across the sound will stop in winter because too few people use it",
    "the bakers of the old town want cheaper flour and longer opening hours",
    "the river rose by two metres over night and flooded the cellars of the market",
    "nurses at the hospital went on strike for shorter shifts and better pay",
    "the council voted against the new bridge after a debate that lasted until midnight",
    "a fire destroyed the roof of the museum but all of its paintings were saved",
)


def make_article(number: int) -> dict[str, Any]:
    """Return an article of three paragraphs of about 330 characters each."""
    chance = random.Random(number)

    def sentence() -> str:
        who, where, what = (chance.choice(each) for each in (WHO, WHERE, WHAT))
        return f"On the {chance.randrange(1, 28)}th it was said by {who} in {where} that {what}."

    body = "\n\n".join(" ".join(sentence() for _ in range(3)) for _ in range(3))
    title = f"What {chance.choice(WHO)} said about {chance.choice(WHERE)}, part {number}"
    return {"id": f"a{number}", "title": title, "text": body, "date": "2019-03-04", "language": "en"}


@pytest.fixture
def articles() -> list[dict[str, Any]]:
    return [make_article(number) for number in range(100)]


@pytest.fixture
def bases_of(tmp_path: Path, embedded: Encoder, write_jsonl: Callable[..., Path]) -> Callable[..., Bases]:
    def build(articles: list[dict[str, Any]]) -> Bases:
        rebuild_index(BuildPlan([write_jsonl(*articles)], tmp_path / "index", embedded))
        return Bases(open_current(tmp_path / "index").tables, embedded, tmp_path / "bases.npy")

    return build


def texts(articles: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[str]:
    return [f"{each['title']}\n{text}" for each in articles for text in each["text"].split("\n\n")]


def test_an_edit_exchanges_names_numbers_and_dates_and_keeps_the_other_words(articles: list[dict[str, Any]]) -> None:
    edited = Editor(articles).edit(articles[0], 1)
    assert edited["id"] == "a0-1"
    assert edited["date"] > articles[0]["date"]
    assert edited["title"] != articles[0]["title"]
    for before, after in zip(texts([articles[0]]), texts([edited]), strict=True):
        assert before != after
        assert skeleton(before) == skeleton(after) != 0
    assert Editor(articles).edit(articles[0], 1) == edited
    assert Editor(articles).edit(articles[0], 2)["text"] != edited["text"]


def test_other_words_are_another_skeleton_and_too_few_are_none() -> None:
    assert skeleton("In Velmora the river rose by 3 metres.") == skeleton("By 12, Tarnby: the river rose by metres.")
    assert skeleton("the river rose in Velmora") != skeleton("the river fell in Velmora")
    assert skeleton("VELMORA, May 3") == 0


def test_resampled_vectors_move_as_far_as_real_ones_and_are_the_same_every_time(
    articles: list[dict[str, Any]], bases_of: Callable[..., Bases], embedded: Encoder, tmp_path: Path
) -> None:
    bases, editor = bases_of(articles), Editor(articles)
    moves = Moves.measure(texts([editor.edit(each, 0) for each in articles]), bases, embedded)
    cache = VectorCache.open(tmp_path / "cache", embedded.identity)
    encoder = ResampledEncoder(embedded, cache, bases, moves)
    edited = texts([editor.edit(each, 1) for each in articles])
    found = encoder.encode_passages(edited)
    base, known = bases.find(edited)
    assert known.all()
    assert (encoder.resampled, encoder.encoded) == (len(edited), 0)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    really = (embedded.encode_passages(edited) * base).sum(axis=1)
    drawn = (found * base).sum(axis=1)
    at = (10, 50, 90)
    np.testing.assert_allclose(np.percentile(drawn, at), np.percentile(really, at), atol=0.03)
    np.testing.assert_array_equal(encoder.encode_passages(edited[::-1])[::-1], found)


def test_known_texts_keep_their_vectors_and_strange_ones_are_encoded(
    articles: list[dict[str, Any]], bases_of: Callable[..., Bases], embedded: Encoder, tmp_path: Path
) -> None:
    bases, cache = bases_of(articles), VectorCache.open(tmp_path / "cache", embedded.identity)
    known, strange = texts(articles)[0], "nothing like this was ever said before"
    cache.add([known], embedded.encode_passages([known]))
    moves = Moves.measure(texts([Editor(articles).edit(each, 0) for each in articles]), bases, embedded)
    encoder = ResampledEncoder(embedded, cache, bases, moves)
    found = encoder.encode_passages([known, strange])
    np.testing.assert_allclose(found, embedded.encode_passages([known, strange]), atol=1e-5)
    assert (encoder.resampled, encoder.encoded) == (0, 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the labelled sets, of invented articles."""
    folder = tmp_path / "data"
    story = [{"_id": f"story#en#{part}", "title": "", "text": "Snow fell.", "language": "en"} for part in (0, 1)]
    files: dict[str, list[dict[str, Any]]] = {
        f"{SETS[0]}/articles": [make_article(number) for number in range(30)],
        f"{SETS[1]}/articles": [make_article(number) for number in range(100, 130)],
        "ntrex_headline30/corpus": story,
        "ntrex_headline30/queries": [{"_id": "story#en", "text": "Snow in the valley", "language": "en"}],
        "xquadr_paragraph/corpus": [{"_id": "en-0-0", "title": "", "text": "Why does it snow?", "language": "en"}],
    }
    for name, records in files.items():
        path = folder / f"{name}.jsonl.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"".join(orjson.dumps(record) + b"\n" for record in records)))
    return folder


def test_a_corpus_is_the_beginning_of_a_longer_one_and_what_is_asked_is_in_none(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scale_corpus._HELD_OUT", 0.2)
    corpus = ScaleCorpus.read(data)
    small, large = (list(corpus.articles(passages)) for passages in (20, 400))
    assert large[: len(small)] == small
    assert 19 <= sum(len(each["text"]) for each in small) / 334 <= 23
    assert len(large) > len(corpus.real) == len(list(corpus.articles(None)))
    assert len({each["id"] for each in large}) == len(large)
    held = {each["id"] for each in corpus.held_out}
    assert held
    assert not held & {each["id"].rsplit("-", 1)[0] for each in large} | held & {each["id"] for each in large}
    assert set(corpus.headlines) <= {" ".join(each["title"].split()) for each in corpus.held_out}
    assert {each["source"] for each in large} >= {THE_REST, "one-in-ten"}


def test_the_benchmark_measures_a_repeated_corpus(data: Path, tmp_path: Path) -> None:
    figures = scale_figures(data, tmp_path / "work", [400], 5)
    size = next(iter(figures)).split(":")[0]
    assert abs(int(size) - 400) < 60
    assert figures[f"{size}: 100 % pass, recall@10 of the nominated"]["value"] == 1
    assert "0 texts resampled" not in figures[f"{size}: build, s"]["how"]
    assert figures[f"{size}: rank a warm query, p50 ms"]["value"] > 0
    assert figures[f"{size}: bytes on disk a passage"]["value"] > 2048


def test_growth_is_held_against_the_square_root_of_the_corpus() -> None:
    cost = "without encoding, processor"
    found = [{"built": {"passages": 10**each}, "warm": {cost: (2.0**each, 0.0)}} for each in (2, 4)]
    (grown,) = growth_figures(found).values()
    assert (grown["value"], grown["target"]) == (4, 10)
