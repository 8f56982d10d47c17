"""Which index is planned for a corpus, from trials that are written down here."""

import math
from dataclasses import replace

import pytest

from indexer.errors import SettingsError
from indexer.vectors.nomination.kinds import FLAT, Codes, IndexKind, Structure
from indexer.vectors.nomination.planner import (
    FLAT_UP_TO,
    MOST_PASSAGES,
    IndexPlan,
    Trial,
    Trials,
    Workload,
    lists_for,
    plan_index,
    size_in_words,
)

BITS, BYTES = (IndexKind(Structure.IVF, codes, lists=512) for codes in (Codes.RABITQ, Codes.SQ8))
LINKS = IndexKind(Structure.HNSW, Codes.SQ8, links=16, build_breadth=80)
TRIALS = Trials(
    "30,000 passages of two papers",
    [
        Trial(FLAT, 30_000, 1, 0.95, 0.5, 0.3),
        Trial(BITS, 30_000, 0.125, 0.92, 0.1, 4),
        Trial(BITS, 30_000, 0.25, 0.96, 0.2, 4),
        Trial(BYTES, 30_000, 0.125, 0.95, 0.3, 5),
        Trial(BYTES, 30_000, 0.25, 0.99, 0.6, 5),
        Trial(LINKS, 10_000, 128, 0.7, 0.1, 3),
        Trial(LINKS, 10_000, 512, 0.8, 0.4, 3),
    ],
)


def planned(passages: int, memory: int = 2**34, recall: float = 0.97) -> IndexPlan:
    return plan_index(Workload(passages, 512, memory, recall), TRIALS)


@pytest.mark.parametrize("passages", [1, 100, FLAT_UP_TO])
def test_few_passages_are_scanned(passages: int) -> None:
    plan = planned(passages)
    assert (plan.chosen.kind, plan.chosen.depth, plan.chosen.recall) == (FLAT, 0, 0.95)
    assert plan.why == "up to 200,000 passages nothing is faster than a scan of one bit a dimension, or finds more"
    assert plan.source == "30,000 passages of two papers"


def test_of_many_the_fastest_kind_that_reaches_the_recall_is_chosen() -> None:
    chosen, more_chosen = planned(1_000_000).chosen, planned(1_000_000, recall=0.98).chosen
    assert (chosen.kind.name, chosen.depth, chosen.recall) == ("IVF4096+SQ8", 1024, 0.99)
    assert more_chosen == chosen
    less = planned(1_000_000, recall=0.96).chosen
    assert (less.kind.name, less.depth, less.recall) == ("IVF4096+RaBitQ", 1024, 0.96)
    assert less.milliseconds < chosen.milliseconds < planned(10_000_000).chosen.milliseconds


def test_the_choice_is_the_same_however_busy_the_machine_is() -> None:
    busy = Trials("", [replace(each, milliseconds=9000 / (1 + 99 * (each.kind == LINKS))) for each in TRIALS.trials])
    for recall in (0.6, 0.75, 0.9, 0.96, 0.97, 0.999):
        workload = Workload(1_000_000, 512, 2**34, recall)
        assert plan_index(workload, busy).chosen.kind == plan_index(workload, TRIALS).chosen.kind


def test_a_scan_takes_as_much_longer_as_there_are_more_passages() -> None:
    (scan,) = (each for each in planned(3_000_000).others if each.kind == FLAT)
    assert scan.milliseconds == pytest.approx(50)
    assert scan.build_seconds == pytest.approx(30)
    assert scan.memory == 3_000_000 * (64 + 8)
    assert scan.disk == scan.memory + 3_000_000 * 512 * 4


def test_little_memory_leaves_coarser_codes() -> None:
    room = 100 * 2**20
    plan = planned(1_000_000, room, recall=0.96)
    assert plan.chosen.kind.name == "IVF4096+RaBitQ"
    assert plan.chosen.memory == 1_000_000 * (64 + 8 + 8) + 4096 * 2048 + 512 * 2048 <= room
    assert {each.kind.structure for each in plan.others} == {Structure.FLAT}
    assert plan.why == "the fastest of those that fit into 100 MiB and reach a recall of 0.96"


def test_what_comes_nearest_is_chosen_where_none_reaches_the_recall() -> None:
    plan = planned(1_000_000, recall=0.999)
    assert (plan.chosen.kind.name, plan.chosen.recall) == ("IVF4096+SQ8", 0.99)
    assert plan.why == "none that fits into 16.0 GiB reaches a recall of 0.999, and it comes nearest"
    assert [each.recall for each in plan.others] == sorted((each.recall for each in plan.others), reverse=True)


def test_a_budget_that_no_index_can_meet_says_what_could() -> None:
    with pytest.raises(
        SettingsError, match=r"50 MiB of memory hold no index of 1,000,000 passages: the smallest, Flat\+RaBitQ, takes"
    ) as raised:
        planned(1_000_000, 50 * 2**20)
    assert raised.value.hint == f"give at least that: --memory {math.ceil(72_000_000 / 2**20)}"
    assert planned(1_000_000, 69 * 2**20).chosen.kind == FLAT


@pytest.mark.parametrize(
    ("passages", "recall", "message"),
    [
        (0, 0.97, "0 passages need no index"),
        (-5, 0.97, "-5 passages need no index"),
        (10**12, 0.97, f"holds at most {MOST_PASSAGES:,} passages, and 1,000,000,000,000 are planned"),
        (1000, 0, "the recall wanted is 0"),
        (1000, 97, "the recall wanted is 97"),
        (1000, math.nan, "the recall wanted is nan"),
    ],
)
def test_what_cannot_be_planned_is_refused(passages: int, recall: float, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        planned(passages, recall=recall)
    assert raised.value.hint


def test_lists_grow_with_the_root_of_the_passages() -> None:
    assert [lists_for(10**power) for power in range(4, 9)] == [512, 1024, 4096, 8192, 8192]


def test_a_size_is_told_in_the_unit_that_suits_it() -> None:
    assert (size_in_words(72_000_000), size_in_words(3 * 2**30)) == ("69 MiB", "3.0 GiB")
