"""What every vector backend promises, held against comparing all vectors: each kind of nomination index."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.rows import RowSet
from indexer.vectors.faiss_index import VectorIndex, VectorWriter
from indexer.vectors.local import LocalVectors
from indexer.vectors.nomination.index import NominationIndex
from indexer.vectors.nomination.kinds import FLAT, Codes, IndexKind, Structure
from indexer.vectors.nomination.writer import NominationWriter
from indexer.vectors.protocol import VectorBackend

ROWS, DIM, ASKED = 6000, 32, 400
KINDS = {
    "flat": (FLAT, 0),
    "ivf of bits": (IndexKind(Structure.IVF, Codes.RABITQ, lists=48), 16),
    "ivf of bytes": (IndexKind(Structure.IVF, Codes.SQ8, lists=48), 16),
    "ivf of half bytes": (IndexKind(Structure.IVF, Codes.SQ4, lists=48), 16),
    "hnsw of bits": (IndexKind(Structure.HNSW, Codes.RABITQ, links=16, build_breadth=40), 800),
    "hnsw of bytes": (IndexKind(Structure.HNSW, Codes.SQ8, links=16, build_breadth=40), 400),
}


@dataclass(frozen=True)
class Corpus:
    """Vectors around 60 stories, a fifth of them nearly the same as another."""

    vectors: NDArray[np.float32]
    questions: NDArray[np.float32]


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    units: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    rng = np.random.default_rng(1)
    stories = unit(rng.standard_normal((60, DIM)))
    vectors = unit(stories[rng.integers(60, size=ROWS)] + 0.2 * rng.standard_normal((ROWS, DIM)))
    vectors[ROWS - ROWS // 5 :] = unit(vectors[: ROWS // 5] + 0.002 * rng.standard_normal((ROWS // 5, DIM)))
    return Corpus(vectors, unit(stories[:30] + 0.3 * rng.standard_normal((30, DIM))))


def write(folder: Path, vectors: NDArray[np.float32], kind: IndexKind, depth: int, exact_up_to: int) -> LocalVectors:
    with VectorWriter(folder / "vectors", DIM) as file:
        file.add(vectors)
    writer = NominationWriter(DIM, kind)
    writer.train(vectors)
    for start in range(0, len(vectors), 2500):
        writer.add(vectors[start : start + 2500])
    writer.opened(depth)
    writer.save(folder / "nominations")
    nominations = NominationIndex.open(folder / "nominations", exact_up_to)
    return LocalVectors(VectorIndex(folder / "vectors"), nominations)


@pytest.fixture(scope="module", params=KINDS)
def backend(request: pytest.FixtureRequest, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> VectorBackend:
    return write(tmp_path_factory.mktemp("backend"), corpus.vectors, *KINDS[request.param], exact_up_to=50)


def exact(corpus: Corpus, question: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    similarities = corpus.vectors[rows] @ question
    return rows[np.argsort(-similarities, kind="stable")[:k]]


def scopes() -> dict[str, RowSet]:
    rng = np.random.default_rng(2)
    shares = {f"a share of {share}": RowSet.of(np.flatnonzero(rng.random(ROWS) < share)) for share in (0.5, 0.2, 0.1)}
    return shares | {
        "neighbours": RowSet.between(1000, 2600),
        "few": RowSet.of(np.arange(7, ROWS, 100)),
        "one among many": RowSet.of(np.array([4321])),
        "none": RowSet.between(0, 0),
    }


@pytest.mark.parametrize("name", scopes())
def test_the_nearest_within_a_scope_are_returned_and_nothing_else(
    backend: VectorBackend, corpus: Corpus, name: str
) -> None:
    scope, found = scopes()[name], []
    for question in corpus.questions:
        rows = backend.nearest(3 * question, ASKED, scope)
        assert rows.dtype == np.int64
        assert (np.diff(rows) > 0).all()
        assert scope.holds(rows).all()
        assert rows.size == len(scope) if len(scope) <= ASKED else rows.size <= ASKED
        wanted = exact(corpus, question, scope.rows(), 10)
        found.append(np.isin(wanted, rows).mean() if wanted.size else 1)
    assert np.mean(found) >= (0.9 if len(scope) > ASKED else 1)


def test_the_nearest_of_all_are_returned(backend: VectorBackend, corpus: Corpus) -> None:
    found = []
    for question in corpus.questions:
        rows = backend.nearest(question, ASKED)
        assert (rows.size, np.unique(rows).size) == (ASKED, ASKED)
        found.append(np.isin(exact(corpus, question, np.arange(ROWS), 10), rows).mean())
    assert np.mean(found) >= 0.95


def test_more_effort_finds_no_less(backend: VectorBackend, corpus: Corpus) -> None:
    def recall(effort: float) -> float:
        found = [
            np.isin(exact(corpus, each, np.arange(ROWS), 10), backend.nearest(each, ASKED, None, effort)).mean()
            for each in corpus.questions
        ]
        return float(np.mean(found))

    least, usual, most = recall(0.05), recall(1), recall(100)
    assert least <= usual + 0.03  # more rows that only seem near can push a near one out
    assert usual <= most + 0.03


def test_all_are_returned_where_more_are_asked_for(backend: VectorBackend, corpus: Corpus) -> None:
    assert backend.nearest(corpus.questions[0], 10**9).tolist() == list(range(ROWS))
    assert backend.nearest(corpus.questions[0], ROWS, RowSet.between(5, 5000)).tolist() == list(range(5, 5000))


def test_few_in_scope_are_all_returned_so_that_they_are_compared_exactly(
    backend: VectorBackend, corpus: Corpus
) -> None:
    question = corpus.questions[0]
    assert backend.nearest(question, 10, RowSet.between(100, 150)).tolist() == list(range(100, 150))
    assert 0 < backend.nearest(question, 10, RowSet.between(100, 151)).size <= 10


def test_vectors_that_tie_fill_what_was_asked_for(
    tmp_path: Path, request: pytest.FixtureRequest, backend: VectorBackend, corpus: Corpus
) -> None:
    same = np.repeat(corpus.vectors[:1], 600, axis=0)
    kind, depth = KINDS[request.node.callspec.params["backend"]]
    tied = write(tmp_path, np.concatenate([same, corpus.vectors[:3000]]), kind, depth, exact_up_to=0)
    rows = tied.nearest(corpus.vectors[0], 100)
    assert rows.size == 100
    assert (corpus.vectors[0] @ tied.rows(rows).T > 0.99).all()


def test_the_vectors_are_those_that_were_written(backend: VectorBackend, corpus: Corpus) -> None:
    assert (backend.count, backend.dim) == (ROWS, DIM)
    rows = np.array([4000, 3, 2])
    np.testing.assert_array_equal(backend.rows(rows), corpus.vectors[rows])
    np.testing.assert_array_equal(backend.rows(slice(10, 20)), corpus.vectors[10:20])


@pytest.mark.parametrize("name", KINDS)
def test_the_same_vectors_give_the_same_bytes(corpus: Corpus, name: str, tmp_path: Path) -> None:
    kind, depth = KINDS[name]
    written = []
    for _ in range(2):
        write(tmp_path, corpus.vectors, kind, depth, exact_up_to=0)
        written.append((tmp_path / "nominations").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("name", KINDS)
def test_an_index_takes_as_much_as_was_reckoned(corpus: Corpus, name: str, tmp_path: Path) -> None:
    kind, depth = KINDS[name]
    write(tmp_path, corpus.vectors, kind, depth, exact_up_to=0)
    size = (tmp_path / "nominations").stat().st_size
    assert kind.bytes_for(ROWS, DIM) == pytest.approx(size, rel=0.03)


def test_lists_want_vectors_to_be_trained_on() -> None:
    writer = NominationWriter(DIM, IndexKind(Structure.IVF, Codes.SQ8, lists=64))
    with pytest.raises(ValueError, match=r"IVF64\+SQ8 is trained on 64 vectors at least, not 63"):
        writer.train(unit(np.random.default_rng(0).standard_normal((63, DIM))))


def test_products_are_those_of_the_vectors(backend: VectorBackend, corpus: Corpus) -> None:
    rows = np.array([5999, 3, 3, 0])
    found = backend.products(rows, corpus.questions[0])
    np.testing.assert_allclose(found, corpus.vectors[rows] @ corpus.questions[0], atol=1e-6)
    assert found[1] == found[2]
    assert backend.products(rows[::2], 2 * corpus.questions[0])[0] == pytest.approx(2 * found[0], abs=1e-6)
    assert backend.products(rows[:0], corpus.questions[0]).shape == (0,)


@pytest.mark.parametrize("row", [-1, ROWS])
def test_there_are_no_products_of_rows_that_are_not_there(backend: VectorBackend, corpus: Corpus, row: int) -> None:
    with pytest.raises(IndexError, match=r"rows .* of 6,000"):
        backend.products(np.array([3, row]), corpus.questions[0])


def test_a_search_for_more_looks_further(corpus: Corpus, tmp_path: Path) -> None:
    backend = write(tmp_path, corpus.vectors, IndexKind(Structure.IVF, Codes.SQ8, lists=48), 2, exact_up_to=0)
    few, many = backend.nearest(corpus.questions[0], 1000), backend.nearest(corpus.questions[0], 4000)
    assert few.size < 1000
    assert many.size > 2 * few.size
