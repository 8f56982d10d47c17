"""Which sentences get a vector of their own: the vectorised choice against a plain loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.article import Article, Passage, Span
from indexer.generations.layout import GenerationLayout
from indexer.storage.table_writer import TableWriter
from indexer.storage.tables import Tables, spans
from indexer.vectors.sentences import MIN_BYTES, Sentences

SENTENCE = st.text("aé渡🛳 ", min_size=1, max_size=14)


def _tables(passages: list[list[str]], folder: Path) -> Tables:
    """Return tables of one article of one-line passages, each made of these sentences."""
    body = "\n".join("|".join(each) for each in passages)
    cut, start = [], 0
    for ordinal, sentences in enumerate(passages):
        text, found, place = "|".join(sentences), [], 0
        for sentence in sentences:
            found.append(Span(place, place + len(sentence)))
            place += len(sentence) + 1
        cut.append(Passage("a", ordinal, text, start, start + len(text), 0, tuple(found)))
        start += len(text) + 1
    writer = TableWriter(GenerationLayout(folder).tables)
    writer.add(Article("a", "", body, None, "en", "", "", ""), cut)
    writer.close()
    return Tables(GenerationLayout(folder).tables)


def _plainly(tables: Tables) -> Iterator[tuple[int, int, str]]:
    for row, passage in enumerate(tables.passages.to_pylist()):
        sentences = [passage["text"][start:end] for start, end in spans(passage["sentences"])]
        for ordinal, text in enumerate(sentences):
            if len(sentences) > 1 and len(text.encode()) >= MIN_BYTES:
                yield row, ordinal, text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(SENTENCE, min_size=1, max_size=5), min_size=1, max_size=8), st.integers(1, 6))
def test_it_is_what_a_plain_loop_chooses(tmp_path: Path, passages: list[list[str]], size: int) -> None:
    passages = [each if any(text.strip() for text in each) else ["a story"] for each in passages]
    tables = _tables(passages, tmp_path)
    sentences = Sentences(tables)
    found = []
    for batch in sentences.batches(size):
        assert batch.texts
        assert len(batch.texts) < size + 5
        found += list(zip(batch.rows.tolist(), batch.ordinals.tolist(), batch.texts, strict=True))
    assert found == list(_plainly(tables))
    assert len(sentences) == len(found)
    counts = [sum(row == each for each, _, _ in found) for row in range(len(passages))]
    assert (sentences.first[1:] - sentences.first[:-1]).tolist() == counts


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [("x" * 12, True), ("x" * 11, False), ("渡" * 4, True), ("渡" * 3, False), ("🛳" * 3, True), ("🛳🛳é", False)],
)
def test_bytes_decide_and_not_characters(tmp_path: Path, sentence: str, counts: bool) -> None:
    sentences = Sentences(_tables([[sentence, "and so on"]], tmp_path))
    assert len(sentences) == counts


def test_a_passage_of_one_sentence_has_no_vector_of_it(tmp_path: Path) -> None:
    assert len(Sentences(_tables([["The ferry ran aground."]], tmp_path))) == 0
