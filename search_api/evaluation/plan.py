"""The steps of ``dateline evaluate``: read the collection, index its corpus if there is one, search, compare."""

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
    """A corpus from which a temporary index is built and used in place of ``index``."""
    settings: Mapping[str, Any]
    """Options of the search, as ``make_query`` takes them."""
    against: Path | None = None
    """Another index to compare with. None: the same index."""
    against_settings: Mapping[str, Any] | None = None
    """Options of the search to compare with. If ``against`` is None as well, nothing is compared."""
    encoder: str = ""
    device: str = ""
    reranker: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The results of an evaluation."""

    collection: Collection
    notices: list[Notice]
    """What the reader had to skip or change in the corpus."""
    first: Evaluation
    second: Evaluation | None
    comparison: Comparison | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the rankings as plain data for JSON."""
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
    """Evaluate a system, and compare it with another if the plan names one.

    Errors in the files and in the text of a query are reported before an encoder is loaded, which takes seconds.

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
    """Return the system to compare with."""
    settings = plan.against_settings or {}
    if plan.against is None:
        return replace(system, settings=settings)
    return open_system(plan.against, settings, "", plan.device, plan.reranker)
