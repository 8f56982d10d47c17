"""Plan, build and measure the nomination index of a generation, with headlines of its articles as questions."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder
from indexer.generations.manifest import ExpectationRecord, NominationRecord, OutcomeRecord
from indexer.storage.tables import Tables
from indexer.vectors.centred import CentredVectors
from indexer.vectors.nomination.building import FILTERS, Outcome, deepen, fill, measure
from indexer.vectors.nomination.index import EXACT_UP_TO
from indexer.vectors.nomination.kinds import FLAT
from indexer.vectors.nomination.pilot import LEAST_QUESTIONS, SAMPLED, Sample, try_kinds
from indexer.vectors.nomination.planner import FLAT_UP_TO, IndexPlan, Trials, Workload, plan_index
from indexer.vectors.nomination.recall import Questions, filtered_scopes, find_nearest, usual_scopes
from indexer.vectors.nomination.usual import USUAL
from indexer.vectors.signals_writer import LanguageFit

_QUESTIONS: Final = 200
"""Headlines at most: by one half the depth of the search is chosen, and the other half tells what it reaches."""


def write_nominations(
    path: Path,
    tables: Tables,
    vectors: CentredVectors,
    languages: Mapping[str, LanguageFit],
    encoder: Encoder,
    memory: int,
) -> NominationRecord:
    """Write the nomination index of all vectors, and return what was planned and what came of it.

    Args:
        path: The file.
        tables: Of the generation.
        vectors: Its vectors.
        languages: How well the encoder knows each language, in the order of their numbers.
        encoder: Encodes the questions.
        memory: Bytes that the index may take, if any kind takes as few.

    Raises:
        OSError: The file cannot be written.
    """
    questions = headlines(tables, vectors, languages, encoder, _QUESTIONS)
    known = np.array([fit.known > 0 for fit in languages.values()])
    workload = Workload(vectors.count, vectors.dim, max(memory, FLAT.bytes_for(vectors.count, vectors.dim)))
    plan = plan_index(workload, _trials(vectors, questions, known))
    began = time.process_time()
    writer = fill(plan.chosen.kind, vectors)
    scopes = [*usual_scopes(vectors.language_of, known), *filtered_scopes(FILTERS)]
    outcome = None
    index = writer.opened(plan.chosen.depth)
    if vectors.count > EXACT_UP_TO and len(questions) >= LEAST_QUESTIONS:
        nearest = find_nearest(vectors, questions, scopes)
        chosen_by, told_by = ({name: each[half::2] for name, each in nearest.items()} for half in (0, 1))
        index = deepen(writer, plan.chosen.depth, workload.recall, questions.every_other(0), scopes[:2], chosen_by)
        outcome = measure(index, questions.every_other(1), scopes, told_by)
    writer.save(path)
    return _record(plan, workload, index.depth, outcome, path.stat().st_size, time.process_time() - began)


def headlines(
    tables: Tables, vectors: CentredVectors, languages: Mapping[str, LanguageFit], encoder: Encoder, most: int
) -> Questions:
    """Return the headlines of some articles in languages that the encoder knows: the same in every call."""
    numbers = {language: number for number, language in enumerate(languages)}
    titles = tables.article_column("title").tolist()
    spoken = tables.article_column("language").tolist()
    known = {language for language, fit in languages.items() if fit.known > 0}
    titled = [row for row, title in enumerate(titles) if title and spoken[row] in known]
    rows = np.random.default_rng(0).permutation(titled)[:most].tolist() if titled else []
    of_rows = np.array([numbers[spoken[row]] for row in rows], np.int64)
    directions = encoder.encode_queries([titles[row] for row in rows])
    return Questions(vectors.centring.centre(directions, of_rows)[0] if rows else directions, of_rows)


def shortfalls(record: NominationRecord) -> Iterator[str]:
    """Yield a sentence if an index finds less than was wanted even at its deepest."""
    if record.recall is not None and record.recall < record.wanted:
        found = f"{record.recall:.1%} of the passages nearest to a headline"
        wanted = f"{record.wanted:.0%} are wanted; a larger --memory may allow finer codes"
        yield f"nominates {found}, and {wanted}"


def _trials(vectors: CentredVectors, questions: Questions, known: NDArray[np.bool_]) -> Trials:
    """Try the kinds of index on a sample of a large corpus."""
    if vectors.count <= FLAT_UP_TO or len(questions) < LEAST_QUESTIONS:
        return USUAL
    rows = np.random.default_rng(0).permutation(vectors.count)[:SAMPLED]
    sample = Sample(vectors.rows(rows), vectors.language_of[rows], known)
    source = f"{len(rows):,} passages of the corpus, {len(questions)} of its headlines as questions"
    return try_kinds(sample, questions, vectors.count, source)


def _record(
    plan: IndexPlan, workload: Workload, depth: int, outcome: Outcome | None, size: int, seconds: float
) -> NominationRecord:
    chosen = plan.chosen
    predicted = ExpectationRecord(
        recall=round(chosen.recall, 4),
        memory=chosen.memory,
        disk=chosen.disk,
        build_seconds=round(chosen.build_seconds, 1),
        milliseconds=round(chosen.milliseconds, 3),
    )
    measured = outcome and OutcomeRecord(
        recall=outcome.recall,
        milliseconds=outcome.milliseconds,
        memory=size,
        build_seconds=round(seconds, 1),
        questions=outcome.questions,
    )
    return NominationRecord(
        kind=chosen.kind.name,
        depth=depth,
        why=plan.why,
        source=plan.source,
        wanted=workload.recall,
        predicted=predicted,
        measured=measured,
    )
