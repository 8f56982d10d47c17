"""What ``dateline evaluate`` does, in order: read, index a corpus if there is one, ask, compare."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from indexer.notice import Notice
from indexer.progress import BuildProgress
from search_api.evaluation.collection import Collection, read_collection
from search_api.evaluation.corpus import built_corpus
from search_api.evaluation.evaluate import Evaluation, System, evaluate, open_system
from search_api.evaluation.measures import NDCG, Comparison, compare
from search_api.evaluation.run import query_of


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What to evaluate with which collection, and what to compare it with."""

    queries: Path
    qrels: Path
    index: Path
    corpus: Path | None
    """Indexed for the time of the evaluation, in place of ``index``."""
    settings: Mapping[str, Any]
    """Keyword arguments of ``make_query``."""
    against: Path | None = None
    """Another index to compare with; None: the same."""
    against_settings: Mapping[str, Any] | None = None
    """None, and no other index: nothing is compared."""
    encoder: str = ""
    device: str = ""
    reranker: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What came out."""

    collection: Collection
    notices: list[Notice]
    """What could not be taken of the corpus as it came."""
    first: Evaluation
    second: Evaluation | None
    comparison: Comparison | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        report: dict[str, Any] = {
            "queries": len(self.collection.topics),
            "queries_without_a_relevant_document": self.collection.unjudged,
            "judged_ids_that_are_no_query": self.collection.unasked,
            "corpus_notices": [asdict(notice) for notice in self.notices],
            "evaluation": self.first.as_dict(),
        }
        if self.second and self.comparison:
            report |= {"against": self.second.as_dict(), "comparison": {"measure": NDCG, **asdict(self.comparison)}}
        return report


def carry_out(plan: EvaluationPlan, progress: BuildProgress) -> EvaluationReport:
    """Evaluate, and compare where there is something to compare with.

    What is wrong with the files, and with the text of a query, is said before an encoder is loaded.

    Raises:
        SourceError: A file cannot be read, or the index holds none of the relevant documents.
        QueryError: A query cannot be asked.
        IndexUnavailableError: There is no index, or it must not be used.
    """
    collection = read_collection(plan.queries, plan.qrels)
    for topic in collection.topics:
        query_of(topic, plan.settings)
    with ExitStack() as stack:
        notices: list[Notice] = []
        if plan.corpus is None:
            system = open_system(plan.index, plan.settings, plan.encoder, plan.device, plan.reranker)
        else:
            built = stack.enter_context(built_corpus(plan.corpus, plan.encoder, plan.device, progress))
            notices = built.notices
            system = open_system(built.index, plan.settings, "", plan.device, plan.reranker)
            system = replace(system, index=str(plan.corpus))
        first = evaluate(system, collection, progress=progress)
        if plan.against is None and plan.against_settings is None:
            return EvaluationReport(collection, notices, first, None, None)
        other = _other(plan, system)
        second = evaluate(other, collection, first.level, progress)
        return EvaluationReport(collection, notices, first, second, compare(first.scores, second.scores))


def _other(plan: EvaluationPlan, system: System) -> System:
    """Return what to compare with."""
    settings = plan.against_settings or {}
    if plan.against is None:
        return replace(system, settings=settings)
    return open_system(plan.against, settings, "", plan.device, plan.reranker)
