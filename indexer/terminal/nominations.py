"""Print what was expected of the index that nominates candidates by vector, and what it reaches."""

from typing import TYPE_CHECKING

from indexer.vectors.nomination.planner import size_in_words

if TYPE_CHECKING:
    from indexer.generations.manifest import NominationRecord


def nomination_facts(record: "NominationRecord | None") -> dict[str, str]:
    """Return a line for each fact about the index, prediction beside outcome; none where nothing was measured."""
    if record is None or record.measured is None:
        return {}
    predicted, measured = record.predicted, record.measured
    depth = f", depth {record.depth:,}" if record.depth else ""
    found = ", ".join(f"{scope} {recall:.3f}" for scope, recall in measured.recall.items())
    speed = ", ".join(f"{scope} {each:.2f} ms" for scope, each in measured.milliseconds.items())
    return {
        "vectors": f"{record.kind}{depth}: {record.why}",
        "recall@10": f"{record.recall:.3f} ({predicted.recall:.3f} expected, {record.wanted:g} wanted) "
        f"of {measured.questions} headlines; {found}",
        "search": f"{predicted.milliseconds:.2f} ms expected; {speed}",
        "codes": f"{size_in_words(measured.memory)} ({size_in_words(predicted.memory)} expected), "
        f"built in {measured.build_seconds:.0f} s of one core ({predicted.build_seconds:.0f} s expected)",
    }
