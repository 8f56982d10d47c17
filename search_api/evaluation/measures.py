"""Measure the quality of rankings, and test whether two systems differ by more than chance.

This is the only module that imports ir_measures and scipy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from search_api.evaluation.collection import Judgements
from search_api.evaluation.run import Rankings

NDCG, RR, RECALL = "nDCG@10", "RR@10", "R@100"
MEASURES = (NDCG, RR, RECALL)
Scores = dict[str, float]
"""The value of each measure, 0 to 1."""
_RESAMPLES = 9999
_SEED = 0


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean over queries of each measure."""

    queries: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two systems differ in nDCG@10 on the same queries."""

    difference: float
    """The mean over queries; above 0 the first system is better."""
    p: float
    """Two-sided: the probability of a difference at least as large by chance alone."""
    wins: int
    ties: int
    losses: int
    """On how many queries the first system is better, equal and worse."""


def measure(judgements: Judgements, rankings: Rankings) -> dict[str, Scores]:
    """Return the scores of each judged query. Documents that are missing from its ranking count as not found.

    The gain of nDCG@10 is the grade, the discount log2(rank + 1) (Järvelin and Kekäläinen 2002, as in trec_eval).
    """
    import ir_measures as trec

    qrels = {
        query: {document: max(grade, 0) for document, grade in judged.items()} for query, judged in judgements.items()
    }
    run = {
        query: {document.id: float(-place) for place, document in enumerate(rankings.get(query, []))} for query in qrels
    }  # trec_eval rounds scores to seven digits and breaks ties by id: with the place as score the order is kept
    scores: dict[str, Scores] = {query: dict.fromkeys(MEASURES, 0.0) for query in qrels}
    for metric in trec.iter_calc([trec.nDCG @ 10, trec.RR @ 10, trec.R @ 100], qrels, run):
        scores[metric.query_id][str(metric.measure)] = float(metric.value)
    return scores


def mean(scores: Iterable[Scores], measures: Sequence[str] = MEASURES) -> Mean:
    """Return the means of these measures over queries, of which there must be at least one."""
    each = list(scores)
    return Mean(len(each), {name: fmean(one[name] for one in each) for name in measures})


def compare(first: Mapping[str, Scores], second: Mapping[str, Scores]) -> Comparison:
    """Test whether two systems differ in nDCG@10, by a paired randomisation test on the same queries.

    Under the null hypothesis each query's difference is equally likely to have the other sign. p is the share of
    all assignments of signs, or of 9,999 that are drawn with a fixed seed, whose mean is at least as far from 0
    (Smucker, Allan and Carterette 2007).
    """
    import numpy as np
    from scipy.stats import permutation_test

    differences = np.array([first[query][NDCG] - second[query][NDCG] for query in first])
    p = 1.0
    if len(differences) > 1:
        rng = np.random.default_rng(_SEED)
        tested = permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=_RESAMPLES, batch=1000, rng=rng
        )
        p = float(tested.pvalue)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return Comparison(float(differences.mean()), p, wins, len(differences) - wins - losses, losses)
