"""Choose the kind of nomination index for a corpus before it is built, and say what to expect of it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.errors import SettingsError
from indexer.vectors.nomination.kinds import FLAT, ROUNDS, Codes, IndexKind, Structure

FLAT_UP_TO: Final = 200_000
"""Up to this many passages all of them are scanned: nothing else is faster there, and it finds most."""
MOST_PASSAGES: Final = 2**31
"""Rows are numbered by FAISS and by compressed sets in this range."""
WANTED_RECALL: Final = 0.97
_MOST_LISTS: Final = 8192
"""More centroids than can be trained within a build's memory would be worse ones."""
_LISTS_PER_ROOT: Final = 4
_PROBE: Final = 2.4e-6
"""Seconds that a list costs beside its rows."""
_ROW: Final = {Codes.RABITQ: 1.2e-8, Codes.SQ4: 6e-8, Codes.SQ8: 1e-7}
"""Seconds that a row costs which is looked at."""
_HOP: Final = 1e-6
"""Seconds that a walk along links costs, for each row of its breadth and each doubling of the rows."""
_VECTOR_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Workload:
    """What an index has to hold and to reach."""

    passages: int
    dim: int
    memory: int
    """Bytes that the index may take in memory."""
    recall: float = WANTED_RECALL
    """Share of the ten nearest that shall be nominated."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A search of a small index over a sample of the corpus, with headlines of the corpus as questions."""

    kind: IndexKind
    rows: int
    """Of the sample."""
    share: float
    """The share of the lists that is probed; of a walk along links, its breadth; 1 for a scan."""
    recall: float
    milliseconds: float
    """Median on one core, in one of the ranking's two scopes."""
    build_seconds: float
    """Of a processor, for the small index."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What was measured on samples."""

    source: str
    """Of what, for people."""
    trials: Sequence[Trial]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one kind of index."""

    kind: IndexKind
    depth: int
    """Lists to probe, or breadth of the walk; 0 for a scan."""
    recall: float
    memory: int
    """Bytes resident when all of it was used."""
    disk: int
    """Bytes, with the vectors themselves."""
    build_seconds: float
    """Of one core, beside encoding."""
    milliseconds: float
    """Median of a search on one core."""
    reckoned: float
    """Seconds of a search as its size alone makes them: the choice must be the same however busy a machine is."""


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """The choice, and why."""

    chosen: Expectation
    why: str
    source: str
    others: Sequence[Expectation] = ()
    """What else would have fitted into the memory, best first."""


def lists_for(passages: int) -> int:
    """Return the number of inverted lists for so many passages: a power of two near four times their root."""
    power = round(math.log2(_LISTS_PER_ROOT * math.sqrt(max(passages, 1))))
    return int(min(_MOST_LISTS, 2**power))


def check_workload(workload: Workload) -> None:
    """Refuse what no index on one machine can be planned for.

    Raises:
        SettingsError: There are no passages or too many, or the recall is no share.
    """
    if workload.passages < 1:
        raise SettingsError(f"{workload.passages:,} passages need no index", "give at least 1: --passages 100000")
    if workload.passages > MOST_PASSAGES:
        raise SettingsError(
            f"an index on one machine holds at most {MOST_PASSAGES:,} passages, and {workload.passages:,} are planned",
            "divide the corpus, and search the parts on several machines",
        )
    if not 0 < workload.recall <= 1:
        raise SettingsError(f"the recall wanted is {workload.recall:g}", "give a share between 0 and 1: --recall 0.97")


def plan_index(workload: Workload, measured: Trials) -> IndexPlan:
    """Choose the fastest kind that fits into the memory and is expected to reach the recall.

    Raises:
        SettingsError: No kind fits; or see ``check_workload``.
    """
    check_workload(workload)
    expected = [_expected(workload, measured, kind) for kind in _kinds(workload, measured)]
    smallest = min(expected, key=lambda each: each.memory)
    fitting = [each for each in expected if each.memory <= workload.memory]
    if not fitting:
        raise SettingsError(
            f"{size_in_words(workload.memory)} of memory hold no index of {workload.passages:,} passages: "
            f"the smallest, {smallest.kind.name}, takes {size_in_words(smallest.memory)}",
            f"give at least that: --memory {math.ceil(smallest.memory / 2**20)}",
        )
    if workload.passages <= FLAT_UP_TO and any(each.kind == FLAT for each in fitting):
        flat = next(each for each in fitting if each.kind == FLAT)
        why = f"up to {FLAT_UP_TO:,} passages nothing is faster than a scan of one bit a dimension, or finds more"
        return IndexPlan(flat, why, measured.source, [each for each in fitting if each is not flat])
    reaching = [each for each in fitting if each.recall >= workload.recall]
    ordered = sorted(reaching, key=lambda each: (each.reckoned, each.memory))
    ordered += sorted((each for each in fitting if each not in reaching), key=lambda each: -each.recall)
    room, wanted = size_in_words(workload.memory), f"a recall of {workload.recall:g}"
    why = f"the fastest of those that fit into {room} and reach {wanted}"
    if not reaching:
        why = f"none that fits into {room} reaches {wanted}, and it comes nearest"
    return IndexPlan(ordered[0], why, measured.source, ordered[1:])


def _kinds(workload: Workload, measured: Trials) -> Iterator[IndexKind]:
    """Yield the kinds that were tried, sized for the whole corpus."""
    for kind in dict.fromkeys(replace(trial.kind, lists=0) for trial in measured.trials):
        if kind.structure != Structure.IVF:
            yield kind
        elif workload.passages > FLAT_UP_TO:
            yield replace(kind, lists=lists_for(workload.passages))


def _expected(workload: Workload, measured: Trials, kind: IndexKind) -> Expectation:
    """Return what is expected of a kind at the least depth that reaches the recall, else at the greatest tried."""
    of_kind = [each for each in measured.trials if replace(each.kind, lists=0) == replace(kind, lists=0)]
    tried = sorted(of_kind, key=lambda each: each.share)
    trial = next((each for each in tried if each.recall >= workload.recall), tried[-1])
    memory = kind.bytes_for(workload.passages, workload.dim)
    cost = _cost(kind, trial.share, workload.passages)
    return Expectation(
        kind,
        _depth(kind, trial),
        trial.recall,
        memory,
        memory + workload.passages * workload.dim * _VECTOR_BYTES,
        _build_seconds(kind, trial, workload.passages),
        trial.milliseconds * cost / _cost(trial.kind, trial.share, trial.rows),
        cost,
    )


def _depth(kind: IndexKind, trial: Trial) -> int:
    if kind.structure == Structure.IVF:
        return max(1, round(trial.share * kind.lists))
    return round(trial.share) if kind.structure == Structure.HNSW else 0


def _cost(kind: IndexKind, share: float, rows: int) -> float:
    """Return the seconds of a search on the machine on which the constants were measured."""
    if kind.structure == Structure.IVF:
        return share * (kind.lists * _PROBE + rows * _ROW[kind.codes])
    return share * _HOP * math.log2(rows + 1) if kind.structure == Structure.HNSW else rows * _ROW[kind.codes]


def _build_seconds(kind: IndexKind, trial: Trial, rows: int) -> float:
    """Return how long the index takes to build, beside reading the vectors."""
    if kind.structure == Structure.IVF:
        return trial.build_seconds * _comparisons(kind, rows) / _comparisons(trial.kind, trial.rows)
    if kind.structure == Structure.HNSW:
        return trial.build_seconds * rows * math.log2(rows + 1) / (trial.rows * math.log2(trial.rows + 1))
    return trial.build_seconds * rows / trial.rows


def _comparisons(kind: IndexKind, rows: int) -> float:
    """Return how many vectors are compared with centroids while lists are trained and filled."""
    return kind.lists * (ROUNDS * kind.trained_on(rows) + rows)


def size_in_words(size: int) -> str:
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.0f} MiB"
