"""How many of the passages that are truly nearest to a question an index nominates, with and without filters."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.rows import RowSet
from indexer.vectors.nomination.index import NominationIndex

NEAREST: Final = 10
"""So many of the nearest should be nominated."""
ASKED: Final = 500
"""As many candidates as the ranking asks for, at least."""
_MIXED, _SCRAMBLE = 2**32, 2654435761
"""Knuth's multiplicative hashing, which makes a share of the rows that has nothing to do with their order."""

Nearest = list[NDArray[np.int64]]
"""For each question the rows nearest to it, nearest first."""


class Blocks(Protocol):
    """Centred vectors, block by block."""

    def rows(self, rows: slice) -> Vectors: ...

    def blocks(self) -> Iterator[slice]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Headlines as queries: real ones, since passages as queries would be much nearer to the passages."""

    directions: Vectors
    """Centred."""
    languages: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.directions)

    def every_other(self, first: int) -> "Questions":
        """Return every second question, the first one for 0 or the second one for 1."""
        return Questions(self.directions[first::2], self.languages[first::2])


class Scope(NamedTuple):
    """What passes for a question in a language, block by block."""

    name: str
    holds: Callable[[int, slice], NDArray[np.bool_]]
    """From the number of the question's language and some rows to whether each of them passes."""


class Recall(NamedTuple):
    """The outcome of some questions within a scope."""

    found: float
    """Mean share of the nearest that were nominated."""
    milliseconds: float
    """Median time of a search on one core."""


def usual_scopes(language_of: NDArray[np.int64], known: NDArray[np.bool_]) -> list[Scope]:
    """Return the two scopes that the ranking asks for: the question's language, and the others that are known."""
    return [
        Scope("own language", lambda language, rows: language_of[rows] == language),
        Scope("other languages", lambda language, rows: known[language_of[rows]] & (language_of[rows] != language)),
    ]


def filtered_scopes(shares: Sequence[float]) -> list[Scope]:
    """Return a scope for each share of the rows that shall pass."""

    def passing(share: float) -> Callable[[int, slice], NDArray[np.bool_]]:
        def holds(_language: int, rows: slice) -> NDArray[np.bool_]:
            numbers = np.arange(rows.start, rows.stop, dtype=np.uint64) * _SCRAMBLE % _MIXED
            passes: NDArray[np.bool_] = numbers < share * _MIXED
            return passes

        return holds

    return [Scope("everything" if share == 1 else f"{100 * share:g} %", passing(share)) for share in shares]


def find_nearest(
    vectors: Blocks, questions: Questions, scopes: Sequence[Scope], most: int = NEAREST
) -> dict[str, Nearest]:
    """Return for each scope what comparing all vectors finds nearest to each question, at most so many."""
    best = {scope.name: _Best(len(questions), most) for scope in scopes}
    for block in vectors.blocks():
        similar = questions.directions @ vectors.rows(block).T
        for scope in scopes:
            for language in np.unique(questions.languages).tolist():
                rows = np.flatnonzero(scope.holds(language, block))
                if rows.size:
                    asked = np.flatnonzero(questions.languages == language)
                    best[scope.name].add(asked, similar[np.ix_(asked, rows)], rows + block.start)
    return {name: each.rows for name, each in best.items()}


def measure_recall(
    index: NominationIndex, questions: Questions, scope: Scope, nearest: Nearest, k: int = ASKED, effort: float = 1
) -> Recall:
    """Return how many of the nearest within a scope an index nominates."""
    everything = slice(0, index.count)
    sets = {
        language: RowSet.of(np.flatnonzero(scope.holds(language, everything)))
        for language in np.unique(questions.languages).tolist()
    }
    found, seconds = [], []
    for direction, language, wanted in zip(questions.directions, questions.languages.tolist(), nearest, strict=True):
        within = None if len(sets[language]) == index.count else sets[language]
        index.nearest(direction, k, within, effort)  # what a search leaves in caches belongs to none of them
        began = time.thread_time()
        rows = index.nearest(direction, k, within, effort)
        seconds.append(time.thread_time() - began)
        if wanted.size:
            found.append(np.isin(wanted, rows).mean())
    return Recall(float(np.mean(found)) if found else 1.0, 1000 * float(np.median(seconds)))


class _Best:
    """The nearest rows so far, for each question."""

    def __init__(self, questions: int, most: int) -> None:
        self._most = most
        self.rows: Nearest = [np.empty(0, np.int64)] * questions
        self._similar = [np.empty(0, np.float32)] * questions

    def add(self, asked: NDArray[np.intp], similar: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        for question, of_question in zip(asked.tolist(), similar, strict=True):
            held = self._similar[question]
            better = np.flatnonzero(of_question > (held[-1] if held.size == self._most else -np.inf))
            if better.size:
                together = np.concatenate([held, of_question[better]])
                order = np.argsort(-together, kind="stable")[: self._most]
                self._similar[question] = together[order]
                self.rows[question] = np.concatenate([self.rows[question], rows[better]])[order]
